import { InvalidArgumentError } from '../errors.js'

export type QueryValue = string | number | boolean | null | undefined | readonly (string | number)[] | object
/** Wire names to values. Left out: undefined and null. Sent: everything else, also false, 0 and ''. */
export type Query = { readonly [name: string]: QueryValue }

/** The lists that are one JSON value: all of them are told to a build. */
const JSON_LISTS: ReadonlySet<string> = new Set(['cachefrom', 'outputs', 'ulimits'])

/**
 * Booleans become 1 and 0, an array repeats its key, and an object is JSON: that is how the Engine reads
 * `filters`, `platform` and their like, whatever the description says of commas.
 */
export function encodeQuery(query: object | undefined): string {
  if (query === undefined) return ''
  const pairs: string[] = []
  for (const [name, value] of Object.entries(query) as [string, QueryValue][]) {
    if (value === undefined || value === null) continue
    if (Array.isArray(value) && !JSON_LISTS.has(name)) for (const item of value) pairs.push(pair(name, item))
    else pairs.push(pair(name, name === 'filters' ? encodeFilters(value) : value))
  }
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

function pair(name: string, value: QueryValue): string {
  return `${name}=${encodeURIComponent(asText(name, value))}`
}

function asText(name: string, value: QueryValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InvalidArgumentError(`${name} must be a finite number, not ${value}`)
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** `{ label: ['a', 'b'] }` to `{ "label": { "a": true, "b": true } }`, the one form every Engine takes. */
function encodeFilters(filters: QueryValue): string {
  if (typeof filters !== 'object' || filters === null) return String(filters)
  const encoded: Record<string, Record<string, boolean>> = {}
  for (const [name, value] of Object.entries(filters) as [string, unknown][]) {
    if (value === undefined || value === null) continue
    encoded[name] = asSet(value)
  }
  return JSON.stringify(encoded)
}

function asSet(value: unknown): Record<string, boolean> {
  if (Array.isArray(value)) return Object.fromEntries(value.map((item) => [String(item), true]))
  if (typeof value === 'object') return value as Record<string, boolean>
  return { [String(value)]: true }
}
