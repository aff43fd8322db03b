import type { Duplex } from 'node:stream'
import { eitherSignal } from '../abort.js'
import type { ApiClient, ContainerInspectResponse, ContainerWaitResponse } from '../api/index.js'
import { ConflictError, DockerError, InvalidArgumentError, NotFoundError } from '../errors.js'
import type { CallOptions } from '../http/index.js'
import { isMultiplexed } from './output-mode.js'
import { Session, type SessionExit, type TerminalSize } from './session.js'

export interface AttachOptions extends CallOptions {
  /** Whether the container's stdin is connected. Default: whether the container keeps one open. */
  readonly stdin?: boolean | undefined
  /** Default true. */
  readonly stdout?: boolean | undefined
  /** Default true. */
  readonly stderr?: boolean | undefined
  /** Replays what was written before. Default false. Needs a log driver that can be read. */
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
  /** The session goes on after the end of the output until the process ends: there is no detaching. Default false. */
  readonly untilExit?: boolean
}

/** After the output has ended, the exit code is here at once, unless the Engine took detach keys. */
const DETACH_GRACE = 500
/** After the container has ended, its last output comes without such a pause. */
const SILENCE = 3000

export function attachTarget({ Id, Config, State, HostConfig }: ContainerInspectResponse): AttachTarget {
  const running = State?.Running === true
  const autoRemove = HostConfig?.AutoRemove === true
  return {
    id: Id ?? '',
    tty: Config?.Tty === true,
    openStdin: Config?.OpenStdin === true,
    condition: autoRemove ? 'removed' : running ? 'not-running' : 'next-exit',
  }
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
  const { id, tty, openStdin, condition, untilExit = false } = target
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
  const ending = new AbortController()
  const waitSignal = eitherSignal(signal, ending.signal)
  // The attach comes first: an Engine that cannot attach says so before it has to wait for anything.
  const query = { stream: true, stdin, stdout, stderr, logs, detachKeys }
  const connect = ws ? connectWebSocket : connectHijacked
  const { socket, multiplexed } = await connect(api, target, query, { signal, timeout })
  try {
    const { podman } = api.http
    // Podman's 'removed' loses the exit code, and its 'not-running' answers at once for what has not started.
    const wait = { condition: podman === undefined ? condition : 'next-exit' } as const
    const { result } = await api.containers.waitRegistered(id, wait, { signal: waitSignal, timeout })
    const session = new Session({
      socket,
      multiplexed,
      tty,
      stdin,
      halfClose: !tty,
      resize: ({ columns: w, rows: h }: TerminalSize, call?: CallOptions) =>
        api.containers.resize(id, { h, w }, call),
      ended: async () => {
        if (podman !== undefined) return endedOnPodman(api, id, { result, untilExit, signal })
        return untilExit ? exited(await result) : attachExit(api, id, result, signal)
      },
      release: () => ending.abort(new DOMException('the session is over', 'AbortError')),
    })
    result.then(
      () => endWhenSilent(socket),
      () => {},
    )
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
 * An attach that came a moment too late is left open by the Engine, for ever and silent: the container has ended, and
 * nobody is there to end the output.
 */
function endWhenSilent(socket: Duplex): void {
  if (socket.destroyed) return
  let timer: NodeJS.Timeout
  const listen = () => {
    clearTimeout(timer)
    // One that is paused waits for its reader.
    timer = setTimeout(() => (socket.isPaused() ? listen() : socket.push(null)), SILENCE)
  }
  listen()
  socket.on('data', listen).once('close', () => clearTimeout(timer))
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
  id: string,
  result: Promise<ContainerWaitResponse>,
  signal: AbortSignal | undefined,
): Promise<SessionExit> {
  const first = await withGrace(result)
  if (first !== undefined) return exited(first)
  if (await isRunning(api, id, signal)) return { exitCode: undefined, detached: true }
  return exited(await result)
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

async function isRunning(api: ApiClient, id: string, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    const { State } = await api.containers.inspect(id, {}, { signal })
    return State?.Running === true
  } catch (error) {
    if (error instanceof NotFoundError) return false
    throw error
  }
}
