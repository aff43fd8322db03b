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
  readonly #waiting: Waiting[] = []
  readonly #turns = new Set<AbortController>()

  /** The signal has to abort in the end: until then it keeps the places. */
  constructor(places: number, signal: AbortSignal) {
    this.#free = places
    this.#signal = signal
    // One listener for all: Node walks the list of a signal's listeners for each that comes or leaves, and there may be thousands.
    onAbort(signal, () => {
      for (const { reject } of this.#waiting.splice(0)) reject(signal.reason)
      for (const turn of this.#turns) turn.abort(signal.reason)
    })
  }

  /** Resolves when there is a place. Rejects with the reason of the signal. */
  async enter(): Promise<Place> {
    this.#signal.throwIfAborted()
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve, reject) => this.#waiting.push({ resolve, reject }))
    // It may have aborted after the place was given away, and before this reader went on.
    this.#signal.throwIfAborted()
    return this.#place()
  }

  #place(): Place {
    const turn = new AbortController()
    this.#turns.add(turn)
    const timer = setInterval(() => {
      if (this.#waiting.length > 0) turn.abort(new TurnOver())
    }, TURN_MS)
    timer.unref()
    const leave = () => {
      clearInterval(timer)
      this.#turns.delete(turn)
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next.resolve()
    }
    return { signal: turn.signal, [Symbol.dispose]: leave }
  }
}

interface Waiting {
  readonly resolve: () => void
  readonly reject: (reason: unknown) => void
}

/** The reason of a place that is given up for others. */
export class TurnOver extends Error {}
