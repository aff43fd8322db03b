import type { ContainerState, ContainerWaitResponse } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import type { EngineTarget } from '../base/object.js'
import { isLoss, Reconnection } from '../base/reconnection.js'
import { dialectOf } from '../podman/dialect.js'
import { registerWait } from '../removal/register-wait.js'
import { isStill, type LastRun, lastRunIn, stateOf } from './attach-exit.js'

interface Awaited {
  readonly condition: 'not-running' | 'next-exit' | 'removed'
  readonly running?: boolean
  readonly lastRun?: LastRun | undefined
}

/** A wait that the Engine has taken. */
interface Waiting {
  readonly result: Promise<ContainerWaitResponse>
}

/** Registers the wait for the end of a container, and returns the answer to come in an object: nobody awaits it here. */
export async function waitForEnd(
  { api, id }: EngineTarget,
  target: Awaited,
  { signal, timeout }: CallOptions & { readonly signal: AbortSignal },
): Promise<Waiting> {
  const query = { condition: dialectOf(api).waitCondition(target.condition) }
  const call = { signal, timeout }
  // Before its start, nobody removes it.
  const waiting = await (target.running
    ? registerWait(api, id, { query, ...call })
    : api.containers.waitRegistered(id, query, call))
  if (dialectOf(api).isPodman) return waiting
  const result = answerThrough(waiting, () => waitAgain({ api, id }, target, signal), signal)
  result.catch(() => {})
  return { result }
}

/**
 * The answer of a wait. When its connection is lost, the container is asked for, and waited for again. Rejects with the loss if
 * the Engine cannot be asked any more, or does not know the container any more.
 */
async function answerThrough(
  first: Waiting,
  again: () => Promise<Waiting>,
  signal: AbortSignal,
): Promise<ContainerWaitResponse> {
  const reconnection = new Reconnection()
  for (let { result } = first; ; ) {
    reconnection.begin()
    try {
      return await result
    } catch (loss) {
      signal.throwIfAborted()
      if (!isLoss(loss)) throw loss
      await reconnection.wait(signal)
      const waiting = await again().catch(() => undefined)
      if (waiting === undefined) throw loss
      result = waiting.result
    }
  }
}

async function waitAgain(container: EngineTarget, target: Awaited, signal: AbortSignal): Promise<Waiting> {
  const { api, id } = container
  const { condition } = target
  const before = await endOf(container, target, signal)
  if (before.answer !== undefined) return before.answer
  // A container that runs may end before the wait is there.
  const query = { condition: condition === 'next-exit' && before.running ? 'not-running' : condition }
  const waiting = await registerWait(api, id, { query, signal })
  const after = query.condition === 'next-exit' ? await endOf(container, target, signal) : undefined
  return after?.answer ?? waiting
}

/** The answer for a container that has ended since the session began. */
async function endOf({ api, id }: EngineTarget, { lastRun }: Awaited, signal: AbortSignal) {
  const state: ContainerState | undefined = await stateOf(api, id, signal)
  if (state === undefined) throw new Error('the container is gone')
  const run = lastRunIn(state)
  const isOver = run !== undefined && !isStill(lastRun, state)
  const answer: Waiting | undefined = isOver
    ? { result: Promise.resolve({ StatusCode: run.exitCode }) }
    : undefined
  return { running: state.Running === true, answer }
}
