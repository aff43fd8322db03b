import type {
  DeviceMapping,
  DeviceRequest,
  Resources,
  ResourcesBlkioWeightDevice,
  ResourcesUlimit,
  ThrottleDevice,
} from '../../api/types.gen.js'
import {
  type DeviceOptions,
  type DeviceRate,
  type DeviceRequestOptions,
  type DeviceWeight,
  deviceBytesRate,
  deviceCountRate,
  deviceRequest,
  deviceWeight,
  parseDevice,
  parseGpus,
} from './devices.js'
import { parseUlimit, type UlimitOptions } from './limits.js'
import { type Option, table } from './table.js'
import { bytesOrUnlimited, cpus, parseBytes } from './units.js'
import { type Convert, flag, integer, listOf, strings, text } from './values.js'

/** What a container may use of its host. */
export interface ResourceOptions extends PlainResourceOptions {
  /** Devices that a driver finds. API 1.40. */
  readonly deviceRequests?: Option<readonly (DeviceRequestOptions | Readonly<DeviceRequest>)[]>
  /** GPUs: `'all'`, how many, or docker's --gpus syntax. They are added to `deviceRequests`. API 1.40. */
  readonly gpus?: Option<number | string>
}

interface PlainResourceOptions {
  /** Share of block I/O against other containers: 10 to 1000, 0 for none. */
  readonly blkioWeight?: Option<number>
  /** The same for single devices: `{ path, weight }`. */
  readonly blkioWeightDevice?: Option<readonly (DeviceWeight | Readonly<ResourcesBlkioWeightDevice>)[]>
  /** The cgroup below which the container's own is made. */
  readonly cgroupParent?: Option<string>
  /** How many CPUs (Windows). */
  readonly cpuCount?: Option<number>
  /** Percentage of the CPUs (Windows). */
  readonly cpuPercent?: Option<number>
  /** Length of the scheduler's period, in microseconds. */
  readonly cpuPeriod?: Option<number>
  /** CPU time within a period, in microseconds. */
  readonly cpuQuota?: Option<number>
  /** Length of the realtime scheduler's period, in microseconds. API 1.25. */
  readonly cpuRtPeriod?: Option<number>
  /** Realtime CPU time within a period, in microseconds. API 1.25. */
  readonly cpuRtRuntime?: Option<number>
  /** Share of CPU time against other containers; 0 is the Engine's default, 1024. */
  readonly cpuShares?: Option<number>
  /** CPUs to run on, such as `'0-2,4'`. */
  readonly cpusetCpus?: Option<string>
  /** Memory nodes to use, such as `'0,1'`. */
  readonly cpusetMems?: Option<string>
  /** Rules for devices, as the kernel writes them: `'c 1:3 mr'`. API 1.28. */
  readonly deviceCgroupRules?: Option<readonly string[]>
  /** Limits on reading: `{ path, rate }`, in bytes per second. */
  readonly deviceReadBps?: Option<readonly (DeviceRate | Readonly<ThrottleDevice>)[]>
  /** Limits on reading: `{ path, rate }`, in operations per second. */
  readonly deviceReadIops?: Option<readonly (DeviceRate | Readonly<ThrottleDevice>)[]>
  /** Limits on writing: `{ path, rate }`, in bytes per second. */
  readonly deviceWriteBps?: Option<readonly (DeviceRate | Readonly<ThrottleDevice>)[]>
  /** Limits on writing: `{ path, rate }`, in operations per second. */
  readonly deviceWriteIops?: Option<readonly (DeviceRate | Readonly<ThrottleDevice>)[]>
  /** Devices of the host: `'/dev/a:/dev/b:rwm'` or `{ pathOnHost, pathInContainer, cgroupPermissions }`. */
  readonly devices?: Option<readonly (string | DeviceOptions | Readonly<DeviceMapping>)[]>
  /**
   * Runs a small init as process 1, which reaps and passes signals on. Default: the Engine decides.
   * API 1.25.
   */
  readonly init?: Option<boolean>
  /** Kernel memory in bytes, or `'64m'`. Only up to API 1.41; later Engines ignore it. */
  readonly kernelMemory?: Option<number | string>
  /** Memory in bytes, or `'512m'`; 0 for no limit. */
  readonly memory?: Option<number | string>
  /** Memory that is kept for the container when the host runs short, in bytes or as `'256m'`. */
  readonly memoryReservation?: Option<number | string>
  /** How readily memory is swapped out: 0 to 100, -1 for the kernel's default. */
  readonly memorySwappiness?: Option<number>
  /** Memory and swap together, in bytes or as `'1g'`; -1 or `'-1'` for no limit on swap. */
  readonly memorySwap?: Option<number | string>
  /** How many CPUs, such as 1.5. 0 is no limit. API 1.25. */
  readonly cpus?: Option<number>
  /** Does not kill the container when it runs out of memory. */
  readonly oomKillDisable?: Option<boolean>
  /** How many processes; 0 or -1 for no limit. */
  readonly pidsLimit?: Option<number>
  /** Limits of the kernel: `'nofile=1024:2048'` or `{ name, soft, hard }`. */
  readonly ulimits?: Option<readonly (string | UlimitOptions | Readonly<ResourcesUlimit>)[]>
}

