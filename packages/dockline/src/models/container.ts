import { eitherSignal } from '../abort.js'
import type {
  ApiClient,
  ContainerInspectResponse,
  ContainerSummary,
  ContainerTopResponse,
  ContainerWaitQuery,
} from '../api/index.js'
import { ContainerError, DockerError, InvalidArgumentError } from '../errors.js'
import { type CallOptions, deadline } from '../http/index.js'
import { OutputStream } from '../stream/index.js'
import { type AttachOptions, attachSession, attachTarget, requireAttachable } from './attach.js'
import { type Command, createExec, type SpawnOptions, startExecSession } from './exec.js'
import { isMultiplexed } from './output-mode.js'
import { type CommandResult, converse, type Encoding, encodeOutput, holdInput, type Input } from './result.js'
import type { Session, TerminalSize } from './session.js'
import { type Moment, toTimestamp } from './time.js'

export interface LogsOptions extends CallOptions {
  /** Goes on with what is written from now on, until the container stops. Default false. */
  readonly follow?: boolean | undefined
  /** How many lines of the past; 'all' by default. */
  readonly tail?: number | 'all' | undefined
  readonly since?: Moment | undefined
  readonly until?: Moment | undefined
  /** Puts an RFC 3339 time with nine digits and a space before each line. Default false. */
  readonly timestamps?: boolean | undefined
  /** Puts the log driver's attributes before each line. Default false. */
  readonly details?: boolean | undefined
  /** Default true. */
  readonly stdout?: boolean | undefined
  /** Default true. */
  readonly stderr?: boolean | undefined
}

export interface StopOptions extends CallOptions {
  /** Seconds before it is killed; -1 waits for ever. Default: the container's own, else 10. */
  readonly stopTimeout?: number | undefined
  /** The signal that asks it to stop, as in 'SIGINT'. API 1.42. */
  readonly stopSignal?: string | undefined
}

export interface RemoveOptions extends CallOptions {
  /** Kills it first if it runs. Default false. */
  readonly force?: boolean | undefined
  /** Removes its anonymous volumes too. Default false. */
  readonly volumes?: boolean | undefined
  /** Removes only the link of this name. Default false. */
  readonly link?: boolean | undefined
}

export interface WaitOptions extends CallOptions {
  /** What to wait for. Default 'not-running'. */
  readonly condition?: ContainerWaitQuery['condition'] | undefined
}

export interface ExecOptions extends Omit<SpawnOptions, 'stdin' | 'size'> {
  /** What the command reads from stdin, up to its end. Without it, stdin is empty. */
  readonly input?: Input | undefined
  /** 'utf8' for strings (the default), 'buffer' for bytes. */
  readonly encoding?: Encoding | undefined
  /** true makes an exit code other than 0 a ContainerError. Default false. */
  readonly reject?: boolean | undefined
  /** Starts it and returns its id; its output goes nowhere. */
  readonly detach?: boolean | undefined
}

/** A container, by its id. What is known of it was true when it was asked for: `reload()` asks again. */
export class Container {
  /** The full id, or the name it was asked for by. */
  readonly id: string
  /** What `list()` told. */
  readonly summary: ContainerSummary | undefined
  readonly #api: ApiClient
  #attrs: ContainerInspectResponse | undefined

  constructor(
    api: ApiClient,
    known: { id: string; attrs?: ContainerInspectResponse; summary?: ContainerSummary },
  ) {
    this.#api = api
    this.id = known.id
    this.#attrs = known.attrs
    this.summary = known.summary
  }

  /** What `inspect` told last; undefined after a plain `list()`. */
  get attrs(): ContainerInspectResponse | undefined {
    return this.#attrs
  }

  /** The first 12 characters of the id. */
  get shortId(): string {
    return this.id.slice(0, 12)
  }

