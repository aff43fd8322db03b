import { ConflictError, KillError, NotFoundError } from '../../../errors.js'
import { type CallOptions, deadline } from '../../../http/index.js'
import { pause } from '../../../support/pause.js'
import type { EngineTarget } from '../../base/object.js'
import { isLoss } from '../../base/reconnection.js'
import type { KillPlan } from './kill-option.js'
import { SIGKILL } from './signals.js'

/** Milliseconds that a container has to end after SIGKILL. */
const KILL_LIMIT_MS = 30_000
/** Milliseconds after which a wait that was lost is asked for again. */
const AGAIN_MS = 100

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
  if (signal !== SIGKILL && (await endsBy(container, signal, afterMs))) return
  using limit = limitOf(container, KILL_LIMIT_MS)
  await sendSignal(container, SIGKILL, limit.call)
  await untilEnded(container, limit.call)
}

/** Whether it ends within some milliseconds of the signal. Where that cannot be asked, SIGKILL is still to come. */
async function endsBy(container: EngineTarget, signal: number, milliseconds: number): Promise<boolean> {
  try {
    using sending = limitOf(container, KILL_LIMIT_MS)
    await sendSignal(container, signal, sending.call)
    if (milliseconds === 0) return false
    using limit = limitOf(container, milliseconds)
    while (!(await hasEnded(container, limit.call))) await pause(AGAIN_MS, limit.signal)
    return true
  } catch {
    return false
  }
}

/** Waits for the end. Resolves with false where the wait is lost: the container may still end in its time. */
async function hasEnded(container: EngineTarget, call: CallOptions): Promise<boolean> {
  try {
    await untilEnded(container, call)
    return true
  } catch (error) {
    if (call.signal?.aborted || !isLoss(error)) throw error
    return false
  }
}

function limitOf({ id }: EngineTarget, milliseconds: number) {
  return deadline(`the end of container ${id.slice(0, 12)}`, undefined, milliseconds)
}

/** A container that has ended, or is gone, needs no signal. */
async function sendSignal({ api, id }: EngineTarget, signal: number, call: CallOptions): Promise<void> {
  try {
    await api.containers.kill(id, { signal: String(signal) }, call)
  } catch (error) {
    if (!(error instanceof ConflictError) && !(error instanceof NotFoundError)) throw error
  }
}

async function untilEnded({ api, id }: EngineTarget, call: CallOptions): Promise<void> {
  try {
    await api.containers.wait(id, { condition: 'not-running' }, call)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
}
