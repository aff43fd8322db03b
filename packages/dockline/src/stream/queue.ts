import { Duplex, type Readable } from 'node:stream'
import { StreamError } from '../errors.js'
import { beginLending, endLending } from './pieces.js'

/** The most data that waits for a reader before the source is paused. */
const LIMIT_BYTES = 256 * 1024

/** Chunks of fewer bytes are joined, up to the second: copying them costs less than handling them one by one. */
const SMALL_BYTES = 4096
const JOINED_BYTES = 64 * 1024

/**
 * The chunks of a stream, to be pulled one by one. It reads ahead to a limit and then holds the source back, so that
 * the end is noticed as soon as it comes, while memory stays bounded when nobody pulls.
 */
export class ByteQueue {
  /** Settles when the last byte has arrived, whether or not it was pulled. */
  readonly ended: Promise<void>
  /** Whether anything has arrived, pulled or not. */
  hasArrived = false
  readonly #stream: Readable
  /** What has arrived since the last look. */
  #arrived: Buffer[] = []
  /** What had arrived by then, and how many of these were pulled. */
  #batch: readonly Buffer[] = []
  #pulled = 0
  #length = 0
  #over = false
  #failure: Error | undefined
  #wake: (() => void) | undefined
  /** Takes each chunk when it comes, before the queue does, and returns what it leaves. */
  #borrower: ((chunk: Buffer) => Buffer | undefined) | undefined
  /** Whether the source is read to its end, also without a reader. */
  #drains = false
  #full = false

  /** `what` is for the words of an error, should the stream be cut short. */
  constructor(stream: Readable, what = 'the output stream') {
    this.#stream = stream
    this.ended = new Promise((resolve, reject) => {
      const finish = (error?: Error) => {
        if (this.#over) return
        this.#over = true
        this.#failure = error
        this.#rouse()
        error === undefined ? resolve() : reject(error)
      }
      stream.on('data', (chunk: Buffer) => this.#push(chunk))
      stream.once('end', () => finish())
      stream.on('error', finish)
      // An end comes before the close; a close alone is a stream that somebody destroyed.
      const close = () => finish(stream.errored ?? StreamError.truncated(what))
      // A socket without data ends also when it is not read.
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
    if (this.#pulled === this.#batch.length) this.#turnOver()
    const chunk = this.#batch[this.#pulled]
    if (chunk === undefined) return undefined
    this.#pulled += 1
    this.#length -= chunk.length
    if (this.#length < LIMIT_BYTES / 2 && this.#stream.isPaused()) this.#stream.resume()
    return chunk
  }

  /** The next chunk, or undefined at the end. Rejects when the stream failed, after what came before. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.take()
      if (chunk !== undefined) return chunk
      if (this.#failure !== undefined) throw this.#failure
      if (this.#over) return undefined
      await this.#untilMore()
    }
  }

  /** Resolves when something has come, or the end has. */
  #untilMore(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  /**
   * Lends each chunk to `use` when it comes, until `use` returns what it leaves of one, or nothing more comes. A chunk is
   * valid until `use` returns: its memory is used again. Rejects with what `use` throws. The queue has to be empty.
   */
  async lend(use: (chunk: Buffer) => Buffer | undefined): Promise<void> {
    let failed: { readonly error: unknown } | undefined
    beginLending(this.#stream)
    this.#borrower = (chunk) => {
      try {
        return use(chunk)
      } catch (error) {
        failed = { error }
        return chunk
      }
    }
    while (this.#borrower !== undefined && !this.#over) await this.#untilMore()
    this.#endLending()
    if (failed !== undefined) throw failed.error
  }

  #endLending(): void {
    if (this.#borrower === undefined) return
    this.#borrower = undefined
    endLending(this.#stream)
  }

  /**
   * Calls `look` once when there is more to take, or the end has come. A promise would take several turns to reach
   * its reader, which a person feels with every key. Returns false when nothing more will come.
   */
  watch(look: () => void): boolean {
    if (this.#over) return false
    // What has arrived together is taken together. A connection gives all that it has read at once; of an answer, each piece.
    this.#wake = this.#stream instanceof Duplex ? look : () => process.nextTick(look)
    return true
  }

  /** From now on the source is never held back. Bytes that are not pulled for long are dropped, up to the end. */
  drain(): void {
    this.#drains = true
    this.#full = this.#length >= LIMIT_BYTES
    this.#stream.resume()
  }

  /** Lets go of the batch that was pulled, also where a reader never catches up with its source. */
  #turnOver(): void {
    this.#batch = joinSmall(this.#arrived)
    this.#arrived = []
    this.#pulled = 0
  }

  #push(chunk: Buffer): void {
    this.hasArrived = true
    if (this.#full) return
    const left = this.#borrower === undefined ? chunk : this.#borrower(chunk)
    if (left === undefined) return
    this.#endLending()
    this.#arrived.push(left)
    this.#length += left.length
    if (this.#length >= LIMIT_BYTES) {
      if (this.#drains) this.#full = true
      else this.#stream.pause()
    }
    this.#rouse()
  }

  #rouse(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}

/** Small neighbours as one. The Engine sends a log with a piece of HTTP for each line. */
function joinSmall(chunks: Buffer[]): readonly Buffer[] {
  if (chunks.length < 2) return chunks
  const joined: Buffer[] = []
  for (let begin = 0; begin < chunks.length; ) {
    const end = endOfSmall(chunks, begin)
    joined.push(end - begin > 1 ? Buffer.concat(chunks.slice(begin, end)) : (chunks[begin] as Buffer))
    begin = Math.max(end, begin + 1)
  }
  return joined
}

/** Where the small chunks end that begin here, or enough of them. */
function endOfSmall(chunks: readonly Buffer[], begin: number): number {
  let end = begin
  for (let length = 0; end < chunks.length && length < JOINED_BYTES; end++) {
    const size = (chunks[end] as Buffer).length
    if (size >= SMALL_BYTES) break
    length += size
  }
  return end
}
