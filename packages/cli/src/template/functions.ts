import { jsonOf } from './json.js'
import { printedf, shown, sprinted, sprintedLine } from './print.js'
import {
  boolValue,
  concrete,
  entryOf,
  INT,
  indirect,
  isNil,
  isTrue,
  items,
  type MaybeValue,
  number,
  STRING,
  STRINGS,
  sizeOf,
  text,
  textValue,
  Value,
} from './values.js'

/** What a function takes: 'value' is anything, also nothing at all; of 'any' the type does not matter. */
export type Parameter = 'value' | 'any' | 'string' | 'int' | 'strings'

export interface TemplateFunction {
  readonly parameters: readonly Parameter[]
  /** What it takes besides, as often as one likes. */
  readonly more?: Parameter
  /** `first` is what the first argument was written as. */
  readonly call: (values: readonly MaybeValue[], first?: string) => MaybeValue
}

type Call = TemplateFunction['call']

const comparing = (call: (a: MaybeValue, b: MaybeValue) => boolean): TemplateFunction => ({
  parameters: ['value', 'value'],
  call: ([a, b]) => boolValue(call(concrete(a), concrete(b))),
})
const printing = (print: (values: readonly MaybeValue[]) => string): TemplateFunction => ({
  parameters: [],
  more: 'any',
  call: (values) => textValue(print(values)),
})
const ofText = (change: (text: string) => string): TemplateFunction => ({
  parameters: ['string'],
  call: ([given]) => textValue(change(textOf(given))),
})
const taking = (parameters: readonly Parameter[], call: Call): TemplateFunction => ({ parameters, call })

/** Those of Go's templates, and those docker adds. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  // These two look at no more than they need to, which is not done here.
  and: { parameters: ['value'], more: 'value', call: (values) => values.at(-1) },
  or: { parameters: ['value'], more: 'value', call: (values) => values.at(-1) },
  not: taking(['value'], ([value]) => boolValue(!isTrue(value))),
  eq: { parameters: ['value'], more: 'value', call: equalsAny },
  ne: comparing((a, b) => !equals(a, b)),
  lt: comparing((a, b) => isLess(a, b)),
  le: comparing((a, b) => isLess(a, b) || equals(a, b)),
  gt: comparing((a, b) => !isLess(a, b) && !equals(a, b)),
  ge: comparing((a, b) => !isLess(a, b)),
  call: { parameters: ['value'], more: 'value', call: ([given], name = '') => called(concrete(given), name) },
  index: { parameters: ['value'], more: 'value', call: indexed },
  len: taking(['value'], ([value]) => new Value(INT, lengthOf(value))),
  slice: { parameters: ['value'], more: 'value', call: sliced },
  print: printing(sprinted),
  println: printing(sprintedLine),
  printf: {
    parameters: ['string'],
    more: 'any',
    call: ([format, ...values]) => textValue(printedf(textOf(format), values)),
  },
  html: printing((values) => escapedForHtml(sprinted(values.map(printable)))),
  js: printing((values) => escapedForScript(sprinted(values.map(printable)))),
  urlquery: printing((values) => escapedForQuery(sprinted(values.map(printable)))),
  json: taking(['any'], ([value]) => textValue(jsonOf(value))),
  join: taking(['strings', 'string'], ([list, separator]) => {
    return textValue(list === undefined ? '' : items(list).join(textOf(separator)))
  }),
  split: taking(['string', 'string'], ([whole, separator]) => {
    const [all, between] = [textOf(whole), textOf(separator)]
    return new Value(STRINGS, between === '' ? [...all] : all.split(between))
  }),
  lower: ofText((text) => text.toLowerCase()),
  upper: ofText((text) => text.toUpperCase()),
  title: ofText((text) =>
    text.replace(/(?<![A-Za-z0-9_]|[^\x20-\x7f\s])\p{L}/gu, (letter) => letter.toUpperCase()),
  ),
  pad: taking(['string', 'int', 'int'], ([given, before, after]) => {
    const text = textOf(given)
    return textValue(text === '' ? '' : blanks(before) + text + blanks(after))
  }),
  truncate: taking(['string', 'int'], ([given, length]) =>
    textValue(truncated(textOf(given), wholeOf(length))),
  ),
}

function textOf(value: MaybeValue): string {
  return value === undefined ? '' : text(value)
}

function wholeOf(value: MaybeValue): number {
  return value === undefined ? 0 : Number(number(value))
}

function blanks(count: MaybeValue): string {
  const columns = wholeOf(count)
  if (columns < 0) throw new Error('strings: negative Repeat count')
  return ' '.repeat(columns)
}

/** Go counts bytes. */
function truncated(text: string, length: number): string {
  const bytes = Buffer.from(text)
  if (length < 0) throw new Error(`runtime error: slice bounds out of range [:${length}]`)
  return bytes.length < length ? text : bytes.subarray(0, length).toString()
}

const HTML: Readonly<Record<string, string>> = {
  ...{ '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&#39;', '"': '&#34;', '\0': '\uFFFD' },
}

