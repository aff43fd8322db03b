import { GrpcError, GrpcStatus } from './status.js'

/** One byte that says whether it is compressed, and four of length. */
export const FRAME_HEADER_BYTES = 5
/** What BuildKit takes itself is 16 MiB. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024
const NOTHING = Buffer.alloc(0)

/** A message with its header before it. */
export function frame(message: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(FRAME_HEADER_BYTES + message.length)
  writeFrameHeader(framed, 0, message.length)
  framed.set(message, FRAME_HEADER_BYTES)
  return framed
}

/** Byte by byte: there is one for each file of a context, and `writeUInt32BE` checks all that it is given. */
export function writeFrameHeader(into: Buffer, at: number, length: number): void {
  into[at] = 0
  into[at + 1] = length >>> 24
  into[at + 2] = length >>> 16
  into[at + 3] = length >>> 8
  into[at + 4] = length
}

/** Takes bytes apart into messages, wherever they are cut. */
export class FrameDecoder {
  #rest: Buffer = NOTHING
  #waiting: Buffer[] = []
  #waitingBytes = 0
  /** How many bytes it takes to go on. */
  #needed = FRAME_HEADER_BYTES

  /** Whether all of what came was whole messages. */
  get isEmpty(): boolean {
    return this.#rest.length === 0 && this.#waitingBytes === 0
  }

  /** The messages that these bytes complete. They are views of the bytes. */
  *add(chunk: Buffer): Generator<Buffer, void, undefined> {
    this.#waiting.push(chunk)
    this.#waitingBytes += chunk.length
    // What is long comes in hundreds of pieces: they are joined once, and not each with the one before.
    if (this.#rest.length + this.#waitingBytes < this.#needed) return
    let bytes = this.#rest.length === 0 && this.#waiting.length === 1 ? chunk : this.#join()
    this.#waiting = []
    this.#waitingBytes = 0
    for (;;) {
      this.#needed = neededFor(bytes)
      if (bytes.length < this.#needed) break
      const message = bytes.subarray(FRAME_HEADER_BYTES, this.#needed)
      bytes = bytes.subarray(this.#needed)
      this.#rest = bytes
      yield message
    }
    this.#rest = bytes
  }

  #join(): Buffer {
    return Buffer.concat([this.#rest, ...this.#waiting])
  }
}

function neededFor(bytes: Buffer): number {
  if (bytes.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES
  if (bytes[0] !== 0)
    throw new GrpcError(GrpcStatus.INTERNAL, 'a message is compressed, which nobody asked for')
  const length = bytes.readUInt32BE(1)
  if (length > MAX_MESSAGE_BYTES)
    throw new GrpcError(GrpcStatus.RESOURCE_EXHAUSTED, `a message of ${length} bytes is too long`)
  return FRAME_HEADER_BYTES + length
}
