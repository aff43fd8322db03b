import { setTimeout } from 'node:timers/promises'
import type { ExecInspectResponse } from '../../api/index.js'
import { ApiError, ConnectionError, StreamError } from '../../errors.js'
import type { EngineTarget } from '../base/object.js'
import type { SessionExit } from './session.js'
import { type Telling, toldExitCode } from './told-exit.js'

export interface ExecEnd {
  /** Whether the session waits for the end of a process that has lost its connection. */
  readonly waits: boolean
  readonly inputEnded: boolean
  /** Whether a connection was cut if it ends before its process. */
  readonly mayLose: boolean
  readonly signal: AbortSignal | undefined
}

/** Docker notes this code also for a process whose client it has lost, at the end of the process or before. */
const LOST = 126
/** Docker tells this code of a process that it has given up before the end. */
const GIVEN_UP = 127

/**
 * Engines note the exit code before they end the output, and do not end it before: one look is enough, unless the
 * connection was cut. What is written then goes nowhere, so the output is not complete.
 */
export async function execExit(exec: EngineTarget, end: ExecEnd): Promise<SessionExit> {
  const { mayLose, signal } = end
  const noted = await notedEnd(exec, signal)
  if (noted === undefined) return exitAfterCut(exec, end)
  const { exitCode } = noted
  if (mayLose && isDoubtful(noted)) {
    // If events are refused, 126 is most likely the code of a script.
    const told = await toldEnd(exec, signal).catch(orWhenRefused(exitCode))
    if (told !== exitCode) throw cutOff(exec, end, told)
  }
  return { exitCode, detached: false }
}

async function exitAfterCut(exec: EngineTarget, end: ExecEnd): Promise<SessionExit> {
  const { waits, mayLose, signal } = end
  if (!mayLose) return { exitCode: (await untilNoted(exec, signal)).exitCode, detached: false }
  throw cutOff(exec, end, waits ? await exitCodeOfLost(exec, signal) : undefined)
}

/** Waits for the end. Returns undefined where nothing tells the exit code. */
async function exitCodeOfLost(
  exec: EngineTarget,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  try {
    const noted = await untilNoted(exec, signal)
    return isDoubtful(noted) ? await toldEnd(exec, signal) : noted.exitCode
  } catch (error) {
    signal?.throwIfAborted()
    // No other failure may hide the cut.
    if (error instanceof ConnectionError) throw error
    return undefined
  }
}

function cutOff({ id }: EngineTarget, { inputEnded }: ExecEnd, exitCode: number | undefined): StreamError {
  const what = inputEnded ? 'a connection when the input has ended' : 'connections'
  const hint = `nothing keeps what an exec writes: is there a proxy before the Engine that ends ${what}?`
  return StreamError.cutOff(`exec ${id.slice(0, 12)}`, exitCode, { hint })
}

interface NotedEnd extends ExecInspectResponse {
  readonly exitCode: number
}

/** undefined while it runs. */
async function notedEnd(
  { api, id }: EngineTarget,
  signal: AbortSignal | undefined,
): Promise<NotedEnd | undefined> {
  const attrs = await api.exec.inspect(id, { signal })
  const { Running, ExitCode } = attrs
  return Running || typeof ExitCode !== 'number' ? undefined : { ...attrs, exitCode: ExitCode }
}

/** The code of a process that never began is certain: such an exec has no Pid. */
function isDoubtful({ exitCode, Pid }: NotedEnd): boolean {
  return exitCode === LOST && Boolean(Pid)
}

/** There is no call that waits for it. */
async function untilNoted(exec: EngineTarget, signal: AbortSignal | undefined): Promise<NotedEnd> {
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const noted = await notedEnd(exec, signal)
    if (noted !== undefined) return noted
    await setTimeout(pause, undefined, { signal }).catch(() => signal?.throwIfAborted())
  }
}

async function toldEnd(exec: EngineTarget, signal: AbortSignal | undefined): Promise<number | undefined> {
  const isIt: Telling['isIt'] = ({ Attributes }) => Attributes?.execID === exec.id
  const told = await toldExitCode(exec, { event: 'exec_die', since: 0, isIt }, signal)
  return told === GIVEN_UP ? undefined : told
}

/** Takes this code where the Engine, or a proxy before it, refuses to tell. */
function orWhenRefused(exitCode: number): (error: unknown) => number {
  return (error) => {
    if (error instanceof ApiError) return exitCode
    throw error
  }
}
