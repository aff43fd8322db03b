import type { ApiClient } from '../../api/index.js'
import { ContainerError } from '../../errors.js'
import { deadline, orAborted } from '../../http/index.js'
import { createExec, type ExecSteps, startExecSession } from './exec.js'
import type { AttachedExecPlan, DetachedExecPlan, SpawnPlan } from './exec-options.js'
import { type CommandResult, converse, exitCodeOf } from './result.js'
import type { Session } from './session.js'

/** Starts a command and returns the id of its exec. The output of the command goes nowhere. */
export async function execDetached(
  api: ApiClient,
  container: string,
  plan: DetachedExecPlan,
): Promise<{ readonly id: string }> {
  const id = await createExec(api, container, plan, plan)
  await api.exec.startDetached(id, { Tty: plan.start.tty }, plan.call)
  return { id }
}

/** Starts a command and returns the connection to it. */
export function spawnExec(api: ApiClient, container: string, plan: SpawnPlan): Promise<Session> {
  return orKill(api, container, plan, (steps) => startPlanned(api, container, plan, steps))
}

/** Runs a command to its end. Rejects when the command has ended, or runs on, as `kill` has it. */
export async function execToEnd(
  api: ApiClient,
  container: string,
  plan: AttachedExecPlan,
): Promise<CommandResult<string | Buffer>> {
  const { command, reject } = plan
  using limit = deadline(`exec in ${container.slice(0, 12)}`, plan.call.signal, plan.call.timeout)
  const { call } = limit
  const result = await orKill(api, container, { ...plan, call }, async (steps) => {
    const session = await startPlanned(api, container, plan, steps)
    return readToEnd(session, container, plan, call.signal)
  })
  if (result.exitCode !== 0 && reject) throw new ContainerError({ ...result, command, container })
  return result
}

async function startPlanned(
  api: ApiClient,
  container: string,
  plan: SpawnPlan,
  steps: ExecSteps,
): Promise<Session> {
  const id = await createExec(api, container, plan, steps)
  return startExecSession(api, id, plan.start, steps)
}

async function readToEnd(
  session: Session,
  container: string,
  { input, collecting }: AttachedExecPlan,
  signal: AbortSignal,
): Promise<CommandResult<string | Buffer>> {
  try {
    const output = await orAborted(converse(session, input, { ...collecting, container }), signal)
    return { exitCode: await exitCodeOf(session), ...output }
  } finally {
    session.close()
  }
}

/** Takes the steps of a command. When one fails, ends the command before that is known, where `kill` asks for it. */
async function orKill<T>(
  api: ApiClient,
  container: string,
  { kill, call }: Pick<SpawnPlan, 'kill' | 'call'>,
  take: (steps: ExecSteps) => Promise<T>,
): Promise<T> {
  if (kill === undefined) return take({ call })
  // Loaded here, because few commands are ended.
  const { prepareKiller } = await import('./kill/killer.js')
  const killer = await prepareKiller(api, container, kill, call)
  try {
    return await take({ call, killer })
  } catch (error) {
    throw await killer.endBecauseOf(error)
  }
}
