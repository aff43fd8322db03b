import { setTimeout } from 'node:timers/promises'
import type { ApiClient, ContainerExecBody, ExecStartBody } from '../../api/index.js'
import { ApiError, InvalidArgumentError, StreamError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { eitherSignal } from '../../support/abort.js'
import { idOfMade } from '../base/told.js'
import { parseEnvironment, splitCommand } from '../options/index.js'
import { table } from '../options/table.js'
import { flag, text, textOrNumber } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { detachMatcher } from './detaching.js'
import type { KillOption } from './kill/kill-option.js'
import type { Killer } from './kill/killer.js'
import { isMultiplexed } from './output-mode.js'
import { checkSize, Session, type SessionExit, type TerminalSize } from './session.js'

/** A command as a list of words, or as one string that is split as a shell would (but no shell runs it). */
export type Command = string | readonly string[]
/** Variables by name; null takes the name from the Engine's side; or a list of 'NAME=value'. */
export type Environment =
  | Readonly<Record<string, string | number | boolean | null | undefined>>
  | readonly string[]

/** What is known of an exec before it runs. */
export interface ExecSettings {
  readonly env?: Environment | undefined
  /** The folder it runs in; the container's by default. API 1.35. */
  readonly workdir?: string | undefined
  /** 'user', 'user:group', or their numbers. */
  readonly user?: string | number | undefined
  /** Gives it a terminal: stdout and stderr are then one raw stream. */
  readonly tty?: boolean | undefined
  /** Extended privileges. Default false. */
  readonly privileged?: boolean | undefined
  /** What is written to stdin to leave, as in 'ctrl-x,x'. Default 'ctrl-p,ctrl-q'. Only with a tty. */
  readonly detachKeys?: string | undefined
  /** Whether its stdout is connected. Default true. */
  readonly stdout?: boolean | undefined
  /** Whether its stderr is connected. Default true. */
  readonly stderr?: boolean | undefined
}

export interface SpawnOptions extends ExecSettings, CallOptions {
  /** Whether its stdin is connected. Default true; without, it reads an empty stdin. */
  readonly stdin?: boolean | undefined
  /** The terminal's size from the first moment on. Only with `tty`. */
  readonly size?: TerminalSize | undefined
  /**
   * Ends the command and its children in the container when the command is given up: at an abort, a lost connection or the
   * end of an `await using`. true sends SIGKILL; 'SIGTERM' or `{ signal, after }` sends that signal first. `kill()` of the
   * session needs it. Default: false, the command runs on.
   */
  readonly kill?: KillOption | undefined
}

/** An exec that is only made is ended by its starter. */
export type CreateExecOptions = Omit<SpawnOptions, 'kill'>

/** What ends an exec, where `kill` asks for that. */
interface Killable {
  readonly killer?: Killer | undefined
}

const settings = table<ExecSettings & Pick<SpawnOptions, 'stdin'>, ContainerExecBody>({
  env: ['Env', parseEnvironment],
  workdir: ['WorkingDir', text],
  user: ['User', textOrNumber],
  tty: ['Tty', flag],
  privileged: ['Privileged', flag],
  detachKeys: ['DetachKeys', text],
  stdin: ['AttachStdin', flag],
  stdout: ['AttachStdout', flag],
  stderr: ['AttachStderr', flag],
})

/** The options of every exec. */
export const execSettingNames: readonly string[] = settings.names.filter((name) => name !== 'stdin')

/** Returns what can end a command that is about to start; undefined where `kill` does not ask for that. */
export async function killerFor(
  api: ApiClient,
  container: string,
  kill: KillOption | undefined,
  { signal, timeout }: CallOptions,
): Promise<Killer | undefined> {
  if (kill === undefined || kill === false) return undefined
  // Loaded here, because few commands are ended.
  const { prepareKiller } = await import('./kill/killer.js')
  return prepareKiller(api, container, kill, { signal, timeout })
}

/** Takes the steps of a command. When one fails, ends the command before that is known, where `kill` asks for it. */
export async function orKill<T>(killer: Killer | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw killer === undefined ? error : await killer.endBecauseOf(error)
  }
}

/** Makes an exec and returns its id. It does not run yet. */
export async function createExec(
  api: ApiClient,
  container: string,
  command: Command,
  options: SpawnOptions & Killable,
): Promise<string> {
  const body = await execBody(api, command, options)
  const { Id } = await api.exec.create(container, body, callOptions(options))
  return idOfMade(Id, `POST /containers/${container}/exec`)
}

interface ExecSessionOptions
  extends Pick<SpawnOptions, 'tty' | 'stdin' | 'stdout' | 'stderr' | 'size'>,
    CallOptions,
    Killable {
  /** Words, or the bytes themselves. */
  readonly detachKeys?: string | Buffer | undefined
}

