import { type Readable, Writable } from 'node:stream'
import type {
  ContainerInspectResponse,
  ContainerSummary,
  ContainerTopResponse,
  ContainerUpdateResponse,
  FilesystemChange,
} from '../../api/index.js'
import { ContainerError, DockerError, InvalidArgumentError } from '../../errors.js'
import { type CallOptions, deadline, orAborted } from '../../http/index.js'
import { type ByteSource, checkLimit, OutputStream, orFailing } from '../../stream/index.js'
import { checkSignal, withBothSignals } from '../../support/abort.js'
import { checkObject } from '../../support/check.js'
import { checkNames, checkProgress, splitCall } from '../base/call.js'
import { orDiscard } from '../base/discard.js'
import { idOfMade } from '../base/told.js'
import { getImage, type Image } from '../images/image.js'
import { toTimestamp } from '../options/time.js'
import { textOrNumber } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { type AttachOptions, attachSession, attachTarget, requireAttachable } from '../sessions/attach.js'
import { type Command, createExec, type SpawnOptions, startExecSession } from '../sessions/exec.js'
import { isMultiplexed } from '../sessions/output-mode.js'
import { type CommandResult, checkEncoding, converse, exitCodeOf, holdInput } from '../sessions/result.js'
import { checkSize, type Session, type TerminalSize } from '../sessions/session.js'
import { holdSource, holdSources } from '../sessions/source.js'
import {
  commitNames,
  commitRequest,
  requireName,
  stopSeconds,
  updateBody,
  updateNames,
} from './container-changes.js'
import {
  attachNames,
  type CommitOptions,
  type ExecOptions,
  execNames,
  type LogsOptions,
  logsNames,
  type RemoveOptions,
  removeNames,
  type StopOptions,
  spawnNames,
  stopNames,
  type UpdateOptions,
  type WaitOptions,
} from './container-options.js'
import type { CopyFromOptions, CopyToOptions } from './copy.js'
import type {
  FileExistsOptions,
  FilesToWrite,
  MakeFolderOptions,
  ReadFileOptions,
  WriteFilesOptions,
} from './files/options.js'
import { waitHealthy } from './health.js'
import { KnownContainer } from './known-container.js'
import {
  asksOnce,
  type ContainerStats,
  type OneShotOptions,
  type StatsOptions,
  type StatsStream,
  statsOnce,
  streamStats,
} from './stats.js'

/** A container, by its id. What is known of it was true when it was asked for: `reload()` asks again. */
export class Container<
  Attrs extends ContainerInspectResponse | undefined = ContainerInspectResponse | undefined,
  Summary extends ContainerSummary | undefined = ContainerSummary | undefined,
