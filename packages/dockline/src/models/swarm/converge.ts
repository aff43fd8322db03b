import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiClient, Service } from '../../api/index.js'
import { ServiceError, TimeoutError } from '../../errors.js'
import { type CallOptions, deadline } from '../../http/index.js'
import type { Duration } from '../../support/duration.js'
import { type ConvergenceProgress, countTasks, isJob, problemsOf } from './convergence.js'

export interface ConvergeOptions extends CallOptions {
  /**
   * How long all tasks have to run before the service counts as converged. Default: `monitor` of the
   * service's `updateConfig`, else 5 s.
   */
  readonly monitor?: Duration | undefined
  /** A time limit for the whole wait. Default: none. */
  readonly timeout?: Duration | undefined
}

export interface WaitConvergedOptions extends ConvergeOptions {
  /** Called for every step, the last one included. */
  readonly onProgress?: ((progress: ConvergenceProgress) => void) | undefined
}

/** The options, read. */
export interface Converging extends CallOptions {
  readonly monitorMs?: number | undefined
}

/** The time between two looks, as the docker command has it. */
const INTERVAL_MS = 200
const DEFAULT_MONITOR_MS = 5000

/**
 * Looks again and again until the service is as its spec says, and yields every change. Rejects with ServiceError
 * when its update stops, or is rolled back without a request.
 */
export async function* converge(
  api: ApiClient,
  id: string,
  { monitorMs, signal, timeout }: Converging,
): AsyncGenerator<ConvergenceProgress, void, undefined> {
  const watch = new Watch(monitorMs)
  using limit = deadline('waiting', signal, timeout)
  try {
    for (;;) {
      const progress = await look(api, id, { watch, call: limit.call })
      if (watch.isNew(progress)) yield progress
      if (progress.phase === 'converged') return
      await sleep(INTERVAL_MS, undefined, { signal: limit.signal })
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error
    const { reason } = limit.signal
    if (!(reason instanceof TimeoutError) || signal?.aborted) throw reason
    throw new TimeoutError(watch.describe(id), reason.timeout)
  }
}

async function look(
  api: ApiClient,
  id: string,
  { watch, call }: { readonly watch: Watch; readonly call: CallOptions },
): Promise<ConvergenceProgress> {
  const service = await api.services.inspect(id, {}, call)
  watch.refuseFailure(service)
  const filters = { service: service.ID ?? id, '_up-to-date': true }
  const [tasks, nodes] = await Promise.all([api.tasks.list({ filters }, call), api.nodes.list({}, call)])
  return watch.judge(service, {
    ...countTasks(service, tasks, nodes),
    updateState: service.UpdateStatus?.State,
    message: service.UpdateStatus?.Message || undefined,
    problems: problemsOf(tasks),
  })
}

/** What has been seen of a service so far. */
class Watch {
  readonly #monitor: number | undefined
  /** When everything ran for the first time since something did not. */
  #since: number | undefined
  #name: string | undefined
  /** Why the Engine rolled the service back, where no client asked for it. */
  #rolledBack: string | undefined
  /** Whether an update was under way without a request to roll back. */
  #updating = false
  #last: ConvergenceProgress | undefined

  constructor(monitor: number | undefined) {
    this.#monitor = monitor
  }

  /** Throws when there is nothing more to wait for. */
  refuseFailure({ ID, Spec, UpdateStatus }: Service): void {
    this.#name = Spec?.Name ?? ID
    const state: string = UpdateStatus?.State ?? ''
    const message = UpdateStatus?.Message ?? ''
    this.#followRollback(state, message)
    if (state === 'paused') throw this.#failure(state, `its update has paused: ${message}`)
    if (state === 'rollback_paused') throw this.#failure(state, `its rollback has paused: ${message}`)
  }

  /** The beginning of a rollback may be over between two looks. The update seen before shows it then. */
  #followRollback(state: string, message: string): void {
    if (state === 'updating') {
      this.#updating = true
      this.#rolledBack = undefined
    } else if (message.includes('manually requested')) this.#updating = false
    else if (state === 'rollback_started' || (state === 'rollback_completed' && this.#updating)) {
      this.#rolledBack ??= message
    }
  }

  judge(service: Service, seen: Omit<ConvergenceProgress, 'phase'>): ConvergenceProgress {
    const { running, desired } = seen
    if (running !== desired) {
      this.#since = undefined
      return { phase: 'progressing', ...seen }
    }
    this.#since ??= performance.now()
    if (!isJob(service.Spec) && performance.now() - this.#since < this.#patience(service)) {
      return { phase: 'verifying', ...seen }
    }
    if (this.#rolledBack === undefined) return { phase: 'converged', ...seen }
    // The failure is reported after the rollback, because the caller may try again at once.
    if (seen.updateState === 'rollback_started') return { phase: 'verifying', ...seen }
    throw this.#failure(seen.updateState ?? '', `it was rolled back: ${this.#rolledBack}`)
  }

  /** Whether it differs from the last one. */
  isNew(progress: ConvergenceProgress): boolean {
    const before = this.#last
    this.#last = progress
    return JSON.stringify(before) !== JSON.stringify(progress)
  }

  describe(id: string): string {
    const { running = 0, desired = 'an unknown number', problems = [] } = this.#last ?? {}
    const trouble = problems.length === 0 ? '' : `: ${problems.join('; ')}`
    const progress = `${running} of ${desired} tasks are where they should be${trouble}`
    return `waiting for service ${this.#name ?? id} (${progress})`
  }

  #patience({ Spec }: Service): number {
    const own = Spec?.UpdateConfig?.Monitor
    return this.#monitor ?? (own ? own / 1e6 : DEFAULT_MONITOR_MS)
  }

  #failure(state: string, explanation: string): ServiceError {
    return new ServiceError({ service: this.#name ?? '', state, explanation })
  }
}
