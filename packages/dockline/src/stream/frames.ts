import { ProtocolError, StreamError } from '../errors.js'
import { checkObject } from '../support/check.js'

export type Source = 'stdout' | 'stderr'

/** A piece of output. Pieces follow the Engine's frames, but a large frame may come as several. */
export interface OutputChunk {
  readonly source: Source
  readonly data: Buffer
}

const HEADER_LENGTH = 8
/** A daemon's error is a sentence or two; more than this of it is not kept. */
const MAX_ERROR_LENGTH = 64 * 1024

/** Payloads of fewer bytes are joined: copying them costs less than handling them one by one. */
const SMALL_PAYLOAD = 4096

const STDIN = 0
const STDERR = 2
const SYSTEM_ERROR = 3

const EMPTY = Buffer.alloc(0)

export interface FrameOptions {
  /** What frames of type 0 count as, which no Engine sends on purpose. Default: 'stdout'. */
  readonly stdin?: Source | undefined
}

/**
 * Takes the Engine's multiplexed stream apart: 8 bytes of header (source, three zeros, length as big-endian uint32),
 * then the payload, which is passed on as it comes. Right for any cut of the bytes.
 */
export class FrameDecoder {
  readonly #ofStdin: Source
  readonly #header = Buffer.alloc(HEADER_LENGTH)
  readonly #payloads = new Payloads()
  #headerFilled = 0
  #type = STDIN
  #length = 0
  /** Bytes of the current payload still to come. */
  #remaining = 0
  #errorText: Buffer[] | undefined
  #errorLength = 0
  #failure: Error | undefined
  #rest: Buffer = EMPTY

  constructor(options: FrameOptions = {}) {
    checkObject(options, 'options')
    this.#ofStdin = options.stdin ?? 'stdout'
  }

  /** What ended the stream for good: the Engine's own error frame, or bytes that are no frame. Set after the chunks before it. */
  get failure(): Error | undefined {
    return this.#failure
  }

  /** The bytes that are no frame, as far as they have come, when they are what ended the stream; else empty. */
  get rest(): Buffer {
    return this.#rest
  }

  /** Whether the last piece is the beginning of a payload whose rest is still to come. */
  get isInside(): boolean {
    return this.#type !== SYSTEM_ERROR && this.#remaining > 0 && this.#remaining < this.#length
  }

  /** Returns the pieces of output in these bytes, in order. They share the memory of `bytes`. */
  decode(bytes: Buffer): OutputChunk[] {
    return this.#walk(bytes).chunks(bytes)
  }

  /** As `decode`, but small neighbours of one source are joined: fewer and larger pieces, the order between sources kept. */
  decodeRuns(bytes: Buffer): OutputChunk[] {
    const payloads = this.#walk(bytes)
    return payloads.areSmall ? payloads.runs(bytes) : payloads.chunks(bytes)
  }

  /** As `decode`, but small payloads of one source are joined: for readers to whom the order between the two means nothing. */
  decodeSources(bytes: Buffer): OutputChunk[] {
    const payloads = this.#walk(bytes)
    return payloads.areSmall ? payloads.sources(bytes) : payloads.chunks(bytes)
  }

  /** As `decode`, but all bytes of one source become one piece, which copies them. */
  decodeApart(bytes: Buffer): { readonly stdout: Buffer | undefined; readonly stderr: Buffer | undefined } {
    const payloads = this.#walk(bytes)
    return { stdout: payloads.joined(bytes, 'stdout'), stderr: payloads.joined(bytes, 'stderr') }
  }

