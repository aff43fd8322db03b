import { goDuration } from '../duration.js'

/** What a map of Go has for a key that is not in it: false to `if`, and nothing is below it either. */
export const NO_VALUE = Symbol('no value')

/** What is printed in words, and is something else to a program: a duration is a number, a platform its parts. */
export class Worded {
  readonly words: string
  readonly content: unknown

  constructor(words: string, content: unknown) {
    this.words = words
    this.content = content
  }

  toJSON(): unknown {
    return this.content
  }
}

/** What a program reckons with. */
export function plain(value: unknown): unknown {
  if (value === NO_VALUE) return null
  return value instanceof Worded ? value.content : value
}

/** A template meets plain objects, and maps where names have to keep their order. */
export type Fields = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Worded)
}

export function hasField(fields: Fields, name: string): boolean {
  return fields instanceof Map ? fields.has(name) : Object.hasOwn(fields, name)
}

export function fieldOf(fields: Fields, name: string): unknown {
  if (fields instanceof Map) return fields.get(name)
  return Object.hasOwn(fields, name) ? (fields as Readonly<Record<string, unknown>>)[name] : undefined
}

export function fieldsOf(fields: Fields): [string, unknown][] {
  return fields instanceof Map ? [...fields] : Object.entries(fields)
}

/** As Go goes through a map. */
export function sortedFields(fields: Fields): [string, unknown][] {
  return fieldsOf(fields).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** What counts as false for `if`, `and`, `or` and `not`. */
export function isEmpty(given: unknown): boolean {
  const value = plain(given)
  if (value === undefined || value === null) return true
  if (typeof value === 'object') return sizeOf(value) === 0
  return value === false || value === 0 || value === 0n || value === ''
}

export function sizeOf(value: object): number {
  if (Array.isArray(value)) return value.length
  return value instanceof Map ? value.size : Object.keys(value).length
}

/** Null where an Engine means a list of nothing, a map of nothing, or nothing at all: only the name tells. */
const MAPS = new Set([
  ...['Annotations', 'Containers', 'Data', 'DriverOpts', 'Labels', 'Options', 'Services', 'StorageOpt'],
  ...['Sysctls', 'Tmpfs', 'Volumes'],
])
/** In these a port is a key, which cannot be written as a field. */
const PORT_MAPS = new Set(['ExposedPorts', 'PortBindings', 'Ports'])
/** Maps that are always there; a name alone may be that of something else as well. */
const FILLED_MAPS = new Set([
  ...['Attributes', 'Details', 'Endpoints', 'IndexConfigs', 'LogConfig.Config', 'Networks', 'Runtimes'],
  'TLSMaterial',
])
const POINTERS = new Set([
  ...['Healthcheck', 'Health', 'IPAMConfig', 'Init', 'MemorySwappiness', 'OomKillDisable', 'PidsLimit'],
  ...['ImageManifestDescriptor', 'Platform', 'SizeRootFs', 'SizeRw', 'StopTimeout', 'Status', 'UsageData'],
])
const TEXTS = new Set([
  'StopSignal',
  'MacAddress',
  'Domainname',
  'Driver',
  'Mode',
  'Name',
  'Propagation',
  'VolumeDriver',
])
const LISTS = new Set(['Mounts', 'OnBuild', 'Shell', 'Test'])
const DURATIONS = new Set(['Interval', 'Timeout', 'StartPeriod', 'StartInterval'])

/** Whether the Engine leaves out a field of that name when there is nothing in it: it is no misspelling. */
export function isOmitted(name: string): boolean {
  return [MAPS, PORT_MAPS, POINTERS, TEXTS, LISTS].some((names) => names.has(name))
}

/** Whether the field at the end of this path is a map, where any key may be missing. */
export function isMap(path: string): boolean {
  // Every field of every row of a table comes by here.
  if (path === '') return false
  const [name = '', parent = ''] = path.split('.').reverse()
  return MAPS.has(name) || FILLED_MAPS.has(name) || FILLED_MAPS.has(`${parent}.${name}`)
}

/** A number in a Healthcheck: the Engine leaves it out when it is 0, and most of them are durations. */
export function healthcheckNumber(fields: Fields, name: string): unknown {
  const number = fieldOf(fields, name) ?? 0
  if (DURATIONS.has(name)) return new Worded(goDuration(BigInt(number as number)), number)
  return name === 'Retries' ? number : undefined
}

/** Nobody reads what is nested more deeply. */
const MAX_PRINTED_DEPTH = 1000

/** How Go prints a value; `name` is that of the field it comes from. */
export function printed(value: unknown, name = '', depth = 0): string {
  if (typeof value === 'string') return value
  if (depth > MAX_PRINTED_DEPTH) {
    throw new Error(`it is nested more than ${MAX_PRINTED_DEPTH} levels deep: the function json prints it`)
  }
  if (value === NO_VALUE) return '<nil>'
  if (value instanceof Worded) return value.words
  if (value === undefined || value === null) return printedNothing(value, name)
  if (Array.isArray(value)) return `[${value.map((item) => printed(item, '', depth + 1)).join(' ')}]`
  if (isFields(value)) {
    return `map[${sortedFields(value)
      .map(([key, item]) => `${key}:${printed(item, key, depth + 1)}`)
      .join(' ')}]`
  }
  return String(value)
}

function printedNothing(value: null | undefined, name: string): string {
  if (MAPS.has(name) || PORT_MAPS.has(name)) return 'map[]'
  if (POINTERS.has(name)) return '<nil>'
  if (value === undefined || TEXTS.has(name)) return LISTS.has(name) ? '[]' : ''
  return name === '' ? '<nil>' : '[]'
}
