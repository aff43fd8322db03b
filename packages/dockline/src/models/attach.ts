import type { Duplex } from 'node:stream'
import { eitherSignal } from '../abort.js'
import type {
  ApiClient,
  ContainerInspectResponse,
  ContainerState,
  ContainerWaitResponse,
} from '../api/index.js'
import { ConflictError, DockerError, InvalidArgumentError, NotFoundError } from '../errors.js'
import type { CallOptions } from '../http/index.js'
import { isMultiplexed } from './output-mode.js'
import { Session, type SessionExit, type TerminalSize } from './session.js'

/** A session with a container that does not run waits for its start and its end, or for `close()` or the signal. */
export interface AttachOptions extends CallOptions {
  /** Whether the container's stdin is connected. Default: whether the container keeps one open. */
  readonly stdin?: boolean | undefined
  /** Default true. */
  readonly stdout?: boolean | undefined
  /** Default true. */
  readonly stderr?: boolean | undefined
  /**
   * Replays what was written before. Default false. Needs a log driver that can be read. Where the container has ended, the
   * session ends as well, with its exit code, unless it is started within the 3 seconds after the replay.
   */
  readonly logs?: boolean | undefined
  /** The key sequence the Engine takes for detach, as in 'ctrl-p,ctrl-q'. Only with a tty. */
  readonly detachKeys?: string | undefined
  /**
   * Over the Engine's WebSocket endpoint, `GET /containers/{id}/attach/ws`, for a proxy that lets no other upgrade through.
   * stdout and stderr then come as one stream, `stdout`. `stdin.end()` sends the close frame: a container made with
   * `stdinOnce: true` reads its end and goes on writing, from any other one it detaches. Default false. `stdin: false`,
   * `stdout: false` and `stderr: false` need API 1.42: before, the Engine connects everything there is.
   */
  readonly ws?: boolean | undefined
}

/** What attaching has to know of a container. */
export interface AttachTarget {
  readonly id: string
  readonly tty: boolean
  readonly openStdin: boolean
  /** What the wait is for: 'next-exit' before a start, 'removed' when the Engine will remove it, 'not-running' else. */
  readonly condition: 'not-running' | 'next-exit' | 'removed'
  /** Whether it runs already, and so may have ended before the attach comes. Default false. */
  readonly running?: boolean
  /** How it ended, if it has and does not run again. */
  readonly lastRun?: LastRun | undefined
  /** The session goes on after the end of the output until the process ends: there is no detaching. Default false. */
  readonly untilExit?: boolean
}

interface LastRun {
  readonly exitCode: number
  /** Another time is another run. */
  readonly startedAt: string | undefined
}

interface Attached {
  readonly socket: Duplex
  /** Whether what was written before is replayed. */
  readonly logs: boolean
  readonly result: Promise<ContainerWaitResponse>
  /** Aborts with the caller's, and when the session is over. */
  readonly signal: AbortSignal
}

/** After the output has ended, the exit code is here at once, unless the Engine took detach keys. */
const DETACH_GRACE = 500
/** The last output of a container that has ended comes without such a pause, and a start right after an attach, too. */
const SILENCE = 3000

export function attachTarget({ Id, Config, State, HostConfig }: ContainerInspectResponse): AttachTarget {
  const running = State?.Running === true
  const autoRemove = HostConfig?.AutoRemove === true
  return {
    id: Id ?? '',
    tty: Config?.Tty === true,
    openStdin: Config?.OpenStdin === true,
    condition: autoRemove ? 'removed' : running ? 'not-running' : 'next-exit',
    running,
    lastRun: lastRunIn(State),
  }
}

function lastRunIn(state: ContainerState | null | undefined): LastRun | undefined {
  if (state?.Status !== 'exited' && state?.Status !== 'dead') return undefined
  return { exitCode: state.ExitCode ?? 0, startedAt: state.StartedAt }
}

/**
 * Attaches with one connection for all streams and registers the wait for the exit. When this resolves, the container may
 * be started: nothing of its output and not its exit can be missed.
 */
export async function attachSession(
  api: ApiClient,
  target: AttachTarget,
  options: AttachOptions,
): Promise<Session> {
  const { id, tty, openStdin, condition } = target
  const {
    stdin = openStdin,
    stdout = true,
    stderr = true,
    logs = false,
    detachKeys,
    ws = false,
    signal,
    timeout,
  } = options
  if (stdin && !openStdin) {
    throw new InvalidArgumentError(
      `stdin: true needs a container made with stdinOpen: true, and ${id.slice(0, 12)} is not`,
    )
  }
  // The attach comes first: an Engine that cannot attach says so before it has to wait for anything.
  const query = { stream: true, stdin, stdout, stderr, logs, detachKeys }
  const connect = ws ? connectWebSocket : connectHijacked
  const { socket, multiplexed } = await connect(api, target, query, { signal, timeout })
  const ending = new AbortController()
  const waitSignal = eitherSignal(signal, ending.signal)
  try {
    // Podman's 'removed' loses the exit code, and its 'not-running' answers at once for what has not started.
    const wait = { condition: api.http.podman === undefined ? condition : 'next-exit' } as const
    const { result } = await api.containers.waitRegistered(id, wait, { signal: waitSignal, timeout })
    const attached = { socket, logs, result, signal: waitSignal }
    const session = new Session({
      socket,
      multiplexed,
      tty,
      stdin,
      halfClose: !tty,
      resize: ({ columns: w, rows: h }: TerminalSize, call?: CallOptions) =>
        api.containers.resize(id, { h, w }, call),
      ended: () => attachExit(api, target, attached),
      release: () => ending.abort(new DOMException('the session is over', 'AbortError')),
    })
    endWhenSilent(api, target, attached)
    return session
  } catch (error) {
    socket.destroy()
    ending.abort(error)
    throw error
  }
}