  /** Ends the stream. Throws in the middle of a frame. */
  end(): void {
    if (this.#failure !== undefined) return
    if (this.#errorText !== undefined) this.#failure = this.#daemonError()
    else if (this.#headerFilled > 0 || this.#remaining > 0) {
      this.#failure = StreamError.truncated('the output stream')
    }
  }

  /** Finds the payloads. What it returns is good until the next call. */
  #walk(bytes: Buffer): Payloads {
    const payloads = this.#payloads.clear()
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
      else payloads.add(this.#sourceOf(this.#type), at, end)
      at = end
    }
    return payloads
  }

  #readHeader(bytes: Buffer, at: number): number {
    if (this.#headerFilled === 0 && bytes.length - at >= HEADER_LENGTH) {
      this.#begin(bytes, at)
      if (this.#failure !== undefined) this.#keepRest(EMPTY, bytes.subarray(at))
      return at + HEADER_LENGTH
    }
    const before = this.#headerFilled
    const taken = bytes.copy(this.#header, this.#headerFilled, at, at + HEADER_LENGTH - this.#headerFilled)
    this.#headerFilled += taken
    // The first byte alone shows a stream that is not framed at all: no need to wait for seven more.
    if (this.#headerFilled === HEADER_LENGTH) {
      this.#headerFilled = 0
      this.#begin(this.#header, 0)
    } else if ((this.#header[0] as number) > SYSTEM_ERROR) this.#failure = notAFrame(this.#header[0])
    if (this.#failure !== undefined) this.#keepRest(this.#header.subarray(0, before), bytes.subarray(at))
    return at + taken
  }

  #keepRest(before: Buffer, bytes: Buffer): void {
    if (this.#failure instanceof ProtocolError) this.#rest = Buffer.concat([before, bytes])
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
    this.#length = this.#remaining
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

  /** Stdin's frames, which only a daemon's mistake can send, count as stdout, unless they are to count as stderr. */
  #sourceOf(type: number): Source {
    if (type === STDIN) return this.#ofStdin
    return type === STDERR ? 'stderr' : 'stdout'
  }

  #daemonError(): StreamError {
    const text = Buffer.concat(this.#errorText ?? [])
      .toString('utf8')
      .trim()
    return new StreamError(`the Engine reported an error in the stream: ${text || '(no text)'}`)
  }
}

/**
 * Where the payloads are in a block of bytes. One list serves every block, and joining moves bytes within a copy of the
 * block: log lines are so small and so many that a Buffer for each would cost more than all the rest.
 */
class Payloads {
  readonly #sources: Source[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  #count = 0
  #length = 0

  /** Whether they are better copied than handled one by one. */
  get areSmall(): boolean {
    return this.#count > 1 && this.#length < this.#count * SMALL_PAYLOAD
  }

  clear(): this {
    this.#count = 0
    this.#length = 0
    return this
  }

  add(source: Source, start: number, end: number): void {
    const index = this.#count++
    this.#sources[index] = source
    this.#starts[index] = start
    this.#ends[index] = end
    this.#length += end - start
  }

  /** Each for itself, not copied. */
  chunks(bytes: Buffer): OutputChunk[] {
    const chunks: OutputChunk[] = []
    for (let index = 0; index < this.#count; index++) {
      const data = bytes.subarray(this.#starts[index], this.#ends[index])
      chunks.push({ source: this.#sources[index] as Source, data })
    }
    return chunks
  }

  /** Neighbours of one source joined. */
  runs(bytes: Buffer): OutputChunk[] {
    const desk = onDesk(bytes)
    let at = 0
    for (let index = 0; index < this.#count; index++) at = this.#move(desk, index, at)
    const packed = copyOf(desk.subarray(0, at))
    const chunks: OutputChunk[] = []
    let begin = 0
    let end = 0
    for (let index = 0; index < this.#count; index++) {
      const source = this.#sources[index] as Source
      end += (this.#ends[index] as number) - (this.#starts[index] as number)
      if (index + 1 < this.#count && this.#sources[index + 1] === source) continue
      chunks.push({ source, data: packed.subarray(begin, end) })
      begin = end
    }
    return chunks
  }

  /** All of stdout, then all of stderr. */
  sources(bytes: Buffer): OutputChunk[] {
    const chunks: OutputChunk[] = []
    for (const source of ['stdout', 'stderr'] as const) {
      const data = this.joined(bytes, source)
      if (data !== undefined) chunks.push({ source, data })
    }
    return chunks
  }

  /** All of one source in one piece; copied when there is something to join. */
  joined(bytes: Buffer, source: Source): Buffer | undefined {
    const first = this.#sources.indexOf(source)
    if (first === -1 || first >= this.#count) return undefined
    let last = this.#count - 1
    while (this.#sources[last] !== source) last -= 1
    if (first === last) return bytes.subarray(this.#starts[first], this.#ends[first])
    const desk = onDesk(bytes)
    let at = 0
    for (let index = first; index <= last; index++) {
      if (this.#sources[index] === source) at = this.#move(desk, index, at)
    }
    return copyOf(desk.subarray(0, at))
  }

  /** Moves one to the left, where those before it end. Returns where it ends itself. */
  #move(desk: Buffer, index: number, at: number): number {
    const start = this.#starts[index] as number
    const end = this.#ends[index] as number
    desk.copyWithin(at, start, end)
    return at + end - start
  }
}

/** Where payloads are pushed together, before what comes of it is copied out: memory that was just used is fast. */
let desk = Buffer.alloc(0)

function onDesk(bytes: Buffer): Buffer {
  if (desk.length < bytes.length) desk = Buffer.allocUnsafeSlow(bytes.length)
  desk.set(bytes)
  return desk
}

function copyOf(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  copy.set(bytes)
  return copy
}

function notAFrame(type: number | undefined): ProtocolError {
  const hint = 'is it the raw stream of a container with a tty?'
  return new ProtocolError(`not a multiplexed stream: a frame cannot begin with byte ${type}`, { hint })
}
