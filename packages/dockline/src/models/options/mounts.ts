import type {
  Mount,
  MountBindOptions,
  MountImageOptions,
  MountTmpfsOptions,
  MountType,
  MountVolumeOptions,
  MountVolumeOptionsDriverConfig,
} from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { refuseUnknown } from '../../support/suggest.js'
import { table } from './table.js'
import { parseBytes } from './units.js'
import {
  type Convert,
  flag,
  integer,
  invalid,
  listOf,
  object,
  oneOf,
  parted,
  type StringMap,
  stringMap,
  strings,
  text,
} from './values.js'
import type { Propagation } from './volumes.js'

/** One mount. Options that belong to another type than `type` are refused. */
export interface MountOptions extends BindMountOptions, VolumeMountOptions, TmpfsMountOptions {
  /** The type of the mount. `image` needs API 1.48. Default: `volume`. */
  readonly type?: MountType | undefined
  /** A host path, a volume or an image; nothing for tmpfs, and for a volume without a name. */
  readonly source?: string | undefined
  /** The path in the container. */
  readonly target: string
  readonly readOnly?: boolean | undefined
  /** `default`, `consistent`, `cached` or `delegated`; most Engines ignore it. */
  readonly consistency?: string | undefined
}

export interface BindMountOptions {
  /** How mounts made later on one side appear on the other. Default: `rprivate`. */
  readonly propagation?: Propagation | undefined
  /** Leaves out what is mounted below the source. API 1.40. */
  readonly nonRecursive?: boolean | undefined
  /** Makes the source when the host does not have it. API 1.42. */
  readonly createMountpoint?: boolean | undefined
  /** Makes only the mount itself read-only, not those below it. API 1.44. */
  readonly readOnlyNonRecursive?: boolean | undefined
  /** Fails where the mounts below cannot be made read-only as well. API 1.44. */
  readonly readOnlyForceRecursive?: boolean | undefined
}

export interface VolumeMountOptions {
  /** Leaves a new volume empty in place of copying what the image has there. */
  readonly noCopy?: boolean | undefined
  /** Labels for a volume that is made for this mount. */
  readonly labels?: StringMap | undefined
  /** The driver of a volume that is made for this mount. */
  readonly driverConfig?: VolumeDriverOptions | MountVolumeOptionsDriverConfig | undefined
  /** A path inside the volume (API 1.45) or the image (API 1.48). */
  readonly subpath?: string | undefined
}

export interface VolumeDriverOptions {
  readonly name?: string | undefined
  readonly options?: StringMap | undefined
}

export interface TmpfsMountOptions {
  /** Bytes, or a string such as `'64m'`. Default: none. */
  readonly tmpfsSize?: number | string | undefined
  /** Permissions: a number such as 0o1777, or its octal digits in a string. */
  readonly tmpfsMode?: number | string | undefined
  /** Further mount options, such as `[['noexec'], ['uid', '1000']]`. API 1.46. */
  readonly tmpfsOptions?: readonly (readonly string[])[] | undefined
}

const bind = table<BindMountOptions, MountBindOptions>({
  propagation: ['Propagation', oneOf('private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave')],
  nonRecursive: ['NonRecursive', flag],
  createMountpoint: ['CreateMountpoint', flag],
  readOnlyNonRecursive: ['ReadOnlyNonRecursive', flag],
  readOnlyForceRecursive: ['ReadOnlyForceRecursive', flag],
})

const driver = table<VolumeDriverOptions, MountVolumeOptionsDriverConfig>({
  name: ['Name', text],
  options: ['Options', stringMap],
})

const volume = table<VolumeMountOptions, MountVolumeOptions>({
  noCopy: ['NoCopy', flag],
  labels: ['Labels', stringMap],
  driverConfig: ['DriverConfig', driver.parse],
  subpath: ['Subpath', text],
})

const image = table<Pick<VolumeMountOptions, 'subpath'>, MountImageOptions>({ subpath: ['Subpath', text] })

const tmpfs = table<TmpfsMountOptions, MountTmpfsOptions>({
  tmpfsSize: ['SizeBytes', parseBytes],
  tmpfsMode: ['Mode', permissions],
  tmpfsOptions: ['Options', listOf(strings)],
})

type Common = 'type' | 'source' | 'target' | 'readOnly' | 'consistency'
type Group = 'BindOptions' | 'VolumeOptions' | 'ImageOptions' | 'TmpfsOptions'

const whole = table<Pick<MountOptions, Common> & { readonly [Name in Group]?: unknown }, Mount>({
  type: ['Type', oneOf('bind', 'cluster', 'image', 'npipe', 'tmpfs', 'volume')],
  source: ['Source', text],
  target: ['Target', text],
  readOnly: ['ReadOnly', flag],
  consistency: ['Consistency', text],
  BindOptions: ['BindOptions', bind.parse],
  VolumeOptions: ['VolumeOptions', volume.parse],
  ImageOptions: ['ImageOptions', image.parse],
  TmpfsOptions: ['TmpfsOptions', tmpfs.parse],
})

interface Own {
  readonly key: Group
  readonly names: readonly string[]
  readonly parse: Convert<object>
}

/** What each type has of its own. */
const own = new Map<unknown, Own>([
  ['bind', { key: 'BindOptions', ...bind }],
  ['volume', { key: 'VolumeOptions', ...volume }],
  ['image', { key: 'ImageOptions', ...image }],
  ['tmpfs', { key: 'TmpfsOptions', ...tmpfs }],
])

/** Parses an object with friendly names, the Engine's names, or both. `parseMountString` parses the text of `--mount`. */
export function parseMount(value: unknown, option = 'mount'): Mount {
  const given = object(value, option)
  const type = given.type ?? given.Type ?? 'volume'
  const group = own.get(type)
  const [special, general] = parted(given, group?.names ?? [])
  for (const name of Object.keys(general)) refuseForeign(name, type, option)
  refuseUnknown(general, [...whole.known, ...[...own.values()].flatMap(({ names }) => names)], option)
  const mount = whole.parse({ ...general, type }, option)
  if (group === undefined || Object.keys(special).length === 0) return complete(mount, option)
  const options = { ...mount[group.key], ...group.parse(special, option) }
  return complete({ ...mount, [group.key]: options }, option)
}

function refuseForeign(name: string, type: unknown, option: string): void {
  const owners = [...own].filter(([, { names }]) => names.includes(name)).map(([owner]) => owner)
  if (owners.length === 0) return
  throw new InvalidArgumentError(
    `${option}.${name} is for mounts of type ${owners.join(' or ')}, not ${String(type)}`,
  )
}

function complete(mount: Partial<Mount>, option: string): Mount {
  if (!mount.Target) return invalid(`${option}.target`, 'a path in the container', mount.Target)
  const missing = !mount.Source && ['bind', 'npipe', 'image'].includes(String(mount.Type))
  if (missing) return invalid(`${option}.source`, `what the ${mount.Type} mount is of`, mount.Source)
  if (mount.Type === 'tmpfs' && mount.Source) {
    throw new InvalidArgumentError(`${option}.source cannot be given for a tmpfs mount`)
  }
  return mount
}

function permissions(value: unknown, option: string): number {
  if (typeof value === 'number') return integer(value, option)
  if (typeof value === 'string' && /^[0-7]{1,5}$/.test(value)) return Number.parseInt(value, 8)
  return invalid(option, "a number such as 0o1777 or a string such as '1777'", value)
}
