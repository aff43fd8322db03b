import { onAbort } from '../../support/abort.js'

/** After so many milliseconds a place is given up to a reader that waits for one. */
const TURN_MS = 2000

/** A place, for as long as it is held. */
export interface Place extends Disposable {
  /** Aborts when the turn is over, or the reading is. */
  readonly signal: AbortSignal
}

/** Lets a few read at a time. While others wait, all of them take turns. */
export class Places {
  readonly #signal: AbortSignal
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number, signal: AbortSignal) {
    this.#free = places
    this.#signal = signal
  }

  /** Resolves when there is a place. Rejects with the reason of the signal. */
  async enter(): Promise<Place> {
    this.#signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await this.#turn()
    return this.#place()
  }

  #turn(): Promise<void> {
    return new Promise((resolve, reject) => {
      const proceed = () => {
        release()
        resolve()
      }
      const release = onAbort(this.#signal, () => reject(this.#signal.reason))
      this.#waiting.push(proceed)
    })
  }

  #place(): Place {
    const turn = new AbortController()
    const release = onAbort(this.#signal, () => turn.abort(this.#signal.reason))
    const timer = setInterval(() => {
      if (this.#waiting.length > 0) turn.abort(new TurnOver())
    }, TURN_MS)
    timer.unref()
    const leave = () => {
      clearInterval(timer)
      release()
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
    return { signal: turn.signal, [Symbol.dispose]: leave }
  }
}

/** The reason of a place that is given up for others. */
export class TurnOver extends Error {}
