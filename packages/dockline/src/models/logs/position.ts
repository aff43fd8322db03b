import type { Source } from '../../stream/index.js'
import { invalid, isPlain } from '../../support/check.js'
import type { LogMessage } from './messages.js'
import { nanosecondsOf, normalizeTimestamp, toSeconds } from './timestamp.js'

/** How far stdout or stderr was read. */
export interface LogMark {
  /** The time of the last message. */
  readonly timestamp: string
  /** How many messages of that very time were read. A long line is several messages. */
  readonly count: number
}

/** How far a log was read: plain JSON, to be saved, and given to `logs()` to go on behind it. */
export interface LogPosition {
  readonly stdout?: LogMark | undefined
  readonly stderr?: LogMark | undefined
}

const SOURCES = ['stdout', 'stderr'] as const
/**
 * How far before the last message a new connection begins. stdout and stderr are written to the log apart from each other:
 * of two messages, the earlier may come second, by far less than this.
 */
const OVERLAP = 1_000_000_000n

/** Refuses what is no position. */
export function checkPosition(position: unknown, option = 'position'): LogPosition {
  if (!isPlain(position)) return invalid(option, 'a position as a line of a log has it', position)
  for (const source of SOURCES) checkMark(position[source], `${option}.${source}`)
  return position
}

function checkMark(mark: unknown, option: string): void {
  if (mark === undefined) return
  const { timestamp, count } = (isPlain(mark) ? mark : {}) as Partial<LogMark>
  const isTime = typeof timestamp === 'string' && normalizeTimestamp(timestamp) === timestamp
  if (!isTime || !Number.isInteger(count)) invalid(option, '{ timestamp, count }', mark)
}

/** Notes which messages were read. */
export class LogMarks {
  #marks: LogPosition

  constructor({ stdout, stderr }: LogPosition = {}) {
    this.#marks = { stdout, stderr }
  }

  get position(): LogPosition {
    return this.#marks
  }

  note({ source, timestamp }: LogMessage): void {
    const mark = this.#marks[source]
    const count = mark?.timestamp === timestamp ? mark.count + 1 : 1
    if (mark !== undefined && isLittleBack(timestamp, mark.timestamp)) return
    this.#marks = withMark(this.#marks, source, { timestamp, count })
  }

  /** From when on a new connection has to give messages; undefined for from the beginning. */
  get since(): string | undefined {
    const times = SOURCES.flatMap((source) => this.#marks[source]?.timestamp ?? [])
    const latest = times.sort().at(-1)
    return latest === undefined ? undefined : toSeconds(nanosecondsOf(latest) - OVERLAP)
  }

  /** What a new connection gives once more. */
  replay(): Replay {
    return new Replay(this.#marks)
  }
}

/** The position with another mark of one source. A spread would take several times as long, with every line. */
export function withMark(
  { stdout, stderr }: LogPosition,
  source: Source,
  mark: LogMark | undefined,
): LogPosition {
  return source === 'stdout' ? { stdout: mark, stderr } : { stdout, stderr: mark }
}

/** A clock that was set back by more than a moment is believed: what comes then is new. */
function isLittleBack(timestamp: string, latest: string): boolean {
  return timestamp < latest && nanosecondsOf(latest) - nanosecondsOf(timestamp) < OVERLAP
}

/** Leaves out of a new connection what was read before. */
export class Replay {
  readonly #rests: Record<Source, Rest | undefined>

  constructor(position: LogPosition) {
    const latest =
      SOURCES.map((source) => position[source]?.timestamp ?? '')
        .sort()
        .at(-1) ?? ''
    const restOf = (mark: LogMark | undefined) =>
      mark && new Rest(mark, isLittleBack(mark.timestamp, latest) || mark.timestamp === latest)
    this.#rests = { stdout: restOf(position.stdout), stderr: restOf(position.stderr) }
  }

  /** The messages that were not read yet. The first one behind a gap says so. */
  unread(messages: readonly LogMessage[]): readonly LogMessage[] {
    if (this.#isOver) return messages
    const unread: LogMessage[] = []
    for (const message of messages) {
      const rest = this.#rests[message.source]
      if (rest?.has(message.timestamp)) continue
      this.#rests[message.source] = undefined
      unread.push(rest?.isGap ? { ...message, isAfterGap: true } : message)
    }
    return unread
  }

  get #isOver(): boolean {
    return this.#rests.stdout === undefined && this.#rests.stderr === undefined
  }
}

/** Of stdout or stderr, what was read before. */
class Rest {
  readonly #timestamp: string
  /** Whether the Engine was asked for the last message too. */
  readonly #isAsked: boolean
  #count: number
  #isFound = false

  constructor({ timestamp, count }: LogMark, isAsked: boolean) {
    this.#timestamp = timestamp
    this.#count = count
    this.#isAsked = isAsked
  }

  /** Whether the last message that was read has not come again: the Engine has it no more. */
  get isGap(): boolean {
    return this.#isAsked && !this.#isFound
  }

  /** Asked about each message, in order. */
  has(timestamp: string): boolean {
    if (timestamp < this.#timestamp) return true
    if (timestamp !== this.#timestamp) return false
    this.#isFound = true
    this.#count -= 1
    return this.#count >= 0
  }
}
