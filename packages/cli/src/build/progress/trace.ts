import { StringDecoder } from 'node:string_decoder'
import type { ProgressGroup, SolveStatus, SolveVertex, VertexLog, VertexStatus } from 'dockline/types'
import { fixed } from '../../go/rounding.js'

/** A part of a step that is reported apart, such as the download of a layer. Times are in milliseconds. */
export interface TraceTask {
  readonly id: string
  readonly current: number
  readonly total: number
  readonly started: number | undefined
  readonly completed: number | undefined
  /** When it was reported. */
  readonly reported: number | undefined
}

/** A step as it is shown: a vertex of BuildKit, or several of them that belong together. */
export interface TraceStep {
  readonly digest: string
  readonly name: string
  readonly started: number | undefined
  readonly completed: number | undefined
  readonly cached: boolean
  /** Why it failed; '' where it did not. */
  readonly error: string
  /** How long all its runs together took, in milliseconds. */
  readonly ran: number
  /** Whether it has done anything that is worth showing. */
  readonly visible: boolean
  readonly tasks: ReadonlyMap<string, TraceTask>
  /** Each with the seconds since the step began in front, as in '0.523 hello'. The last one may go on. */
  readonly lines: readonly string[]
  /** Whether more of the last line may come. */
  readonly isPartial: boolean
  readonly warnings: readonly string[]
}

/** What a message has changed. */
export interface TraceChange {
  readonly step: TraceStep
  /** The ids of the tasks that are new or have moved. */
  readonly tasks: readonly string[]
  readonly events: number
}

interface Known extends TraceStep {
  readonly tasks: Map<string, TraceTask>
  readonly lines: string[]
  readonly warnings: string[]
  /** When each of its runs began and ended. */
  readonly runs: Map<number, number | undefined>
  readonly decoders: Map<number, StringDecoder>
  isPartial: boolean
}

interface Group {
  readonly name: string
  readonly members: Map<string, Member>
}

interface Member {
  readonly step: Known
  readonly weak: boolean
}

/** How docker knows, by its last words, that a step was canceled and did not fail. */
const CANCELED = 'context canceled'

export function isCanceled({ error }: Pick<TraceStep, 'error'>): boolean {
  return error.endsWith(CANCELED)
}

/** Adds up what BuildKit reports, for those who print it. */
export class BuildTrace {
  readonly #vertexes = new Map<string, Known>()
  readonly #groups = new Map<string, Group>()
  /** What is shown for a vertex: itself, or the group that it is in. */
  readonly #shown = new Map<string, Known>()
  /** In the order of their appearance. */
  readonly #steps = new Map<string, Known>()

  get steps(): TraceStep[] {
    return [...this.#steps.values()]
  }

  step(digest: string): TraceStep | undefined {
    return this.#steps.get(digest)
  }

  add({ vertexes, statuses, logs, warnings }: SolveStatus): TraceChange[] {
    const changes = new Changes()
    for (const vertex of vertexes) changes.note(this.#addVertex(vertex))
    for (const status of statuses) changes.note(this.#addTask(status), status.id)
    for (const log of logs) changes.note(this.#addLog(log))
    for (const { vertex, short } of warnings) changes.note(this.#addWarning(vertex, short))
    return changes.all
  }

  #addVertex(vertex: SolveVertex): Known {
    const step = this.#vertexes.get(vertex.digest) ?? newStep(vertex.digest, vertex.name)
    this.#vertexes.set(vertex.digest, step)
    update(step, vertex)
    const shown = vertex.progressGroup ? this.#inGroup(vertex.progressGroup, step) : step
    this.#shown.set(vertex.digest, shown)
    this.#steps.set(shown.digest, shown)
    return shown
  }

  #inGroup({ id, name, weak }: ProgressGroup, step: Known): Known {
    const group = this.#groups.get(id) ?? { name, members: new Map() }
    this.#groups.set(id, group)
    group.members.set(step.digest, { step, weak })
    const shown = this.#steps.get(id) ?? newStep(id, name)
    return Object.assign(shown, together([...group.members.values()]))
  }

  #addTask({ id, vertex, current, total, ...times }: VertexStatus): Known | undefined {
    const step = this.#shown.get(vertex)
    const [started, completed] = [timeOf(times.started), timeOf(times.completed)]
    step?.tasks.set(id, { id, current, total, started, completed, reported: timeOf(times.timestamp) })
    return step
  }

  #addLog({ vertex, stream, data, timestamp }: VertexLog): Known | undefined {
    const step = this.#shown.get(vertex)
    if (step === undefined) return undefined
    const decoder = step.decoders.get(stream) ?? new StringDecoder('utf8')
    step.decoders.set(stream, decoder)
    const begun = [...step.runs.keys()].at(-1)
    const time = timeOf(timestamp)
    addText(step, decoder.write(data), begun === undefined || time === undefined ? 0 : time - begun)
    return step
  }

  #addWarning(vertex: string, text: string): Known | undefined {
    const step = this.#shown.get(vertex)
    step?.warnings.push(text)
    return step
  }
}