  /** Without the slash the Engine puts before it. */
  get name(): string | undefined {
    return (this.#attrs?.Name ?? this.summary?.Names?.[0])?.replace(/^\//, '')
  }

  /** 'created', 'running', 'paused', 'restarting', 'removing', 'exited' or 'dead', when it was last asked for. */
  get status(): string | undefined {
    return this.#attrs?.State?.Status ?? this.summary?.State
  }

  get labels(): Readonly<Record<string, string>> {
    return this.#attrs?.Config?.Labels ?? this.summary?.Labels ?? {}
  }

  /** Fresh details. `GET /containers/{id}/json` */
  inspect(options?: CallOptions): Promise<ContainerInspectResponse> {
    return this.#api.containers.inspect(this.id, {}, options)
  }

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<this> {
    this.#attrs = await this.inspect(options)
    return this
  }

  /** `POST /containers/{id}/start`. No error when it runs already. */
  start(options?: CallOptions): Promise<void> {
    return this.#api.containers.start(this.id, {}, options)
  }

  /** `POST /containers/{id}/stop`. No error when it has stopped already. */
  async stop({ stopTimeout, stopSignal, ...call }: StopOptions = {}): Promise<void> {
    await this.#api.containers.stop(this.id, { t: checkStopTimeout(stopTimeout), signal: stopSignal }, call)
  }

  /** `POST /containers/{id}/restart` */
  async restart({ stopTimeout, stopSignal, ...call }: StopOptions = {}): Promise<void> {
    await this.#api.containers.restart(
      this.id,
      { t: checkStopTimeout(stopTimeout), signal: stopSignal },
      call,
    )
  }

  /** `POST /containers/{id}/kill`: 'SIGKILL' by default. */
  kill(signal?: string, options?: CallOptions): Promise<void> {
    return this.#api.containers.kill(this.id, { signal }, options)
  }

  /** `DELETE /containers/{id}` */
  remove({ force, volumes, link, ...call }: RemoveOptions = {}): Promise<void> {
    return this.#api.containers.delete(this.id, { force, v: volumes, link }, call)
  }

