import type { ContainerStats } from 'dockline'
import { fixed } from '../go/rounding.js'
import type { TemplateData } from '../template/index.js'
import type { ListLayout } from './list.js'
import { binarySize, humanSize } from './size.js'
import { shortId } from './words.js'

const LAYOUT: ListLayout = {
  columns: ['ID', 'Name', 'CPUPerc', 'MemUsage', 'MemPerc', 'NetIO', 'BlockIO', 'PIDs'],
  id: 'ID',
  headers: {
    BlockIO: 'BLOCK I/O',
    CPUPerc: 'CPU %',
    Container: 'CONTAINER',
    ID: 'CONTAINER ID',
    MemPerc: 'MEM %',
    MemUsage: 'MEM USAGE / LIMIT',
    Name: 'NAME',
    NetIO: 'NET I/O',
    PIDs: 'PIDS',
  },
}

/** Windows has no limit of memory, and counts no processes. */
const WINDOWS_LAYOUT: ListLayout = {
  ...LAYOUT,
  columns: LAYOUT.columns.filter((column) => column !== 'MemPerc' && column !== 'PIDs'),
  headers: { ...LAYOUT.headers, MemUsage: 'PRIV WORKING SET' },
}

/** A container that is watched, and what was measured last; undefined before anything was. */
export interface Watched {
  /** What it was asked for by. */
  readonly container: string
  readonly id: string
  readonly name: string
  readonly stats: ContainerStats | undefined
}

const UNKNOWN = '--'

function isOfWindows({ stats }: Watched): boolean {
  const { os_type: system, num_procs: processes = 0 } = stats?.raw ?? {}
  return system ? system === 'windows' : processes > 0
}

export function statsLayout(watched: readonly Watched[]): ListLayout {
  return watched.some(isOfWindows) ? WINDOWS_LAYOUT : LAYOUT
}

/** What a container uses, with docker's field names, in docker's words. */
export function statsRow(watched: Watched, truncate: boolean): TemplateData {
  const { container, id, name, stats } = watched
  const isWindows = isOfWindows(watched)
  return {
    fields: {
      BlockIO: stats ? pair(humanSize, stats.blockRead, stats.blockWritten) : UNKNOWN,
      CPUPerc: stats ? percent(stats.cpuPercent) : UNKNOWN,
      Container: container,
      ID: id === '' ? UNKNOWN : truncate ? shortId(id) : id,
      MemPerc: stats && !isWindows ? percent(stats.memoryPercent) : UNKNOWN,
      MemUsage: stats ? memory(stats, isWindows) : `${UNKNOWN} / ${UNKNOWN}`,
      Name: name === '' ? UNKNOWN : name,
      NetIO: stats ? pair(humanSize, stats.networkReceived, stats.networkSent) : UNKNOWN,
      PIDs: stats && !isWindows ? String(stats.pids) : UNKNOWN,
    },
  }
}

function memory({ memoryUsage, memoryLimit }: ContainerStats, isWindows: boolean): string {
  return isWindows ? binarySize(memoryUsage) : pair(binarySize, memoryUsage, memoryLimit)
}

function percent(value: number): string {
  return `${fixed(value, 2)}%`
}

function pair(show: (bytes: number) => string, a: number, b: number): string {
  return `${show(a)} / ${show(b)}`
}
