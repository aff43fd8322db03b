import type { ProgressGroup, SolveStatus, SolveVertex, VertexStatus } from 'dockline/types'

/** When the builds of these tests begin, in milliseconds. */
export const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5)

/** So many seconds later, as BuildKit writes times. */
export function at(seconds: number): string {
  return new Date(BEGIN + seconds * 1000).toISOString()
}

export interface StepReport {
  readonly from?: number
  readonly to?: number
  readonly cached?: boolean
  readonly error?: string
  readonly group?: ProgressGroup
}

const NOTHING: SolveStatus = { vertexes: [], statuses: [], logs: [], warnings: [] }

/** A step, known by its name; its times are seconds since the build began. */
export function step(
  name: string,
  { from, to, cached = false, error = '', group }: StepReport = {},
): SolveStatus {
  const vertex: SolveVertex = {
    digest: digestOf(name),
    inputs: [],
    name,
    started: from === undefined ? undefined : at(from),
    completed: to === undefined ? undefined : at(to),
    cached,
    error,
    progressGroup: group,
  }
  return { ...NOTHING, vertexes: [vertex] }
}

/** What a step writes. */
export function log(name: string, text: string | Buffer, seconds: number, stream = 1): SolveStatus {
  return {
    ...NOTHING,
    logs: [{ vertex: digestOf(name), stream, data: Buffer.from(text), timestamp: at(seconds) }],
  }
}

export interface TaskReport {
  readonly current?: number
  readonly total?: number
  readonly from?: number
  readonly to?: number
  readonly seconds?: number
}

/** A part of a step. */
export function task(name: string, id: string, report: TaskReport = {}): SolveStatus {
  const { current = 0, total = 0, from, to, seconds = to ?? from } = report
  const status: VertexStatus = {
    ...{ id, vertex: digestOf(name), name: id, current, total },
    timestamp: seconds === undefined ? undefined : at(seconds),
    started: from === undefined ? undefined : at(from),
    completed: to === undefined ? undefined : at(to),
  }
  return { ...NOTHING, statuses: [status] }
}

export function warning(name: string, short: string): SolveStatus {
  const warned = { vertex: digestOf(name), level: 1, short, detail: [], url: '' }
  return { ...NOTHING, warnings: [{ ...warned, sourceInfo: undefined, range: [] }] }
}

/** Several reports as one. */
export function together(...reports: readonly SolveStatus[]): SolveStatus {
  return {
    vertexes: reports.flatMap(({ vertexes }) => vertexes),
    statuses: reports.flatMap(({ statuses }) => statuses),
    logs: reports.flatMap(({ logs }) => logs),
    warnings: reports.flatMap(({ warnings }) => warnings),
  }
}

function digestOf(name: string): string {
  return `sha256:${Buffer.from(name).toString('hex')}`
}