> extends KnownContainer<Attrs, Summary> {
  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<Container<ContainerInspectResponse, Summary>> {
    await this.refresh(options)
    return this as Container<ContainerInspectResponse | undefined, Summary> as Container<
      ContainerInspectResponse,
      Summary
    >
  }

  /** Starts the container. `POST /containers/{id}/start`. A container that runs already is no error. */
  async start(options: CallOptions = {}): Promise<void> {
    const [, call] = splitCall(options, [])
    await this.api.containers.start(this.id, {}, call)
  }

  /** Stops the container. `POST /containers/{id}/stop`. A container that has stopped already is no error. */
  async stop(options: StopOptions = {}): Promise<void> {
    const [{ stopSignal }, call] = splitCall(options, stopNames)
    await this.api.containers.stop(this.id, { t: stopSeconds(options), signal: stopSignal }, call)
  }

  /** Restarts the container. `POST /containers/{id}/restart` */
  async restart(options: StopOptions = {}): Promise<void> {
    const [{ stopSignal }, call] = splitCall(options, stopNames)
    await this.api.containers.restart(this.id, { t: stopSeconds(options), signal: stopSignal }, call)
  }

  /** Sends a signal to the container, by name or number. Default: 'SIGKILL'. `POST /containers/{id}/kill` */
  async kill(signal?: string | number, options: CallOptions = {}): Promise<void> {
    checkSignal(options?.signal, 'the first argument names the signal that the container gets')
    const [, call] = splitCall(options, [])
    const query = signal === undefined ? {} : { signal: textOrNumber(signal, 'signal') }
    await this.api.containers.kill(this.id, query, call)
  }

  /** Freezes the processes of the container. `POST /containers/{id}/pause`. Rejects with ConflictError when it does not run. */
  async pause(options: CallOptions = {}): Promise<void> {
    const [, call] = splitCall(options, [])
    await this.api.containers.pause(this.id, call)
  }

  /** Lets the processes of the container go on. `POST /containers/{id}/unpause` */
  async unpause(options: CallOptions = {}): Promise<void> {
    const [, call] = splitCall(options, [])
    await this.api.containers.unpause(this.id, call)
  }

  /** Renames the container. `POST /containers/{id}/rename`. Rejects with ConflictError when the name is taken. */
  async rename(name: string, options: CallOptions = {}): Promise<void> {
    const [, call] = splitCall(options, [])
    await this.api.containers.rename(this.id, { name: requireName(name) }, call)
  }

  /**
   * Changes what it may use, and its restart policy. `POST /containers/{id}/update`. A 0 is sent as any other value;
   * most Engines leave a limit as it is for a 0, but for `pidsLimit` it is no limit.
   */
  async update(options: UpdateOptions): Promise<ContainerUpdateResponse> {
    const [own, call] = splitCall(options, updateNames)
    return this.api.containers.update(this.id, updateBody(own), call)
  }

  /** `DELETE /containers/{id}` */
  async remove(options: RemoveOptions = {}): Promise<void> {
    const [{ force, volumes, link }, call] = splitCall(options, removeNames)
    await this.api.containers.delete(this.id, { force, v: volumes, link }, call)
  }

  /** Waits for the end of the container and gives its exit code. `POST /containers/{id}/wait` */
  async wait(options: WaitOptions = {}): Promise<{ readonly exitCode: number }> {
    const [{ condition }, { signal, timeout }] = splitCall(options, ['condition'])
    using limit = deadline(`waiting for container ${this.shortId}`, signal, timeout)
    const waiting = this.api.containers.wait(this.id, { condition }, limit.call)
    const { StatusCode, Error: error } = await orAborted(waiting, limit.signal)
    if (error?.Message)
      throw new DockerError('ERR_DOCKER_API', `waiting for ${this.shortId} failed: ${error.Message}`)
    if (dialectOf(this.api).isExitCode(StatusCode, condition)) return { exitCode: StatusCode }
    const { podmanExitCode } = await import('../podman/podman.js')
    return { exitCode: await podmanExitCode(this.api, this.id, limit.signal) }
  }

  /** Lists the processes of the container, with the columns of `ps`. `GET /containers/{id}/top` */
  async top(psArgs?: string, options: CallOptions = {}): Promise<ContainerTopResponse> {
    const [, call] = splitCall(options, [])
    return this.api.containers.top(this.id, { ps_args: psArgs }, call)
  }

  /** Its processes, memory and traffic: about one measurement a second, until the loop is left. */
  stats(options?: StatsOptions & { readonly stream?: true; readonly oneShot?: false }): StatsStream
  /** One measurement. `GET /containers/{id}/stats` */
  stats(options: (StatsOptions & { readonly stream: false }) | OneShotOptions): Promise<ContainerStats>
  /** For options that are only known when it runs. */
  stats(options: StatsOptions): Promise<ContainerStats> | StatsStream
  stats(options: StatsOptions = {}): Promise<ContainerStats> | StatsStream {
    return asksOnce(options) ? statsOnce(this.api, this.id, options) : streamStats(this.api, this.id, options)
  }

  /**
   * Resolves when its health check has passed. Rejects with UnhealthyError as soon as it is unhealthy or has stopped,
   * and with InvalidArgumentError when it has no health check. `timeout` is for the whole of it. Refreshes `attrs`.
   */
  async waitHealthy(options: CallOptions = {}): Promise<void> {
    const [, call] = splitCall(options, [])
    this.know(await waitHealthy(this.api, this.id, call))
  }

  /**
   * What differs from the files of its image: `Kind` 0 is changed, 1 added, 2 deleted.
   * `GET /containers/{id}/changes`
   */
  async diff(options: CallOptions = {}): Promise<FilesystemChange[]> {
    const [, call] = splitCall(options, [])
    return (await this.api.containers.changes(this.id, call)) ?? []
  }

  /** Its file system as a tar, without volumes. Whoever gets it reads or destroys it. `GET /containers/{id}/export` */
  async export(options: CallOptions = {}): Promise<Readable> {
    const [, call] = splitCall(options, [])
    return (await this.api.containers.export(this.id, call)).stream
  }

  /**
   * A path of this machine, the content of a file, or a tar, into a path of the container, which need not run. A path is
   * copied as `docker cp` does it: into a folder that is there, else under the new name; 'folder/.' is what is in the
   * folder. A tar is unpacked into a folder that is there. `PUT /containers/{id}/archive`
   */
  async copyTo(
    source: string | Uint8Array | ByteSource,
    path: string,
    options: CopyToOptions = {},
  ): Promise<void> {
    using _source = holdSource(source)
    checkProgress(options?.onProgress)
    // Loaded here, because most programs never copy.
    const { copyTo } = await import('./copy.js')
    await copyTo(this, source, path, options)
  }

  /**
   * A path of the container into a path of this machine as `docker cp` does it, or as a tar into a stream, which is ended.
   * Without a destination, the content of a file. `GET /containers/{id}/archive`
   */
  copyFrom(path: string, destination: string | Writable, options?: CopyFromOptions): Promise<undefined>
  copyFrom(path: string, destination?: undefined, options?: CopyFromOptions): Promise<Buffer>
  async copyFrom(
    path: string,
    destination?: string | Writable,
    options: CopyFromOptions = {},
  ): Promise<Buffer | undefined> {
    checkProgress(options?.onProgress)
    // A destination may fail before anything is written: then the writing finds it so.
    if (destination instanceof Writable) destination.on('error', () => {})
    const { copyFrom } = await import('./copy.js')
    return copyFrom(this, path, destination, options)
  }

  /**
   * Writes files into a folder of the container: `{ 'a.txt': 'text', 'bin/run': { data, mode: 0o755, user: 'app' } }`. Makes
   * the folders in the names, and with `parents` the folder itself. A file or a link of such a name is replaced. In one
   * request, `PUT /containers/{id}/archive`, into containers that run and those that do not. In a tmpfs, by an exec of the
   * container's own `tar` as the user of the files. Rejects with NotFoundError when the folder is missing, and with
   * ContainerError when `tar` fails or the image has none.
   */
  async writeFiles(path: string, files: FilesToWrite, options: WriteFilesOptions = {}): Promise<void> {
    using _sources = holdSources(files)
    const { writeFiles } = await import('./files/write.js')
    await writeFiles(this, path, files, options)
  }

  /**
   * Reads a file of the container. Follows links. `GET /containers/{id}/archive`; in a tmpfs, by an exec of the container's own
   * `tar`. Rejects with NotFoundError when there is no such file, and with LimitError when it is longer than `maxBytes`.
   */
  readFile(path: string, options: ReadFileOptions & { readonly encoding: 'utf8' }): Promise<string>
  readFile(path: string, options?: ReadFileOptions & { readonly encoding?: 'buffer' }): Promise<Buffer>
  /** For options that are only known when it runs. */
  readFile(path: string, options: ReadFileOptions): Promise<string | Buffer>
  async readFile(path: string, options: ReadFileOptions = {}): Promise<string | Buffer> {
    const { readFile } = await import('./files/read.js')
    return readFile(this, path, options)
  }

  /**
   * Reads the files whose paths match a pattern, by their names from the last folder without a wildcard on: '/work/*.txt'
   * gives `{ 'a.txt': … }`. The wildcards are those of .dockerignore: `*`, `?`, `[a-z]`, and `**` for any folders. The
   * Engine sends all of that folder, and other files are skipped. Links to files are followed, other links are left out.
   */
  readFiles(
    pattern: string,
    options: ReadFileOptions & { readonly encoding: 'utf8' },
  ): Promise<Record<string, string>>
  readFiles(
    pattern: string,
    options?: ReadFileOptions & { readonly encoding?: 'buffer' },
  ): Promise<Record<string, Buffer>>
  /** For options that are only known when it runs. */
  readFiles(pattern: string, options: ReadFileOptions): Promise<Record<string, string | Buffer>>
  async readFiles(pattern: string, options: ReadFileOptions = {}): Promise<Record<string, string | Buffer>> {
    const { readFiles } = await import('./files/read.js')
    return readFiles(this, pattern, options)
  }

  /** Reports whether there is something at a path. Follows links: one that leads nowhere is nothing. `HEAD /containers/{id}/archive` */
  async exists(path: string, options: FileExistsOptions = {}): Promise<boolean> {
    const { exists } = await import('./files/read.js')
    return exists(this, path, options)
  }

  /**
   * Makes a folder. With `parents`, also those above it, and a folder that exists is no error. `PUT /containers/{id}/archive`; in
   * a tmpfs, by an exec of the container's own `mkdir`. Rejects with InvalidArgumentError when the path exists.
   */
  async mkdir(path: string, options: MakeFolderOptions = {}): Promise<void> {
    const { makeFolder } = await import('./files/write.js')
    await makeFolder(this, path, options)
  }

  /**
   * The image it was created from. One request for the image, and one before it when nothing but the id of the container
   * is known. Rejects with ImageNotFoundError when the image has been deleted.
   */
  async getImage(options: CallOptions = {}): Promise<Image> {
    const [, call] = splitCall(options, [])
    const id = this.imageId ?? (await this.inspect(call)).Image ?? ''
    return getImage(this.api, id, call)
  }

  /** Makes an image of it. `POST /commit`, and one request for the image. */
  async commit(options: CommitOptions = {}): Promise<Image> {
    const [own, call] = splitCall(options, commitNames)
    const { query, body } = commitRequest(this.id, own)
    const { Id } = await this.api.images.commit(query, body, call)
    const image = idOfMade(Id, 'POST /commit')
    return orDiscard(this.api, ['image', image], call, () => getImage(this.api, image, call))
  }

  /** `POST /containers/{id}/resize`: the terminal's size. Rejects with ConflictError when it does not run. */
  async resize(size: TerminalSize, options: CallOptions = {}): Promise<void> {
    const [, call] = splitCall(options, [])
    checkObject(size, 'size')
    const { rows: h, columns: w } = checkSize(size)
    await this.api.containers.resize(this.id, { h, w }, call)
  }

  /**
   * Reads the log of the container, and with `follow` what comes. Nothing is sent before the first read. See OutputStream
   * for the ways of reading.
   */
  logs(options: LogsOptions = {}): OutputStream {
    return orFailing(() => this.#logs(options))
  }

  #logs(options: LogsOptions): OutputStream {
    checkNames(options, logsNames)
    const { follow = false, stdout = true, stderr = true, tail, timestamps, details } = options
    if (!stdout && !stderr) throw new InvalidArgumentError('logs needs stdout or stderr: both are false')
    if (typeof tail === 'number' && !(Number.isInteger(tail) && tail >= 0)) {
      throw new InvalidArgumentError(`tail must be 'all' or a whole number from 0 on, not ${tail}`)
    }
    const since = toTimestamp('since', options.since)
    const until = toTimestamp('until', options.until)
    const lines = tail === 'all' ? undefined : tail?.toString()
    const query = { follow, stdout, stderr, since, until, timestamps, details, tail: lines }
    const open = async (signal: AbortSignal) => {
      const call = { signal, timeout: options.timeout }
      const followed = follow && (await this.#canBeFollowed(call))
      const sent = { ...query, follow: followed }
      const { stream, contentType } = await this.api.containers.logs(this.id, sent, call)
      try {
        return { stream, multiplexed: await isMultiplexed(this.api, contentType, () => this.#hasTty(call)) }
      } catch (error) {
        stream.destroy()
        throw error
      }
    }
    return new OutputStream((cancelled) => withBothSignals(options.signal, cancelled, open))
  }

  /**
   * Runs a command in it to the end and returns what it wrote and its exit code. Aborting, a timeout (milliseconds for the
   * whole of it) or an output past `maxOutput` closes the connection and rejects; the Engine has no way to end the command
   * itself.
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
    options: ExecOptions = {},
  ): Promise<CommandResult<string | Buffer> | { readonly id: string }> {
    // Held before there is anything to refuse.
    using _source = holdSource(options?.input)
    checkNames(options, execNames)
    const { input, encoding: given = 'utf8', reject = false, detach = false, maxOutput, ...spawn } = options
    const encoding = checkEncoding(given)
    checkLimit(maxOutput, 'maxOutput')
    using _input = holdInput(input, { detach })
    if (detach) return this.#execDetached(command, spawn)
    using limit = deadline(`exec in ${this.shortId}`, spawn.signal, spawn.timeout)
    const settings = { ...spawn, stdin: input !== undefined, ...limit.call }
    const id = await createExec(this.api, this.id, command, settings)
    await using session = await startExecSession(this.api, id, settings)
    const collecting = { maxOutput, encoding, container: this.id }
    const output = await orAborted(converse(session, input, collecting), limit.signal)
    const exitCode = await exitCodeOf(session)
    if (exitCode !== 0 && reject) {
      const words = typeof command === 'string' ? [command] : command
      throw new ContainerError({ exitCode, ...output, command: words, container: this.id })
    }
    return { exitCode, ...output }
  }

  /** Runs a command in it and returns the connection to it. */
  async spawn(command: Command, options: SpawnOptions = {}): Promise<Session> {
    checkNames(options, spawnNames)
    const id = await createExec(this.api, this.id, command, options)
    return startExecSession(this.api, id, options)
  }

  /** Makes an exec that does not run yet, and returns its id: for `startExec` of dockline/terminal. */
  async createExec(command: Command, options: SpawnOptions = {}): Promise<string> {
    checkNames(options, spawnNames)
    return createExec(this.api, this.id, command, options)
  }

  /**
   * Connects to its main process. A container that does not run yet can be attached to before its start, so that nothing
   * is missed. Rejects with ConflictError when it is paused or restarting.
   */
  async attach(options: AttachOptions = {}): Promise<Session> {
    const [, call] = splitCall(options, attachNames)
    const attrs = await this.inspect(call)
    requireAttachable(attrs, 'attach')
    return attachSession(this.api, attachTarget(attrs), options)
  }

  async #execDetached(command: Command, options: SpawnOptions): Promise<{ readonly id: string }> {
    const id = await createExec(this.api, this.id, command, { ...options, stdin: false })
    await this.api.exec.startDetached(id, { Tty: options.tty ?? false }, options)
    return { id }
  }

  /** Whether the log is complete when it is followed. */
  async #canBeFollowed(options: CallOptions): Promise<boolean> {
    if (dialectOf(this.api).followsEndedLogs) return true
    const { State } = await this.api.containers.inspect(this.id, {}, options)
    return State?.Status !== 'exited' && State?.Status !== 'dead'
  }

  /** A container has or has not a tty for life: what was once asked stays true. */
  async #hasTty(options: CallOptions): Promise<boolean> {
    const attrs = this.attrs ?? (await this.inspect(options))
    return attrs.Config?.Tty === true
  }
}