/** Runs an exec that was made before, as a session. */
export async function startExecSession(
  api: ApiClient,
  id: string,
  options: ExecSessionOptions,
): Promise<Session> {
  const {
    tty = false,
    stdin = true,
    size,
    stdout = true,
    stderr = true,
    detachKeys,
    signal,
    killer,
  } = options
  const inTime = size !== undefined && (await api.speaks('1.42', signal)) && dialectOf(api).takesExecSize
  const started = { Tty: tty, ...(inTime ? { ConsoleSize: consoleSize(size) } : {}) }
  const keys = tty && stdin ? await detachMatcher(detachKeys) : undefined
  const { socket, contentType } = await startKillable(api, id, started, options)
  const resize = ({ columns: w, rows: h }: TerminalSize, call?: CallOptions) =>
    api.exec.resize(id, { h, w }, call)
  // Without an output that is read nothing can be lost: an Engine ends such a connection at once.
  const mayLose = (stdout || stderr) && dialectOf(api).notesExecEndInTime
  const ending = new AbortController()
  const alive = eitherSignal(signal, ending.signal)
  const session = new Session({
    socket,
    multiplexed: await isMultiplexed(api, contentType, () => tty),
    tty,
    stdin,
    halfClose: !tty,
    detachKeys: keys,
    // Here Engines read what they were sent to its end, and the end of a tty's input would lose some of it.
    farewell: 'close',
    isRunning: async () => true,
    resize,
    kill: killer && ((number, call) => killer.send(number, call)),
    giveUp: killer && ((reason) => killer.endBecauseOf(reason)),
    ended: (inputEnded) => execExit(api, id, { tty, inputEnded, mayLose, signal: alive }),
    release: () => ending.abort(new DOMException('the session is over', 'AbortError')),
  })
  // An older Engine takes no size with the start: the first thing the process may see is the default one.
  if (size !== undefined && !inTime) session.resize(size, { signal: ending.signal }).catch(() => {})
  return session
}

/** Starts an exec. Where the answer does not come, the command may run all the same. */
async function startKillable(
  api: ApiClient,
  id: string,
  started: ExecStartBody,
  { killer, ...options }: ExecSessionOptions,
) {
  if (killer === undefined) return api.exec.start(id, started, callOptions(options))
  killer.exec = id
  try {
    return await api.exec.start(id, started, callOptions(options))
  } catch (error) {
    if (error instanceof ApiError) killer.exec = undefined
    throw error
  }
}

async function execBody(
  api: ApiClient,
  command: Command,
  options: SpawnOptions & Killable,
): Promise<ContainerExecBody> {
  const { tty = false, size, killer } = options
  if (size !== undefined && !tty) throw new InvalidArgumentError('size needs tty: true')
  const picked = settings.pick(options)
  return {
    Cmd: commandWords(command),
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    Tty: false,
    ...picked,
    ...(killer && { Env: [...(picked.Env ?? []), killer.mark] }),
    ConsoleSize: size && (await api.speaks('1.42', options.signal)) ? consoleSize(size) : undefined,
  }
}

function commandWords(command: Command): string[] {
  const words = splitCommand(command)
  if (words.length === 0) throw new InvalidArgumentError('command must not be empty')
  return words
}

function consoleSize(size: TerminalSize): [number, number] {
  const { rows, columns } = checkSize(size)
  return [rows, columns]
}

const LOST = 126

interface ExecEnd {
  readonly tty: boolean
  readonly inputEnded: boolean
  /** Whether a connection that ends before the process is one that was cut. */
  readonly mayLose: boolean
  readonly signal: AbortSignal | undefined
}

/**
 * Engines note the exit code before they end the output, and do not end it before: one look is enough, unless the
 * connection was cut. What is written then goes nowhere, so the output is not complete.
 */
async function execExit(api: ApiClient, id: string, end: ExecEnd): Promise<SessionExit> {
  const { tty, mayLose, signal } = end
  const atOnce = await execExitCode(api, id, signal)
  if (atOnce !== undefined) return { exitCode: atOnce, detached: false }
  // A terminal that was cut off may sit there for ever.
  if (tty && mayLose) throw cutOff(id, end, undefined)
  const exitCode = await untilExecExit(api, id, signal)
  // Docker notes this code for an exec, too, whose client it has lost, and never the one it ends with.
  if (mayLose) throw cutOff(id, end, exitCode === LOST ? undefined : exitCode)
  return { exitCode, detached: false }
}

function cutOff(id: string, { inputEnded }: ExecEnd, exitCode: number | undefined): StreamError {
  const what = inputEnded ? 'a connection when the input has ended' : 'connections'
  const hint = `nothing keeps what an exec writes: is there a proxy before the Engine that ends ${what}?`
  return StreamError.cutOff(`exec ${id.slice(0, 12)}`, exitCode, hint)
}

/** undefined while it runs. */
async function execExitCode(
  api: ApiClient,
  id: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const { Running, ExitCode } = await api.exec.inspect(id, { signal })
  return Running || typeof ExitCode !== 'number' ? undefined : ExitCode
}

/** There is no call that waits for it. */
async function untilExecExit(api: ApiClient, id: string, signal: AbortSignal | undefined): Promise<number> {
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const exitCode = await execExitCode(api, id, signal)
    if (exitCode !== undefined) return exitCode
    await setTimeout(pause, undefined, { signal }).catch(() => signal?.throwIfAborted())
  }
}

function callOptions({ signal, timeout }: CallOptions): CallOptions {
  return { signal, timeout }
}
