/** Puts batches of many writers in one order. A writer waits until its batch is taken, so that at most one of each is here. */
export class Merge<Batch> {
  readonly #waiting: { readonly batch: Batch; readonly taken: () => void }[] = []
  #wake: (() => void) | undefined
  #failure: { readonly error: unknown } | undefined
  #isOver = false

  /** Resolves when the batch was taken and the reader has asked for the next, or has left. */
  give(batch: Batch): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isOver) return resolve()
      this.#waiting.push({ batch, taken: resolve })
      this.#wake?.()
    })
  }

  /** Makes the reader fail, after the batches that are here. */
  fail(error: unknown): void {
    this.#failure ??= { error }
    this.#wake?.()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Batch, void, undefined> {
    try {
      for (;;) {
        const [first] = this.#waiting
        if (first !== undefined) {
          yield first.batch
          this.#waiting.shift()
          first.taken()
        } else if (this.#failure !== undefined) throw this.#failure.error
        else await this.#next()
      }
    } finally {
      this.#isOver = true
      for (const { taken } of this.#waiting) taken()
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
