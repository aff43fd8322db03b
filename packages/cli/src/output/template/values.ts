/** A template meets plain objects, and maps where names have to keep their order. */
export type Fields = Readonly<Record<string, unknown>> | ReadonlyMap<string, unknown>

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
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
export function isEmpty(value: unknown): boolean {
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
  ...[
    'Annotations',
    'Containers',
    'DriverOpts',
    'ExposedPorts',
    'Labels',
    'Options',
    'PortBindings',
    'Ports',
  ],
  ...['StorageOpt', 'Sysctls', 'Tmpfs', 'Volumes'],
])
const POINTERS = new Set([
  ...['Healthcheck', 'Health', 'IPAMConfig', 'Init', 'MemorySwappiness', 'OomKillDisable', 'PidsLimit'],
  ...['SizeRootFs', 'SizeRw', 'StopTimeout', 'Status', 'UsageData'],
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
const LISTS = new Set(['Mounts', 'OnBuild', 'Shell'])

/** Whether the Engine leaves out a field of that name when there is nothing in it: it is no misspelling. */
export function isOmitted(name: string): boolean {
  return [MAPS, POINTERS, TEXTS, LISTS].some((names) => names.has(name))
}

/** How Go prints a value; `name` is that of the field it comes from. */
export function printed(value: unknown, name = ''): string {
  if (value === undefined || value === null) return printedNothing(value, name)
  if (Array.isArray(value)) return `[${value.map((item) => printed(item)).join(' ')}]`
  if (isFields(value)) {
    return `map[${sortedFields(value)
      .map(([key, item]) => `${key}:${printed(item, key)}`)
      .join(' ')}]`
  }
  return String(value)
}

function printedNothing(value: null | undefined, name: string): string {
  if (MAPS.has(name)) return 'map[]'
  if (POINTERS.has(name)) return '<nil>'
  if (value === undefined || TEXTS.has(name)) return LISTS.has(name) ? '[]' : ''
  return name === '' ? '<nil>' : '[]'
}
