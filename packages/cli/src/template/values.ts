import type { Methods } from './methods.js'

/** The kinds of Go that a template distinguishes. */
export type Kind =
  | 'any'
  | 'array'
  | 'bool'
  | 'float'
  | 'int'
  | 'map'
  | 'pointer'
  | 'slice'
  | 'string'
  | 'struct'
  | 'uint'

/** A type of Go: of what an Engine answers, or of what a template says itself. */
export interface Type {
  readonly kind: Kind
  /** As `printf "%T"` prints it, such as '*container.State'. */
  readonly name: string
  /** Of a list, a map or a pointer. */
  readonly element?: Type
  /** Of the keys of a map. */
  readonly key?: Type
  /** How many there are in an array. */
  readonly length?: number
  readonly fields?: readonly Field[]
  /** What it can do besides. */
  readonly methods?: Methods
  /** How it prints itself, where Go has a method String. */
  readonly words?: (data: unknown) => string
  /** How it is written as JSON, where that is not by its kind. */
  readonly json?: (data: unknown) => unknown
  /** Anything that came from a JSON which was read with no types: its numbers are words of their own. */
  readonly untyped?: boolean
}

export interface Field {
  readonly name: string
  /** What the Engine calls it. */
  readonly key: string
  readonly type: Type
  /** Whether JSON leaves it out when there is nothing in it. */
  readonly omitted: boolean
  /** Whether its own fields are those of what it is in. */
  readonly embedded: boolean
}

/**
 * A value of Go. The data is what JSON has: text, a number or bigint, a boolean, an array, a Map, null or undefined for
 * nothing; what is inside of a list or a map has the type of its element, and a struct is read when a field is asked for.
 */
export class Value {
  readonly type: Type
  readonly data: unknown

  constructor(type: Type, data: unknown) {
    this.type = type
    this.data = data
  }

  toJSON(): unknown {
    return this.data
  }
}

/** Undefined is what Go calls an invalid value: that of a key which a map does not have. */
export type MaybeValue = Value | undefined

const basic = (kind: Kind, name: string): Type => ({ kind, name })

export const BOOL = basic('bool', 'bool')
export const FLOAT = basic('float', 'float64')
export const INT = basic('int', 'int')
export const STRING = basic('string', 'string')
export const ANY: Type = basic('any', 'interface {}')
const UNTYPED: Type = { ...ANY, untyped: true }
export const STRINGS: Type = sliceOf(STRING)
export const NUMBER: Type = basic('string', 'json.Number')

export function sliceOf(element: Type): Type {
  return { kind: 'slice', name: `[]${element.name}`, element }
}

export function mapOf(key: Type, element: Type): Type {
  return { kind: 'map', name: `map[${key.name}]${element.name}`, key, element }
}

const ANYS = sliceOf(ANY)
const UNTYPEDS = sliceOf(UNTYPED)
const MAP = mapOf(STRING, ANY)
const UNTYPED_MAP = mapOf(STRING, UNTYPED)
/** A line of a list: its fields are the properties of an object. */
const ROW = basic('struct', 'formatter.Context')

export function textValue(text: string): Value {
  return new Value(STRING, text)
}

export function boolValue(value: boolean): Value {
  return new Value(BOOL, value)
}

/** What is behind `interface {}`: nothing, or a value of the type that its JSON has. */
export function concrete(value: MaybeValue): MaybeValue {
  if (value?.type.kind !== 'any') return value
  return goValue(value.data, value.type.untyped)
}

/** A value of JavaScript, with the type that Go would give it. */
export function goValue(data: unknown, untyped = false): MaybeValue {
  if (data instanceof Value) return data
  if (data === null || data === undefined) return undefined
  if (typeof data === 'string') return new Value(STRING, data)
  if (typeof data === 'boolean') return new Value(BOOL, data)
  if (typeof data === 'number' || typeof data === 'bigint') return numberOf(data, untyped)
  if (Array.isArray(data)) return new Value(untyped ? UNTYPEDS : ANYS, data)
  if (data instanceof Map) return new Value(untyped ? UNTYPED_MAP : MAP, data)
  return new Value(ROW, data)
}

function numberOf(data: number | bigint, untyped: boolean): Value {
  if (untyped) return new Value(NUMBER, String(data))
  return new Value(FLOAT, Number(data))
}

/** What pointers and interfaces lead to; undefined where they lead to nothing. */
export function indirect(value: MaybeValue): MaybeValue {
  let at = value
  while (at !== undefined && (at.type.kind === 'pointer' || at.type.kind === 'any')) {
    at = at.type.kind === 'any' ? concrete(at) : pointed(at)
  }
  return at
}

