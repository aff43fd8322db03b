import type {
  ApiClient,
  ContainerBlkioStatEntry,
  ContainerCPUStats,
  ContainerMemoryStats,
  ContainerStatsResponse,
} from '../../api/index.js'
import { InvalidArgumentError, StreamError } from '../../errors.js'
import { type CallOptions, deadline } from '../../http/index.js'
import { pause } from '../../support/pause.js'
import { callTable } from '../base/call.js'
import { checkObject, flag } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'

export interface StatsOptions extends CallOptions {
  /**
   * false measures once, which takes the Engine a second or two. Default: true, about one a second until the
   * loop is left.
   */
  readonly stream?: boolean | undefined
  /** Asks once and at once. `cpuPercent` is known only with `previous`. Default: false. API 1.41. */
  readonly oneShot?: boolean | undefined
}

export interface OneShotOptions extends StatsOptions {
  readonly oneShot: true
  readonly stream?: false | undefined
  /** What was measured before: CPU usage is that since then. */
  readonly previous?: ContainerStats | ContainerStatsResponse | undefined
}

/** What a container uses, computed as `docker stats` does it. Sizes are in bytes. */
export interface ContainerStats {
  /** When it was measured; undefined for a container that does not run. */
  readonly time: Date | undefined
  /** Of one CPU: two busy ones are 200. 0 in the first of a stream, and in a one-shot without `previous`. */
  readonly cpuPercent: number
  /** Without the cache that the kernel would give up at once. */
  readonly memoryUsage: number
  /** The container's own limit, or else the machine's memory. */
  readonly memoryLimit: number
  readonly memoryPercent: number
  /** Received since its start, over all networks. */
  readonly networkReceived: number
  readonly networkSent: number
  /** Read from block devices since its start. */
  readonly blockRead: number
  readonly blockWritten: number
  /** Processes and threads. */
  readonly pids: number
  /** What the Engine sent. */
  readonly raw: ContainerStatsResponse
}

export type StatsStream = AsyncGenerator<ContainerStats, void, undefined>

/**
 * Computes the figures that people read. A missing number counts as 0. `previous` is the measurement before,
 * where the Engine does not send one along.
 */
export function computeStats(
  raw: ContainerStatsResponse,
  previous?: ContainerStats | ContainerStatsResponse,
): ContainerStats {
  checkObject(raw, 'raw')
  if (previous !== undefined) checkObject(previous, 'previous')
  const before = previous === undefined ? undefined : 'raw' in previous ? previous.raw : previous
  const memory = raw.memory_stats ?? {}
  const memoryUsage = usedMemory(memory)
  const memoryLimit = memory.limit ?? 0
  const networks = Object.values(raw.networks ?? {})
  const blocks = raw.blkio_stats?.io_service_bytes_recursive
  return {
    time: measuredAt(raw.read),
    cpuPercent: isWindows(raw) ? windowsCpu(raw, before) : linuxCpu(raw, before),
    memoryUsage,
    memoryLimit,
    memoryPercent: memoryLimit > 0 ? (memoryUsage / memoryLimit) * 100 : 0,
    networkReceived: sum(networks.map(({ rx_bytes }) => rx_bytes)),
    networkSent: sum(networks.map(({ tx_bytes }) => tx_bytes)),
    blockRead: raw.storage_stats?.read_size_bytes ?? bytesOf('r', blocks),
    blockWritten: raw.storage_stats?.write_size_bytes ?? bytesOf('w', blocks),
    pids: raw.pids_stats?.current ?? 0,
    raw,
  }
}

/** One after the other, until the loop is left. */
export async function* streamStats(api: ApiClient, id: string, options: StatsOptions): StatsStream {
  checkStats(options)
  const { signal, timeout } = options
  for await (const raw of api.containers.stats(id, { stream: true }, { signal, timeout })) {
    yield computeStats(raw)
  }
}

/** The time between the two measurements that Podman is asked for, because it makes only one itself. */
const PODMAN_PAUSE_MS = 1000

/** One measurement. */
export async function statsOnce(
  api: ApiClient,
  id: string,
  options: AllStatsOptions,
): Promise<ContainerStats> {
  checkStats(options)
  const { oneShot, previous, signal, timeout } = options
  using limit = deadline(`stats of ${id.slice(0, 12)}`, signal, timeout)
  const query = { stream: false, ...(oneShot ? { 'one-shot': true } : {}) }
  const { signal: limited, call } = limit
  const measure = async () => {
    for await (const raw of api.containers.stats(id, query, call)) return raw
    if (!dialectOf(api).givesStatsOfStopped) return {}
    throw StreamError.truncated('the stats')
  }
  const first = await measure()
  if (oneShot || previous !== undefined || !isFromPodman(first)) return computeStats(first, previous)
  await pause(PODMAN_PAUSE_MS, limited)
  return computeStats(await measure(), first)
}

