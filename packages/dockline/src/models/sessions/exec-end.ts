import { setTimeout } from 'node:timers/promises'
import type { EventsQuery, ExecInspectResponse } from '../../api/index.js'
import { DockerError, StreamError } from '../../errors.js'
import { eitherSignal } from '../../support/abort.js'
import type { EngineTarget } from '../base/object.js'
import type { SessionExit } from './session.js'

export interface ExecEnd {
  /** Whether the end of the process is waited for where its connection is lost. */
  readonly waits: boolean
  readonly inputEnded: boolean
  /** Whether a connection that ends before the process is one that was cut. */
  readonly mayLose: boolean
  readonly signal: AbortSignal | undefined
}

/** Docker notes this code also for a process whose client it has lost, sometimes before the process ends. */
const LOST = 126

/**
 * Engines note the exit code before they end the output, and do not end it before: one look is enough, unless the
 * connection was cut. What is written then goes nowhere, so the output is not complete.
 */
export async function execExit(exec: EngineTarget, end: ExecEnd): Promise<SessionExit> {
  const { mayLose, signal } = end
  const noted = await notedEnd(exec, signal)
  if (noted === undefined) return exitAfterCut(exec, end)
  const { exitCode, Pid } = noted
  const isDoubtful = exitCode === LOST && mayLose && Pid
  const told = isDoubtful ? await toldSoFar(exec, signal) : undefined
  if (told !== undefined && told !== exitCode) throw cutOff(exec, end, told)
  return { exitCode, detached: false }
}

async function exitAfterCut(exec: EngineTarget, end: ExecEnd): Promise<SessionExit> {
  const { waits, mayLose, signal } = end
  if (!mayLose) return { exitCode: await untilNoted(exec, signal), detached: false }
  throw cutOff(exec, end, waits ? await untilTold(exec, signal) : undefined)
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

/** There is no call that waits for it. */
async function untilNoted(exec: EngineTarget, signal: AbortSignal | undefined): Promise<number> {
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const noted = await notedEnd(exec, signal)
    if (noted !== undefined) return noted.exitCode
    await setTimeout(pause, undefined, { signal }).catch(() => signal?.throwIfAborted())
  }
}

/** Waits for the end of a process that has lost its connection. Returns undefined where nothing tells its exit code. */
async function untilTold(exec: EngineTarget, signal: AbortSignal | undefined): Promise<number | undefined> {
  const leaving = new AbortController()
  const told = toldInEvents(exec, { since: 0 }, eitherSignal(signal, leaving.signal))
  told.catch(() => {})
  try {
    const noted = await untilNoted(exec, signal)
    return noted === LOST ? await told : noted
  } finally {
    leaving.abort()
  }
}

/** Looks into what the Engine remembers, which are its latest events. */
async function toldSoFar(exec: EngineTarget, signal: AbortSignal | undefined): Promise<number | undefined> {
  const { date = '' } = await exec.api.system.pingHead({ signal }).catch(asUntold)
  return toldInEvents(exec, { since: 0, until: (Date.parse(date) || Date.now()) / 1000 + 1 }, signal)
}

/** The exit code that the Engine tells when the process ends. undefined where it tells nobody. */
async function toldInEvents(
  { api, id }: EngineTarget,
  query: EventsQuery,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const events = api.system.events({ ...query, filters: { event: ['exec_die'] } }, { signal })
  try {
    for await (const { Actor } of events) {
      const { execID, exitCode } = Actor?.Attributes ?? {}
      if (execID === id && exitCode !== undefined) return Number(exitCode)
    }
  } catch (error) {
    asUntold(error)
  }
  return undefined
}

/** A proxy before the Engine may refuse events. */
function asUntold(error: unknown): { readonly date?: string } {
  if (error instanceof DockerError) return {}
  throw error
}
