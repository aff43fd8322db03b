import { StringDecoder } from 'node:string_decoder'
import type { BuildWarning } from '../errors.js'
import { warningOf } from './excerpt.js'
import { KeptLog } from './kept-log.js'
import type { SolveStatus, SolveVertex, VertexLog, VertexStatus } from './status.js'
import { type BuildStep, type BuildStepState, type BuildTask, newStep } from './steps.js'

/** A piece of what a step writes: mostly a line, but a part of one where more of it comes later. */
export interface BuildLogPiece {
  /** The id of the step. */
  readonly step: string
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  readonly time: Date | undefined
}

/** What has been sent of the folders that a build uses. */
export interface SentFiles {
  readonly files: number
  readonly bytes: number
  /** The ten largest, the largest first: what should be in .dockerignore is often among them. */
  readonly largest: readonly SentFile[]
}

export interface SentFile {
  /** The folder that it is in: 'context', 'dockerfile' or the name of a named context. */
  readonly folder: string
  readonly path: string
  readonly bytes: number
}

/** How far a build has come. */
export interface BuildSummary {
  /** In the order of their appearance. */
  readonly steps: readonly BuildStep[]
  /** What has been written since the last message. */
  readonly logs: readonly BuildLogPiece[]
  /** All that there are until now. */
  readonly warnings: readonly BuildWarning[]
  readonly sent: SentFiles
}

/** How many of the largest files are remembered. */
const MOST_LARGEST = 10

/** Counts the files that are sent. */
export class SentFilesCounter {
  #files = 0
  #bytes = 0
  #largest: readonly SentFile[] = []

  add(folder: string, path: string, bytes: number): void {
    this.#files++
    this.#bytes += bytes
    if (this.#largest.length === MOST_LARGEST && bytes <= (this.#largest.at(-1)?.bytes ?? 0)) return
    const all = [...this.#largest, { folder, path, bytes }].sort((a, b) => b.bytes - a.bytes)
    this.#largest = all.slice(0, MOST_LARGEST)
  }

  get bytes(): number {
    return this.#bytes
  }

  get summary(): SentFiles {
    return { files: this.#files, bytes: this.#bytes, largest: this.#largest }
  }
}

interface KnownStep {
  step: BuildStep
  readonly tasks: Map<string, BuildTask>
  readonly log: KeptLog
  /** Characters may be cut anywhere. */
  readonly decoders: Map<number, StringDecoder>
  /** How long the runs took that are over, in milliseconds. */
  ran: number
  /** When the last of them ended. */
  ended: string | undefined
}

/** Adds up what BuildKit reports of one build. */
export class BuildTracker {
  readonly #known = new Map<string, KnownStep>()
  readonly #sent: SentFilesCounter
  #warnings: readonly BuildWarning[] = []
  readonly #log = new KeptLog()

  constructor(sent: SentFilesCounter) {
    this.#sent = sent
  }

  /** What all steps have written, in the order it came. A long log has its beginning and its end. */
  get log(): string {
    return this.#log.text
  }

  get warnings(): readonly BuildWarning[] {
    return this.#warnings
  }

  get steps(): BuildStep[] {
    return [...this.#known.values()].map(({ step }) => step)
  }

  /** The step of a digest. */
  step(digest: string): BuildStep | undefined {
    return this.#known.get(digest)?.step
  }

  add({ vertexes, statuses, logs, warnings }: SolveStatus): BuildSummary {
    for (const vertex of vertexes) this.#addVertex(vertex)
    for (const status of statuses) this.#addTask(status)
    const pieces = logs.map((log) => this.#addLog(log))
    for (const warning of warnings.map(warningOf)) this.#addWarning(warning)
    return { steps: this.steps, logs: pieces, warnings: this.#warnings, sent: this.#sent.summary }
  }

  #addVertex(vertex: SolveVertex): void {
    const known = this.#get(vertex.digest)
    const [started, completed] = [dateOf(vertex.started), dateOf(vertex.completed)]
    // The end of the same run may be reported more than once.
    const isOver = vertex.completed !== undefined && vertex.completed !== known.ended
    known.ended = vertex.completed
    if (started !== undefined && completed !== undefined && isOver)
      known.ran += Math.max(completed.getTime() - started.getTime(), 0)
    known.step = {
      ...known.step,
      name: vertex.name || known.step.name,
      inputs: vertex.inputs,
      state: stateOf(vertex),
      started: known.step.started ?? started,
      completed,
      duration: completed === undefined ? undefined : known.ran,
      error: vertex.error || undefined,
    }
  }

  #addTask({ id, vertex, current, total, started, completed }: VertexStatus): void {
    const known = this.#get(vertex)
    known.tasks.set(id, { id, current, total, started: dateOf(started), completed: dateOf(completed) })
    known.step = { ...known.step, tasks: [...known.tasks.values()] }
  }

  #addLog({ vertex, stream, data, timestamp }: VertexLog): BuildLogPiece {
    const known = this.#get(vertex)
    const decoder = known.decoders.get(stream) ?? new StringDecoder('utf8')
    known.decoders.set(stream, decoder)
    const text = decoder.write(data)
    this.#log.add(text)
    known.log.add(text)
    known.step = { ...known.step, log: known.log.text }
    return { step: vertex, stream: stream === 2 ? 'stderr' : 'stdout', text, time: dateOf(timestamp) }
  }

  /** The same warning comes once for each platform, and for each time that the Dockerfile is read. */
  #addWarning(warning: BuildWarning): void {
    const known = this.#get(warning.step)
    known.step = { ...known.step, warnings: [...known.step.warnings, warning] }
    if (!this.#warnings.some((other) => isSame(other, warning)))
      this.#warnings = [...this.#warnings, warning].sort(byPlace)
  }

  #get(digest: string): KnownStep {
    const known = this.#known.get(digest)
    if (known !== undefined) return known
    const made: KnownStep = {
      ...{ step: newStep(digest), tasks: new Map(), log: new KeptLog(), decoders: new Map() },
      ...{ ran: 0, ended: undefined },
    }
    this.#known.set(digest, made)
    return made
  }
}

function stateOf({ started, completed, cached, error }: SolveVertex): BuildStepState {
  if (error !== '') return error.endsWith('context canceled') ? 'canceled' : 'failed'
  if (cached) return 'cached'
  if (completed !== undefined) return 'done'
  return started === undefined ? 'waiting' : 'running'
}

function isSame(one: BuildWarning, other: BuildWarning): boolean {
  return one.text === other.text && byPlace(one, other) === 0
}

function byPlace({ location: one }: BuildWarning, { location: other }: BuildWarning): number {
  const files = (one?.file ?? '').localeCompare(other?.file ?? '')
  return files || (one?.line ?? 0) - (other?.line ?? 0)
}

function dateOf(time: string | undefined): Date | undefined {
  return time === undefined ? undefined : new Date(time)
}
