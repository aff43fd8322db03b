import type { ContainerWaitResponse } from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import type { EngineTarget } from '../base/object.js'
import { Reconnection } from '../base/reconnection.js'
import { dialectOf } from '../podman/dialect.js'
import { registerWait } from '../removal/register-wait.js'
import { isStill, type LastRun, stateOf } from './attach-exit.js'
import { type Telling, toldExitCode } from './told-exit.js'

interface Awaited {
  readonly condition: 'not-running' | 'next-exit' | 'removed'
  readonly running?: boolean
  /** When the run began whose end is waited for; undefined before it has. */
  readonly startedAt?: string | undefined
  readonly lastRun?: LastRun | undefined
}

/** A wait that the Engine has taken. */
interface Waiting {
  readonly result: Promise<ContainerWaitResponse>
}

/** The wait of a session. */
export interface WaitForEnd extends Waiting {
  /** Waits once more when `result` was lost, now that the Engine can be asked again. */
  again(): Promise<ContainerWaitResponse>
}

/** Registers the wait for the end of a container. A lost connection does not end it, but with Podman. */
export async function waitForEnd(
  container: EngineTarget,
  target: Awaited,
  { signal, timeout }: CallOptions & { readonly signal: AbortSignal },
): Promise<WaitForEnd> {
  const { api, id } = container
  const query = { condition: dialectOf(api).waitCondition(target.condition) }
  const call = { signal, timeout }
  // Before its start, nobody removes it.
  const first = await (target.running
    ? registerWait(api, id, { query, ...call })
    : api.containers.waitRegistered(id, query, call))
  if (dialectOf(api).isPodman) return { ...first, again: () => first.result }
  const wait = new LastingWait(container, target, signal)
  const result = wait.through(first)
  result.catch(() => {})
  return { result, again: () => wait.through({ result }) }
}

class LastingWait {
  readonly #container: EngineTarget
  readonly #target: Awaited
  readonly #signal: AbortSignal
  #startedAt: string | undefined
  /** Known before the answer where the Engine has still to remove the container. */
  #exitCode: number | undefined

  constructor(container: EngineTarget, target: Awaited, signal: AbortSignal) {
    this.#container = container
    this.#target = target
    this.#signal = signal
    this.#startedAt = target.startedAt
  }

  /** The answer. Rejects with the loss if a look at the container does not help. */
  async through(first: Waiting): Promise<ContainerWaitResponse> {
    const reconnection = new Reconnection()
    for (let { result } = first; ; ) {
      reconnection.begin()
      try {
        return await result
      } catch (loss) {
        this.#signal.throwIfAborted()
        await reconnection.wait(this.#signal)
        const anew = await this.#waitAnew().catch(() => {
          this.#signal.throwIfAborted()
          throw loss
        })
        result = anew.result
      }
    }
  }

  async #waitAnew(): Promise<Waiting> {
    const { condition } = this.#target
    const isHere = await this.#look()
    if (this.#exitCode !== undefined && !(isHere && condition === 'removed')) return this.#known
    // A container that runs may end before the wait is there.
    const hasBegun = this.#startedAt !== undefined
    if (condition !== 'next-exit' || hasBegun)
      return this.#register(condition === 'removed' ? condition : 'not-running')
    const waiting = await this.#register(condition)
    await this.#look()
    return this.#exitCode === undefined ? waiting : this.#known
  }

  async #register(condition: Awaited['condition']): Promise<Waiting> {
    const { api, id } = this.#container
    try {
      return await registerWait(api, id, { query: { condition }, signal: this.#signal })
    } catch (error) {
      if (error instanceof NotFoundError && this.#exitCode !== undefined) return this.#known
      throw error
    }
  }

  get #known(): Waiting {
    return { result: Promise.resolve({ StatusCode: this.#exitCode as number }) }
  }

  /** The exit code of a container that is gone. */
  async #told(): Promise<number> {
    const isIt: Telling['isIt'] = ({ ID }) => ID === this.#container.id
    const since = Date.parse(this.#startedAt ?? '') / 1000
    const told =
      since > 0 && (await toldExitCode(this.#container, { event: 'die', since, isIt }, this.#signal))
    if (typeof told !== 'number') throw new Error('the container is gone')
    return told
  }

  /**
   * Tells whether the container is still here, and notes how the run has ended. Throws if nobody can know that any
   * more.
   */
  async #look(): Promise<boolean> {
    const { api, id } = this.#container
    const state = await stateOf(api, id, this.#signal)
    if (state === undefined) {
      this.#exitCode ??= await this.#told()
      return false
    }
    const { StartedAt, Status, Restarting, ExitCode } = state
    if (StartedAt === undefined) throw new Error('the Engine does not tell whether it runs')
    // Go writes a time of the year 1 for none.
    const hasBegun = Date.parse(StartedAt) > 0 && !isStill(this.#target.lastRun, state)
    if (!hasBegun) return true
    this.#startedAt ??= StartedAt
    if (StartedAt !== this.#startedAt) throw new Error('the container has been started again')
    if (Restarting || ENDED.includes(Status ?? '')) this.#exitCode = ExitCode ?? 0
    return true
  }
}

const ENDED: readonly string[] = ['exited', 'dead', 'removing']