/** What a pointer leads to. */
export function pointed({ type, data }: Value): MaybeValue {
  return data === null || data === undefined || type.element === undefined
    ? undefined
    : new Value(type.element, data)
}

export function isNil({ type, data }: Value): boolean {
  return ['any', 'map', 'pointer', 'slice'].includes(type.kind) && (data === null || data === undefined)
}

export function text({ data }: Value): string {
  return typeof data === 'string' ? data : ''
}

/** What an Engine says that is no number counts as nothing, and as nothing at all it is zero. */
export function number({ type, data }: Value): number | bigint {
  if (typeof data === 'bigint') return type.kind === 'float' ? Number(data) : data
  return typeof data === 'number' ? data : 0
}

export function items({ type, data }: Value): readonly unknown[] {
  if (Array.isArray(data)) return data
  if (type.element?.name === 'uint8' && typeof data === 'string') return [...Buffer.from(data, 'base64')]
  return Array.from({ length: type.length ?? 0 })
}

export function itemsOf(value: Value): Value[] {
  const { element = ANY } = value.type
  return items(value).map((item) => new Value(element, item))
}

/** As Go goes through a map: by the names of what is in it. */
export function entriesOf({ type, data }: Value): [Value, Value][] {
  const { key = STRING, element = ANY } = type
  return namesOf(data)
    .sort()
    .map((name) => [new Value(key, name), new Value(element, propertyOf(data, name))])
}

function namesOf(data: unknown): string[] {
  if (data instanceof Map) return [...data.keys()] as string[]
  return typeof data === 'object' && data !== null && !Array.isArray(data) ? Object.keys(data) : []
}

function propertyOf(data: unknown, name: string): unknown {
  if (data instanceof Map) return data.get(name)
  return hasProperty(data, name) ? (data as Readonly<Record<string, unknown>>)[name] : undefined
}

function hasProperty(data: unknown, name: string): boolean {
  if (data instanceof Map) return data.has(name)
  return typeof data === 'object' && data !== null && Object.hasOwn(data, name)
}

export function sizeOf(value: Value): number {
  const { kind } = value.type
  if (kind === 'string') return Buffer.byteLength(text(value))
  return kind === 'map' ? namesOf(value.data).length : items(value).length
}

/** What a map has for a key; undefined where it has nothing. */
export function entryOf({ type, data }: Value, name: string): MaybeValue {
  return hasProperty(data, name) ? new Value(type.element ?? ANY, propertyOf(data, name)) : undefined
}

/** A field of a struct, also of one that is embedded in it; undefined where it has no such field. */
export function fieldOf(value: Value, name: string): MaybeValue {
  const { fields } = value.type
  if (fields === undefined) return rowField(value, name)
  const own = fields.find((field) => field.name === name)
  if (own !== undefined) return readField(value, own)
  for (const field of fields) {
    if (!field.embedded) continue
    const inner = indirect(readField(value, field))
    const found = inner && fieldOf(inner, name)
    if (found !== undefined) return found
  }
  return undefined
}

/** Every property of a line of a list is a field; null has no value. */
function rowField({ data }: Value, name: string): MaybeValue {
  if (!hasProperty(data, name)) return undefined
  const property = propertyOf(data, name)
  return typeof property === 'number' ? new Value(INT, property) : (goValue(property) ?? new Value(ANY, null))
}

/** As Go reads JSON: by the name as it is, else by one that differs in case only. What is embedded has no name. */
export function readField({ data }: Value, { key, type, embedded }: Field): Value {
  if (embedded) return new Value(type, data ?? new Map())
  if (hasProperty(data, key)) return new Value(type, propertyOf(data, key))
  const lower = key.toLowerCase()
  const alike = namesOf(data).find((name) => name.toLowerCase() === lower)
  return new Value(type, alike === undefined ? undefined : propertyOf(data, alike))
}

/** What counts as true for `if`, `with`, `and`, `or` and `not`. */
export function isTrue(given: MaybeValue): boolean {
  const value = concrete(given)
  if (value === undefined) return false
  const { kind } = value.type
  if (kind === 'bool') return value.data === true
  if (kind === 'pointer') return !isNil(value)
  if (kind === 'struct') return true
  if (kind === 'int' || kind === 'uint' || kind === 'float') return Number(number(value)) !== 0
  return sizeOf(value) > 0
}
