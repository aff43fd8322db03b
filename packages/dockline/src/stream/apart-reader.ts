import { Readable } from 'node:stream'
import type { OutputChunk, Source } from './frames.js'
import { handOn } from './hand-on.js'
import type { WatchedReader } from './reader.js'

/** Feeds the two Readables. The one that is read sets the pace; the pumping starts with the first read. */
export class ApartReader {
  readonly #reader: WatchedReader
  readonly #readables = new Map<Source, Readable>()
  readonly #waiting = new Map<Source, () => void>()
  #pumping = false
  /** How the output ended; also for a Readable that is taken later. */
  #conclude: ((readable: Readable) => void) | undefined

  constructor(reader: WatchedReader) {
    this.#reader = reader
  }

  readable(source: Source): Readable {
    const existing = this.#readables.get(source)
    if (existing !== undefined) return existing
    const readable = new Readable({
      read: () => {
        this.#wake(source)
        if (!this.#pumping) this.#pump()
      },
      destroy: (error, done) => {
        this.#wake(source)
        // stdout may still be wanted, also if it has not been asked for yet.
        const mayBeWanted = source === 'stderr' && this.#readables.size === 1 && !this.#pumping
        if (!mayBeWanted && [...this.#readables.values()].every((each) => each.destroyed))
          this.#reader.cancel()
        done(error)
      },
    })
    this.#readables.set(source, readable)
    this.#conclude?.(readable)
    return readable
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    try {
      await handOn(this.#reader, (chunk) => this.#give(chunk))
      this.#conclude = (readable) => readable.push(null)
    } catch (error) {
      this.#conclude = (readable) => readable.destroy(error as Error)
    }
    this.#readables.forEach(this.#conclude)
  }

  #give({ source, data }: OutputChunk): Promise<void> | undefined {
    const readable = this.#readables.get(source)
    if (readable === undefined || readable.destroyed || readable.push(data)) return undefined
    return new Promise((resolve) => this.#waiting.set(source, resolve))
  }

  #wake(source: Source): void {
    this.#waiting.get(source)?.()
    this.#waiting.delete(source)
  }
}