function escapedForHtml(text: string): string {
  return text.replace(/[<>&'"\0]/g, (character) => HTML[character] ?? '')
}

function escapedForScript(text: string): string {
  return text.replace(/[\\'"]/g, '\\$&').replace(/[<>&=]|[^\P{C}\u{ad}\u{200b}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })
}

function escapedForQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}

function printable(value: MaybeValue): MaybeValue {
  if (value === undefined) return textValue('<no value>')
  return value.type.kind === 'pointer' ? (indirect(value) ?? value) : value
}

function called(value: MaybeValue, name: string): MaybeValue {
  if (value === undefined) throw new Error('call of nil')
  throw new Error(`non-function ${name} of type ${value.type.name}`)
}

function indexed([given, ...keys]: readonly MaybeValue[]): MaybeValue {
  let value = concrete(given)
  if (value === undefined) throw new Error('index of untyped nil')
  for (const key of keys) {
    const inside = indirect(value)
    if (inside === undefined) throw new Error('index of nil pointer')
    value = item(inside, concrete(key))
  }
  return value
}

function item(value: Value, key: MaybeValue): Value {
  const { type } = value
  if (type.kind === 'string') {
    const bytes = Buffer.from(text(value))
    const at = positionOf(key, bytes.length)
    if (at === bytes.length) throw new Error('reflect: string index out of range')
    return new Value({ kind: 'uint', name: 'uint8' }, bytes[at])
  }
  if (type.kind === 'slice' || type.kind === 'array') {
    const all = items(value)
    const at = positionOf(key, all.length)
    if (at === all.length) throw new Error(`reflect: ${type.kind} index out of range`)
    return new Value(type.element ?? STRING, all[at])
  }
  if (type.kind !== 'map') throw new Error(`can't index item of type ${type.name}`)
  const { key: keyType = STRING, element = STRING } = type
  if (key === undefined) throw new Error(`value is nil; should be of type ${keyType.name}`)
  if (key.type.name !== keyType.name) {
    throw new Error(`value has type ${key.type.name}; should be ${keyType.name}`)
  }
  return entryOf(value, text(key)) ?? new Value(element, undefined)
}

function positionOf(key: MaybeValue, length: number): number {
  if (key === undefined) throw new Error('cannot index slice/array with nil')
  const { kind, name } = key.type
  if (kind !== 'int' && kind !== 'uint') throw new Error(`cannot index slice/array with type ${name}`)
  const at = Number(number(key))
  if (at < 0 || at > length) throw new Error(`index out of range: ${at}`)
  return at
}

function lengthOf(given: MaybeValue): number {
  if (given === undefined) throw new Error('reflect: call of reflect.Value.Type on zero Value')
  const value = indirect(given)
  if (value === undefined) throw new Error('len of nil pointer')
  if (!['array', 'map', 'slice', 'string'].includes(value.type.kind)) {
    throw new Error(`len of type ${value.type.name}`)
  }
  return sizeOf(value)
}

function sliced([given, ...keys]: readonly MaybeValue[]): MaybeValue {
  const value = concrete(given)
  if (value === undefined) throw new Error('slice of untyped nil')
  if (keys.length > 3) throw new Error(`too many slice indexes: ${keys.length}`)
  const { type } = value
  if (!['array', 'slice', 'string'].includes(type.kind))
    throw new Error(`can't slice item of type ${type.name}`)
  const isText = type.kind === 'string'
  if (isText && keys.length === 3) throw new Error('cannot 3-index slice a string')
  const all = isText ? Buffer.from(text(value)) : items(value)
  const [from = 0, to = all.length, cap = to] = keys.map((key) => positionOf(concrete(key), all.length))
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`)
  if (to > cap) throw new Error(`invalid slice index: ${to} > ${cap}`)
  const part = all.slice(from, to)
  return new Value(type, isText ? Buffer.from(part as Uint8Array).toString() : part)
}

type Basic = 'bool' | 'float' | 'int' | 'string' | 'uint'

function basicKind(value: MaybeValue): Basic | undefined {
  const kind = value?.type.kind
  return kind && ['bool', 'float', 'int', 'string', 'uint'].includes(kind) ? (kind as Basic) : undefined
}

function equalsAny([given, ...others]: readonly MaybeValue[]): MaybeValue {
  if (others.length === 0) throw new Error('missing argument for comparison')
  return boolValue(others.some((other) => equals(concrete(given), concrete(other))))
}

const isWhole = (kind: Basic | undefined) => kind === 'int' || kind === 'uint'

function equals(a: MaybeValue, b: MaybeValue): boolean {
  const [first, second] = [basicKind(a), basicKind(b)]
  if (first !== second && !(isWhole(first) && isWhole(second))) {
    if (a !== undefined && b !== undefined) throw incompatible(a, b)
    return false
  }
  if (a === undefined || b === undefined) return isNothing(a) && isNothing(b)
  if (first === undefined) return equalThings(a, b)
  return compared(a) === compared(b)
}

function incompatible(a: Value, b: Value): Error {
  return new Error(`incompatible types for comparison: ${a.type.name} and ${b.type.name}`)
}

function isNothing(value: MaybeValue): boolean {
  return value === undefined || isNil(value)
}

function equalThings(a: Value, b: Value): boolean {
  if (isNil(a) || isNil(b)) return isNil(a) && isNil(b)
  if (!isComparable(b)) throw new Error(`non-comparable type ${shown(b)}: ${b.type.name}`)
  return a.type === b.type && a.data === b.data
}

function isComparable({ type }: Value): boolean {
  return type.kind === 'pointer' || type.kind === 'struct'
}

/** Numbers of both kinds compare; what is no number is compared as it is. */
function compared(value: Value): unknown {
  const { kind } = value.type
  if (kind === 'string') return text(value)
  if (kind === 'bool') return value.data === true
  return kind === 'float' ? number(value) : BigInt(number(value))
}

function isLess(a: MaybeValue, b: MaybeValue): boolean {
  const [first, second] = [basicKind(a), basicKind(b)]
  if (a === undefined || b === undefined || first === undefined || second === undefined) {
    throw new Error('invalid type for comparison')
  }
  if (first !== second && !(isWhole(first) && isWhole(second))) {
    throw incompatible(a, b)
  }
  if (first === 'bool') throw new Error('invalid type for comparison')
  const [one, other] = [compared(a), compared(b)] as [number, number]
  if (first !== 'string') return one < other
  return Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other))) < 0
}
