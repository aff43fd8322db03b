import { onAbort } from '../support/abort.js'

/** A place is given up after this long at the latest, in milliseconds: a call may be one that waits for something. */
const PATIENCE = 2000

/** Lets a few in at a time, in the order they came. */
export class Turnstile {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(places: number) {
    this.#free = places
  }

  /** Resolves when there is a place, with what gives it up again. Rejects with the signal's reason. */
  enter(signal: AbortSignal | undefined): Promise<() => void> {
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

  #place(): () => void {
    let held = true
    const leave = () => {
      if (!held) return
      held = false
      clearTimeout(timer)
      const next = this.#waiting.shift()
      if (next === undefined) this.#free += 1
      else next()
    }
    const timer = setTimeout(leave, PATIENCE)
    timer.unref()
    return leave
  }
}
