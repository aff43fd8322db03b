/** Puts batches of many writers in one order. A writer waits until its batch is taken, so that at most one of each is here. */
export class Merge<Batch> {
  readonly #waiting: { readonly batch: Batch; readonly taken: () => void }[] = []
  #wake: (() => void) | undefined
  #failure: { readonly error: unknown } | undefined

  /** Resolves when the batch was taken and the reader has asked for the next. */
  give(batch: Batch): Promise<void> {
    return new Promise((resolve) => {
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
    for (;;) {
      const first = this.#waiting.shift()
      if (first !== undefined) {
        yield first.batch
        first.taken()
      } else if (this.#failure !== undefined) throw this.#failure.error
      else await this.#next()
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
