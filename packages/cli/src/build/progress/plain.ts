import type { SolveStatus } from 'dockline/types'
import { BuildTrace, type TraceStep, type TraceTask } from './trace.js'
import { amountText, markOf, secondsText } from './words.js'

/** How long a step may write without being seen, because another one is shown. */
const MOST_HIDDEN_MS = 10_000
/** How long a step is shown at least when others want to be, where all are as busy. */
const ANTI_FLICKER_MS = 5000
/** A task is shown again when so much of it has been done. */
const TASK_STEP = 0.05
const TASK_EVERY_MS = 5000
/** Less is not worth telling. */
const SHORTEST_MS = 10
/** Lines of the log of a step that failed. */
const LOG_TAIL = 10

/** What has been printed of a step. */
interface Printed {
  readonly number: number
  /** Whole lines of its log. */
  lines: number
  /** Characters of the line behind those. */
  offset: number
  warnings: number
  readonly tasks: Map<string, { readonly task: TraceTask; readonly time: number }>
}

/** What is still to be printed of a step. */
interface Waiting {
  readonly tasks: Set<string>
  events: number
  /** Since when. */
  since: number
}

/**
 * The steps of a build as plain lines, without redrawing. One step is shown at a time, as long as it has more to say
 * than the others or they can wait. The caller gives the time, in milliseconds.
 */
export class PlainPrinter {
  readonly trace = new BuildTrace()
  readonly #printed = new Map<string, Printed>()
  readonly #waiting = new Map<string, Waiting>()
  #current: TraceStep | undefined
  #shownSince = 0
  #isFirst = true
  #out = ''

  /** Notes what is reported, and prints nothing of it yet. */
  add(status: SolveStatus, now: number): void {
    for (const { step, tasks, events } of this.trace.add(status)) {
      const waiting = this.#waiting.get(step.digest) ?? { tasks: new Set(), events: 0, since: now }
      for (const task of tasks) waiting.tasks.add(task)
      waiting.events += events
      this.#waiting.set(step.digest, waiting)
    }
  }

  /** Gives what is to be written now. */
  print(now: number): string {
    const changed = [...this.#waiting.keys()].flatMap((digest) => this.trace.step(digest) ?? [])
    const visible = changed.filter(hasBegun)
    this.#printCompleted(visible.filter(isOver), now)
    const rest = visible.filter((step) => !isOver(step))
    if (rest.length > 0) this.#printRunning(rest, now)
    else if (this.#current === undefined || isOver(this.#current)) this.#printOpen(now)
    return this.#take()
  }

  /** Gives all that is left, and the logs of what has failed. */
  end(now: number): string {
    const text = this.print(now)
    const rest = [...this.#waiting.keys()].flatMap((digest) => this.trace.step(digest) ?? [])
    for (const step of rest.filter(hasBegun)) this.#print(step, now)
    return `${text}${this.#take()}${failedLogs(this.trace.steps, LOG_TAIL)}`
  }

  #take(): string {
    const text = this.#out
    this.#out = ''
    return text
  }

  /** The one that is shown, then the others as they ended. */
  #printCompleted(completed: readonly TraceStep[], now: number): void {
    const current = this.#current
    const ordered = [...completed].sort((a, b) => (a.completed ?? 0) - (b.completed ?? 0))
    const first = ordered.filter((step) => step === current)
    for (const step of [...first, ...ordered.filter((each) => each !== current)]) this.#print(step, now)
  }

  /** The one that is shown goes on, and another follows it that has waited long enough. */
  #printRunning(rest: readonly TraceStep[], now: number): void {
    const current = this.#current
    if (current === undefined || isOver(current)) {
      this.#print(this.#busiest(rest, now), now)
      return
    }
    const events = this.#eventsOf(current)
    if (rest.includes(current)) this.#print(current, now)
    const others = rest.filter((step) => step !== current)
    const next = others.length === 0 ? undefined : this.#nextOf(others, events, now)
    if (next !== undefined) this.#print(next, now)
  }

  /** One that was hidden too long, or the busiest when the shown one has had its share of the time. */
  #nextOf(others: readonly TraceStep[], eventsOfCurrent: number, now: number): TraceStep | undefined {
    const late = others.find((step) => now - this.#since(step, now) > MOST_HIDDEN_MS)
    if (late !== undefined) return late
    const events = others.reduce((sum, step) => sum + this.#eventsOf(step), eventsOfCurrent)
    const shareOfOthers = events === 0 ? 0 : (events - eventsOfCurrent) / events
    const isDue = ANTI_FLICKER_MS < shareOfOthers * (now - this.#shownSince)
    return isDue ? this.#busiest(others, now) : undefined
  }

  /** Where the shown one has ended and no other has anything to say, one that runs is shown as the next. */
  #printOpen(now: number): void {
    const open = this.trace.steps.find((step) => hasBegun(step) && !isOver(step))
    if (open !== undefined) this.#print(open, now)
  }

  #busiest(steps: readonly TraceStep[], now: number): TraceStep {
    return steps.reduce((most, step) => (this.#speed(step, now) > this.#speed(most, now) ? step : most))
  }

  #since({ digest }: TraceStep, now: number): number {
    return this.#waiting.get(digest)?.since ?? now
  }

  #eventsOf({ digest }: TraceStep): number {
    return this.#waiting.get(digest)?.events ?? 0
  }

