import type { Source } from '../../stream/index.js'
import { invalid, isPlain } from '../../support/check.js'
import type { LogMessage } from './messages.js'
import { nanosecondsOf, parseTimestamp, toSeconds } from './timestamp.js'

/** How far stdout or stderr was read. */
export interface LogMark {
  /** The time of the last message. */
  readonly timestamp: string
  /** How many messages of that very time were read. A long line is several messages. */
  readonly count: number
  /** Whether a line goes on behind it: Docker gives each message of a line the time of the first. */
  readonly isOpen?: boolean | undefined
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
const LINE_FEED = 0x0a

/** Refuses what is no position. */
export function checkPosition(position: unknown, option = 'position'): LogPosition {
  if (!isPlain(position)) return invalid(option, 'a position as a line of a log has it', position)
  for (const source of SOURCES) checkMark(position[source], `${option}.${source}`)
  return position
}

function checkMark(mark: unknown, option: string): void {
  if (mark === undefined) return
  const { timestamp, count } = (isPlain(mark) ? mark : {}) as Partial<LogMark>
  const isTime = typeof timestamp === 'string' && parseTimestamp(timestamp) === timestamp
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

  note(message: LogMessage): void {
    const { source, timestamp } = message
    const mark = this.#marks[source]
    const count = mark?.timestamp === timestamp ? mark.count + 1 : 1
    if (mark !== undefined && isLittleBack(timestamp, mark.timestamp)) return
    this.#marks = withMark(
      this.#marks,
      source,
      endsLine(message) ? { timestamp, count } : { timestamp, count, isOpen: true },
    )
  }

  /** From when on a new connection has to give messages; undefined for from the beginning. */
  get since(): string | undefined {
    const from = askedFrom(this.#marks)
    return from === undefined ? undefined : toSeconds(from)
  }

  /** What a new connection gives once more. */
  replay(): Replay {
    return new Replay(this.#marks)
  }
}

/** In nanoseconds. What comes behind an open mark has its time, however much was written to the other stream meanwhile. */
function askedFrom(position: LogPosition): bigint | undefined {
  const marks = SOURCES.flatMap((source) => position[source] ?? [])
  const latest = marks
    .map(({ timestamp }) => timestamp)
    .sort()
    .at(-1)
  if (latest === undefined) return undefined
  const open = marks.filter(({ isOpen }) => isOpen).map(({ timestamp }) => timestamp)
  const [earliest = latest] = [...open, latest].sort()
  return nanosecondsOf(earliest) - OVERLAP
}

/** Whether a message is the last of its line. */
export function endsLine({ text }: LogMessage): boolean {
  return text[text.length - 1] === LINE_FEED
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
    const from = askedFrom(position) ?? 0n
    const restOf = (mark: LogMark | undefined) => mark && new Rest(mark, nanosecondsOf(mark.timestamp) > from)
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
