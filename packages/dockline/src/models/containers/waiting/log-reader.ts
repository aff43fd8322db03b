import type { ContainerInspectResponse } from '../../../api/index.js'
import { ApiError } from '../../../errors.js'
import { deadline } from '../../../http/index.js'
import type { OutputLine, OutputStream } from '../../../stream/index.js'
import { pause } from '../../../support/pause.js'
import { LAST_LINES, LastLines } from './last-lines.js'
import type { Target } from './target.js'

/** The last lines are worth this much time, in milliseconds. */
const LAST_LINES_LIMIT_MS = 5000
/** How long before its reported start a container may have written: old Engines note the start late. */
const EARLY_LINES_MS = 1000
/** How long a container may run on after the end of its followed log, until that log is read anew. */
const LOST_MS = 1000

/** What takes the lines of a log. */
export interface LineTaker {
  readonly hasLogs: boolean
  /** The log begins. */
  resetLogs(): void
  takeLine(line: OutputLine): void
}

/** Reads the log of one run of a container. */
export class LogReader {
  readonly #target: Target
  readonly #taker: LineTaker
  readonly #since: Date | string | undefined
  #following: OutputStream | undefined
  /** The reading of the log that is followed. */
  #followed: Promise<void> | undefined
  #isStopped = false
  #last: LastLines | undefined
  /** When the followed log ended, by the clock of this process. */
  #endedAt: number | undefined

  constructor(target: Target, attrs: ContainerInspectResponse, taker: LineTaker) {
    this.#target = target
    this.#taker = taker
    this.#since = startOfLog(attrs)
  }

  /** Whether the followed log has ended, as it does a moment before its container. */
  get hasEnded(): boolean {
    return this.#endedAt !== undefined
  }

  /** Whether the followed log has ended a while ago, and the container has not. */
  get isLost(): boolean {
    return this.#endedAt !== undefined && performance.now() - this.#endedAt > LOST_MS
  }

  /** Reads what is there and what comes. Calls back for each line, and at the end. */
  async follow(onLine: () => void): Promise<void> {
    // The conditions want each line, the words of an error only the last ones.
    const tail = this.#taker.hasLogs ? undefined : LAST_LINES
    this.#following = this.#target.logs({ since: this.#since, tail, follow: true })
    this.#followed = this.#read(this.#following, onLine)
    await this.#followed
    this.#endedAt = performance.now()
    onLine()
  }

  stop(): void {
    this.#isStopped = true
    this.#following?.cancel()
  }

  /** The followed log ends with its container. What is under way in it came before that end. */
  async endOfFollowed(signal: AbortSignal): Promise<void> {
    const ended = this.#followed?.catch(() => {})
    if (ended !== undefined) await Promise.race([ended, pause(LOST_MS, signal)])
    this.stop()
  }

  /**
   * Reads all lines of a run that has ended, because an old Engine may drop the last lines of a log that is followed. If the
   * log is gone with its container, the lines that were followed stand.
   */
  async readToEnd(signal: AbortSignal): Promise<void> {
    if (!this.#taker.hasLogs) return this.endOfFollowed(signal)
    try {
      await this.#read(this.#target.logs({ since: this.#since, signal }))
      this.stop()
    } catch (error) {
      if (this.#following === undefined || !(error instanceof ApiError)) throw error
      await this.endOfFollowed(signal)
    }
  }

  /** The last lines, for the words of an error. */
  async lastLines(): Promise<LastLines> {
    this.#last ??= await this.#readLast()
    return this.#last
  }

  async #read(log: OutputStream, onLine = () => {}): Promise<void> {
    const last = new LastLines()
    let isFirst = true
    for await (const line of log.lines()) {
      const isFollowed = log === this.#following
      if (isFollowed && this.#isStopped) return
      if (isFirst && !isFollowed) this.stop()
      if (isFirst) this.#begin(last)
      isFirst = false
      last.add(line)
      this.#taker.takeLine(line)
      onLine()
    }
  }

  /** Forgets what an earlier reading of the same log brought, once there is a line to take its place. */
  #begin(last: LastLines): void {
    this.#last = last
    this.#taker.resetLogs()
  }

  async #readLast(): Promise<LastLines> {
    const last = new LastLines()
    using limit = deadline('reading the last lines', undefined, LAST_LINES_LIMIT_MS)
    const log = this.#target.logs({ since: this.#since, tail: LAST_LINES, signal: limit.signal })
    try {
      for await (const line of log.lines()) last.add(line)
    } catch {
      // A log that cannot be read leaves the error without its last lines.
    }
    return last
  }
}

/** What an earlier run wrote does not count. Its end is known while the next run lasts. */
function startOfLog({ State }: ContainerInspectResponse): Date | string | undefined {
  const { Running, StartedAt = '', FinishedAt = '' } = State ?? {}
  if (Running) return isMoment(FinishedAt) ? FinishedAt : undefined
  return isMoment(StartedAt) ? new Date(Date.parse(StartedAt) - EARLY_LINES_MS) : undefined
}

/** Go writes the year 1 for what has not happened. */
function isMoment(time: string): boolean {
  return time !== '' && !time.startsWith('0001-')
}
