import { plainJson, quoted } from '../words.js'
import { fieldOf, isEmpty, isFields, NO_VALUE, plain, printed, sizeOf, Worded } from './values.js'

type TemplateFunction = (...args: readonly unknown[]) => unknown

/** Those of Go's templates, and those docker adds. `and` and `or` look at no more than they need to. */
export const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  and: (...values) => values.find(isEmpty) ?? values.at(-1),
  or: (...values) => values.find((value) => !isEmpty(value)) ?? values.at(-1),
  not: (value) => isEmpty(value),
  eq: (value, ...others) => others.some((other) => compare(value, other) === 0),
  ne: (a, b) => compare(a, b) !== 0,
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  index: (value, ...keys) => keys.reduce(item, value),
  len: lengthOf,
  slice: (value, from = 0, to) => sliced(value, Number(from), to === undefined ? undefined : Number(to)),
  print: (...values) => spaced(values),
  println: (...values) => `${values.map((value) => printed(value)).join(' ')}\n`,
  printf: (format, ...values) => formatted(textOf(format), values),
  html: (...values) => spaced(values).replace(/[<>&'"]/g, (character) => HTML[character] ?? character),
  js: (...values) => spaced(values).replace(/[\\'"<>&=]/g, (character) => JS[character] ?? `\\${character}`),
  urlquery: (...values) => new URLSearchParams({ a: spaced(values) }).toString().slice(2),
  json: plainJson,
  join: (values, separator) =>
    listOf(values)
      .map((value) => printed(value))
      .join(textOf(separator)),
  split: (text, separator) => textOf(text).split(textOf(separator)),
  lower: (text) => textOf(text).toLowerCase(),
  upper: (text) => textOf(text).toUpperCase(),
  title: (text) => textOf(text).replace(/(^|[^\p{L}\p{N}_'])(\p{L})/gu, (all) => all.toUpperCase()),
  pad: (text, before, after) =>
    textOf(text) === '' ? '' : ' '.repeat(Number(before)) + textOf(text) + ' '.repeat(Number(after)),
  truncate: (text, length) => [...textOf(text)].slice(0, Number(length)).join(''),
}

const HTML: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  "'": '&#39;',
  '"': '&#34;',
}
const JS: Readonly<Record<string, string>> = {
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
}

function item(value: unknown, key: unknown): unknown {
  if (value === null || value === undefined || value === NO_VALUE) throw new Error('index of untyped nil')
  if (typeof value === 'string' || Array.isArray(value)) {
    const at = Number(key)
    if (!(Number.isInteger(at) && at >= 0 && at < value.length)) {
      throw new Error(`index out of range: ${printed(key)}`)
    }
    return typeof value === 'string' ? value.charCodeAt(at) : value[at]
  }
  if (isFields(value)) return fieldOf(value, textOf(key))
  throw new Error(`can't index item of type ${typeName(value)}`)
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value === null || value === undefined) return 0
  if (typeof value === 'object') return sizeOf(value)
  throw new Error(`len of type ${typeName(value)}`)
}

function sliced(value: unknown, from: number, to: number | undefined): unknown {
  if (typeof value === 'string' || Array.isArray(value)) {
    const end = to ?? value.length
    if (from < 0 || end > value.length || from > end) throw new Error(`index out of range: ${end}`)
    return value.slice(from, end)
  }
  throw new Error(`can't slice item of type ${typeName(value)}`)
}

function compare(first: unknown, second: unknown): number {
  const [a, b] = [plain(first), plain(second)]
  if ((a ?? null) === (b ?? null)) return 0
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b)
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : 1
  // An Engine says nothing where Go has an empty text.
  if ((a === undefined && b === '') || (a === '' && b === undefined)) return 0
  if (typeof a !== typeof b && a !== null && b !== null && a !== undefined && b !== undefined) {
    throw new Error('incompatible types for comparison')
  }
  return 1
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** As Go's Print: a space between two that are both no text. */
function spaced(values: readonly unknown[]): string {
  return values
    .map((value, index) => {
      const apart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string'
      return (apart ? ' ' : '') + printed(value)
    })
    .join('')
}

const VERB = /%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

/** The verbs that people use; another one is told as Go does it. */
function formatted(format: string, values: readonly unknown[]): string {
  const left = [...values]
  const text = format.replace(
    VERB,
    (_, flags: string, width = '0', precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (left.length === 0) return `%!${verb}(MISSING)`
      const shown = shownBy(
        verb,
        left.shift(),
        precision === undefined ? undefined : Number(precision),
        flags,
      )
      if (flags.includes('-')) return shown.padEnd(Number(width))
      const zeros = flags.includes('0') && /^[-+]?[\d.]+$/.test(shown)
      return zeros
        ? shown.replace(/\d.*/, (digits) => digits.padStart(Number(width), '0'))
        : shown.padStart(Number(width))
    },
  )
  const extra = left.map((value) => `${goType(value)}=${printed(value)}`).join(', ')
  return extra === '' ? text : `${text}%!(EXTRA ${extra})`
}

function shownBy(verb: string, given: unknown, precision: number | undefined, flags: string): string {
  const value = given instanceof Worded && /[vsq]/.test(verb) ? given.words : plain(given)
  if (given === NO_VALUE && !/[vT]/.test(verb)) return `%!${verb}(<nil>)`
  const sign = flags.includes('+') && isNumber(value) && value >= 0 ? '+' : ''
  if (verb === 'v') return sign + printed(value)
  if (verb === 't' && typeof value === 'boolean') return String(value)
  if (verb === 'T') return goType(value)
  if (verb === 's' && !isNumber(value) && typeof value !== 'boolean') {
    return printed(value).slice(0, precision)
  }
  if (verb === 'q' && typeof value === 'string') return quoted(value)
  if ((verb === 'x' || verb === 'X') && (isNumber(value) || typeof value === 'string')) {
    const hex = typeof value === 'string' ? Buffer.from(value).toString('hex') : value.toString(16)
    return verb === 'X' ? hex.toUpperCase() : hex
  }
  if (isNumber(value)) {
    const whole = typeof value === 'bigint' || Number.isInteger(value)
    if (verb === 'd' && whole) return sign + String(value)
    if (verb === 'o' && whole) return value.toString(8)
    if (verb === 'b' && whole) return value.toString(2)
    if (verb === 'c' && whole) return String.fromCodePoint(Number(value))
    if (verb === 'f' || verb === 'F') return sign + Number(value).toFixed(precision ?? 6)
    if (verb === 'g') return sign + String(value)
    if (verb === 'e')
      return (
        sign +
        Number(value)
          .toExponential(precision ?? 6)
          .replace(/e([-+])(\d)$/, 'e$10$2')
      )
  }
  return `%!${verb}(${goType(value)}=${printed(value)})`
}

function goType(given: unknown): string {
  const value = plain(given)
  if (value === null || value === undefined) return '<nil>'
  if (typeof value === 'boolean') return 'bool'
  if (isNumber(value)) return typeof value === 'bigint' || Number.isInteger(value) ? 'int' : 'float64'
  if (Array.isArray(value)) return '[]interface {}'
  return typeof value === 'string' ? 'string' : 'map[string]interface {}'
}

export function typeName(value: unknown): string {
  return goType(value)
}

/** Functions of text take text: Go refuses the rest, and so a misspelt template is found. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return ''
  throw new Error(`wrong type for value; expected string; got ${typeName(value)}`)
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  if (value === undefined || value === null) return []
  throw new Error(`wrong type for value; expected []string; got ${typeName(value)}`)
}