  /** `POST /containers/{id}/wait`: the exit code, when it has ended. */
  async wait({ condition, signal, timeout }: WaitOptions = {}): Promise<{ readonly exitCode: number }> {
    using limit = deadline(`waiting for container ${this.shortId}`, signal, timeout)
    const { StatusCode, Error: error } = await this.#api.containers.wait(
      this.id,
      { condition },
      { signal: limit.signal },
    )
    if (error?.Message)
      throw new DockerError('ERR_DOCKER_API', `waiting for ${this.shortId} failed: ${error.Message}`)
    return { exitCode: StatusCode }
  }

  /** `GET /containers/{id}/top`: its processes, with the columns of `ps`. */
  top(psArgs?: string, options?: CallOptions): Promise<ContainerTopResponse> {
    return this.#api.containers.top(this.id, { ps_args: psArgs }, options)
  }

  /** `POST /containers/{id}/resize`: the terminal's size. Rejects with ConflictError when it does not run. */
  resize({ columns, rows }: TerminalSize, options?: CallOptions): Promise<void> {
    return this.#api.containers.resize(this.id, { h: rows, w: columns }, options)
  }

  /** What it wrote, and with `follow` what it will write. Sent when first read; see OutputStream for the ways of reading. */
  logs(options: LogsOptions = {}): OutputStream {
    const { follow = false, stdout = true, stderr = true, tail, timestamps, details } = options
    if (!stdout && !stderr) throw new InvalidArgumentError('logs needs stdout or stderr: both are false')
    if (typeof tail === 'number' && !(Number.isInteger(tail) && tail >= 0)) {
      throw new InvalidArgumentError(`tail must be 'all' or a whole number from 0 on, not ${tail}`)
    }
    const since = toTimestamp('since', options.since)
    const until = toTimestamp('until', options.until)
    const lines = tail === 'all' ? undefined : tail?.toString()
    const query = { follow, stdout, stderr, since, until, timestamps, details, tail: lines }
    return new OutputStream(async (cancelled) => {
      const call = { signal: eitherSignal(options.signal, cancelled), timeout: options.timeout }
      const { stream, contentType } = await this.#api.containers.logs(this.id, query, call)
      try {
        return { stream, multiplexed: await isMultiplexed(this.#api, contentType, () => this.#hasTty(call)) }
      } catch (error) {
        stream.destroy()
        throw error
      }
    })
  }

  /**
   * Runs a command in it to the end and returns what it wrote and its exit code. Aborting or a timeout (milliseconds for
   * the whole of it) closes the connection and rejects; the Engine has no way to end the command itself.
   */
  exec(command: Command, options: ExecOptions & { readonly detach: true }): Promise<{ readonly id: string }>
  exec(
    command: Command,
    options: ExecOptions & { readonly encoding: 'buffer' },
  ): Promise<CommandResult<Buffer>>
  exec(
    command: Command,
    options?: ExecOptions & { readonly encoding?: 'utf8'; readonly detach?: false },
  ): Promise<CommandResult>
  /** For options that are only known when it runs. */
  exec(
    command: Command,
    options: ExecOptions,
  ): Promise<CommandResult<string | Buffer> | { readonly id: string }>
  async exec(
    command: Command,
    { input, encoding = 'utf8', reject = false, detach = false, ...spawn }: ExecOptions = {},
  ): Promise<CommandResult<string | Buffer> | { readonly id: string }> {
    using _input = holdInput(input, { detach })
    if (detach) return this.#execDetached(command, spawn)
    using limit = deadline(`exec in ${this.shortId}`, spawn.signal, spawn.timeout)
    const settings = { ...spawn, stdin: input !== undefined, signal: limit.signal, timeout: undefined }
    const id = await createExec(this.#api, this.id, command, settings)
    await using session = await startExecSession(this.#api, id, { ...settings, untilExit: true })
    const output = encodeOutput(await converse(session, input), encoding)
    const { exitCode = 0 } = await session.exit
    if (exitCode !== 0 && reject) {
      const words = typeof command === 'string' ? [command] : command
      throw new ContainerError({ exitCode, ...output, command: words, container: this.id })
    }
    return { exitCode, ...output }
  }

  /** Runs a command in it and returns the connection to it. */
  async spawn(command: Command, options: SpawnOptions = {}): Promise<Session> {
    const id = await createExec(this.#api, this.id, command, options)
    return startExecSession(this.#api, id, options)
  }

  /** Makes an exec that does not run yet, and returns its id: for `startExec` of dockline/terminal. */
  createExec(command: Command, options: SpawnOptions = {}): Promise<string> {
    return createExec(this.#api, this.id, command, options)
  }

  /**
   * Connects to its main process. A container that does not run yet can be attached to before its start, so that nothing
   * is missed. Rejects with ConflictError when it is paused or restarting.
   */
  async attach(options: AttachOptions = {}): Promise<Session> {
    const attrs = await this.inspect(options)
    requireAttachable(attrs, 'attach')
    return attachSession(this.#api, attachTarget(attrs), options)
  }

  async #execDetached(command: Command, options: SpawnOptions): Promise<{ readonly id: string }> {
    const id = await createExec(this.#api, this.id, command, { ...options, stdin: false })
    await this.#api.exec.startDetached(id, { Tty: options.tty ?? false }, options)
    return { id }
  }

  /** A container has or has not a tty for life: what was once asked stays true. */
  async #hasTty(options: CallOptions): Promise<boolean> {
    const attrs = this.#attrs ?? (await this.inspect(options))
    return attrs.Config?.Tty === true
  }
}

function checkStopTimeout(stopTimeout: number | undefined): number | undefined {
  if (stopTimeout === undefined || (Number.isInteger(stopTimeout) && stopTimeout >= -1)) return stopTimeout
  throw new InvalidArgumentError(`stopTimeout must be a whole number of seconds, or -1, not ${stopTimeout}`)
}
