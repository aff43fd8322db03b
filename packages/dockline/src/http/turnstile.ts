import { onAbort } from '../support/abort.js'

/** A call gives up its place after this time at the latest, because it may wait for something. */
const PATIENCE_MS = 2000

export interface Place {
  /** Has the place given up after a while. Until it is called, the one who has it may still be logging in. */
  readonly expire: () => void
  readonly leave: () => void
}

/** Lets a few in at a time, in the order they came. */
export class Turnstile {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Resolves when there is a place. Rejects with the signal's reason. */
  enter(signal: AbortSignal | undefined): Promise<Place> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const proceed = () => {
        release()
        resolve(this.#place())
      }
      const release = onAbort(signal, () => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1)
        reject(signal?.reason)
      })
      if (this.#free > 0) {
        this.#free -= 1
        proceed()
      } else this.#waiting.push(proceed)
    })
  }

  #place(): Place {
    let held = true
    let timer: NodeJS.Timeout | undefined
    const leave = () => {
      if (!held) return
      held = false
      clearTimeout(timer)
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
    const expire = () => {
      if (held) timer ??= setTimeout(leave, PATIENCE_MS).unref()
    }
    return { expire, leave }
  }
}
