import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import type { Door } from '../door.js'
import { type Methods, type Serving, serve } from '../grpc/server.js'
import { healthService } from './health.js'

/** What a session serves, and under which key the Engine keeps its folders. */
export interface SessionPlan {
  readonly sharedKey: string
  readonly methods: Methods
}

/** The connection over which the Engine calls what a build needs of this side. */
export class BuildSession {
  readonly id: string
  readonly #serving: Serving
  readonly #opened = performance.now()
  #lastCheck = performance.now()
  #closing = false
  #lost: string | undefined

  private constructor(id: string, socket: Duplex, methods: Methods) {
    this.id = id
    const health = healthService(() => {
      this.#lastCheck = performance.now()
    })
    this.#serving = serve(socket, { ...methods, ...health })
    void this.#serving.closed.then(() => this.#noteEnd())
  }

  static async open(
    door: Door,
    { sharedKey, methods }: SessionPlan,
    signal?: AbortSignal,
  ): Promise<BuildSession> {
    const id = randomBytes(16).toString('hex')
    const served = [...Object.keys(methods), ...Object.keys(healthService(() => {}))]
    const socket = await door.openSession({ id, sharedKey, methods: served }, signal)
    return new BuildSession(id, socket, methods)
  }

  /** Why the session ended before the build did; undefined while it has not. */
  get lost(): string | undefined {
    return this.#lost
  }

  close(): void {
    this.#closing = true
    this.#serving.close()
  }

  #noteEnd(): void {
    if (this.#closing) return
    const now = performance.now()
    const silence = ((now - this.#lastCheck) / 1000).toFixed(1)
    const after = ((now - this.#opened) / 1000).toFixed(1)
    this.#lost = `the Engine closed the session after ${after} s; it had last heard from this side ${silence} s before`
  }
}