/** Whether one measurement is asked for, and not a stream of them. */
export function asksOnce(options: AllStatsOptions): boolean {
  return options?.stream === false || options?.oneShot !== undefined || options?.previous !== undefined
}

type AllStatsOptions = StatsOptions & Pick<OneShotOptions, 'previous'>

const statsOptions = callTable<AllStatsOptions>({ stream: flag, oneShot: flag, previous: measurement })

function measurement(value: unknown, option: string): ContainerStats | ContainerStatsResponse {
  checkObject(value, option)
  return value as ContainerStats | ContainerStatsResponse
}

/** Refuses options that exclude each other. */
function checkStats(options: AllStatsOptions): void {
  const [{ stream, oneShot = false, previous }] = statsOptions.read(options)
  if (stream === true && oneShot) {
    throw new InvalidArgumentError('stream: true and oneShot: true exclude each other')
  }
  if (previous !== undefined && !oneShot) {
    throw new InvalidArgumentError('previous needs oneShot: true: otherwise the Engine measures twice itself')
  }
}

function linuxCpu(raw: ContainerStatsResponse, before: ContainerStatsResponse | undefined): number {
  const now = raw.cpu_stats
  const last = before === undefined ? raw.precpu_stats : before.cpu_stats
  // Without a measurement before, the difference would be that since the machine was started.
  if (!last?.system_cpu_usage) return 0
  const used = totalCpu(now) - totalCpu(last)
  if (isFromPodman(raw)) return podmanCpu(raw, before?.read ?? raw.preread, used)
  const passed = (now?.system_cpu_usage ?? 0) - last.system_cpu_usage
  const cpus = now?.online_cpus || now?.cpu_usage?.percpu_usage?.length || 1
  return used > 0 && passed > 0 ? (used / passed) * cpus * 100 : 0
}

/** Podman's figure for the system leaves out idle time, so the clock is used. */
function podmanCpu({ read }: ContainerStatsResponse, from: string | undefined, used: number): number {
  const [begun, ended] = [measuredAt(from), measuredAt(read)]
  if (begun === undefined || ended === undefined || ended <= begun || used <= 0) return 0
  return (used / ((ended.getTime() - begun.getTime()) * 1_000_000)) * 100
}

/** Only Podman has a percentage of its own there. */
function isFromPodman({ cpu_stats }: ContainerStatsResponse): boolean {
  return cpu_stats !== undefined && cpu_stats !== null && 'cpu' in cpu_stats
}

/** There is no such thing as the system's usage there: what is possible is counted in units of 100 ns. */
function windowsCpu(raw: ContainerStatsResponse, before: ContainerStatsResponse | undefined): number {
  const last = before === undefined ? raw.precpu_stats : before.cpu_stats
  const [from, to] = [measuredAt(before === undefined ? raw.preread : before.read), measuredAt(raw.read)]
  if (from === undefined || to === undefined) return 0
  const possible = (to.getTime() - from.getTime()) * 10_000 * (raw.num_procs ?? 0)
  const used = totalCpu(raw.cpu_stats) - totalCpu(last)
  return used > 0 && possible > 0 ? (used / possible) * 100 : 0
}

function totalCpu(stats: ContainerCPUStats | null | undefined): number {
  return stats?.cpu_usage?.total_usage ?? 0
}

/** Before API 1.52 only the number of CPUs shows it, which Linux does not send. */
function isWindows({ os_type, num_procs }: ContainerStatsResponse): boolean {
  return os_type ? os_type === 'windows' : (num_procs ?? 0) > 0
}

/** With cgroup v1 the inactive cache has a name of its own for the sum over the groups inside. */
function usedMemory({ usage, stats, privateworkingset }: ContainerMemoryStats): number {
  if (usage === undefined || usage === null) return privateworkingset ?? 0
  const inactive = stats?.total_inactive_file ?? stats?.inactive_file ?? 0
  return inactive < usage ? usage - inactive : usage
}

/** By the first letter of what was done, which cgroup v1 writes in capitals. */
function bytesOf(letter: 'r' | 'w', entries: readonly ContainerBlkioStatEntry[] | null | undefined): number {
  const fitting = (entries ?? []).filter(({ op }) => op?.[0]?.toLowerCase() === letter)
  return sum(fitting.map(({ value }) => value))
}

/** Go writes the year 1 for a time that never was. */
function measuredAt(time: string | undefined): Date | undefined {
  const date = new Date(time ?? Number.NaN)
  return date.getTime() > 0 ? date : undefined
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0)
}
