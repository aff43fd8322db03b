import { type ApiClient, type ContainerInspectResponse, removalOf } from '../../api/index.js'
import { ContainerError, NotFoundError, OutputLimitError, TimeoutError } from '../../errors.js'
import { type Deadline, deadline, orAborted } from '../../http/index.js'
import { Collection } from '../../stream/index.js'
import { discarding } from '../base/discard.js'
import type { EngineTarget } from '../base/object.js'
import { dialectOf } from '../podman/dialect.js'
import { attachSession } from '../sessions/attach.js'
import { type CommandResult, converse, exitCodeOf } from '../sessions/result.js'
import type { Session } from '../sessions/session.js'
import { createContainer, type RunContext } from './create-container.js'
import type { AttachedRunPlan, DetachedRunPlan, RunPlan } from './run-options.js'

/** What a run did; with the container it leaves behind unless `remove` was asked. */
export interface RunResult<Text extends string | Buffer = string> extends CommandResult<Text> {
  /** The container's id. */
  readonly container: string
}

/** Creates and starts a container, and resolves with its details when it runs. */
export async function runDetached(context: RunContext, plan: DetachedRunPlan) {
  const { api } = context
  const { remove } = plan
  using limit = limitOf(plan)
  const { signal, call } = limit
  const begun = { context, plan, signal, call }
  const id = await createForRun(begun)
  const inspect = () => api.containers.inspect(id, {}, call)
  const discard = (error: unknown) => leave({ ...begun, api, id }, error, true)
  // A container that removes itself may be gone before its details are asked for.
  const before = remove ? await inspect().catch(discard) : undefined
  // A container that cannot start stays for a look at it, unless the caller never learns its id.
  await api.containers.start(id, {}, call).catch((error) => {
    if (!remove && !signal.aborted) throw error
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

/** Starts the clock for a whole run. */
function limitOf(plan: RunPlan): Deadline {
  const { signal, timeout } = plan.create.call
  return deadline(nameOf(plan), signal, timeout)
}

/** Names a run for errors. */
function nameOf({ image }: RunPlan): string {
  return `running ${image}`
}

/** A run whose container is not there yet. Its signal aborts with the caller's, and when the time for the whole run is over. */
interface BegunRun extends Pick<Deadline, 'signal' | 'call'> {
  readonly context: RunContext
  readonly plan: RunPlan
}

/** A run that has a container. */
interface MadeRun extends BegunRun, EngineTarget {
  /** The output so far. Undefined where nobody reads it. */
  readonly collection?: Collection
}

/** A run to the end that is under way. */
interface Run extends MadeRun {
  readonly plan: AttachedRunPlan
  readonly collection: Collection
}

/** Runs a command to its end. */
export async function runToEnd(
  context: RunContext,
  plan: AttachedRunPlan,
): Promise<RunResult<string | Buffer>> {
  const { image, create, reject } = plan
  using limit = limitOf(plan)
  const begun = { context, plan, signal: limit.signal, call: limit.call }
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
  const { context, plan, call } = run
  try {
    return await createContainer(context, { ...plan.create, call })
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
  const { plan, signal, call } = run
  try {
    return await attachSession(run, plan.attach, call)
  } catch (error) {
    // A container that was given up before its start has done nothing that somebody could want to look at.
    return leave(run, error, plan.remove || signal.aborted)
  }
}

async function startAndRead(run: Run, session: Session): Promise<RunResult<string | Buffer>> {
  const { api, id, plan, call } = run
  try {
    await api.containers.start(id, {}, call)
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
async function leave(run: MadeRun, error: unknown, remove: boolean): Promise<never> {
  const { api, id } = run
  if (isTimeout(run, error)) {
    const container = remove && (await isGone(run)) ? undefined : id
    throw new TimeoutError(nameOf(run.plan), error.timeout, { ...run.collection?.soFar(), container })
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
