import { ApiError, ConnectionError, StreamError, TimeoutError } from '../../errors.js'
import { pause } from '../../support/pause.js'

/** Milliseconds from a lost connection to the next attempt; twice as many after each that fails, up to the most. */
const PATIENCE_MS = { first: 100, most: 10_000 }
/** A connection that lasted so long was a good one: the next attempt is made as if it were the first. */
const GOOD_MS = 10_000

/** How long to wait from one connection to the next. */
export class Reconnection {
  #patience = PATIENCE_MS.first
  #begun = 0

  /** A connection is being made. */
  begin(): void {
    this.#begun = performance.now()
  }

  /** The connection was of use. */
  succeed(): void {
    this.#patience = PATIENCE_MS.first
  }

  /** Waits until the next attempt, `most` milliseconds at most. Rejects with the reason of the signal. */
  async wait(signal: AbortSignal | undefined, most = PATIENCE_MS.most): Promise<void> {
    if (performance.now() - this.#begun > GOOD_MS) this.succeed()
    const patience = Math.min(this.#patience, most)
    this.#patience = Math.min(patience * 2, PATIENCE_MS.most)
    await pause(patience, signal)
  }
}

/** Whether an Engine that comes back may mend the error. A proxy before the Engine answers with a 5xx meanwhile. */
export function isLoss(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500
  return error instanceof ConnectionError || error instanceof StreamError || error instanceof TimeoutError
}
