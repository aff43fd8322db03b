import { EXIT, ExitError, UsageError } from '../../errors.js'
import { bool, type Flag, int, isExact, list, onWindows, text, uint } from '../flag.js'
import { checkUlimit } from '../ulimit.js'
import { checkBytes, isBytes } from '../units.js'
import { readableBy } from '../words.js'
import { billionths, cpuCount, devicePair, to } from './option.js'

const bytes = (help: string, short?: string): Flag<string | undefined> =>
  text(help, { type: 'bytes', check: checkBytes, ...(short === undefined ? {} : { short }) })

const bytesOrUnlimited = (help: string): Flag<string | undefined> =>
  text(help, { type: 'bytes', check: (given) => given === '-1' || checkBytes(given) })

const byteRates = (help: string): Flag<readonly string[]> => list(help, { check: checkByteRate })

const countRates = (help: string): Flag<readonly string[]> => list(help, { check: checkCountRate })

function checkByteRate(given: string): void {
  const [, rate] = devicePair(given)
  if (isBytes(rate)) return
  const format = 'The correct format is <device-path>:<number>[<unit>]. Number must be a positive integer'
  throw new UsageError(
    `invalid rate for device: ${given}. ${format}. Unit is optional and can be kb, mb, or gb`,
  )
}

function checkCountRate(given: string): void {
  const [, rate] = devicePair(given)
  if (/^\d+$/.test(rate) && isExact(Number(rate))) return
  const format = 'The correct format is <device-path>:<number>. Number must be a positive integer'
  throw new UsageError(`invalid rate for device: ${given}. ${format}`)
}

function checkWeight(given: string): void {
  const [, weight] = devicePair(given)
  const known =
    /^\d+$/.test(weight) && Number(weight) <= 1000 && (Number(weight) === 0 || Number(weight) >= 10)
  if (!known) throw new UsageError(`invalid weight for device: ${given}`)
}

function bytesPerSecond(given: readonly string[]) {
  return given.map(devicePair).map(([path, rate]) => ({ path, rate }))
}

function countPerSecond(given: readonly string[]) {
  return given.map(devicePair).map(([path, rate]) => ({ path, rate: Number(rate) }))
}

/** What the container may use of its host. */
export const resourceFlags = {
  'blkio-weight': to(
    'blkioWeight',
    uint('Block IO (relative weight), between 10 and 1000, or 0 to disable', 16),
  ),
  'blkio-weight-device': to(
    'blkioWeightDevice',
    list('Block IO weight (relative device weight)', { check: checkWeight }),
    (given) => given.map(devicePair).map(([path, weight]) => ({ path, weight: Number(weight) })),
  ),
  'cgroup-parent': to('cgroupParent', text('Optional parent cgroup for the container')),
  'cpu-count': to('cpuCount', onWindows(int('CPU count (Windows only)'))),
  'cpu-percent': to('cpuPercent', onWindows(int('CPU percent (Windows only)'))),
  'cpu-period': to('cpuPeriod', int('Limit CPU CFS (Completely Fair Scheduler) period')),
  'cpu-quota': to('cpuQuota', int('Limit CPU CFS (Completely Fair Scheduler) quota')),
  'cpu-rt-period': to('cpuRtPeriod', int('Limit CPU real-time period in microseconds')),
  'cpu-rt-runtime': to('cpuRtRuntime', int('Limit CPU real-time runtime in microseconds')),
  'cpu-shares': to('cpuShares', int('CPU shares (relative weight)', { short: 'c' })),
  cpus: to('cpus', text('Number of CPUs', { type: 'decimal', check: readableBy(billionths) }), cpuCount),
  'cpuset-cpus': to('cpusetCpus', text('CPUs in which to allow execution (0-3, 0,1)')),
  'cpuset-mems': to('cpusetMems', text('MEMs in which to allow execution (0-3, 0,1)')),
  'device-cgroup-rule': to(
    'deviceCgroupRules',
    list('Add a rule to the cgroup allowed devices list', { check: checkDeviceRule }),
  ),
  'device-read-bps': to(
    'deviceReadBps',
    byteRates('Limit read rate (bytes per second) from a device'),
    bytesPerSecond,
  ),
  'device-read-iops': to(
    'deviceReadIops',
    countRates('Limit read rate (IO per second) from a device'),
    countPerSecond,
  ),
  'device-write-bps': to(
    'deviceWriteBps',
    byteRates('Limit write rate (bytes per second) to a device'),
    bytesPerSecond,
  ),
  'device-write-iops': to(
    'deviceWriteIops',
    countRates('Limit write rate (IO per second) to a device'),
    countPerSecond,
  ),
  'kernel-memory': to('kernelMemory', bytes('Kernel memory limit')),
  memory: to('memory', bytes('Memory limit', 'm')),
  'memory-reservation': to('memoryReservation', bytes('Memory soft limit')),
  'memory-swap': to(
    'memorySwap',
    bytesOrUnlimited("Swap limit equal to memory plus swap: '-1' to enable unlimited swap"),
  ),
  'memory-swappiness': to('memorySwappiness', int('Tune container memory swappiness (0 to 100)')),
  'oom-kill-disable': to('oomKillDisable', bool('Disable OOM Killer')),
  'oom-score-adj': to('oomScoreAdj', int("Tune host's OOM preferences (-1000 to 1000)")),
  'pids-limit': to('pidsLimit', int('Tune container pids limit (set -1 for unlimited)')),
  'shm-size': to('shmSize', bytes('Size of /dev/shm')),
  ulimit: to('ulimits', list('Ulimit options', { type: 'ulimit', check: checkUlimit }), lastOfEach),
}

export function checkResources({ 'memory-swappiness': swappiness = -1 }: SomeResources): void {
  if (swappiness >= -1 && swappiness <= 100) return
  const range = 'Valid memory swappiness range is 0-100'
  throw new ExitError(`invalid value: ${swappiness}. ${range}`, EXIT.usage)
}

interface SomeResources {
  readonly 'memory-swappiness': number | undefined
}

function checkDeviceRule(given: string): void {
  if (/^[acb] (\d+|\*):(\d+|\*) [rwm]{1,3}$/.test(given)) return
  throw new UsageError(`invalid device cgroup format '${given}'`)
}

function lastOfEach(ulimits: readonly string[]): readonly string[] {
  return [...new Map(ulimits.map((ulimit) => [ulimit.split('=')[0], ulimit])).values()]
}
