import type { ContainerStats } from 'dockline'
import { fixed } from '../go/rounding.js'
import type { TemplateData } from '../template/index.js'
import type { ListLayout } from './list.js'
import { binarySize, humanSize } from './size.js'
import { shortId } from './words.js'

export const STATS_LAYOUT: ListLayout = {
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

/** A container that is watched, and what was measured last; undefined before anything was. */
export interface Watched {
  /** What it was asked for by. */
  readonly container: string
  readonly id: string
  readonly name: string
  readonly stats: ContainerStats | undefined
}

const UNKNOWN = '--'

/** What a container uses, with docker's field names, in docker's words. */
export function statsRow({ container, id, name, stats }: Watched, truncate: boolean): TemplateData {
  return {
    fields: {
      BlockIO: stats ? pair(humanSize, stats.blockRead, stats.blockWritten) : UNKNOWN,
      CPUPerc: stats ? percent(stats.cpuPercent) : UNKNOWN,
      Container: container,
      ID: id === '' ? UNKNOWN : truncate ? shortId(id) : id,
      MemPerc: stats ? percent(stats.memoryPercent) : UNKNOWN,
      MemUsage: stats ? pair(binarySize, stats.memoryUsage, stats.memoryLimit) : `${UNKNOWN} / ${UNKNOWN}`,
      Name: name === '' ? UNKNOWN : name,
      NetIO: stats ? pair(humanSize, stats.networkReceived, stats.networkSent) : UNKNOWN,
      PIDs: stats ? String(stats.pids) : UNKNOWN,
    },
  }
}

function percent(value: number): string {
  return `${fixed(value, 2)}%`
}

function pair(show: (bytes: number) => string, a: number, b: number): string {
  return `${show(a)} / ${show(b)}`
}
