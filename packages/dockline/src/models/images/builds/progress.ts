import type { BuildInfo } from '../../../api/index.js'
import type { BuildStep, BuildSummary, SolveStatus } from '../../../buildkit/index.js'
import { KeptLog } from '../../../buildkit/kept-log.js'
import { newStep } from '../../../buildkit/steps.js'
import type { Progress } from '../../transfers/progress.js'
import type { BuilderName } from './options.js'

/** A message of a builder. `stream` has all text of the classic builder, and the output of the steps of BuildKit. */
export interface BuildMessage extends BuildInfo {
  /** What BuildKit reports, as it has it. */
  readonly solve?: SolveStatus | undefined
}

/** A message, and the progress of the build. */
export interface BuildProgress extends Progress<BuildMessage>, BuildSummary {
  readonly builder: BuilderName
}

/** How many of the steps are done, from 0 to 1: a step whose result is in the cache is done. */
function stepsDone(steps: readonly BuildStep[], total = steps.length): number {
  const done = steps.filter(({ completed, state }) => completed !== undefined || state === 'cached')
  return total === 0 ? 0 : done.length / total
}

/**
 * How much of a build with BuildKit is done, for a bar. BuildKit names the steps of the Dockerfile when it has read it, and the
 * export when all of them are done. So neither the reading nor the steps alone make the bar full, and it never goes back.
 */
export class BuildBar {
  #fraction = 0

  advance(steps: readonly BuildStep[], hasExport: boolean): number {
    const counted = steps.filter(({ name }) => !name.startsWith('[internal]'))
    const isExportKnown = counted.some(({ name }) => name.startsWith('exporting to '))
    const missing = hasExport && !isExportKnown ? 1 : 0
    this.#fraction = Math.max(this.#fraction, stepsDone(counted, counted.length + missing))
    return this.#fraction
  }
}

/** The steps of the classic builder, by what it says of them. */
export class ClassicSteps {
  #steps: BuildStep[] = []
  #total = 0
  /** Of the last step. */
  #log = new KeptLog()

  add(progress: Progress<BuildMessage>): BuildProgress {
    const { stream = '' } = progress.message
    const [, number, total, instruction] = /^Step (\d+)\/(\d+) ?: (.*)\n?$/i.exec(stream) ?? []
    const time = new Date()
    this.#total = Number(total ?? this.#total)
    if (number !== undefined) this.#begin(`[${number}/${total}] ${instruction}`, number, time)
    else if (/^ ---> Using cache\n$/.test(stream)) this.#change({ state: 'cached' })
    else if (/^Successfully built /.test(stream)) this.#end(time)
    const step = this.#steps.at(-1)
    const isOutput = step?.state === 'running' && number === undefined && stream.trim() !== ''
    if (isOutput) this.#addLog(stream)
    const logs = isOutput ? [{ step: step.id, stream: 'stdout' as const, text: stream, time }] : []
    const fraction = this.#total === 0 ? 0 : stepsDone(this.#steps, this.#total)
    return {
      ...progress,
      fraction,
      builder: 'classic',
      steps: this.#steps,
      logs,
      warnings: [],
      sent: NOTHING_SENT,
    }
  }

  #addLog(text: string): void {
    this.#log.add(text)
    this.#change({ log: this.#log.text })
  }

  #begin(name: string, number: string, started: Date): void {
    this.#end(started)
    this.#log = new KeptLog()
    this.#steps = [...this.#steps, { ...newStep(`step ${number}`), state: 'running', name, started }]
  }

  #end(completed: Date): void {
    const { state, started = completed } = this.#steps.at(-1) ?? {}
    const duration = completed.getTime() - started.getTime()
    this.#change({ completed, duration, ...(state === 'running' ? { state: 'done' } : {}) })
  }

  #change(change: Partial<BuildStep>): void {
    const last = this.#steps.at(-1)
    if (last !== undefined) this.#steps = [...this.#steps.slice(0, -1), { ...last, ...change }]
  }
}

/** The classic builder takes a tar: what is in it is not counted. */
const NOTHING_SENT = { files: 0, bytes: 0, largest: [] }
