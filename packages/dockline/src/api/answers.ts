import { ProtocolError } from '../errors.js'
import type { ReadAnswer } from '../http/index.js'
import { type AnswerTypes, SHAPES } from './answers.gen.js'

// Engines are written in Go, and so are the clients they are tested with: to both, null is nothing. Here an answer becomes
// what its type says it is, so that nobody behind this file has to ask.
//
// - null, where the type does not have it, is as if the Engine had left the field out; what the type always has is then
//   Go's zero value: '', 0, false, [] or {}.
// - a value of another kind is refused, by its place. Only the objects of a list stand for themselves: one of them has the
//   odd field left out, so that it does not take the others down.

interface Named extends AnswerTypes {
  readonly string: string
  readonly Checkpoint: { readonly Name: string }
}

/** What an answer is: one object, or as in 'ContainerSummary[]' a list of them. */
export type AnswerName = keyof Named | `${keyof Named}[]`
export type AnswerOf<Name extends AnswerName> = Name extends keyof Named
  ? Named[Name]
  : Name extends `${infer Item extends keyof Named}[]`
    ? Named[Item][]
    : never

export interface ReadingOptions {
  /** Leaves out odd fields, as in the objects of a list. Default: false: they are refused. */
  readonly lenient?: boolean
}

const readers = new Map<string, ReadAnswer<unknown>>()

/** Reads an answer as its type has it. What cannot be read is a ProtocolError that names the call. */
export function readerOf<Name extends AnswerName>(
  name: Name,
  { lenient = false }: ReadingOptions = {},
): ReadAnswer<AnswerOf<Name>> {
  const key = lenient ? `${name}?` : name
  let reader = readers.get(key)
  if (reader === undefined) {
    const shape = shapeOf(name.endsWith('[]') ? `[${name.slice(0, -2)}` : name === 'string' ? 's' : name)
    reader = (answer, call) => readAnswer(answer, shape, { call, lenient })
    readers.set(key, reader)
  }
  return reader as ReadAnswer<AnswerOf<Name>>
}

interface Reading {
  readonly call: string
  readonly lenient: boolean
}

function readAnswer(answer: unknown, shape: Shape, { call, lenient }: Reading): unknown {
  try {
    return read(answer ?? zero(shape), shape, lenient)
  } catch (error) {
    if (error instanceof Odd) throw new ProtocolError(`${call} answered with ${error.words}`)
    throw error
  }
}

type Kind = 'string' | 'number' | 'boolean' | 'object' | 'anything' | 'list' | 'map' | 'struct'

interface Shape {
  readonly kind: Kind
  readonly nullable: boolean
  /** What a list or a map is of. */
  readonly of?: Shape
  /** The name of a struct. */
  readonly name?: string
}

interface Field {
  readonly name: string
  readonly required: boolean
  readonly shape: Shape
}

const KINDS: Readonly<Record<string, Kind>> = {
  s: 'string',
  n: 'number',
  b: 'boolean',
  o: 'object',
  a: 'anything',
  '[': 'list',
  '{': 'map',
}

/** See `SHAPES` for how it is written. */
function shapeOf(text: string): Shape {
  if (text.startsWith('~')) return { ...shapeOf(text.slice(1)), nullable: true }
  const kind = KINDS[text[0] as string]
  if (kind === undefined) return { kind: 'struct', nullable: false, name: text }
  if (kind === 'list' || kind === 'map') return { kind, nullable: false, of: shapeOf(text.slice(1)) }
  return { kind, nullable: false }
}

const structs = new Map<string, readonly Field[]>([
  ['Checkpoint', [{ name: 'Name', required: true, shape: shapeOf('s') }]],
])

/** Only what is answered with is taken apart, and only once. */
function fieldsOf(name: string): readonly Field[] {
  let fields = structs.get(name)
  if (fields === undefined) {
    fields = (SHAPES[name] ?? '').split(' ').map(fieldOf)
    structs.set(name, fields)
  }
  return fields
}

function fieldOf(text: string): Field {
  const [, name = '', mark, kind = 's'] = /^([^=!?*]+)(?:(.)(.+))?$/.exec(text) ?? []
  const nullable = mark === '?' || mark === '*'
  return { name, required: mark === '!' || mark === '*', shape: shapeOf(nullable ? `~${kind}` : kind) }
}

