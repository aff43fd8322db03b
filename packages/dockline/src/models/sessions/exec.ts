import type { ApiClient, ContainerExecBody, ExecStartBody } from '../../api/index.js'
import { ApiError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { eitherSignal } from '../../support/abort.js'
import { idOfMade } from '../base/identity.js'
import type { EngineTarget } from '../base/object.js'
import { dialectOf } from '../podman/dialect.js'
import { detachMatcher } from './detaching.js'
import { type ExecEnd, execExit } from './exec-end.js'
import type { ExecPlan, ExecStart } from './exec-options.js'
import type { Killer } from './kill/killer.js'
import { isMultiplexed } from './output-mode.js'
import { keepInput, Session, type TerminalSize } from './session.js'

/** The limits of the steps of an exec, and what ends the command, where `kill` asks for that. */
export interface ExecSteps {
  readonly call: CallOptions
  readonly killer?: Killer | undefined
}

type SettleExec = (body: ContainerExecBody) => ContainerExecBody
const settling = new WeakMap<EngineTarget, SettleExec>()

/** Lets `settle` change or refuse the request of each exec in the container. */
export function settleExecs(container: EngineTarget, settle: SettleExec): void {
  settling.set(container, settle)
}

/** Makes an exec and returns its id. It does not run yet. */
export async function createExec(container: EngineTarget, plan: ExecPlan, steps: ExecSteps): Promise<string> {
  const { api, id } = container
  const settled = settling.get(container)?.(plan.body) ?? plan.body
  const body = await execBody(api, { ...plan, body: settled }, steps)
  const { Id } = await api.exec.create(id, body, steps.call)
  return idOfMade(Id, `POST /containers/${id}/exec`)
}

/** Makes an exec and runs it, as a session. */
export async function runExec(container: EngineTarget, plan: ExecPlan, steps: ExecSteps): Promise<Session> {
  const id = await createExec(container, plan, steps)
  return startExecSession({ api: container.api, id }, plan.start, steps)
}

async function execBody(
  api: ApiClient,
  { body, start: { size } }: ExecPlan,
  { call, killer }: ExecSteps,
): Promise<ContainerExecBody> {
  return {
    ...body,
    ...(killer && { Env: [...(body.Env ?? []), killer.mark] }),
    ConsoleSize: size && (await api.speaks('1.42', call.signal)) ? consoleSize(size) : undefined,
  }
}

/** Runs an exec that was made before, as a session. */
export async function startExecSession(
  exec: EngineTarget,
  start: ExecStart,
  steps: ExecSteps,
): Promise<Session> {
  const { api } = exec
  const { tty, stdin, size } = start
  const { call, killer } = steps
  const inTime = await sizeAtStart(api, size, call)
  const keys = tty && stdin ? await detachMatcher(start.detachKeys) : undefined
  const { socket, contentType } = await startKillable(exec, { Tty: tty, ...inTime }, steps)
  keepInput(socket)
  const multiplexed = await isMultiplexed(api, contentType, () => tty).catch((error) => {
    socket.destroy()
    throw error
  })
  const ending = new AbortController()
  const session = new Session({
    socket,
    multiplexed,
    ...partsOf(exec, start, {
      // A terminal that was cut off may sit there for ever.
      waits: killer === undefined && !(tty && stdin),
      signal: eitherSignal(call.signal, ending.signal),
    }),
    detachKeys: keys,
    kill: killer && ((number, options) => killer.send(number, options)),
    giveUp: killer && ((reason) => killer.endBecauseOf(reason)),
    release: () => ending.abort(new DOMException('the session is over', 'AbortError')),
  })
  // An older Engine takes no size with the start: the first thing the process may see is the default one.
  if (size !== undefined && !inTime) session.resize(size, { signal: ending.signal }).catch(() => {})
  return session
}

/** The size of the terminal for the start of an exec, where the Engine takes it there. */
async function sizeAtStart(api: ApiClient, size: TerminalSize | undefined, { signal }: CallOptions) {
  const isTaken = size !== undefined && (await api.speaks('1.42', signal)) && dialectOf(api).takesExecSize
  return isTaken ? { ConsoleSize: consoleSize(size) } : undefined
}

function consoleSize({ rows, columns }: TerminalSize): [number, number] {
  return [rows, columns]
}

/** What sessions of an exec have in a way of their own. */
function partsOf(
  { api, id }: EngineTarget,
  { tty, stdin, hasOutput }: ExecStart,
  waiting: Pick<ExecEnd, 'waits' | 'signal'>,
) {
  // Without an output that is read nothing can be lost: an Engine ends such a connection at once.
  const mayLose = hasOutput && dialectOf(api).notesExecEndInTime
  return {
    tty,
    stdin,
    halfClose: !tty,
    // Here Engines read what they were sent to its end, and the end of a tty's input would lose some of it.
    farewell: 'close',
    isRunning: async () => true,
    resize: ({ columns: w, rows: h }: TerminalSize, call?: CallOptions) =>
      api.exec.resize(id, { h, w }, call),
    ended: (inputEnded: boolean) => execExit({ api, id }, { inputEnded, mayLose, ...waiting }),
  } as const
}

/** Starts an exec. Where the answer does not come, the command may run all the same. */
async function startKillable({ api, id }: EngineTarget, started: ExecStartBody, { call, killer }: ExecSteps) {
  if (killer === undefined) return api.exec.start(id, started, call)
  killer.exec = id
  try {
    return await api.exec.start(id, started, call)
  } catch (error) {
    if (error instanceof ApiError) killer.exec = undefined
    throw error
  }
}
