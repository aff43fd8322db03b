import type { ContainerInspectResponse } from '../../api/index.js'
import { ConflictError, InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { eitherSignal } from '../../support/abort.js'
import type { Own } from '../base/call.js'
import type { EngineTarget } from '../base/object.js'
import { textOrNumber } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { type AttachQuery, connectHijacked, connectWebSocket } from './attach-connection.js'
import { type AttachedEnd, attachExit, type LastRun, lastRunIn, stateOf } from './attach-exit.js'
import { endWhenSilent } from './attach-silence.js'
import { waitForEnd } from './attach-wait.js'
import { detachMatcher } from './detaching.js'
import { Session, type TerminalSize } from './session.js'

/** A session with a container that does not run waits for its start and its end, or for `close()` or the signal. */
export interface AttachOptions extends CallOptions {
  /** Whether the container's stdin is connected. Default: whether the container keeps one open. */
  readonly stdin?: boolean | undefined
  /** Default: true. */
  readonly stdout?: boolean | undefined
  /** Default: true. */
  readonly stderr?: boolean | undefined
  /**
   * Replays earlier output. Needs a log driver that can be read. After the end of the container, the session
   * ends with its exit code. Default: false.
   */
  readonly logs?: boolean | undefined
  /** What is written to stdin to leave, as in 'ctrl-x,x'. Default: 'ctrl-p,ctrl-q'. Only with a tty. */
  readonly detachKeys?: string | undefined
  /**
   * Keeps the session until the process exits, even where the end of stdin would end it: a container made
   * without `stdinOnce` then gets no end of stdin. Default: false, which detaches.
   */
  readonly untilExit?: boolean | undefined
  /**
   * Attaches over the Engine's WebSocket, `GET /containers/{id}/attach/ws`, for a proxy that passes no other upgrade. stdout
   * and stderr are one stream, `stdout`. `stdin.end()` ends the input of a container made with `stdinOnce: true`, and detaches
   * from any other. `stdin: false`, `stdout: false` and `stderr: false` need API 1.42. Default: false.
   */
  readonly ws?: boolean | undefined
}

/** What attaching has to know of a container. */
export interface AttachTarget {
  readonly tty: boolean
  readonly openStdin: boolean
  /** Whether the end of stdin may be sent. Without `stdinOnce` the Engine would end the connection then. */
  readonly stdinOnce: boolean
  /** What the wait is for: 'next-exit' before a start, 'removed' when the Engine will remove it, 'not-running' else. */
  readonly condition: 'not-running' | 'next-exit' | 'removed'
  /** Whether it runs already, and so may have ended before the attach comes. Default: false. */
  readonly running?: boolean
  /** When it was started, if it runs. */
  readonly startedAt?: string | undefined
  /** How it ended, if it has and does not run again. */
  readonly lastRun?: LastRun | undefined
}

/** What the options of an attach come to. */
export interface AttachPlan extends AttachTarget {
  readonly query: AttachQuery
  readonly untilExit: boolean
  readonly ws: boolean
}

/** Reads the options of an attach to a container that is there. Throws InvalidArgumentError. */
export function readAttach(attrs: ContainerInspectResponse, options: Own<AttachOptions>): AttachPlan {
  const target = attachTarget(attrs)
  if (options.stdin && !target.openStdin) {
    const short = (attrs.Id ?? '').slice(0, 12)
    throw new InvalidArgumentError(
      `stdin: true needs a container made with interactive: true, and ${short} is not`,
    )
  }
  return planAttach(target, options)
}

function attachTarget({ Config, State, HostConfig }: ContainerInspectResponse): AttachTarget {
  const running = State?.Running === true
  const remove = HostConfig?.AutoRemove === true
  return {
    tty: Config?.Tty === true,
    openStdin: Config?.OpenStdin === true,
    stdinOnce: Config?.StdinOnce === true,
    condition: remove ? 'removed' : running ? 'not-running' : 'next-exit',
    running,
    startedAt: running ? State.StartedAt : undefined,
    lastRun: lastRunIn(State),
  }
}

/** Plans an attach with options that fit the container. */
export function planAttach(target: AttachTarget, options: Own<AttachOptions>): AttachPlan {
  const { stdin = target.openStdin, stdout = true, stderr = true, logs = false, detachKeys } = options
  const { untilExit = false, ws = false } = options
  const query = { stream: true, stdin, stdout, stderr, logs, detachKeys }
  return Object.freeze({ ...target, query, untilExit, ws })
}

/**
 * Attaches with one connection for all streams and registers the wait for the exit. When this resolves, the container may
 * be started: nothing of its output and not its exit can be missed.
 */
export async function attachSession(
  target: EngineTarget,
  plan: AttachPlan,
  { signal, timeout }: CallOptions,
): Promise<Session> {
  const { api, id } = target
  const { tty, query, ws } = plan
  const keys = tty && query.stdin ? await detachMatcher(query.detachKeys) : undefined
  // The attach comes first: an Engine that cannot attach says so before it has to wait for anything.
  const connect = ws ? connectWebSocket : connectHijacked
  const connection = await connect(api, { id, ...plan }, { signal, timeout })
  const ending = new AbortController()
  const waitSignal = eitherSignal(signal, ending.signal)
  try {
    const wait = await waitForEnd(target, plan, { signal: waitSignal, timeout })
    const session = new Session({
      ...connection,
      ...partsOf(target, plan, { ...wait, signal: waitSignal }),
      detachKeys: keys,
      release: () => ending.abort(new DOMException('the session is over', 'AbortError')),
    })
    const { socket } = connection
    endWhenSilent(api, { id, ...plan }, { socket, logs: query.logs, ...wait, signal: waitSignal })
    return session
  } catch (error) {
    connection.socket.destroy()
    ending.abort(error)
    throw error
  }
}

/** What attached sessions have in a way of their own. */
function partsOf({ api, id }: EngineTarget, plan: AttachPlan, waited: Waited) {
  const { tty, query, lastRun, running = false, untilExit } = plan
  const { stdin, stdout, stderr, logs } = query
  const dialect = dialectOf(api)
  const endsWithInput = dialect.endsSessionWithInput(plan)
  return {
    tty,
    stdin,
    halfClose: !tty && !(untilExit && endsWithInput),
    farewell: dialect.farewell(endsWithInput),
    isRunning: async () => (await stateOf(api, id, waited.signal))?.Running === true,
    resize: ({ columns: w, rows: h }: TerminalSize, call?: CallOptions) =>
      api.containers.resize(id, { h, w }, call),
    kill: (number: string | number, call: CallOptions) =>
      api.containers.kill(id, { signal: textOrNumber(number, 'signal') }, call),
    ended: (inputEnded: boolean, heard: boolean) => {
      const left = inputEnded && endsWithInput
      return attachExit(api, id, { ...waited, lastRun, running, logs, heard, left, stdout, stderr })
    },
  }
}

/** The wait for the exit, and what ends it. */
type Waited = Pick<AttachedEnd, 'result' | 'again' | 'signal'>

/** Refuses what the Engine would leave hanging, or answer with less clear words. */
export function requireAttachable({ Id, State }: ContainerInspectResponse, call: string): void {
  const advice = State?.Paused
    ? 'unpause it first'
    : State?.Restarting
      ? 'wait until it is running'
      : undefined
  if (advice === undefined) return
  const state = State?.Paused ? 'paused' : 'restarting'
  const explanation = `cannot attach to a ${state} container, ${advice}`
  throw new ConflictError({ status: 409, method: 'POST', path: `/containers/${Id}/${call}`, explanation })
}
