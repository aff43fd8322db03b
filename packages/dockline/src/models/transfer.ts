import { InvalidArgumentError, StreamError } from '../errors.js'

/** A line of progress of a pull, push, load or import. */
export interface ProgressMessage {
  readonly id?: string | undefined
  readonly status?: string | undefined
  readonly progressDetail?:
    | { readonly current?: number | undefined; readonly total?: number | undefined }
    | undefined
  readonly error?: string | undefined
  readonly errorDetail?: { readonly message?: string | undefined } | undefined
}

/**
 * Something that moves data and reports on it: awaited, it gives its result; `progress()` gives what the Engine says
 * meanwhile. An error inside the stream rejects either. Nothing is sent before one of the two is asked for.
 */
export class Transfer<Result, Event extends ProgressMessage> implements Promise<Result> {
  readonly #events: () => AsyncGenerator<Event, void, undefined>
  readonly #finish: () => Promise<Result>
  #result: Promise<Result> | undefined
  #moved: Promise<void> | undefined

  constructor(events: () => AsyncGenerator<Event, void, undefined>, finish: () => Promise<Result>) {
    this.#events = events
    this.#finish = finish
  }

  /** The messages as they come, once. Leaving the loop ends the transfer; awaiting it afterwards gives its result. */
  progress(): AsyncGenerator<Event, void, undefined> {
    if (this.#moved !== undefined) throw new InvalidArgumentError('the progress of a transfer can be read once')
    let settle: (error?: unknown) => void = () => {}
    this.#moved = new Promise((resolve, reject) => {
      settle = (error) => (error === undefined ? resolve() : reject(error))
    })
    this.#moved.catch(() => {})
    return this.#watch(settle)
  }

  async *#watch(settle: (error?: unknown) => void): AsyncGenerator<Event, void, undefined> {
    let outcome: unknown = new StreamError('the transfer was left before its end')
    try {
      for await (const event of this.#events()) {
        const message = event.errorDetail?.message ?? event.error
        if (message !== undefined) throw new StreamError(message)
        yield event
      }
      outcome = undefined
    } catch (error) {
      outcome = error
      throw error
    } finally {
      settle(outcome)
    }
  }

  readonly [Symbol.toStringTag] = 'Transfer'

  // biome-ignore lint/suspicious/noThenProperty: awaiting is what it is for
  then<A = Result, B = never>(
    onFulfilled?: ((value: Result) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#result ??= this.#drain()
    return this.#result.then(onFulfilled, onRejected)
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.then(undefined, onRejected)
  }

  finally(onFinally?: (() => void) | null): Promise<Result> {
    return this.then().finally(onFinally)
  }

  async #drain(): Promise<Result> {
    if (this.#moved === undefined) for await (const _event of this.progress());
    await this.#moved
    return this.#finish()
  }
}