  #speed(step: TraceStep, now: number): number {
    return this.#eventsOf(step) / Math.max(now - this.#since(step, now), 1)
  }

  #print(step: TraceStep, now: number): void {
    const printed = this.#printed.get(step.digest) ?? this.#begin(step)
    if (step !== this.#current) this.#switchTo(step, printed, now)
    const isOpen = this.#printTasks(step, printed, now)
    this.#printWarnings(step, printed)
    this.#printLog(step, printed)
    this.#waiting.delete(step.digest)
    if (!isOver(step) || isOpen) return
    this.#printEnd(step, printed)
    this.#current = undefined
  }

  #begin({ digest }: TraceStep): Printed {
    const number = this.#printed.size + 1
    const printed: Printed = { number, lines: 0, offset: 0, warnings: 0, tasks: new Map() }
    this.#printed.set(digest, printed)
    return printed
  }

  #switchTo(step: TraceStep, { number }: Printed, now: number): void {
    const left = this.#current && this.#printed.get(this.#current.digest)
    if (left !== undefined) {
      this.#endPartialLine(left)
      this.#line(left, '...')
    }
    if (!this.#isFirst) this.#out += '\n'
    this.#isFirst = false
    this.#current = step
    this.#shownSince = now
    this.#out += `#${number} ${step.name}\n`
  }

  /** A line that has no end yet gets one when something else is printed, and is printed anew when it goes on. */
  #endPartialLine(printed: Printed): void {
    if (printed.offset > 0) this.#out += '\n'
    printed.offset = 0
  }

  #line({ number }: Printed, text: string): void {
    this.#out += `#${number} ${text}\n`
  }

  /** Returns whether there is one that is not complete. */
  #printTasks(step: TraceStep, printed: Printed, now: number): boolean {
    const changed = [...(this.#waiting.get(step.digest)?.tasks ?? [])]
    const tasks = changed.flatMap((id) => step.tasks.get(id) ?? [])
    for (const task of tasks) {
      const last = printed.tasks.get(task.id)
      if (last !== undefined && !hasMoved(task, last, now)) continue
      printed.tasks.set(task.id, { task, time: now })
      this.#line(printed, taskText(task))
    }
    return tasks.some(({ completed }) => completed === undefined)
  }

  #printWarnings({ warnings }: TraceStep, printed: Printed): void {
    for (const warning of warnings.slice(printed.warnings)) this.#line(printed, `WARN: ${warning}`)
    printed.warnings = warnings.length
  }

  /** A line that goes on is printed as far as it is, and later from there. */
  #printLog({ lines, isPartial }: TraceStep, printed: Printed): void {
    for (const [index, line] of lines.slice(printed.lines).entries()) {
      const isGoingOn = isPartial && printed.lines + index === lines.length - 1
      const begin = printed.offset > 0 ? '' : `#${printed.number} `
      this.#out += `${begin}${line.slice(printed.offset)}${isGoingOn ? '' : '\n'}`
      printed.offset = isGoingOn ? line.length : 0
    }
    printed.lines = isPartial ? lines.length - 1 : lines.length
  }

  #printEnd(step: TraceStep, printed: Printed): void {
    this.#endPartialLine(printed)
    const mark = markOf(step)
    if (mark === 'ERROR') this.#line(printed, `ERROR: ${step.error}`)
    else this.#line(printed, mark ?? `DONE ${secondsText(step.ran)}`)
  }
}

function hasBegun({ visible, started, completed }: TraceStep): boolean {
  return visible && (started !== undefined || completed !== undefined)
}

function isOver({ completed }: TraceStep): boolean {
  return completed !== undefined
}

function hasMoved(
  task: TraceTask,
  last: { readonly task: TraceTask; readonly time: number },
  now: number,
): boolean {
  if (task.completed !== undefined) return true
  const done = Math.abs(task.current - last.task.current)
  return now - last.time >= TASK_EVERY_MS || (task.total > 0 && done >= task.total * TASK_STEP)
}

function taskText(task: TraceTask): string {
  const { id, started, completed, reported } = task
  const ran = started === undefined ? 0 : (completed ?? reported ?? started) - started
  const time = ran > SHORTEST_MS ? ` ${secondsText(ran)}` : ''
  return `${id}${amountText(task)}${time}${completed === undefined ? '' : ' done'}`
}

/** What the steps have written that failed: the last lines, or all. */
export function failedLogs(steps: readonly TraceStep[], most = Number.POSITIVE_INFINITY): string {
  const failed = steps.filter((step) => markOf(step) === 'ERROR')
  return failed
    .map(
      ({ name, lines }) =>
        `------\n > ${name}:\n${lines
          .slice(-most)
          .map((each) => `${each}\n`)
          .join('')}------\n`,
    )
    .join('')
}
