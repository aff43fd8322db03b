import type { Readable } from 'node:stream'
import { StreamError } from '../errors.js'

/** What may wait for a reader before the source is paused. */
const LIMIT = 256 * 1024

/**
 * The chunks of a stream, to be pulled one by one. It reads ahead to a limit and then holds the source back, so that
 * the end is noticed as soon as it comes, while memory stays bounded when nobody pulls.
 */
export class ByteQueue {
  /** Settles when the last byte has arrived, whether or not it was pulled. */
  readonly ended: Promise<void>
  readonly #stream: Readable
  #chunks: Buffer[] = []
  #head = 0
  #length = 0
  #over = false
  #failure: Error | undefined
  #wake: (() => void) | undefined
  /** Whether the source is read to its end, whoever pulls. */
  #drains = false
  #full = false

  constructor(stream: Readable) {
    this.#stream = stream
    this.ended = new Promise((resolve, reject) => {
      const finish = (error?: Error) => {
        if (this.#over) return
        this.#over = true
        this.#failure = error
        this.#wake?.()
        error === undefined ? resolve() : reject(error)
      }
      stream.on('data', (chunk: Buffer) => this.#push(chunk))
      stream.once('end', () => finish())
      stream.on('error', finish)
      // An end comes before the close; a close alone is a stream that somebody destroyed.
      const close = () => finish(stream.errored ?? StreamError.truncated('the output stream'))
      // A socket without data ends also when nobody reads it.
      if (stream.readableEnded) finish()
      else if (stream.closed) close()
      else stream.once('close', close)
      // Somebody may have held it back until here.
      stream.resume()
    })
    this.ended.catch(() => {})
  }

  /** The next chunk if it is here already. */
  take(): Buffer | undefined {
    const chunk = this.#chunks[this.#head]
    if (chunk === undefined) return undefined
    this.#head += 1
    if (this.#head === this.#chunks.length) {
      this.#chunks = []
      this.#head = 0
    }
    this.#length -= chunk.length
    if (this.#length < LIMIT / 2 && this.#stream.isPaused()) this.#stream.resume()
    return chunk
  }

  /** The next chunk, or undefined at the end. Rejects when the stream failed, after what came before. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.take()
      if (chunk !== undefined) return chunk
      if (this.#failure !== undefined) throw this.#failure
      if (this.#over) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  /** From now on the source is never held back. What comes when nobody has pulled for long is dropped, up to the end. */
  drain(): void {
    this.#drains = true
    this.#full = this.#length >= LIMIT
    this.#stream.resume()
  }

  #push(chunk: Buffer): void {
    if (this.#full) return
    this.#chunks.push(chunk)
    this.#length += chunk.length
    if (this.#length >= LIMIT) {
      if (this.#drains) this.#full = true
      else this.#stream.pause()
    }
    this.#wake?.()
    this.#wake = undefined
  }
}
