import { text } from 'node:stream/consumers'
import { ProtocolError } from '../errors.js'
import { type CallOptions, path, type StreamAnswer, type UpgradedConnection } from '../http/index.js'
import type { ByteSource } from '../stream/index.js'
import { readerOf } from './answers.js'
import { type ArchiveAnswer, type ArchiveStat, archiveStat } from './archive.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type { Timestamp } from './system.js'
import type {
  ContainerArchiveInfoQuery,
  ContainerArchiveQuery,
  ContainerAttachQuery,
  ContainerAttachWebsocketQuery,
  ContainerCreateBody,
  ContainerCreateQuery,
  ContainerCreateResponse,
  ContainerDeleteQuery,
  ContainerInspectQuery,
  ContainerInspectResponse,
  ContainerKillQuery,
  ContainerListQuery,
  ContainerLogsQuery,
  ContainerPruneQuery,
  ContainerPruneResponse,
  ContainerRenameQuery,
  ContainerResizeQuery,
  ContainerRestartQuery,
  ContainerStartQuery,
  ContainerStatsQuery,
  ContainerStatsResponse,
  ContainerStopQuery,
  ContainerSummary,
  ContainerTopQuery,
  ContainerTopResponse,
  ContainerUpdateBody,
  ContainerUpdateResponse,
  ContainerWaitQuery,
  ContainerWaitResponse,
  FilesystemChange,
  PutContainerArchiveQuery,
} from './types.gen.js'

export type LogsQuery = Omit<ContainerLogsQuery, 'since' | 'until'> & {
  readonly since?: Timestamp | undefined
  readonly until?: Timestamp | undefined
}

/** Processes as they were at a moment, to go on from there. Only experimental Engines have them. */
export interface Checkpoint {
  readonly Name: string
}

export interface CheckpointQuery {
  /** A folder of the Engine's, in place of its own for checkpoints. */
  readonly dir?: string | undefined
}

export interface CheckpointCreateBody {
  readonly CheckpointID: string
  readonly CheckpointDir?: string | undefined
  /** Stops the container. */
  readonly Exit?: boolean | undefined
}

/** A wait that the Engine has taken note of: nothing that happens from now on is missed. */
export interface RegisteredWait {
  readonly result: Promise<ContainerWaitResponse>
}

export class ContainersApi extends ApiResource {
  /** `GET /containers/json` */
  list(query?: ContainerListQuery, options?: CallOptions): Promise<ContainerSummary[]> {
    return this.json('ContainerSummary[]', { method: 'GET', path: path`/containers/json`, query, ...options })
  }

  /** `POST /containers/create`. The container of an abandoned call is removed. */
  create(
    query: ContainerCreateQuery,
    json: ContainerCreateBody,
    options?: CallOptions,
  ): Promise<ContainerCreateResponse> {
    const undo = ({ Id }: ContainerCreateResponse) => removalOf.container(Id)
    return this.make('ContainerCreateResponse', {
      method: 'POST',
      path: path`/containers/create`,
      query,
      json,
      undo,
      ...options,
    })
  }

  /** `GET /containers/{id}/json` */
  inspect(
    id: string,
    query?: ContainerInspectQuery,
    options?: CallOptions,
  ): Promise<ContainerInspectResponse> {
    return this.json('ContainerInspectResponse', {
      method: 'GET',
      path: path`/containers/${id}/json`,
      query,
      ...options,
    })
  }

  /** `GET /containers/{id}/top` */
  top(id: string, query?: ContainerTopQuery, options?: CallOptions): Promise<ContainerTopResponse> {
    return this.json('ContainerTopResponse', {
      method: 'GET',
      path: path`/containers/${id}/top`,
      query,
      ...options,
    })
  }

  /** `GET /containers/{id}/logs`: multiplexed unless the container has a tty. */
  logs(id: string, query: LogsQuery, options?: CallOptions): Promise<StreamAnswer> {
    return this.http.stream({ method: 'GET', path: path`/containers/${id}/logs`, query, ...options })
  }

