import { type ApiClient, type ContainerInspectResponse, removalOf } from '../../api/index.js'
import { ContainerError, NotFoundError, OutputLimitError, TimeoutError } from '../../errors.js'
import { deadline, orAborted } from '../../http/index.js'
import { Collection } from '../../stream/index.js'
import { discarding } from '../base/discard.js'
import type { EngineTarget } from '../base/object.js'
import { dialectOf } from '../podman/dialect.js'
import { attachSession } from '../sessions/attach.js'
import { type CommandResult, converse, exitCodeOf } from '../sessions/result.js'
import type { Session } from '../sessions/session.js'
import { createContainer, type RunContext } from './create-container.js'
import type { AttachedRunPlan, DetachedRunPlan } from './run-options.js'

/** What a run did; with the container it leaves behind unless `remove` was asked. */
export interface RunResult<Text extends string | Buffer = string> extends CommandResult<Text> {
  /** The container's id. */
  readonly container: string
}

/** Creates and starts a container, and resolves with its details when it runs. */
export async function runDetached(context: RunContext, { create, remove }: DetachedRunPlan) {
  const { api } = context
  const { signal } = create.call
  const id = await createContainer(context, create)
  const inspect = () => api.containers.inspect(id, {}, { signal })
  const discard = discarding(api, ['container', id], { signal })
  // A container that removes itself may be gone before its details are asked for.
  const before = remove ? await inspect().catch(discard) : undefined
  // A container that cannot start stays for a look at it, unless the caller never learns its id.
  await api.containers.start(id, {}, { signal }).catch((error) => {
    if (!remove && !signal?.aborted) throw error
    return discard(error)
  })
  const attrs = await inspect()
    .catch((error) => orElse(api, before, error))
    .catch(discard)
  return { id, attrs }
}

/** The details from before the start, of a container that has ended and removed itself. */
function orElse(api: ApiClient, before: ContainerInspectResponse | undefined, error: unknown) {
  const isLeaving = error instanceof NotFoundError || dialectOf(api).meetsRemoval(error)
  if (before !== undefined && isLeaving) return before
  throw error
}

/** A run to the end whose container is not there yet. */
interface BegunRun {
  readonly context: RunContext
  readonly plan: AttachedRunPlan
  readonly what: string
  /** Aborts with the caller's signal, and when the time for the whole run is over. */
  readonly signal: AbortSignal
}

/** A run to the end that is under way. */
interface Run extends BegunRun, EngineTarget {
  /** The output so far. */
  readonly collection: Collection
}

/** Runs a command to its end. */
export async function runToEnd(
  context: RunContext,
  plan: AttachedRunPlan,
): Promise<RunResult<string | Buffer>> {
  const { image, create, reject } = plan
  const what = `running ${image}`
  using limit = deadline(what, create.call.signal, create.call.timeout)
  const begun = { context, plan, what, signal: limit.signal }
  const id = await createForRun(begun)
  const collection = new Collection({ ...plan.collecting, container: id })
  const run = { ...begun, api: context.api, id, collection }
  const session = await attachForRun(run)
  const result = await startAndRead(run, session)
  if (result.exitCode !== 0 && reject) {
    throw new ContainerError({ ...result, image, command: create.request.body.Cmd ?? [] })
  }
  return result
}

async function createForRun(run: BegunRun): Promise<string> {
  const { context, plan, signal } = run
  try {
    return await createContainer(context, { ...plan.create, call: { signal, timeout: undefined } })
  } catch (error) {
    if (isTimeout(run, error)) await inTime((over) => orAborted(context.api.http.undone(), over))
    throw error
  }
}

/**
 * Attaches and registers the wait, before the start: in this order no output and no exit code is missed, however short the
 * command.
 */
async function attachForRun(run: Run): Promise<Session> {
  const { plan, signal } = run
  try {
    return await attachSession(run, plan.attach, { signal })
  } catch (error) {
    // A container that was given up before its start has done nothing that somebody could want to look at.
    return leave(run, error, plan.remove || signal.aborted)
  }
}

async function startAndRead(run: Run, session: Session): Promise<RunResult<string | Buffer>> {
  const { api, id, plan, signal } = run
  try {
    await api.containers.start(id, {}, { signal })
    const output = await converse(session, plan.input, run.collection)
    const exitCode = await exitCodeOf(session)
    await untilRemoved(run)
    return { exitCode, container: id, ...output }
  } catch (failure) {
    session.close()
    return endAndLeave(run, failure)
  }
}

/** Waits for the removal where the Engine does not do so before it reports the exit. */
async function untilRemoved({ api, id, plan, signal }: Run): Promise<void> {
  if (!plan.remove || dialectOf(api).waitsForRemoval) return
  const { untilGone } = await import('../podman/podman.js')
  await untilGone(api, id, signal)
}

/** Ends a container that was started, as the plan has it, and rejects. */
async function endAndLeave(run: Run, failure: unknown): Promise<never> {
  const { remove } = run.plan
  const error = await endBecauseOf(run, failure)
  if (!(error instanceof OutputLimitError)) return leave(run, error, remove)
  await endWriter(run, remove)
  throw error
}

/** Ends the container as `kill` asks, and returns the error to reject with. */
async function endBecauseOf(run: Run, reason: unknown): Promise<unknown> {
  const { kill } = run.plan
  if (kill === undefined) return reason
  // Loaded here, because few containers are ended.
  const { endContainerBecauseOf } = await import('../sessions/kill/end-container.js')
  return endContainerBecauseOf(run, kill, reason)
}

/** Removes the container where `remove` says so, and rejects. The error of a timeout has the output so far,
 * and names the container that is left. */
async function leave(run: Run, error: unknown, remove: boolean): Promise<never> {
  const { api, id } = run
  if (isTimeout(run, error)) {
    const container = remove && (await isGone(run)) ? undefined : id
    throw new TimeoutError(run.what, error.timeout, { ...run.collection.soFar(), container })
  }
  if (remove) return discarding(api, ['container', id], run)(error)
  throw error
}

/** Whether the time for the whole run is over. */
function isTimeout({ plan, signal }: BegunRun, error: unknown): error is TimeoutError {
  const isOurs = error instanceof TimeoutError && error === signal.reason
  return isOurs && !plan.create.call.signal?.aborted
}

/** Kills or removes a container that writes too much. A failure of that is ignored, because the first error matters. */
function endWriter(run: Run, remove: boolean): Promise<boolean> {
  const { api, id } = run
  if (remove) return isGone(run)
  return inTime((over) => api.containers.kill(id, {}, { signal: over }))
}

/** Milliseconds that a run which took too long may take on top, so that nothing of it is left when it rejects. */
const REMOVAL_LIMIT_MS = 10_000

/**
 * Removes the container and resolves with whether it is gone. The Engine may be removing it already, which takes
 * time.
 */
function isGone({ api, id }: EngineTarget): Promise<boolean> {
  return inTime(async (over) => {
    await orAborted(api.http.undo(removalOf.container(id)), over)
    const { untilGone } = await import('../podman/podman.js')
    await untilGone(api, id, over)
  })
}

/** Whether it succeeded within the time that there is for it. */
async function inTime(work: (over: AbortSignal) => Promise<void>): Promise<boolean> {
  using limit = deadline('the removal', undefined, REMOVAL_LIMIT_MS)
  // Awaited here: the clock of the limit stops with this function.
  return await work(limit.signal).then(
    () => true,
    () => false,
  )
}
