import { parseBytes, parseMountString, splitFields } from 'dockline/syntax'
import { UsageError } from '../../errors.js'

export type Mount = ReturnType<typeof parseMountString>

/** Reads the value of --mount. Errors use its keys. */
export function readMount(given: string): Mount {
  checkKeys(fieldsOf(given))
  try {
    return withDriver(parseMountString(given))
  } catch (error) {
    throw new UsageError(inKeys((error as Error).message))
  }
}

/** docker sends the driver of a volume with options also where none is named, and an Engine keeps it so. */
function withDriver(mount: Mount): Mount {
  const { VolumeOptions: options } = mount
  return options === undefined ? mount : { ...mount, VolumeOptions: { DriverConfig: {}, ...options } }
}

/** Refuses a mount that is wrong, and one whose parts cannot go together. */
export function checkMount(given: string): void {
  const { BindOptions: bind, ReadOnly } = readMount(given)
  if (bind?.ReadOnlyNonRecursive && !ReadOnly) throw needs('writable', 'readonly')
  // What is read-only all the way down lets no mounts come in later that are not.
  if (!bind?.ReadOnlyForceRecursive) return
  if (!ReadOnly) throw needs('readonly', 'readonly')
  if (bind.Propagation !== 'rprivate') throw needs('readonly', 'bind-propagation=rprivate')
}

function needs(option: string, other: string): UsageError {
  return new UsageError(
    `option 'bind-recursive=${option}' requires '${other}' to be specified in conjunction`,
  )
}

/** Returns the warnings about mounts that are accepted. */
export function mountWarnings(mounts: readonly string[]): readonly string[] {
  const isOld = mounts.some((given) =>
    fieldsOf(given).some(({ key, value = 'true' }) => key === 'bind-nonrecursive' && isTrue(value)),
  )
  return isOld ? ['bind-nonrecursive is deprecated, use bind-recursive=disabled instead'] : []
}

interface Field {
  /** As it was written. */
  readonly text: string
  readonly key: string
  /** Undefined where no `=` follows. */
  readonly value: string | undefined
}

function fieldsOf(given: string): readonly Field[] {
  return splitFields(given, '--mount').map((text) => {
    const [key = '', value] = text.split(/=(.*)/s)
    return { text, key: key.toLowerCase(), value }
  })
}

/** Keys that mean true when they stand alone. */
const SWITCHES = ['readonly', 'ro', 'bind-nonrecursive', 'bind-create-src', 'volume-nocopy']
const SOURCES = ['source', 'src']
const TARGETS = ['target', 'dst', 'destination']
const RECURSIONS = ['enabled', 'disabled', 'writable', 'readonly']

/** The keys, each with what its value has to be. */
const KEYS = new Map<string, (value: string) => boolean>([
  ...SWITCHES.map((key) => [key, isBool] as const),
  ...[...SOURCES, ...TARGETS, 'type', 'consistency', 'bind-propagation'].map((key) => [key, isAny] as const),
  ...['volume-label', 'volume-driver', 'volume-opt', 'volume-subpath', 'image-subpath'].map(
    (key) => [key, isAny] as const,
  ),
  ['bind-recursive', (value) => RECURSIONS.includes(value)],
  ['tmpfs-size', isSize],
  ['tmpfs-mode', (value) => /^[0-7]+$/.test(value)],
])

/** docker's rules, in its order and its words. */
function checkKeys(fields: readonly Field[]): void {
  for (const field of fields) checkField(field)
  const lastOf = (keys: readonly string[]) => fields.findLast(({ key }) => keys.includes(key))?.value
  const type = lastOf(['type'])?.toLowerCase() ?? 'volume'
  if (type === '') throw new UsageError('type is required')
  if (!lastOf(TARGETS)) throw new UsageError('target is required')
  const family = familiesOf(fields).find((each) => each !== type)
  if (family !== undefined) throw new UsageError(`cannot mix '${family}-*' options with mount type '${type}'`)
  if (type === 'bind' && !lastOf(SOURCES)) throw new UsageError('source is required')
}

function checkField({ text, key, value }: Field): void {
  const fits = KEYS.get(key)
  if (value === undefined) {
    if (SWITCHES.includes(key)) return
    throw new UsageError(`invalid field '${text}' must be a key=value pair`)
  }
  if (fits === undefined) throw new UsageError(`unexpected key '${key}' in '${text}'`)
  if (fits(value)) return
  const known = key === 'bind-recursive' ? ' (must be "enabled", "disabled", "writable", or "readonly")' : ''
  throw new UsageError(`invalid value for ${key}: ${value}${known}`)
}

/** The types that only some mounts are of, as keys name them: `tmpfs` in `tmpfs-size`. */
function familiesOf(fields: readonly Field[]): readonly string[] {
  return fields.flatMap(({ key }) => /^(bind|image|tmpfs|volume)-/.exec(key)?.[1] ?? [])
}

function isAny(): boolean {
  return true
}

function isBool(value: string): boolean {
  return /^(?:1|0|[tT]|[fF]|true|TRUE|True|false|FALSE|False)$/.test(value)
}

function isTrue(value: string): boolean {
  return /^(?:1|[tT]|true|TRUE|True)$/.test(value)
}

function isSize(value: string): boolean {
  try {
    parseBytes(value)
    return true
  } catch {
    return false
  }
}

const KEY_OF: Readonly<Record<string, string>> = { propagation: 'bind-propagation' }

/** The library's message, with the keys of --mount in place of the names of its options. */
function inKeys(message: string): string {
  return message.replace(/^mount(?:\.(\w+))?:? ?/, (_, option: string | undefined) =>
    option === undefined ? '' : `${KEY_OF[option] ?? option} `,
  )
}
