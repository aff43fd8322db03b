import { text } from 'node:stream/consumers'
import { ProtocolError } from '../errors.js'
import { type CallOptions, path, type StreamAnswer, type UpgradedConnection } from '../http/index.js'
import { ApiResource } from './resource.js'
import type { Timestamp } from './system.js'
import type {
  ContainerAttachQuery,
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
  ContainerResizeQuery,
  ContainerRestartQuery,
  ContainerStartQuery,
  ContainerStopQuery,
  ContainerSummary,
  ContainerTopQuery,
  ContainerTopResponse,
  ContainerWaitQuery,
  ContainerWaitResponse,
} from './types.gen.js'

export type LogsQuery = Omit<ContainerLogsQuery, 'since' | 'until'> & {
  readonly since?: Timestamp | undefined
  readonly until?: Timestamp | undefined
  /** Puts the log driver's attributes before each line. */
  readonly details?: boolean | undefined
}

/** A wait that the Engine has taken note of: nothing that happens from now on is missed. */
export interface RegisteredWait {
  readonly result: Promise<ContainerWaitResponse>
}

export class ContainersApi extends ApiResource {
  /** `GET /containers/json` */
  list(query?: ContainerListQuery, options?: CallOptions): Promise<ContainerSummary[]> {
    return this.http.json({ method: 'GET', path: path`/containers/json`, query, ...options })
  }

  /** `POST /containers/create` */
  create(
    query: ContainerCreateQuery,
    json: ContainerCreateBody,
    options?: CallOptions,
  ): Promise<ContainerCreateResponse> {
    return this.http.json({ method: 'POST', path: path`/containers/create`, query, json, ...options })
  }

  /** `GET /containers/{id}/json` */
  inspect(id: string, query?: ContainerInspectQuery, options?: CallOptions): Promise<ContainerInspectResponse> {
    return this.http.json({ method: 'GET', path: path`/containers/${id}/json`, query, ...options })
  }

  /** `GET /containers/{id}/top` */
  top(id: string, query?: ContainerTopQuery, options?: CallOptions): Promise<ContainerTopResponse> {
    return this.http.json({ method: 'GET', path: path`/containers/${id}/top`, query, ...options })
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

  /** `POST /containers/{id}/wait`: resolves when the wait is over. */
  async wait(id: string, query?: ContainerWaitQuery, options?: CallOptions): Promise<ContainerWaitResponse> {
    return (await this.waitRegistered(id, query, options)).result
  }

  /** `POST /containers/{id}/wait`: resolves as soon as the Engine is waiting, with the result to come. */
  async waitRegistered(id: string, query?: ContainerWaitQuery, options?: CallOptions): Promise<RegisteredWait> {
    const { stream } = await this.http.stream({
      method: 'POST',
      path: path`/containers/${id}/wait`,
      query,
      ...options,
    })
    const result = text(stream).then(parseWait)
    // Whoever registered may fail before it comes to the result.
    result.catch(() => {})
    return { result }
  }

  /** `DELETE /containers/{id}` */
  delete(id: string, query?: ContainerDeleteQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/containers/${id}`, query, ...options })
  }

  /** `POST /containers/prune` */
  prune(query?: ContainerPruneQuery, options?: CallOptions): Promise<ContainerPruneResponse> {
    return this.http.json({ method: 'POST', path: path`/containers/prune`, query, ...options })
  }
}

/** A proxy that gives up on a long wait ends the 200 with words of its own. */
function parseWait(body: string): ContainerWaitResponse {
  try {
    return JSON.parse(body) as ContainerWaitResponse
  } catch (cause) {
    throw new ProtocolError(`waiting for the container was cut short: ${body.slice(0, 300) || 'no answer'}`, { cause })
  }
}
