import { ApiClient, type EventMessage, type Filters, type SystemInfo, type SystemVersion } from './api/index.js'
import { type Environment, resolveConnection } from './config/index.js'
import type { CallOptions } from './http/index.js'
import { Containers, Images, type Moment, type Session, startExecSession, type TerminalSize, toTimestamp } from './models/index.js'
import { DEFAULT_HOST, endpointOf } from './transport/index.js'

export interface ClientOptions {
  /** As in DOCKER_HOST: 'unix:///var/run/docker.sock', 'tcp://box:2375'. */
  readonly host?: string | undefined
  /** The name of a context of the docker command. Excludes `host`. */
  readonly context?: string | undefined
  /** Pins the API version, as in '1.41', instead of negotiating it. DOCKER_API_VERSION wins over it. */
  readonly apiVersion?: string | undefined
  /** Milliseconds a call may take. Default: no limit. A stream is only timed until it begins. */
  readonly timeout?: number | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** What stands in for `process.env`. */
  readonly env?: Environment | undefined
}

export interface EventsOptions extends CallOptions {
  readonly since?: Moment | undefined
  /** When to stop; without it, never. */
  readonly until?: Moment | undefined
  /** As `docker events --filter`: `{ type: 'container', event: ['start', 'die'] }`. */
  readonly filters?: Filters | undefined
}

/** What the Engine tells without being asked for more. */
export interface Ping {
  /** The newest API version it speaks. */
  readonly apiVersion: string | undefined
  readonly osType: string | undefined
  /** '2' when it builds with BuildKit by default; undefined before Engine 23. */
  readonly builderVersion: string | undefined
  readonly experimental: boolean
  /** 'inactive', 'active/manager', …; undefined before Engine 23. */
  readonly swarm: string | undefined
}

/**
 * A Docker Engine. Making one sends nothing; the API version is agreed on at the first call. An idle client keeps no
 * process alive, and `close()` (or `await using`) ends every connection.
 */
export class DockerClient implements AsyncDisposable {
  /** The low level: every endpoint by its wire names. */
  readonly api: ApiClient
  readonly containers: Containers
  readonly images: Images

  constructor(options: ClientOptions = {}) {
    const { timeout, headers } = options
    const settings = resolveConnection(options.env ?? process.env, options)
    const endpoint = endpointOf(settings.host ?? DEFAULT_HOST)
    this.api = new ApiClient({ endpoint, apiVersion: settings.apiVersion ?? options.apiVersion, timeout, headers })
    this.images = new Images(this.api)
    this.containers = new Containers(this.api, this.images)
  }

  /** The client of a context of the docker command. */
  static fromContext(context: string, options: Omit<ClientOptions, 'context' | 'host'> = {}): DockerClient {
    return new DockerClient({ ...options, context })
  }

  /** Where this client connects, such as 'unix:///var/run/docker.sock'. */
  get address(): string {
    return this.api.http.address
  }

  /** Whether the Engine answers, and what it is. `HEAD /_ping` */
  async ping(options?: CallOptions): Promise<Ping> {
    const headers = await this.api.system.pingHead(options)
    return {
      apiVersion: headers['api-version'],
      osType: headers.ostype,
      builderVersion: headers['builder-version'],
      experimental: headers['docker-experimental'] === 'true',
      swarm: headers.swarm,
    }
  }

  /** `GET /version` */
  version(options?: CallOptions): Promise<SystemVersion> {
    return this.api.system.version(options)
  }

  /** `GET /info` */
  info(options?: CallOptions): Promise<SystemInfo> {
    return this.api.system.info(options)
  }

  /** What happens at the Engine, as it happens. Leaving the loop closes the connection. `GET /events` */
  events({ since, until, filters, ...call }: EventsOptions = {}): AsyncGenerator<EventMessage, void, undefined> {
    const query = { since: toTimestamp('since', since), until: toTimestamp('until', until), filters }
    return this.api.system.events(query, call)
  }

  /** Runs an exec that was made before, and returns the connection to it. Whether it has a tty is asked of the Engine. */
  async startExec(
    id: string,
    { size, ...call }: CallOptions & { readonly size?: TerminalSize | undefined } = {},
  ): Promise<Session> {
    const { ProcessConfig, OpenStdin } = await this.api.exec.inspect(id, call)
    const tty = ProcessConfig?.tty === true
    return startExecSession(this.api, id, { tty, stdin: OpenStdin === true, size: tty ? size : undefined, ...call })
  }

  /** Ends every connection, also those in use: their calls reject with ConnectionError. */
  async close(): Promise<void> {
    this.api.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

/** The client of the Engine that the docker command would use here: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default. */
export function fromEnv(options: Omit<ClientOptions, 'host' | 'context'> = {}): DockerClient {
  return new DockerClient(options)
}
