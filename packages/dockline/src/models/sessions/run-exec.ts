import { ContainerError, TimeoutError } from '../../errors.js'
import { type Deadline, deadline, orAborted } from '../../http/index.js'
import { type Collected, Collection } from '../../stream/index.js'
import type { EngineTarget } from '../base/object.js'
import { createExec, type ExecSteps, runExec } from './exec.js'
import type { AttachedExecPlan, CreateExecPlan, DetachedExecPlan, SpawnPlan } from './exec-options.js'
import { type CommandResult, converse, exitCodeOf } from './result.js'
import type { Session } from './session.js'

/** Starts the clock for a whole exec. */
function limitOf(container: EngineTarget, { call }: CreateExecPlan): Deadline {
  return deadline(nameOf(container), call.signal, call.timeout)
}

/** Names an exec for errors. */
function nameOf({ id }: EngineTarget): string {
  return `exec in ${id.slice(0, 12)}`
}

/** Starts a command and returns the id of its exec. The output of the command goes nowhere. */
export async function execDetached(
  container: EngineTarget,
  plan: DetachedExecPlan,
): Promise<{ readonly id: string }> {
  using limit = limitOf(container, plan)
  const id = await createExec(container, plan, limit)
  await container.api.exec.startDetached(id, { Tty: plan.start.tty }, limit.call)
  return { id }
}

/** Starts a command and returns the connection to it. */
export function spawnExec(container: EngineTarget, plan: SpawnPlan): Promise<Session> {
  return orKill(container, plan, (steps) => runExec(container, plan, steps))
}

/** Runs a command to its end. Rejects when the command has ended, or runs on, as `kill` has it. */
export async function execToEnd(
  target: EngineTarget,
  plan: AttachedExecPlan,
): Promise<CommandResult<string | Buffer>> {
  const { command, reject } = plan
  const { id: container } = target
  using limit = limitOf(target, plan)
  const { call } = limit
  const collection = new Collection({ ...plan.collecting, container })
  const read = (session: Session) => orAborted(converse(session, plan.input, collection), call.signal)
  const run = async (steps: ExecSteps) => readToEnd(await runExec(target, plan, steps), read)
  const rejectWithOutput = (error: unknown) => {
    throw isOver(error, limit, plan)
      ? new TimeoutError(nameOf(target), error.timeout, collection.soFar())
      : error
  }
  const result = await orKill(target, { ...plan, call }, (steps) => run(steps).catch(rejectWithOutput))
  if (result.exitCode !== 0 && reject) throw new ContainerError({ ...result, command, container })
  return result
}

async function readToEnd(
  session: Session,
  read: (session: Session) => Promise<Collected<string | Buffer>>,
): Promise<CommandResult<string | Buffer>> {
  try {
    const output = await read(session)
    return { exitCode: await exitCodeOf(session), ...output }
  } finally {
    session.close()
  }
}

/** Whether the error says that the time for the whole call is over. */
function isOver(error: unknown, { signal }: Deadline, { call }: AttachedExecPlan): error is TimeoutError {
  return error instanceof TimeoutError && error === signal.reason && !call.signal?.aborted
}

/** Takes the steps of a command. When one fails, ends the command before that is known, where `kill` asks for it. */
async function orKill<T>(
  container: EngineTarget,
  { kill, call }: Pick<SpawnPlan, 'kill' | 'call'>,
  take: (steps: ExecSteps) => Promise<T>,
): Promise<T> {
  if (kill === undefined) return take({ call })
  // Loaded here, because few commands are ended.
  const { prepareKiller } = await import('./kill/killer.js')
  const killer = await prepareKiller(container, kill, call)
  try {
    return await take({ call, killer })
  } catch (error) {
    throw await killer.endBecauseOf(error)
  }
}
