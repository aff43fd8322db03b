import type { OutputChunk } from './frames.js'
import type { WatchedReader } from './reader.js'

type Receive = (chunk: OutputChunk) => Promise<void> | void

/**
 * Gives `receive` every chunk, in order, and waits when it asks for that by a promise. For everyone but those who iterate:
 * it spends no promise on a chunk that is taken at once. A receiver that fails closes the connection.
 */
export function handOn(reader: WatchedReader, receive: Receive): Promise<void> {
  return new Promise((resolve, reject) => new HandingOn(reader, receive, { resolve, reject }).go())
}

interface Outcome {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

class HandingOn {
  readonly #reader: WatchedReader
  readonly #receive: Receive
  readonly #outcome: Outcome
  #chunks: readonly OutputChunk[] = []
  #given = 0

  constructor(reader: WatchedReader, receive: Receive, outcome: Outcome) {
    this.#reader = reader
    this.#receive = receive
    this.#outcome = outcome
  }

  /** Goes on until there is something to wait for, which calls it again. */
  readonly go = (): void => {
    try {
      const taken = this.#giveAll()
      if (taken !== undefined) taken.then(this.go, this.#fail)
      else if (!this.#reader.watch(this.go)) this.#reader.next().then(this.#goOn, this.#fail)
    } catch (error) {
      this.#fail(error)
    }
  }

  /** All that is here. Returns the promise of a receiver that has enough for now. */
  #giveAll(): Promise<void> | undefined {
    for (;;) {
      const taken = this.#give()
      if (taken !== undefined) return taken
      const chunks = this.#reader.take()
      // What was given is not kept while there is nothing else.
      this.#begin(chunks ?? [])
      if (chunks === undefined) return undefined
    }
  }

  #give(): Promise<void> | undefined {
    while (this.#given < this.#chunks.length) {
      const taken = this.#receive(this.#chunks[this.#given++] as OutputChunk)
      if (taken !== undefined) return taken
    }
    return undefined
  }

  readonly #goOn = (chunks: readonly OutputChunk[] | undefined): void => {
    this.#begin(chunks ?? [])
    if (chunks === undefined) this.#outcome.resolve()
    else this.go()
  }

  #begin(chunks: readonly OutputChunk[]): void {
    this.#chunks = chunks
    this.#given = 0
  }

  readonly #fail = (error: unknown): void => {
    this.#reader.cancel()
    this.#outcome.reject(error)
  }
}
