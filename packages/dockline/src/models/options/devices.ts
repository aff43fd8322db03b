import type {
  DeviceMapping,
  DeviceRequest,
  ResourcesBlkioWeightDevice,
  ThrottleDevice,
} from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { table } from './table.js'
import { parseBytes } from './units.js'
import {
  type Convert,
  cut,
  integer,
  invalid,
  listOf,
  orText,
  type StringMap,
  show,
  stringMap,
  strings,
  text,
} from './values.js'
import { splitFields } from './words.js'

/** A device of the host, given to the container. */
export interface DeviceOptions {
  readonly pathOnHost: string
  /** The path in the container. Default: the path on the host. */
  readonly pathInContainer?: string | undefined
  /** Any of `r` (read), `w` (write) and `m` (make nodes). Default: all three. */
  readonly cgroupPermissions?: string | undefined
}

/** Devices that a driver finds, such as GPUs. */
export interface DeviceRequestOptions {
  readonly driver?: string | undefined
  /** How many; -1 for all. In place of `deviceIds`. */
  readonly count?: number | undefined
  readonly deviceIds?: readonly string[] | undefined
  /** Alternatives, each a list of what one device must be capable of: `[['gpu', 'compute']]`. */
  readonly capabilities?: readonly (readonly string[])[] | undefined
  readonly options?: StringMap | undefined
}

/** The share of one block device, 10 to 1000. */
export interface DeviceWeight {
  readonly path: string
  readonly weight: number
}

/**
 * A limit on one block device: bytes per second, where a string such as `'10m'` will do, or operations per
 * second.
 */
export interface DeviceRate {
  readonly path: string
  readonly rate: number | string
}

const mapping = table<DeviceOptions, DeviceMapping>({
  pathOnHost: ['PathOnHost', text],
  pathInContainer: ['PathInContainer', text],
  cgroupPermissions: ['CgroupPermissions', permissions],
})

/** Parses `'/dev/a'`, `'/dev/a:/dev/b'`, `'/dev/a:rw'` or `'/dev/a:/dev/b:rw'`, or an object. */
export function parseDevice(value: unknown, option = 'device'): DeviceMapping {
  const device =
    typeof value === 'string' ? fromString(value, option) : mapping.parse(value, option, orText('/dev/fuse'))
  const { PathOnHost: path } = device
  if (!path) return invalid(`${option}.pathOnHost`, 'the path of a device', path)
  return { PathOnHost: path, PathInContainer: path, CgroupPermissions: 'rwm', ...device }
}

function fromString(value: string, option: string): DeviceMapping {
  const [host = '', second, third, ...more] = value.split(':')
  if (host === '' || second === '' || third === '' || more.length > 0) {
    return invalid(option, "like '/dev/a', '/dev/a:/dev/b' or '/dev/a:/dev/b:rwm'", value)
  }
  if (second === undefined) return { PathOnHost: host }
  if (third !== undefined) {
    return { PathOnHost: host, PathInContainer: second, CgroupPermissions: permissions(third, option) }
  }
  const mode = second.startsWith('/')
    ? { PathInContainer: second }
    : { CgroupPermissions: permissions(second, option) }
  return { PathOnHost: host, ...mode }
}

function permissions(value: unknown, option: string): string {
  const letters = typeof value === 'string' ? value : ''
  const well = /^[rwm]{1,3}$/.test(letters) && new Set(letters).size === letters.length
  return well ? letters : invalid(`${option}: the permissions of a device`, "some of 'rwm'", value)
}

const weight = table<DeviceWeight, ResourcesBlkioWeightDevice>({
  path: ['Path', text],
  weight: ['Weight', integer],
})
const bytesRate = table<DeviceRate, ThrottleDevice>({ path: ['Path', text], rate: ['Rate', parseBytes] })
const countRate = table<DeviceRate, ThrottleDevice>({ path: ['Path', text], rate: ['Rate', integer] })

export const deviceWeight: Convert<ResourcesBlkioWeightDevice> = weight.parse
export const deviceBytesRate: Convert<ThrottleDevice> = bytesRate.parse
export const deviceCountRate: Convert<ThrottleDevice> = countRate.parse

const request = table<DeviceRequestOptions, DeviceRequest>({
  driver: ['Driver', text],
  count: ['Count', integer],
  deviceIds: ['DeviceIDs', strings],
  capabilities: ['Capabilities', listOf(strings)],
  options: ['Options', stringMap],
})

export const deviceRequest: Convert<DeviceRequest> = request.parse

/**
 * Parses GPUs as docker's --gpus does: `'all'`, a number, `'device=0'`, `'"device=0,1"'` or
 * `'count=2,capabilities=utility'`. -1 is all of them.
 */
export function parseGpus(value: unknown, option = 'gpus'): DeviceRequest {
  if (typeof value !== 'string') return { Count: gpuCount(value, option), Capabilities: [['gpu']] }
  const fields = new Map<string, string>()
  for (const field of splitFields(value, option)) {
    const [key, content] = field.includes('=') ? cut(field, '=') : ['count', field]
    if (fields.has(key)) throw new InvalidArgumentError(`${option} has ${key} twice: ${show(value)}`)
    fields.set(key, content ?? '')
  }
  if (fields.has('count') && fields.has('device')) {
    throw new InvalidArgumentError(`${option} takes a count or devices, not both: ${show(value)}`, {
      hint: `several devices go in quotes: '"device=0,1"'`,
    })
  }
  const initial: DeviceRequest = fields.has('device') ? {} : { Count: 1 }
  const parts = [...fields].map(([key, content]) => gpuField(key, content, option))
  return Object.assign(initial, { Capabilities: [['gpu']] }, ...parts)
}

function gpuField(key: string, content: string, option: string): DeviceRequest {
  switch (key) {
    case 'count':
      return { Count: gpuCount(content, option) }
    case 'device':
      return { DeviceIDs: content.split(',') }
    case 'driver':
      return { Driver: content }
    case 'capabilities':
      return { Capabilities: [[...new Set([...content.split(','), 'gpu'])]] }
    case 'options':
      return { Options: stringMap(splitFields(content, option), option) }
    default:
      return invalid(`${option}: a field`, 'count, device, driver, capabilities or options', key)
  }
}

function gpuCount(value: unknown, option: string): number {
  const count = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (count === 'all') return -1
  if (typeof count === 'number' && Number.isSafeInteger(count) && count >= -1) return count
  return invalid(option, "'all', a number, or fields such as 'device=0'", value)
}
