import { onAbort } from '../support/abort.js'

/** Waits for a promise, but not past an abort. What becomes of the promise after that is of no interest. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise<T>((resolve, reject) => {
    const release = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(release)
  })
}

/**
 * One piece of work that many callers may ask for at once: it runs once, its result is kept, a failure is not.
 * A caller who gives up leaves the others undisturbed; when the last one has left, the work itself is aborted.
 */
export class SharedFlight<T extends {}> {
  readonly #work: (signal: AbortSignal) => Promise<T>
  #result: T | undefined
  #flight: { promise: Promise<T>; controller: AbortController; waiting: number } | undefined

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work
  }

  /** The result, once there is one. */
  get result(): T | undefined {
    return this.#result
  }

  /** Has it done anew when it is asked for again, unless that was done already. */
  forget(result: T): void {
    if (this.#result === result) this.#result = undefined
  }

  async join(signal?: AbortSignal): Promise<T> {
    if (this.#result !== undefined) return this.#result
    signal?.throwIfAborted()
    this.#flight ??= this.#depart()
    const flight = this.#flight
    flight.waiting += 1
    try {
      return await orAborted(flight.promise, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0 && this.#result === undefined) {
        if (this.#flight === flight) this.#flight = undefined
        flight.controller.abort()
      }
    }
  }

  #depart() {
    const controller = new AbortController()
    return { promise: this.#keep(this.#work(controller.signal)), controller, waiting: 0 }
  }

  async #keep(work: Promise<T>): Promise<T> {
    const result = await work
    this.#result = result
    this.#flight = undefined
    return result
  }
}