interface AttachQuery {
  readonly stream: boolean
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly logs: boolean
  readonly detachKeys: string | undefined
}

interface AttachConnection {
  readonly socket: Duplex
  readonly multiplexed: boolean
}

async function connectHijacked(
  api: ApiClient,
  { id, tty }: AttachTarget,
  query: AttachQuery,
  call: CallOptions,
): Promise<AttachConnection> {
  const { socket, contentType } = await api.containers.attach(id, query, call)
  try {
    return { socket, multiplexed: await isMultiplexed(api, contentType, () => tty) }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

async function connectWebSocket(
  api: ApiClient,
  { id, openStdin }: AttachTarget,
  query: AttachQuery,
  call: CallOptions,
): Promise<AttachConnection> {
  // Loaded here, because hardly anybody comes this way.
  const { WebSocketStream } = await import('./websocket.js')
  const chosen = (await api.speaks('1.42', call.signal))
    ? query
    : { ...query, ...exceptions(query, openStdin) }
  const { socket } = await api.containers.attachWebsocket(id, chosen, call)
  return { socket: new WebSocketStream(socket), multiplexed: false }
}

/** An older Engine connects everything there is. Only what is to be left out is named, and so refused. */
function exceptions({ stdin, stdout, stderr }: AttachQuery, openStdin: boolean) {
  return {
    stdin: stdin === openStdin ? undefined : stdin,
    stdout: stdout ? undefined : stdout,
    stderr: stderr ? undefined : stderr,
  }
}

/**
 * Some outputs are left open by the Engine, for ever and silent, and are ended here. What was attached to before its start
 * is none of them: there, whatever is late is not lost.
 */
function endWhenSilent(api: ApiClient, target: AttachTarget, attached: Attached): void {
  // To listen would set it flowing before its reader is there.
  attached.socket.pause()
  if (target.running) void endIfTooLate(attached)
  else if (attached.logs && target.lastRun !== undefined) void endUnlessStarted(api, target, attached)
}

/**
 * An attach may come a moment too late: the container has ended, and nobody is there to end the output. One byte that is
 * not replayed shows that it was in time.
 */
async function endIfTooLate({ socket, logs, result }: Attached): Promise<void> {
  let inTime = false
  socket.once('data', () => {
    inTime = !logs
  })
  const hasEnded = await result.then(
    () => true,
    () => false,
  )
  if (!hasEnded || inTime) return
  await silence(socket)
  if (!inTime) socket.push(null)
}

/** What has ended is replayed and then waits for a start: whoever does not start it wanted the replay. */
async function endUnlessStarted(api: ApiClient, target: AttachTarget, attached: Attached): Promise<void> {
  const { socket, signal } = attached
  await silence(socket)
  try {
    if (isStill(target.lastRun, await stateOf(api, target.id, signal))) socket.push(null)
  } catch (error) {
    socket.destroy(error as Error)
  }
}

/** Resolves when nothing has come for a while, and never once the socket is closed. */
function silence(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return
    let timer: NodeJS.Timeout
    let turn: NodeJS.Immediate
    const stop = () => {
      clearTimeout(timer)
      clearImmediate(turn)
    }
    const finish = () => {
      socket.off('data', listen).off('close', stop)
      resolve()
    }
    const look = () => {
      // One that is paused waits for its reader. After a time when nothing could run, timers come before what has arrived.
      if (socket.isPaused()) listen()
      else turn = setImmediate(finish)
    }
    const listen = () => {
      stop()
      timer = setTimeout(look, SILENCE)
    }
    listen()
    socket.on('data', listen).once('close', stop)
  })
}

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

async function endedOnPodman(
  api: ApiClient,
  id: string,
  attached: Parameters<typeof import('./podman.js').podmanExit>[2],
): Promise<SessionExit> {
  const { podmanExit } = await import('./podman.js')
  return podmanExit(api, id, attached)
}

async function attachExit(
  api: ApiClient,
  { id, untilExit = false, lastRun }: AttachTarget,
  { result, signal }: Attached,
): Promise<SessionExit> {
  if (api.http.podman !== undefined) return endedOnPodman(api, id, { result, untilExit, signal })
  if (untilExit) return exited(await result)
  const first = await withGrace(result)
  if (first !== undefined) return exited(first)
  const state = await stateOf(api, id, signal)
  if (state?.Running) return { exitCode: undefined, detached: true }
  if (isStill(lastRun, state)) return { exitCode: lastRun.exitCode, detached: false }
  return exited(await result)
}

/** Whether there was no other run since. The container may be gone by now. */
function isStill(lastRun: LastRun | undefined, state: ContainerState | undefined): lastRun is LastRun {
  return lastRun !== undefined && (state === undefined || state.StartedAt === lastRun.startedAt)
}

function exited({ StatusCode, Error: error }: ContainerWaitResponse): SessionExit {
  if (error?.Message)
    throw new DockerError('ERR_DOCKER_API', `waiting for the container failed: ${error.Message}`)
  return { exitCode: StatusCode, detached: false }
}

/** The value, or undefined when it does not come soon. */
async function withGrace<T>(value: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), DETACH_GRACE)
  })
  try {
    return await Promise.race([value, late])
  } finally {
    clearTimeout(timer)
  }
}

/** undefined when the container is gone. */
async function stateOf(api: ApiClient, id: string, signal: AbortSignal): Promise<ContainerState | undefined> {
  try {
    const { State } = await api.containers.inspect(id, {}, { signal })
    return State ?? {}
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
