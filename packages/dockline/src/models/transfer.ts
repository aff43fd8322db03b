import { StreamError } from '../errors.js'

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

  constructor(events: () => AsyncGenerator<Event, void, undefined>, finish: () => Promise<Result>) {
    this.#events = events
    this.#finish = finish
  }

  /** The messages as they come. Leaving the loop ends the transfer. */
  async *progress(): AsyncGenerator<Event, void, undefined> {
    for await (const event of this.#events()) {
      const message = event.errorDetail?.message ?? event.error
      if (message !== undefined) throw new StreamError(message)
      yield event
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
    for await (const _event of this.progress());
    return this.#finish()
  }
}
