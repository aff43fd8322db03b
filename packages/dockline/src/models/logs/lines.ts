import type { OutputLine, Source } from '../../stream/index.js'
import { parseDetails } from './details.js'
import type { LogMessage } from './messages.js'
import { endsLine, LogMarks, type LogPosition, withMark } from './position.js'

/** A line of a log, and when it was written. */
export interface LogLine extends OutputLine {
  /** RFC 3339 in UTC with all nine digits: '2026-01-02T03:04:05.678901234Z'. */
  readonly timestamp: string
  /** The same, to the millisecond. */
  readonly time: Date
  /** What the log driver adds, such as labels of the container. Empty without `details`. */
  readonly attributes: Readonly<Record<string, string>>
  /** How far the log is read with this line. */
  readonly position: LogPosition
  /** Whether lines before this one were lost: the Engine had removed them before they were read. */
  readonly isAfterGap: boolean
}

/** A longer line is passed on in parts, so that memory stays bounded. */
const MAX_LINE_BYTES = 1024 * 1024
/** So much more is waited for, until a message ends with a whole character: nobody can go on in the middle of one. */
const MAX_CUT_BYTES = 256 * 1024
const NO_ATTRIBUTES = {}
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

interface Begun {
  readonly first: LogMessage
  readonly texts: Buffer[]
  length: number
}

/** Puts the messages of a log together to lines. Those of stdout and stderr apart from each other. */
export class LineJoiner {
  readonly #sharesTimestamps: boolean
  readonly #marks: LogMarks
  /** How far the lines were read: behind that, messages of a line that has not ended may have been noted. */
  #position: LogPosition
  readonly #begun: Record<Source, Begun | undefined> = { stdout: undefined, stderr: undefined }

  /** `position` is how far the log was read before. */
  constructor(sharesTimestamps: boolean, position?: LogPosition) {
    this.#sharesTimestamps = sharesTimestamps
    this.#marks = new LogMarks(position)
    this.#position = this.#marks.position
  }

  join(messages: readonly LogMessage[]): LogLine[] {
    const lines: LogLine[] = []
    for (const message of messages) this.#add(message, lines)
    return lines
  }

  /** The last lines, when nothing ended them. */
  end(): LogLine[] {
    const lines: LogLine[] = []
    for (const source of ['stdout', 'stderr'] as const) this.#finish(source, lines)
    return lines
  }

  #add(message: LogMessage, lines: LogLine[]): void {
    const { source, text } = message
    if (!this.#goesOn(message)) this.#finish(source, lines)
    this.#marks.note(message)
    const begun = this.#begun[source] ?? this.#begin(message)
    begun.texts.push(text)
    begun.length += text.length
    const isCut = endOfCharacters(text) < text.length
    if (endsLine(message)) this.#finish(source, lines)
    else if (begun.length > MAX_LINE_BYTES + (isCut ? MAX_CUT_BYTES : 0)) this.#part(source, begun, lines)
  }

  /** Marks where this line begins: a reading that goes on behind a line of the other stream must read this line from its start. */
  #begin(message: LogMessage): Begun {
    const { source, timestamp } = message
    const begun = { first: message, texts: [], length: 0 }
    this.#begun[source] = begun
    const mark = this.#position[source]
    if (endsLine(message) || timestamp < (mark?.timestamp ?? '')) return begun
    const count = mark?.timestamp === timestamp ? mark.count : 0
    this.#position = withMark(this.#position, source, { timestamp, count, isOpen: true })
    return begun
  }

  /** Hands on what there is of a line that is too long. A character that is cut in two stays for the next part. */
  #part(source: Source, { first, texts }: Begun, lines: LogLine[]): void {
    const all = Buffer.concat(texts)
    const rest = all.subarray(endOfCharacters(all))
    this.#begun[source] = { first, texts: [all.subarray(0, all.length - rest.length)], length: all.length }
    this.#finish(source, lines)
    if (rest.length > 0) this.#begun[source] = { first, texts: [rest], length: rest.length }
  }

  /**
   * Whether a message belongs to the line that has begun. An Engine of 20.10 leaves the line's end out after the last piece
   * with the driver `local`, and a container may end in the middle of a line and be started anew.
   */
  #goesOn({ source, timestamp }: LogMessage): boolean {
    const begun = this.#begun[source]
    return begun === undefined || !this.#sharesTimestamps || begun.first.timestamp === timestamp
  }

  #finish(source: Source, lines: LogLine[]): void {
    const begun = this.#begun[source]
    if (begun === undefined) return
    this.#begun[source] = undefined
    this.#position = withMark(this.#position, source, this.#marks.position[source])
    const { timestamp, details, isAfterGap = false } = begun.first
    lines.push({
      source,
      line: textOf(begun),
      timestamp,
      time: new Date(timestamp),
      attributes: details === '' ? NO_ATTRIBUTES : parseDetails(details),
      position: this.#position,
      isAfterGap,
    })
  }
}

function textOf({ texts }: Begun): string {
  const bytes = texts.length === 1 ? (texts[0] as Buffer) : Buffer.concat(texts)
  const end = bytes.length - 1
  if (bytes[end] !== LINE_FEED) return bytes.toString('utf8')
  return bytes.toString('utf8', 0, bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end)
}

/** Where the last whole character of UTF-8 ends. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3; back++) {
    const byte = bytes.at(-back) ?? 0
    if (byte < 0x80) break
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0
    if (length > 0) return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}
