import { type Readable, Writable } from 'node:stream'
import type {
  ContainerInspectResponse,
  ContainerSummary,
  ContainerTopResponse,
  ContainerUpdateResponse,
  FilesystemChange,
} from '../../api/index.js'
import { DockerError } from '../../errors.js'
import { type CallOptions, deadline, orAborted } from '../../http/index.js'
import { type ByteSource, type OutputLine, OutputStream, orFailing } from '../../stream/index.js'
import { checkNames, readCall } from '../base/call.js'
import { discarding } from '../base/discard.js'
import { idOfMade } from '../base/identity.js'
import { getImage, type Image } from '../images/image.js'
import type { LogLine } from '../logs/lines.js'
import { hasTimes, type LogsOptions, logsOptions, type TimedLogsOptions } from '../logs/log-options.js'
import { resources } from '../options/index.js'
import { nonEmpty, text, textOrNumber } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { registerWait } from '../removal/register-wait.js'
import { type AttachOptions, attachSession, readAttach, requireAttachable } from '../sessions/attach.js'
import { createExec } from '../sessions/exec.js'
import {
  type Command,
  type CreateExecOptions,
  type ExecOptions,
  readCreateExec,
  readExec,
  readSpawn,
  type SpawnOptions,
} from '../sessions/exec-options.js'
import type { CommandResult } from '../sessions/result.js'
import { execDetached, execToEnd, spawnExec } from '../sessions/run-exec.js'
import { checkSize, type Session, type TerminalSize } from '../sessions/session.js'
import { holdSource, holdSources } from '../sessions/source.js'
import type { UrlOptions } from './address.js'
import { readCommit, readStop, refuseFixed } from './container-changes.js'
import {
  attachOptions,
  type CommitOptions,
  type RemoveOptions,
  removeOptions,
  type StopOptions,
  type UpdateOptions,
  updateOptions,
  type WaitOptions,
  waitOptions,
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
import type { ContainerPort } from './published.js'
import {
  asksOnce,
  type ContainerStats,
  type OneShotOptions,
  type StatsOptions,
  type StatsStream,
  statsOnce,
  streamStats,
} from './stats.js'
import type { WaitForOptions } from './waiting/options.js'
import type { WaitResult } from './waiting/wait-for.js'

/** A container, by its id. Its properties are as they were at the last request; `reload()` asks again. */
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
    await this.api.containers.start(this.id, {}, readCall(options))
  }

  /** Stops the container. `POST /containers/{id}/stop`. A container that has stopped already is no error. */
  async stop(options: StopOptions = {}): Promise<void> {
    const [query, call] = readStop(options)
    await this.api.containers.stop(this.id, query, call)
  }

  /** Restarts the container. `POST /containers/{id}/restart` */
  async restart(options: StopOptions = {}): Promise<void> {
    const [query, call] = readStop(options)
    await this.api.containers.restart(this.id, query, call)
  }

  /** Sends a signal to the container, by name or number. Default: 'SIGKILL'. `POST /containers/{id}/kill` */
  async kill(signal?: string | number, options: CallOptions = {}): Promise<void> {
    const call = readCall(options, 'the first argument names the signal that the container gets')
    const query = signal === undefined ? {} : { signal: textOrNumber(signal, 'signal') }
    await this.api.containers.kill(this.id, query, call)
  }

  /** Freezes the processes of the container. `POST /containers/{id}/pause`. Rejects with ConflictError when it does not run. */
  async pause(options: CallOptions = {}): Promise<void> {
    await this.api.containers.pause(this.id, readCall(options))
  }

  /** Lets the processes of the container go on. `POST /containers/{id}/unpause` */
  async unpause(options: CallOptions = {}): Promise<void> {
    await this.api.containers.unpause(this.id, readCall(options))
  }

  /** Renames the container. `POST /containers/{id}/rename`. Rejects with ConflictError when the name is taken. */
  async rename(name: string, options: CallOptions = {}): Promise<void> {
    const call = readCall(options)
    await this.api.containers.rename(this.id, { name: nonEmpty('a name')(name, 'name') }, call)
  }

  /**
   * Changes the limits and the restart policy. Most Engines ignore a 0; for `pidsLimit` it is no limit. Rejects with
   * InvalidArgumentError for what Docker leaves as it is, such as `ulimits`. `POST /containers/{id}/update`
   */
  async update(options: UpdateOptions): Promise<ContainerUpdateResponse> {
    const [body, call, limits] = updateOptions.read(options)
    await refuseFixed(this.api, limits, call)
    return this.api.containers.update(this.id, { ...resources(limits), ...body }, call)
  }

  /**
   * Removes the container, or waits for a removal under way. Then the name is free. `DELETE /containers/{id}`
   */
  async remove(options: RemoveOptions = {}): Promise<void> {
    const [query, call] = removeOptions.read(options)
    await this.api.containers.delete(this.id, query, call).catch(async (conflict) => {
      const { awaitRemoval } = await import('../removal/under-way.js')
      return awaitRemoval(this.api, this.id, { ...call, conflict })
    })
  }

  /** Waits for the end of the container and gives its exit code. `POST /containers/{id}/wait` */
  async wait(options: WaitOptions = {}): Promise<{ readonly exitCode: number }> {
    const [{ condition }, { signal, timeout }] = waitOptions.read(options)
    using limit = deadline(`waiting for container ${this.shortId}`, signal, timeout)
    const registered = registerWait(this.api, this.id, { ...limit.call, query: { condition } })
    const waiting = registered.then(({ result }) => result)
    const { StatusCode, Error: error } = await orAborted(waiting, limit.signal)
    if (error?.Message)
      throw new DockerError('ERR_DOCKER_API', `waiting for ${this.shortId} failed: ${error.Message}`)
    if (dialectOf(this.api).isExitCode(StatusCode, condition)) return { exitCode: StatusCode }
    const { podmanExitCode } = await import('../podman/podman.js')
    return { exitCode: await podmanExitCode(this.api, this.id, limit.signal) }
  }

  /** Lists the processes of the container, with the columns of `ps`. `GET /containers/{id}/top` */
  async top(psArgs?: string, options: CallOptions = {}): Promise<ContainerTopResponse> {
    const query = psArgs === undefined ? {} : { ps_args: text(psArgs, 'psArgs') }
    return this.api.containers.top(this.id, query, readCall(options))
  }

  /** Measures processes, memory and traffic about once a second, until the loop is left. */
  stats(options?: StatsOptions & { readonly stream?: true; readonly oneShot?: false }): StatsStream
  /** Returns one measurement. `GET /containers/{id}/stats` */
  stats(options: (StatsOptions & { readonly stream: false }) | OneShotOptions): Promise<ContainerStats>
  /** For options that are known only at run time. */
  stats(options: StatsOptions): Promise<ContainerStats> | StatsStream
  stats(options: StatsOptions = {}): Promise<ContainerStats> | StatsStream {
    return asksOnce(options) ? statsOnce(this.api, this.id, options) : streamStats(this.api, this.id, options)
  }

  /**
   * Waits until the health check has passed. Rejects with UnhealthyError when the container is unhealthy or has stopped, and
   * with InvalidArgumentError if it has no health check. `timeout`
   * limits the whole call. Refreshes `attrs`.
   */
  async waitHealthy(options: CallOptions = {}): Promise<void> {
    this.know(await waitHealthy(this.api, this.id, readCall(options)))
  }

  /**
   * Waits for conditions: a line of the log, a port, an answer over HTTP, health, an exit code. All must hold;
   * of `any`, one. Lines that this run logged before the call count. Rejects with ContainerError if the
   * container ends first, with UnhealthyError if it is unhealthy, and with TimeoutError, which names what is missing.
   * `timeout` limits the whole call.
   */
  async waitFor(options: WaitForOptions): Promise<WaitResult> {
    const { waitFor } = await import('./waiting/wait-for.js')
    return waitFor(this, options)
  }

  /**
   * Returns the port of the host that leads to a port of the running container, such as 80 or '53/udp'. Rejects with
   * InvalidArgumentError when the port is not published. `GET /containers/{id}/json`
   */
  async hostPort(port: ContainerPort, options: CallOptions = {}): Promise<number> {
    const { hostPortOf } = await import('./address.js')
    return hostPortOf(this, port, options)
  }

  /**
   * Returns the URL by which this process reaches a published port: at the host of a TCP or ssh address, else at this machine,
   * and from inside a container at the Engine's gateway. `GET /containers/{id}/json`
   */
  async url(port: ContainerPort, options: UrlOptions = {}): Promise<string> {
    const { urlOf } = await import('./address.js')
    return urlOf(this, port, options)
  }

  /**
   * Lists the differences from the files of the image: `Kind` 0 is changed, 1 added, 2 deleted.
   * `GET /containers/{id}/changes`
   */
  async diff(options: CallOptions = {}): Promise<FilesystemChange[]> {
    return (await this.api.containers.changes(this.id, readCall(options))) ?? []
  }

  /**
   * Exports the file system as a tar, without volumes. The caller reads the stream or destroys it. `GET
   * /containers/{id}/export`
   */
  async export(options: CallOptions = {}): Promise<Readable> {
    return (await this.api.containers.export(this.id, readCall(options))).stream
  }

  /**
   * Copies a path of this machine, the content of a file, or a tar to a path of the container, which need not run. Copies a
   * path as `docker cp` does: into a folder that is there, else under the new name; 'folder/.' is the content of the folder.
   * Unpacks a tar into a folder that is there. `PUT /containers/{id}/archive`
   */
  async copyTo(
    source: string | Uint8Array | ByteSource,
    path: string,
    options: CopyToOptions = {},
  ): Promise<void> {
    using _source = holdSource(source)
    // Loaded here, because most programs never copy.
    const { copyTo } = await import('./copy.js')
    await copyTo(this, { source, path }, options)
  }

  /**
   * Copies a path of the container to a path of this machine as `docker cp` does, or as a tar into a stream, which it ends.
   * Without a destination, returns the content of a file. `GET /containers/{id}/archive`
   */
  copyFrom(path: string, destination?: undefined, options?: CopyFromOptions): Promise<Buffer>
  copyFrom(path: string, destination: string | Writable, options?: CopyFromOptions): Promise<undefined>
  async copyFrom(
    path: string,
    destination?: string | Writable,
    options: CopyFromOptions = {},
  ): Promise<Buffer | undefined> {
    // A destination may fail before anything is written: then the writing finds it so.
    if (destination instanceof Writable) destination.on('error', () => {})
    const { copyFrom } = await import('./copy.js')
    return copyFrom(this, { path, destination }, options)
  }

  /**
   * Writes files into a folder of the container, running or not: `{ 'a.txt': 'text', 'bin/run': { data, mode: 0o755, user:
   * 'app' } }`. Makes the folders in the names, and with `parents` the folder itself. Replaces files and links of these names.
   * `PUT /containers/{id}/archive`; in a tmpfs, by an exec of the container's own `tar` as the user of the files. Rejects with
   * NotFoundError if the folder is missing, and with ContainerError if `tar` fails or is missing.
   */
  async writeFiles(path: string, files: FilesToWrite, options: WriteFilesOptions = {}): Promise<void> {
    using _sources = holdSources(files)
    const { writeFiles } = await import('./files/write.js')
    await writeFiles(this, { path, files }, options)
  }

  /**
   * Reads a file of the container, and follows links. `GET /containers/{id}/archive`; in a tmpfs, by an exec of the container's
   * own `tar`. Rejects with NotFoundError for a missing file, and with LimitError if it is longer than `maxBytes`.
   */
  readFile(path: string, options: ReadFileOptions & { readonly encoding: 'utf8' }): Promise<string>
  readFile(path: string, options?: ReadFileOptions & { readonly encoding?: 'buffer' }): Promise<Buffer>
  /** For options that are known only at run time. */
  readFile(path: string, options: ReadFileOptions): Promise<string | Buffer>
  async readFile(path: string, options: ReadFileOptions = {}): Promise<string | Buffer> {
    const { readFile } = await import('./files/read.js')
    return readFile(this, path, options)
  }

  /**
   * Reads the files whose paths match a pattern, by their names from the last folder without a wildcard: '/work/*.txt' gives `{
   * 'a.txt': … }`. Wildcards are those of .dockerignore: `*`, `?`, `[a-z]`, and `**` for any folders. The Engine sends all of
   * that folder. Follows links to files, and leaves other links out.
   */
  readFiles(
    pattern: string,
    options: ReadFileOptions & { readonly encoding: 'utf8' },
  ): Promise<Record<string, string>>
  readFiles(
    pattern: string,
    options?: ReadFileOptions & { readonly encoding?: 'buffer' },
  ): Promise<Record<string, Buffer>>
  /** For options that are known only at run time. */
  readFiles(pattern: string, options: ReadFileOptions): Promise<Record<string, string | Buffer>>
  async readFiles(pattern: string, options: ReadFileOptions = {}): Promise<Record<string, string | Buffer>> {
    const { readFiles } = await import('./files/read.js')
    return readFiles(this, pattern, options)
  }

  /**
   * Returns whether a path exists. Follows links, so a link that leads nowhere does not. `HEAD /containers/{id}/archive`; in a
   * tmpfs, by an exec of the container's own `tar`.
   */
  async exists(path: string, options: FileExistsOptions = {}): Promise<boolean> {
    const { exists } = await import('./files/read.js')
    return exists(this, path, options)
  }

  /**
   * Makes a folder. With `parents`, makes those above it too, and an existing folder is no error. `PUT
   * /containers/{id}/archive`; in a tmpfs, by an exec of the container's own `mkdir`. Rejects with InvalidArgumentError if the
   * path exists.
   */
  async mkdir(path: string, options: MakeFolderOptions = {}): Promise<void> {
    const { makeFolder } = await import('./files/write.js')
    await makeFolder(this, path, options)
  }

  /** Returns the image of the container. Rejects with ImageNotFoundError if the image has been removed. */
  async getImage(options: CallOptions = {}): Promise<Image> {
    const call = readCall(options)
    const id = this.imageId ?? (await this.inspect(call)).Image ?? ''
    return getImage(this.api, id, call)
  }

  /** Makes an image of it. `POST /commit`, and one request for the image. */
  async commit(options: CommitOptions = {}): Promise<Image> {
    const { query, body, call } = readCommit(this.id, options)
    const { Id } = await this.api.images.commit(query, body, call)
    const image = idOfMade(Id, 'POST /commit')
    return getImage(this.api, image, call).catch(discarding(this.api, ['image', image], call))
  }

  /** Sets the size of the terminal. `POST /containers/{id}/resize`. Rejects with ConflictError when it does not run. */
  async resize(size: TerminalSize, options: CallOptions = {}): Promise<void> {
    const call = readCall(options)
    const { rows: h, columns: w } = checkSize(size)
    await this.api.containers.resize(this.id, { h, w }, call)
  }

  /**
   * Reads the log of the container, and with `follow` what comes. Nothing is sent before the first read. With
   * `timestamps`, `resume` or `position`, `lines()` gives each line with its time. `GET /containers/{id}/logs`
   */
  logs(options: TimedLogsOptions): OutputStream<LogLine>
  logs(options?: LogsOptions): OutputStream
  logs(options: LogsOptions = {}): OutputStream {
    return orFailing(() => {
      checkNames(options, logsOptions.names)
      const [given, owner] = [{ ...options }, { api: this.api, id: this.id, hasTty: this.#hasTty }]
      // Loaded when it is read.
      const load = () => import('../logs/read-logs.js')
      return new OutputStream<OutputLine>(
        async (cancelled) => (await load()).logBytes(owner, given, cancelled),
        hasTimes(given)
          ? async function* (cancelled) {
              yield* (await load()).logLines(owner, given, cancelled)
            }
          : undefined,
      )
    })
  }

  /**
   * Runs a command in the container and returns its output and exit code. An abort, a timeout (of the whole call) or more
   * output than `maxOutput` closes the connection and rejects. With `kill`, the command and its children are ended first, and
   * KillError names those that are left. Without `kill`, they run on.
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
  /** For options that are known only at run time. */
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
    const plan = await readExec(command, options)
    return plan.detach ? execDetached(this, plan) : await execToEnd(this, plan)
  }

  /** Starts a command in the container and returns the connection to it. `timeout` limits the start. */
  async spawn(command: Command, options: SpawnOptions = {}): Promise<Session> {
    return spawnExec(this, await readSpawn(command, options))
  }

  /** Makes an exec that does not run yet, and returns its id: for `startExec` of dockline/terminal. */
  async createExec(command: Command, options: CreateExecOptions = {}): Promise<string> {
    const plan = readCreateExec(command, options)
    return createExec(this, plan, plan)
  }

  /**
   * Connects to the main process. A session attached before the start of the container misses nothing. Rejects with
   * ConflictError when the container is paused or restarting.
   */
  async attach(options: AttachOptions = {}): Promise<Session> {
    const [own, call] = attachOptions.read(options)
    const attrs = await this.inspect(call)
    requireAttachable(attrs, 'attach')
    return attachSession({ api: this.api, id: attrs.Id ?? '' }, readAttach(attrs, own), call)
  }

  /** A container has or has not a tty for life: what was once asked stays true. */
  readonly #hasTty = async (options: CallOptions): Promise<boolean> => {
    const attrs = this.attrs ?? (await this.inspect(options))
    return attrs.Config?.Tty === true
  }
}
