import { ProtocolError } from '../../errors.js'
import { FrameDecoder, type OutputChunk, type Source } from '../../stream/index.js'
import { normalizeTimestamp, parseTimestamp } from './timestamp.js'

/** What the Engine has written to a log at once: a line, or a piece of a long line. */
export interface LogMessage {
  readonly source: Source
  /** RFC 3339 in UTC with nine digits. */
  readonly timestamp: string
  /** What the log driver adds, as the Engine writes it: `name=value,name=value`. */
  readonly details: string
  /** The text. A piece whose line goes on in the next message has no line's end. */
  readonly text: Buffer
  /** Whether messages before this one were lost. */
  readonly isAfterGap?: boolean
}

/** How a log comes that was asked for with timestamps. */
export interface LogFormat {
  /** Whether each message is in a frame, or all of them are one text, as from a tty. */
  readonly multiplexed: boolean
  readonly details: boolean
  /** Whether all pieces of a line have the same timestamp. Those of Podman have each its own. */
  readonly sharesTimestamps: boolean
}

/** Takes a log apart that was asked for with timestamps: right for any cut of the bytes. */
export class MessageDecoder {
  readonly #format: LogFormat
  readonly #cut: FrameCutter | TextCutter

  constructor(format: LogFormat) {
    this.#format = format
    this.#cut = format.multiplexed ? new FrameCutter() : new TextCutter(format.sharesTimestamps)
  }

  /** The messages that these bytes complete. */
  decode(bytes: Buffer): LogMessage[] {
    return this.#cut.decode(bytes).map((chunk) => this.#parse(chunk))
  }

  /** The last messages of a log that has ended. Throws when it ended in the middle of one. */
  end(): LogMessage[] {
    return this.#cut.end().map((chunk) => this.#parse(chunk))
  }

  /** The Engine's own report of an error, which ends the log. */
  get failure(): Error | undefined {
    return this.#cut.failure
  }

  #parse({ source, data }: OutputChunk): LogMessage {
    const space = data.indexOf(SPACE)
    const timestamp = normalizeTimestamp(data.toString('latin1', 0, Math.max(space, 0)))
    if (timestamp === undefined) throw withoutTimestamp(data)
    const begin = space + 1
    if (!this.#format.details) return { source, timestamp, details: '', text: data.subarray(begin) }
    const end = data.indexOf(SPACE, begin)
    return {
      source,
      timestamp,
      details: data.toString('utf8', begin, Math.max(end, begin)),
      text: data.subarray(end + 1),
    }
  }
}

function withoutTimestamp(data: Buffer): ProtocolError {
  const text = data.subarray(0, 100).toString('utf8')
  return new ProtocolError(`expected a message with its timestamp in the log and got: ${text}`)
}

const SPACE = 0x20
const LINE_FEED = 0x0a
const EMPTY: Buffer = Buffer.alloc(0)

/** Gives whole frames: each is a message. */
class FrameCutter {
  readonly #frames = new FrameDecoder()
  #begun: Buffer[] = []

  get failure(): Error | undefined {
    return this.#frames.failure
  }

  decode(bytes: Buffer): OutputChunk[] {
    const goesOn = this.#frames.isInside
    const chunks = this.#frames.decode(bytes)
    const [first] = chunks
    if (goesOn && first !== undefined) chunks[0] = { ...first, data: this.#complete(first.data) }
    const last = this.#frames.isInside ? chunks.pop() : undefined
    if (last !== undefined) this.#begun.push(last.data)
    return chunks
  }

  end(): OutputChunk[] {
    this.#frames.end()
    if (this.#frames.failure !== undefined) throw this.#frames.failure
    return []
  }

  #complete(data: Buffer): Buffer {
    const whole = Buffer.concat([...this.#begun, data])
    this.#begun = []
    return whole
  }
}

/** Of a line without an end, so much may wait before it is looked through for pieces. */
const WAITING_BYTES = 64 * 1024
/** Podman seldom cuts a line that is shorter. */
const SHORT_LINE_BYTES = 2000

/** Gives the messages of a text in which nothing but line's ends and timestamps separates them. */
class TextCutter {
  readonly failure = undefined
  readonly #sharesTimestamps: boolean
  #waiting = EMPTY

  constructor(sharesTimestamps: boolean) {
    this.#sharesTimestamps = sharesTimestamps
  }

  decode(bytes: Buffer): OutputChunk[] {
    const text = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes])
    const chunks: OutputChunk[] = []
    let begin = 0
    for (let end = text.indexOf(LINE_FEED); end !== -1; end = text.indexOf(LINE_FEED, begin)) {
      chunks.push(...this.#pieces(text.subarray(begin, end + 1)))
      begin = end + 1
    }
    this.#waiting = text.subarray(begin)
    if (this.#waiting.length > WAITING_BYTES) chunks.push(...this.#takeWhole())
    return chunks
  }

  end(): OutputChunk[] {
    const rest = this.#waiting
    this.#waiting = EMPTY
    return rest.length === 0 ? [] : this.#pieces(rest)
  }

  /** All but the last piece, which may not be all here. */
  #takeWhole(): OutputChunk[] {
    const pieces = this.#pieces(this.#waiting)
    this.#waiting = pieces.pop()?.data ?? EMPTY
    return pieces
  }

  #pieces(line: Buffer): OutputChunk[] {
    const starts = this.#sharesTimestamps ? sameStarts(line) : laterStarts(line)
    return starts.map((start, index) => ({ source: 'stdout', data: line.subarray(start, starts[index + 1]) }))
  }
}

/** Where pieces begin that have the timestamp of the first. A program cannot know it, so it is none of the text. */
function sameStarts(line: Buffer): number[] {
  const starts = [0]
  const timestamp = line.subarray(0, line.indexOf(SPACE) + 1)
  if (timestamp.length === 0) return starts
  for (let at = line.indexOf(timestamp, 1); at !== -1; at = line.indexOf(timestamp, at + 1)) starts.push(at)
  return starts
}

const TIMESTAMP = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) /g
const LINE_END = /^\r?\n?$/

/**
 * Where pieces begin that have timestamps of their own, which never go back and are written alike. A time in the text was there
 * before its piece was written, so it is an earlier one. Whole seconds do not show that: then a short line has no piece but its
 * end. No piece is empty, so behind a timestamp is text.
 */
function laterStarts(line: Buffer): number[] {
  const text = line.toString('latin1')
  const starts: number[] = []
  let latest = ''
  let behind = -1
  let form = ''
  for (const { 0: found, index } of text.matchAll(TIMESTAMP)) {
    const timestamp = parseTimestamp(found.trimEnd()) ?? ''
    form ||= formOf(found)
    const isCertain = index === 0 || line.length >= SHORT_LINE_BYTES || form.includes('.')
    if (timestamp < latest || index === behind || formOf(found) !== form) continue
    behind = index + found.length
    if (!isCertain && !LINE_END.test(text.slice(behind))) continue
    latest = timestamp
    starts.push(index)
  }
  return starts[0] === 0 ? starts : [0, ...starts]
}

/** How a timestamp is written: with a fraction or without, and with which zone. */
function formOf(timestamp: string): string {
  return timestamp.replace(/\d+/g, '')
}
