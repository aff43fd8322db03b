import { setTimeout as pause } from 'node:timers/promises'
import type { ApiClient, ContainerState, ContainerWaitResponse } from '../../api/index.js'
import { DockerError, NotFoundError, StreamError } from '../../errors.js'
import { eitherSignal } from '../../support/abort.js'
import { dialectOf } from '../podman/dialect.js'
import type { SessionExit } from './session.js'

// How an attached session ends. Engines end the output with the process, also where the process closed its outputs
// before, and note the end of the process first. A look after the end of the output therefore shows whether the
// process has ended.

/** The end that a container had come to before it was attached to. */
export interface LastRun {
  readonly exitCode: number
  /** Another time is another run. */
  readonly startedAt: string | undefined
  readonly finishedAt: string | undefined
}

/** What is known of a session whose output has ended. */
export interface AttachedEnd {
  readonly result: Promise<ContainerWaitResponse>
  /** Waits once more when `result` was lost. */
  readonly again: () => Promise<ContainerWaitResponse>
  readonly lastRun: LastRun | undefined
  /** Whether the process ran already when the session began. */
  readonly running: boolean
  /** Whether earlier output was asked for. */
  readonly logs: boolean
  /** Whether any output has come. */
  readonly heard: boolean
  /** Whether the end of our input has ended it: then somebody has left. */
  readonly left: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly signal: AbortSignal
}

/** How long the log may go on after the container, in milliseconds: a log driver may not report its end. */
const LOG_PATIENCE_MS = 10_000

/** How long a look at a container that has not begun waits for the next one, in milliseconds. */
const LONGEST_WAIT_MS = 500

const DETACHED: SessionExit = { exitCode: undefined, detached: true }

export function lastRunIn(state: ContainerState | null | undefined): LastRun | undefined {
  if (state?.Status !== 'exited' && state?.Status !== 'dead') return undefined
  return { exitCode: state.ExitCode ?? 0, startedAt: state.StartedAt, finishedAt: state.FinishedAt }
}

/** Whether there was no other run since. The container may be gone by now. */
export function isStill(lastRun: LastRun | undefined, state: ContainerState | undefined): lastRun is LastRun {
  return lastRun !== undefined && (state === undefined || state.StartedAt === lastRun.startedAt)
}

/** undefined when the container is gone. */
export async function stateOf(
  api: ApiClient,
  id: string,
  signal: AbortSignal,
): Promise<ContainerState | undefined> {
  try {
    const { State } = await api.containers.inspect(id, {}, { signal })
    return State ?? {}
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** The exit code that the Engine reports, however long that takes, unless this side has detached. */
export async function attachExit(api: ApiClient, id: string, end: AttachedEnd): Promise<SessionExit> {
  const { result, again, lastRun, logs, left, signal } = end
  if (dialectOf(api).isPodman) return endedOnPodman(api, id, end)
  // An Engine that is being stopped takes no more questions, and still reports the ends that it has promised to report.
  const look = stateOf(api, id, signal).catch(() => result)
  const first = await Promise.race([result.catch(() => look), look])
  if (first !== undefined && 'StatusCode' in first) return exited(first)
  const isOfLastRun = isStill(lastRun, first)
  const hasEnded = !isRunning(first) && first?.Status !== 'created' && !isOfLastRun
  if (left && !hasEnded) return DETACHED
  const answer = () => result.catch(again)
  if (hasEnded) return exited(await answer())
  // Only a replay ends before the container is started again.
  const isReplay = isOfLastRun && (logs || first === undefined)
  return isReplay
    ? { exitCode: lastRun.exitCode, detached: false }
    : exitAfterTheCut(api, id, { ...end, result: answer() })
}

/** One that is about to be restarted has ended, and is said to run. */
function isRunning(state: ContainerState | undefined): boolean {
  return state?.Running === true && state.Restarting !== true
}

/**
 * The connection has ended before the process, and not by this side. A log that still grows proves that output was
 * lost. A log that does not grow proves that none was lost from here on.
 */
async function exitAfterTheCut(api: ApiClient, id: string, end: AttachedEnd): Promise<SessionExit> {
  const [isLost, exit] = await Promise.all([isWrittenTo(api, id, end), end.result.then(exited)])
  if (isLost) {
    const hint = 'what its log driver keeps can be read with container.logs()'
    throw StreamError.cutOff(`container ${id.slice(0, 12)}`, exit.exitCode, { hint })
  }
  return exit
}

/**
 * Whether the log of a container has output that was not heard. That of a container that was attached to before it began is all
 * lost when nothing was heard: then a log that cannot be read, or is gone, may have had some.
 */
async function isWrittenTo(api: ApiClient, id: string, end: AttachedEnd): Promise<boolean> {
  const { stdout, stderr, heard, running, lastRun, result, signal } = end
  if (!stdout && !stderr) return false
  const isUnheard = !heard && !running
  const stop = new AbortController()
  const giveUp = () => setTimeout(() => stop.abort(), LOG_PATIENCE_MS).unref()
  result.then(giveUp, () => stop.abort())
  try {
    const part = isUnheard ? { since: between(lastRun, await begun(api, id, end)) } : { tail: '0' }
    const call = { signal: eitherSignal(signal, stop.signal) }
    const { stream } = await api.containers.logs(id, { follow: true, ...part, stdout, stderr }, call)
    for await (const _chunk of stream) return true
    return false
  } catch {
    return isUnheard && !stop.signal.aborted
  } finally {
    stop.abort()
  }
}

/**
 * A moment between two runs. A log driver notes the time at which it reads a message: the last of a run may come after its end,
 * and the first before an Engine notes the start.
 */
function between(lastRun: LastRun | undefined, next: ContainerState | undefined): string | undefined {
  const [end, start] = [Date.parse(lastRun?.finishedAt ?? ''), Date.parse(next?.StartedAt ?? '')]
  return end < start ? String((end + start) / 2000) : undefined
}

/** The container once it runs or has ended, since nobody follows a log before that; undefined when it is gone. */
async function begun(
  api: ApiClient,
  id: string,
  { result, signal }: AttachedEnd,
): Promise<ContainerState | undefined> {
  let isOver = false
  const end = () => {
    isOver = true
  }
  result.then(end, end)
  for (let wait = 20; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const wasOver = isOver
    const state = await stateOf(api, id, signal)
    if (wasOver || state === undefined || isRunning(state)) return state
    await pause(wait, undefined, { signal })
  }
}

async function endedOnPodman(
  api: ApiClient,
  id: string,
  { result, signal }: AttachedEnd,
): Promise<SessionExit> {
  const { podmanExit } = await import('../podman/podman.js')
  return { exitCode: await podmanExit(api, id, { result, signal }), detached: false }
}

function exited({ StatusCode, Error: error }: ContainerWaitResponse): SessionExit {
  if (error?.Message)
    throw new DockerError('ERR_DOCKER_API', `waiting for the container failed: ${error.Message}`)
  return { exitCode: StatusCode, detached: false }
}