/** KernelMemory has left the Engine's description, and old Engines still take it. */
interface WireResources extends Resources {
  KernelMemory?: number | undefined
}

const plain = table<PlainResourceOptions, WireResources>({
  blkioWeight: ['BlkioWeight', integer],
  blkioWeightDevice: ['BlkioWeightDevice', listOf(deviceWeight)],
  cgroupParent: ['CgroupParent', text],
  cpuCount: ['CpuCount', integer],
  cpuPercent: ['CpuPercent', integer],
  cpuPeriod: ['CpuPeriod', integer],
  cpuQuota: ['CpuQuota', integer],
  cpuRtPeriod: ['CpuRealtimePeriod', integer],
  cpuRtRuntime: ['CpuRealtimeRuntime', integer],
  cpuShares: ['CpuShares', integer],
  cpusetCpus: ['CpusetCpus', text],
  cpusetMems: ['CpusetMems', text],
  deviceCgroupRules: ['DeviceCgroupRules', strings],
  deviceReadBps: ['BlkioDeviceReadBps', listOf(deviceBytesRate)],
  deviceReadIops: ['BlkioDeviceReadIOps', listOf(deviceCountRate)],
  deviceWriteBps: ['BlkioDeviceWriteBps', listOf(deviceBytesRate)],
  deviceWriteIops: ['BlkioDeviceWriteIOps', listOf(deviceCountRate)],
  devices: ['Devices', listOf(parseDevice)],
  init: ['Init', flag],
  kernelMemory: ['KernelMemory', parseBytes],
  memory: ['Memory', parseBytes],
  memoryReservation: ['MemoryReservation', parseBytes],
  memorySwappiness: ['MemorySwappiness', integer],
  memorySwap: ['MemorySwap', bytesOrUnlimited],
  cpus: cpus('NanoCpus'),
  oomKillDisable: ['OomKillDisable', flag],
  pidsLimit: ['PidsLimit', integer],
  ulimits: ['Ulimits', listOf(parseUlimit)],
})

export const resourceNames: readonly string[] = [...plain.names, 'deviceRequests', 'gpus']

/**
 * The Engine's Resources, for creating and for updating a container. Names that are none of theirs are left
 * alone.
 */
export function resources(options: ResourceOptions): Resources {
  return { ...plain.pick(options), ...requests(options) }
}

const deviceRequests: Convert<DeviceRequest[]> = listOf(deviceRequest)

function requests({ deviceRequests: given, gpus }: ResourceOptions): Pick<Resources, 'DeviceRequests'> {
  if (given === undefined && gpus === undefined) return {}
  if ((given ?? null) === null && (gpus ?? null) === null) return { DeviceRequests: null }
  const asked = given === undefined || given === null ? [] : deviceRequests(given, 'deviceRequests')
  return { DeviceRequests: gpus === undefined || gpus === null ? asked : [...asked, parseGpus(gpus)] }
}
