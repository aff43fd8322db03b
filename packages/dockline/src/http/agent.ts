import { Agent, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dial } from '../transport/index.js'

type Connected = (error: Error | null, stream?: Duplex) => void

/** Idle connections kept for the next call. Node's agent unrefs them, so they never keep a process alive. */
const MAX_IDLE = 64

/** Node's connection pool over any way of dialling. */
export class DialAgent extends Agent {
  readonly #dial: Dial
  readonly #closed = new AbortController()

  constructor(dial: Dial) {
    super({ keepAlive: true, maxFreeSockets: MAX_IDLE, scheduling: 'lifo' })
    this.#dial = dial
  }

  override createConnection(_options: ClientRequestArgs, connected: Connected): null {
    this.#dial(this.#closed.signal).then(
      (socket) => connected(null, socket),
      (error: Error) => connected(error),
    )
    return null
  }

  /** Ends every connection, also those still being dialled. */
  override destroy(): void {
    this.#closed.abort(new Error('the client was closed'))
    super.destroy()
  }
}
