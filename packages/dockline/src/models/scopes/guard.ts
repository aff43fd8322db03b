import type { CallOptions } from '../../http/index.js'
import { onProcessEnd } from './process-end.js'
import { Reaper, type Watch } from './reaper.js'
import type { WatchedScope } from './reaper-command.js'

/** A scope that somebody has to remove when this process ends before it does. */
export interface GuardedScope {
  readonly id: string
  /** How the reaper connects; undefined without a reaper. */
  readonly connection: (() => Promise<string>) | undefined
  readonly down: (call: CallOptions) => Promise<void>
}

/** Milliseconds that a signal waits for the removal. */
const SIGNAL_LIMIT_MS = 10_000

/** What ties a scope to the end of this process. */
export class Guard {
  readonly #scope: GuardedScope
  readonly #leave: () => void
  #connection: string | undefined
  #watch: Watch | undefined

  constructor(scope: GuardedScope) {
    this.#scope = scope
    this.#leave = onProcessEnd({
      remove: () => scope.down({ timeout: SIGNAL_LIMIT_MS }),
      watched: () =>
        this.#connection === undefined ? undefined : { scope: scope.id, connection: this.#connection },
    })
  }

  /** Resolves when the reaper knows the scope. It may have been killed since the last time. */
  async ready(): Promise<void> {
    const { id, connection } = this.#scope
    if (connection === undefined) return
    this.#connection ??= await connection()
    if (!this.#watch?.isAlive) this.#beginWatch({ scope: id, connection: this.#connection })
    await this.#watch?.begun
  }

  #beginWatch(scope: WatchedScope): void {
    this.#watch = Reaper.watch(scope, () => this.#beginAgain(scope))
  }

  /** Starts a new reaper. A failure is not reported here: the next call that makes something rejects with it. */
  #beginAgain(scope: WatchedScope): void {
    try {
      this.#beginWatch(scope)
    } catch {
      this.#watch = undefined
    }
  }

  release(): void {
    this.#leave()
    this.#watch?.end()
  }
}
