import type { Reader } from './reader.js'

/** Written by hand because log lines are small and many: what is here costs no turn of the event loop. */
export class ReaderIterator<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #reader: Reader<T>
  #items: readonly T[] = []
  #index = 0
  #done = false
  /** How many were asked for and have not been answered. */
  #asked = 0
  #last: Promise<IteratorResult<T, undefined>> | undefined

  constructor(reader: Reader<T>) {
    this.#reader = reader
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#asked > 0) return this.#nextInTurn()
    const taken = this.#take()
    if (taken !== undefined) return Promise.resolve(taken)
    this.#last = this.#refill()
    return this.#last
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#finish()
    this.#reader.cancel()
    return { value: undefined, done: true }
  }

  async throw(error: unknown): Promise<never> {
    await this.return()
    throw error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** Answers calls of `next` that come before an earlier answer in the order of the calls. */
  #nextInTurn(): Promise<IteratorResult<T, undefined>> {
    this.#asked += 1
    const next = () => {
      this.#asked -= 1
      return this.#take() ?? this.#refill()
    }
    this.#last = Promise.resolve(this.#last).then(next, next)
    return this.#last
  }

  #take(): IteratorResult<T, undefined> | undefined {
    const value = this.#items[this.#index]
    if (value === undefined) return undefined
    this.#index += 1
    return { value, done: false }
  }

  async #refill(): Promise<IteratorResult<T, undefined>> {
    this.#asked += 1
    try {
      while (!this.#done) {
        const items = this.#reader.take() ?? (await this.#reader.next())
        if (items === undefined) this.#finish()
        else if (items.length > 0 && !this.#done) {
          this.#items = items
          this.#index = 1
          return { value: items[0] as T, done: false }
        }
      }
      return { value: undefined, done: true }
    } finally {
      this.#asked -= 1
    }
  }

  #finish(): void {
    this.#done = true
    this.#items = []
    this.#index = 0
  }
}