  /** `POST /containers/{id}/start`. Resolves also when it was running. */
  start(id: string, query?: ContainerStartQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/start`, query, ...options })
  }

  /** `POST /containers/{id}/stop`. Resolves also when it was not running. */
  stop(id: string, query?: ContainerStopQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/stop`, query, ...options })
  }

  /** `POST /containers/{id}/restart` */
  restart(id: string, query?: ContainerRestartQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/restart`, query, ...options })
  }

  /** `POST /containers/{id}/kill` */
  kill(id: string, query?: ContainerKillQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/kill`, query, ...options })
  }

  /** `POST /containers/{id}/resize` */
  resize(id: string, query: ContainerResizeQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/resize`, query, ...options })
  }

  /** `POST /containers/{id}/attach`: the connection becomes the container's stdin and output. */
  attach(id: string, query: ContainerAttachQuery, options?: CallOptions): Promise<UpgradedConnection> {
    return this.http.upgrade({ method: 'POST', path: path`/containers/${id}/attach`, query, ...options })
  }

  /**
   * `GET /containers/{id}/attach/ws`: the same as WebSocket messages, which are left to the caller. `container.attach` with
   * `ws: true` puts them together.
   */
  async attachWebsocket(
    id: string,
    query: ContainerAttachWebsocketQuery,
    options?: CallOptions,
  ): Promise<UpgradedConnection> {
    const key = webSocketKey()
    // Before the request: once there is a connection, nothing of it may be missed.
    const accepted = await acceptOf(key)
    const headers = { 'sec-websocket-version': '13', 'sec-websocket-key': key }
    const request = { path: path`/containers/${id}/attach/ws`, headers, query, ...options }
    const connection = await this.http.upgrade({ method: 'GET', protocol: 'websocket', ...request })
    if (connection.headers['sec-websocket-accept'] === accepted) return connection
    connection.socket.destroy()
    throw new ProtocolError(`GET ${request.path} was answered without the handshake of a WebSocket`)
  }

  /** `POST /containers/{id}/wait`: resolves when the wait is over. */
  async wait(id: string, query?: ContainerWaitQuery, options?: CallOptions): Promise<ContainerWaitResponse> {
    return (await this.waitRegistered(id, query, options)).result
  }

  /** `POST /containers/{id}/wait`: resolves as soon as the Engine is waiting, with the result to come. */
  async waitRegistered(
    id: string,
    query?: ContainerWaitQuery,
    options?: CallOptions,
  ): Promise<RegisteredWait> {
    const { stream } = await this.http.stream({
      method: 'POST',
      path: path`/containers/${id}/wait`,
      query,
      ...options,
    })
    const call = `POST ${path`/containers/${id}/wait`}`
    const result = text(stream).then((body) => readWait(body, call))
    // The caller may fail before it comes to the result.
    result.catch(() => {})
    return { result }
  }

  /** `DELETE /containers/{id}` */
  delete(id: string, query?: ContainerDeleteQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/containers/${id}`, query, ...options })
  }

  /** `GET /containers/{id}/changes`: what differs from the image's files. An Engine says null for nothing. */
  changes(id: string, options?: CallOptions): Promise<FilesystemChange[]> {
    return this.json('FilesystemChange[]', {
      method: 'GET',
      path: path`/containers/${id}/changes`,
      ...options,
    })
  }

  /** `GET /containers/{id}/export`: its file system as a tar. */
  export(id: string, options?: CallOptions): Promise<StreamAnswer> {
    return this.http.stream({
      method: 'GET',
      path: path`/containers/${id}/export`,
      large: true,
      ...options,
    })
  }

  /** `GET /containers/{id}/stats`: one a second until the loop is left; just one when `stream` is false. */
  stats(
    id: string,
    query?: ContainerStatsQuery,
    options?: CallOptions,
  ): AsyncGenerator<ContainerStatsResponse, void, undefined> {
    return this.lines('ContainerStatsResponse', {
      method: 'GET',
      path: path`/containers/${id}/stats`,
      query,
      ...options,
    })
  }

  /** `POST /containers/{id}/update` */
  update(id: string, json: ContainerUpdateBody, options?: CallOptions): Promise<ContainerUpdateResponse> {
    return this.json('ContainerUpdateResponse', {
      method: 'POST',
      path: path`/containers/${id}/update`,
      json,
      ...options,
    })
  }

  /** `POST /containers/{id}/rename` */
  rename(id: string, query: ContainerRenameQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/rename`, query, ...options })
  }

  /** `POST /containers/{id}/pause` */
  pause(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/pause`, ...options })
  }

  /** `POST /containers/{id}/unpause` */
  unpause(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/unpause`, ...options })
  }

  /** `HEAD /containers/{id}/archive`: what a path in it is. */
  async statArchive(
    id: string,
    query: ContainerArchiveInfoQuery,
    options?: CallOptions,
  ): Promise<ArchiveStat> {
    return archiveStat(
      await this.http.headers({ method: 'HEAD', path: path`/containers/${id}/archive`, query, ...options }),
    )
  }

  /** `GET /containers/{id}/archive`: a path in it as a tar. */
  async getArchive(id: string, query: ContainerArchiveQuery, options?: CallOptions): Promise<ArchiveAnswer> {
    const request = { method: 'GET', path: path`/containers/${id}/archive`, query, ...options } as const
    const answer = await this.http.stream({ ...request, large: true })
    try {
      return { ...answer, stat: archiveStat(answer.headers) }
    } catch (error) {
      answer.stream.destroy()
      throw error
    }
  }

  /** `PUT /containers/{id}/archive`: unpacks a tar into a folder that is there. */
  putArchive(
    id: string,
    query: PutContainerArchiveQuery,
    body: Buffer | ByteSource,
    options?: CallOptions,
  ): Promise<void> {
    const request = {
      path: path`/containers/${id}/archive`,
      headers: { 'content-type': 'application/x-tar' },
    }
    return this.http.empty({ method: 'PUT', ...request, query, body, ...options })
  }

  /** `GET /containers/{id}/checkpoints`. Start from one with the query of `start`. */
  listCheckpoints(id: string, query?: CheckpointQuery, options?: CallOptions): Promise<Checkpoint[]> {
    return this.json('Checkpoint[]', {
      method: 'GET',
      path: path`/containers/${id}/checkpoints`,
      query,
      ...options,
    })
  }

  /** `POST /containers/{id}/checkpoints` */
  createCheckpoint(id: string, json: CheckpointCreateBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/containers/${id}/checkpoints`, json, ...options })
  }

  /** `DELETE /containers/{id}/checkpoints/{checkpoint}` */
  deleteCheckpoint(
    id: string,
    checkpoint: string,
    query?: CheckpointQuery,
    options?: CallOptions,
  ): Promise<void> {
    const route = path`/containers/${id}/checkpoints/${checkpoint}`
    return this.http.empty({ method: 'DELETE', path: route, query, ...options })
  }

  /** `POST /containers/prune` */
  prune(query?: ContainerPruneQuery, options?: CallOptions): Promise<ContainerPruneResponse> {
    return this.json('ContainerPruneResponse', {
      method: 'POST',
      path: path`/containers/prune`,
      query,
      ...options,
    })
  }
}

/**
 * Reads the answer of a wait. A proxy that gives up on a long wait ends the 200 with a text of its own. This is the
 * one answer in which a missing number is not 0: without a number the exit code is unknown.
 */
function readWait(body: string, call: string): ContainerWaitResponse {
  const answer = parseWait(body, call)
  const isTold = typeof answer === 'object' && answer !== null && 'StatusCode' in answer
  if (isTold && answer.StatusCode !== null) return readerOf('ContainerWaitResponse')(answer, call)
  throw new ProtocolError(`${call} answered without an exit code: ${body.slice(0, 300)}`)
}

function parseWait(body: string, call: string): unknown {
  try {
    return JSON.parse(body)
  } catch (cause) {
    const got = body.slice(0, 300) || 'no answer'
    throw new ProtocolError(`waiting for the container was cut short: ${got} (${call})`, { cause })
  }
}

function webSocketKey(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64')
}

/** What a server that speaks WebSocket makes of the key: RFC 6455, 4.2.2. */
async function acceptOf(key: string): Promise<string> {
  const said = Buffer.from(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  return Buffer.from(await crypto.subtle.digest('SHA-1', said)).toString('base64')
}