class Changes {
  readonly #changes = new Map<Known, { tasks: Set<string>; events: number }>()

  get all(): TraceChange[] {
    return [...this.#changes].map(([step, { tasks, events }]) => ({ step, tasks: [...tasks], events }))
  }

  note(step: Known | undefined, task?: string): void {
    if (step === undefined) return
    const change = this.#changes.get(step) ?? { tasks: new Set<string>(), events: 0 }
    this.#changes.set(step, change)
    change.events++
    if (task !== undefined) change.tasks.add(task)
  }
}

function newStep(digest: string, name: string): Known {
  return {
    ...{ digest, name, started: undefined, completed: undefined, cached: false, error: '', ran: 0 },
    ...{ visible: true, lines: [], isPartial: false, warnings: [] },
    ...{ tasks: new Map(), runs: new Map(), decoders: new Map() },
  }
}

function update(step: Known, vertex: SolveVertex): void {
  const [started, completed] = [timeOf(vertex.started), timeOf(vertex.completed)]
  if (started !== undefined) step.runs.set(started, completed)
  const { cached, error } = vertex
  const known = {
    name: vertex.name || step.name,
    started: step.started ?? started,
    completed,
    cached,
    error,
    ran: sumOf(step.runs),
  }
  Object.assign(step, known)
}

function sumOf(runs: ReadonlyMap<number, number | undefined>): number {
  return [...runs].reduce((sum, [from, to]) => sum + Math.max((to ?? from) - from, 0), 0)
}

/** What several steps are together. Nothing of them is shown while only those have begun that prepare the others. */
function together(members: readonly Member[]): Partial<Known> {
  const begun = members.filter(({ step }) => step.started !== undefined)
  const isOver = members.every(({ step }) => step.completed !== undefined)
  const runs = new Map(begun.flatMap(({ step }) => [...step.runs]))
  return {
    started: least(begun.map(({ step }) => step.started)),
    completed: isOver ? most(members.map(({ step }) => step.completed)) : undefined,
    cached: members.every(({ step }) => step.cached),
    error: members.find(({ step }) => step.error !== '')?.step.error ?? '',
    visible: begun.some(({ weak }) => !weak),
    ...{ runs, ran: sumOf(runs) },
  }
}

function least(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}

function most(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function addText(step: Known, text: string, sinceMs: number): void {
  if (text === '') return
  const pieces = text.split('\n')
  const isPartial = pieces.at(-1) !== ''
  if (!isPartial) pieces.pop()
  for (const piece of pieces) {
    if (step.isPartial) step.lines.push(`${step.lines.pop() ?? ''}${piece}`)
    else step.lines.push(`${secondsOf(sinceMs)} ${piece}`)
    step.isPartial = false
  }
  step.isPartial = isPartial
}

/** With fewer digits behind the point the longer it takes. */
function secondsOf(ms: number): string {
  const seconds = ms / 1000
  return fixed(seconds, seconds < 10 ? 3 : seconds < 100 ? 2 : 1)
}

/** To the microsecond, so that a step without duration differs from a short one. */
function timeOf(time: string | undefined): number | undefined {
  if (time === undefined) return undefined
  const [, fraction = '0'] = /\.(\d+)Z?$/.exec(time) ?? []
  return Math.floor(Date.parse(time) / 1000) * 1000 + Number(`0.${fraction}`) * 1000
}
