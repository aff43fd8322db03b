import { ConflictError, KillError, NotFoundError } from '../../../errors.js'
import { type CallOptions, deadline } from '../../../http/index.js'
import type { EngineTarget } from '../../base/object.js'
import type { KillPlan } from './kill-option.js'
import { SIGKILL } from './signals.js'

/** Milliseconds that a container has to end after SIGKILL. */
const KILL_LIMIT_MS = 30_000

/**
 * Ends a container because of an error, and returns the error to reject with. It is ended by the Engine's own call: all
 * processes end with the first one.
 */
export async function endContainerBecauseOf(
  container: EngineTarget,
  plan: KillPlan,
  reason: unknown,
): Promise<unknown> {
  try {
    await endContainer(container, plan)
    return reason
  } catch (error) {
    return new KillError({ container: container.id, left: [], reason }, { cause: error })
  }
}

async function endContainer(container: EngineTarget, { signal, afterMs }: KillPlan): Promise<void> {
  if (signal !== SIGKILL) {
    await sendSignal(container, signal)
    if (await hasEnded(container, afterMs)) return
  }
  await sendSignal(container, SIGKILL)
  using limit = deadline(`the end of container ${container.id.slice(0, 12)}`, undefined, KILL_LIMIT_MS)
  await untilEnded(container, limit.call)
}

/** A container that has ended, or is gone, needs no signal. */
async function sendSignal({ api, id }: EngineTarget, signal: number): Promise<void> {
  try {
    await api.containers.kill(id, { signal: String(signal) })
  } catch (error) {
    if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) throw error
  }
}

/** Whether it ends within some milliseconds. */
async function hasEnded(container: EngineTarget, milliseconds: number): Promise<boolean> {
  if (milliseconds === 0) return false
  using limit = deadline('the end of the container', undefined, milliseconds)
  try {
    await untilEnded(container, limit.call)
    return true
  } catch (error) {
    if (limit.signal.aborted) return false
    throw error
  }
}

async function untilEnded({ api, id }: EngineTarget, call: CallOptions): Promise<void> {
  try {
    await api.containers.wait(id, { condition: 'not-running' }, call)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
}
