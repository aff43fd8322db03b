import { ProtocolError, StreamError } from '../errors.js'

export type Source = 'stdout' | 'stderr'

/** A piece of output. Pieces follow the Engine's frames, but a large frame may come as several. */
export interface OutputChunk {
  readonly source: Source
  readonly data: Buffer
}

const HEADER_LENGTH = 8
/** A daemon's error is a sentence or two; more than this of it is not kept. */
const MAX_ERROR_LENGTH = 64 * 1024

const STDIN = 0
const STDERR = 2
const SYSTEM_ERROR = 3

/**
 * Takes the Engine's multiplexed stream apart: 8 bytes of header (source, three zeros, length as big-endian uint32),
 * then the payload. Right for any cut of the bytes, and never holds more than a header: a payload is passed on as it comes.
 */
export class FrameDecoder {
  readonly #header = Buffer.alloc(HEADER_LENGTH)
  #headerFilled = 0
  #type = STDIN
  /** Bytes of the current payload still to come. */
  #remaining = 0
  #errorText: Buffer[] | undefined
  #errorLength = 0
  #failure: Error | undefined

  /** What ended the stream for good: the Engine's own error frame, or bytes that are no frame. Set after the chunks before it. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** The pieces of output in these bytes, in order. They share the memory of `bytes`. */
  decode(bytes: Buffer): OutputChunk[] {
    const chunks: OutputChunk[] = []
    this.#walk(bytes, (type, start, end) => {
      chunks.push({ source: sourceOf(type), data: bytes.subarray(start, end) })
    })
    return chunks
  }

  /** As `decode`, but neighbours of one source are joined: fewer and larger pieces, the order between sources kept. */
  decodeRuns(bytes: Buffer): OutputChunk[] {
    const chunks: OutputChunk[] = []
    const run = new Run(bytes)
    let current = STDIN
    const flush = () => {
      const data = run.take()
      if (data !== undefined) chunks.push({ source: sourceOf(current), data })
    }
    this.#walk(bytes, (type, start, end) => {
      if (type !== current) {
        flush()
        current = type
      }
      run.add(start, end)
    })
    flush()
    return chunks
  }

  /** As `decode`, but all of one source is one piece: for readers to whom the order between the two means nothing. */
  decodeApart(bytes: Buffer): { readonly stdout: Buffer | undefined; readonly stderr: Buffer | undefined } {
    const stdout = new Run(bytes)
    const stderr = new Run(bytes)
    this.#walk(bytes, (type, start, end) => (type === STDERR ? stderr : stdout).add(start, end))
    return { stdout: stdout.take(), stderr: stderr.take() }
  }

  /** The stream is over. Throws when that is in the middle of a frame. */
  end(): void {
    if (this.#failure !== undefined) return
    if (this.#errorText !== undefined) this.#failure = this.#daemonError()
    else if (this.#headerFilled > 0 || this.#remaining > 0) {
      this.#failure = StreamError.truncated('the output stream')
    }
  }

  /** Calls `emit` with the type and the place of each run of payload. */
  #walk(bytes: Buffer, emit: (type: number, start: number, end: number) => void): void {
    const length = bytes.length
    let at = 0
    while (at < length && this.#failure === undefined) {
      if (this.#remaining === 0) {
        at = this.#readHeader(bytes, at)
        continue
      }
      const end = at + this.#remaining < length ? at + this.#remaining : length
      this.#remaining -= end - at
      if (this.#type === SYSTEM_ERROR) this.#keepError(bytes, at, end)
      else emit(this.#type, at, end)
      at = end
    }
  }

  #readHeader(bytes: Buffer, at: number): number {
    if (this.#headerFilled === 0 && bytes.length - at >= HEADER_LENGTH) {
      this.#begin(bytes, at)
      return at + HEADER_LENGTH
    }
    const taken = bytes.copy(this.#header, this.#headerFilled, at, at + HEADER_LENGTH - this.#headerFilled)
    this.#headerFilled += taken
    // The first byte alone tells a stream that is not framed at all: no need to wait for seven more.
    if (this.#headerFilled === HEADER_LENGTH) {
      this.#headerFilled = 0
      this.#begin(this.#header, 0)
    } else if ((this.#header[0] as number) > SYSTEM_ERROR) this.#failure = notAFrame(this.#header[0])
    return at + taken
  }

  #begin(header: Buffer, at: number): void {
    const type = header[at] as number
    const padding = (header[at + 1] as number) | (header[at + 2] as number) | (header[at + 3] as number)
    if (type > SYSTEM_ERROR || padding !== 0) {
      this.#failure = notAFrame(type)
      return
    }
    this.#type = type
    this.#remaining =
      (header[at + 4] as number) * 0x1000000 +
      (((header[at + 5] as number) << 16) | ((header[at + 6] as number) << 8) | (header[at + 7] as number))
    if (type === SYSTEM_ERROR) {
      this.#errorText = []
      if (this.#remaining === 0) this.#failure = this.#daemonError()
    }
  }

  #keepError(bytes: Buffer, start: number, end: number): void {
    const room = MAX_ERROR_LENGTH - this.#errorLength
    this.#errorLength += end - start
    // A copy, because the text may come in pieces and `bytes` belongs to the socket's next read.
    if (room > 0) this.#errorText?.push(Buffer.from(bytes.subarray(start, Math.min(end, start + room))))
    if (this.#remaining === 0) this.#failure = this.#daemonError()
  }

  #daemonError(): StreamError {
    const text = Buffer.concat(this.#errorText ?? [])
      .toString('utf8')
      .trim()
    return new StreamError(`the Engine reported an error in the stream: ${text || '(no text)'}`)
  }
}

/** Stdin's frames, which only a daemon's mistake can send, count as stdout. */
function sourceOf(type: number): Source {
  return type === STDERR ? 'stderr' : 'stdout'
}

/** Stretches of one block of bytes, to be joined. */
class Run {
  readonly #bytes: Buffer
  #places: number[] = []
  #length = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  add(start: number, end: number): void {
    this.#places.push(start, end)
    this.#length += end - start
  }

  /** The joined bytes; a single stretch is not copied. */
  take(): Buffer | undefined {
    const places = this.#places
    if (places.length === 0) return undefined
    const joined = places.length === 2 ? this.#bytes.subarray(places[0], places[1]) : this.#join(places)
    this.#places = []
    this.#length = 0
    return joined
  }

  #join(places: readonly number[]): Buffer {
    const joined = Buffer.allocUnsafeSlow(this.#length)
    let at = 0
    for (let index = 0; index < places.length; index += 2) {
      at += this.#bytes.copy(joined, at, places[index], places[index + 1])
    }
    return joined
  }
}

function notAFrame(type: number | undefined): ProtocolError {
  const hint = 'is it the raw stream of a container with a tty?'
  return new ProtocolError(`not a multiplexed stream: a frame cannot begin with byte ${type}`, { hint })
}