/** What Go makes of nothing. */
function zero({ kind, nullable, name }: Shape): unknown {
  if (nullable) return null
  if (kind === 'string') return ''
  if (kind === 'number') return 0
  if (kind === 'boolean') return false
  if (kind === 'list') return []
  return name === undefined ? {} : readStruct({}, name, false)
}

/** With words that the compiler sees, which is what makes it quick. */
function isSimple(value: unknown, kind: Kind): boolean {
  if (typeof value === 'string') return kind === 'string'
  if (typeof value === 'number') return kind === 'number'
  return typeof value === 'boolean' && kind === 'boolean'
}

/** The value itself, put right in place. */
function read(value: unknown, shape: Shape, lenient: boolean): unknown {
  const { kind } = shape
  if (isSimple(value, kind) || kind === 'anything') return value
  if (kind === 'list' && Array.isArray(value)) return readList(value, shape.of as Shape, lenient)
  if (isObject(value)) {
    if (kind === 'struct') return readStruct(value, shape.name as string, lenient)
    if (kind === 'map') return readMap(value, shape.of as Shape, lenient)
    if (kind === 'object') return value
  }
  throw new Odd(value, kind)
}

function readStruct(value: Fields, name: string, lenient: boolean): Fields {
  for (const field of fieldsOf(name)) {
    const member = value[field.name]
    // The most by far, and nothing to do.
    if (isSimple(member, field.shape.kind)) continue
    if (member === undefined) {
      if (field.required) value[field.name] = zero(field.shape)
    } else if (member === null) {
      if (!field.shape.nullable) leaveOut(value, field)
    } else readMember(value, field, lenient)
  }
  return value
}

function readMember(value: Fields, field: Field, lenient: boolean): void {
  try {
    // Lists may have lost an item, all else is read in place.
    value[field.name] = read(value[field.name], field.shape, lenient)
  } catch (error) {
    if (!(error instanceof Odd)) throw error
    if (!lenient) throw error.in(field.name)
    leaveOut(value, field)
  }
}

function leaveOut(value: Fields, { name, required, shape }: Field): void {
  if (required) value[name] = zero(shape)
  else delete value[name]
}

function readMap(value: Fields, of: Shape, lenient: boolean): Fields {
  for (const name of Object.keys(value)) {
    const member = value[name]
    if (isSimple(member, of.kind)) continue
    if (member === null) value[name] = zero(of)
    else readMember(value, { name, required: false, shape: of }, lenient)
  }
  return value
}

const LOST = Symbol('lost')

/** A list of objects is one of rows: what is no object among them is left out, unless that is all there is. */
function readList(values: unknown[], of: Shape, lenient: boolean): unknown[] {
  const keeps = lenient || of.kind === 'struct'
  let odd: Odd | undefined
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (isSimple(value, of.kind)) continue
    try {
      values[index] = value === null ? zero(of) : read(value, of, keeps)
    } catch (error) {
      if (!(error instanceof Odd)) throw error
      odd ??= error.in(index)
      if (!keeps) throw odd
      values[index] = LOST
    }
  }
  if (odd === undefined) return values
  const kept = values.filter((value) => value !== LOST)
  if (kept.length === 0) throw odd
  return kept
}

type Fields = Record<string, unknown>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value of the wrong kind. The caller reports it with the name of the call, or leaves the value out. */
class Odd {
  readonly #value: unknown
  readonly #wanted: Kind
  #place = ''

  constructor(value: unknown, wanted: Kind) {
    this.#value = value
    this.#wanted = wanted
  }

  /** The same, one level further out. */
  in(name: string | number): this {
    const own = typeof name === 'number' ? `[${name}]` : name
    const dot = this.#place === '' || this.#place.startsWith('[') ? '' : '.'
    this.#place = `${own}${dot}${this.#place}`
    return this
  }

  get words(): string {
    const where = this.#place === '' ? '' : ` in ${this.#place}`
    return `${nameOf(this.#value)}${where} where ${WORDS[this.#wanted]} belongs`
  }
}

const WORDS: Readonly<Record<Kind, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  anything: 'anything',
  list: 'a list',
  map: 'an object',
  struct: 'an object',
}

function nameOf(value: unknown): string {
  if (Array.isArray(value)) return WORDS.list
  return WORDS[typeof value as Kind] ?? typeof value
}
