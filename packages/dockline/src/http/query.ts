import { InvalidArgumentError } from '../errors.js'
import { checkObject, invalid, isPlain, shownKey } from '../support/check.js'

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[] | object
/** Wire names to values. Left out: undefined and null. Sent: everything else, also false, 0 and ''. */
export type Query = { readonly [name: string]: QueryValue }

/** The lists that are one JSON value; all of them belong to a build. */
const JSON_LISTS: ReadonlySet<string> = new Set(['cachefrom', 'outputs', 'ulimits'])

/**
 * Encodes a query. Booleans become 1 and 0, an array repeats its key, and an object is JSON: that is how the Engine
 * reads `filters`, `platform` and their like, although its description speaks of commas. A text is a query that is
 * encoded already.
 */
export function encodeQuery(query: object | string | undefined): string {
  if (query === undefined || query === '') return ''
  if (typeof query === 'string') return `?${query}`
  checkObject(query, 'query')
  const pairs: string[] = []
  for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
    if (value === undefined || value === null) continue
    if (name === 'filters') pairs.push(pair(name, filterSets(value)))
    else if (Array.isArray(value) && !JSON_LISTS.has(name))
      for (const item of value) pairs.push(pair(name, item))
    else pairs.push(pair(name, value))
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function pair(name: string, value: QueryValue): string {
  return `${name}=${encode(name, asText(name, value))}`
}

/** Half a character, which JavaScript can hold, cannot be sent. */
function encode(name: string, text: string): string {
  try {
    return encodeURIComponent(text)
  } catch {
    return invalid(name, 'well-formed Unicode', text)
  }
}

function asText(name: string, value: QueryValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InvalidArgumentError(`${name} must be a finite number, not ${value}`)
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** The values of each filter, as every Engine takes them: `{ "label": { "a": true, "b": true } }`. */
export type FilterSets = Record<string, Record<string, boolean>>

/**
 * `{ label: ['a', 'b'] }` as sets, or filters that are sets already. Anything but a plain object is refused: a Map would
 * pass for no filters at all, and then a list gives everything, and a prune takes it. undefined for none.
 */
export function filterSets(filters: unknown): FilterSets | undefined {
  if (filters === undefined || filters === null) return undefined
  if (!isPlain(filters)) return invalid('filters', "an object such as { label: ['a', 'b=c'] }", filters)
  const given = Object.entries(filters).filter(([, value]) => value !== undefined && value !== null)
  return Object.fromEntries(given.map(([name, value]) => [name, asSet(value, `filters.${shownKey(name)}`)]))
}

function asSet(value: unknown, option: string): Record<string, boolean> {
  if (isPlain(value) && isSet(value)) return { ...value }
  if (!Array.isArray(value)) return { [asWord(value, option, `${SCALAR}, or an array of these`)]: true }
  return Object.fromEntries(value.map((item, index) => [asWord(item, `${option}[${index}]`, SCALAR), true]))
}

function isSet(value: Readonly<Record<string, unknown>>): value is Readonly<Record<string, boolean>> {
  return Object.values(value).every((member) => typeof member === 'boolean')
}

const SCALAR = 'a string, a number or a boolean'

function asWord(value: unknown, option: string, expected: string): string {
  const fits = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  return fits ? String(value) : invalid(option, expected, value)
}
