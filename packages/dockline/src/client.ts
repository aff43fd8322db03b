import { eitherSignal } from './abort.js'
import {
  ApiClient,
  type AuthConfig,
  type AuthResponse,
  type SystemDataUsageQuery,
  type SystemDataUsageResponse,
  type SystemInfo,
  type SystemVersion,
} from './api/index.js'
import { type Environment, resolveConnection } from './config/index.js'
import { ConnectionError } from './errors.js'
import type { CallOptions } from './http/index.js'
import { splitCall } from './models/call.js'
import { engineEvents } from './models/events.js'
import {
  Configs,
  Containers,
  type EngineEvent,
  type EventsOptions,
  Images,
  Networks,
  Nodes,
  Plugins,
  refuseUnknown,
  Secrets,
  Services,
  type Session,
  Swarm,
  startExecSession,
  Tasks,
  type TerminalSize,
  Volumes,
} from './models/index.js'
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

export interface DataUsageOptions extends CallOptions, Readonly<SystemDataUsageQuery> {}

export interface LoginOptions extends CallOptions, Readonly<AuthConfig> {}

const OPTION_NAMES = [
  'host',
  'context',
  'apiVersion',
  'timeout',
  'headers',
  'env',
] as const satisfies readonly (keyof ClientOptions)[]

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
  readonly swarm: Swarm
  readonly nodes: Nodes
  readonly services: Services
  readonly tasks: Tasks
  readonly secrets: Secrets
  readonly configs: Configs
  readonly networks: Networks
  readonly volumes: Volumes
  readonly plugins: Plugins
  readonly #closing = new AbortController()

  constructor(options: ClientOptions = {}) {
    refuseUnknown({ ...options }, OPTION_NAMES)
    const { timeout, headers } = options
    const settings = resolveConnection(options.env ?? process.env, options)
    const endpoint = endpointOf(settings.host ?? DEFAULT_HOST)
    this.api = new ApiClient({
      endpoint,
      apiVersion: settings.apiVersion ?? options.apiVersion,
      timeout,
      headers,
    })
    const proxies = () => settings.proxies(settings.host ?? DEFAULT_HOST)
    this.images = new Images(this.api, proxies)
    this.containers = new Containers(this.api, this.images, proxies)
    this.swarm = new Swarm(this.api)
    this.nodes = new Nodes(this.api)
    this.services = new Services(this.api)
    this.tasks = new Tasks(this.api)
    this.secrets = new Secrets(this.api)
    this.configs = new Configs(this.api)
    this.networks = new Networks(this.api)
    this.volumes = new Volumes(this.api)
    this.plugins = new Plugins(this.api)
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

  /** What takes up the disk, and how much. `GET /system/df` */
  async df(options: DataUsageOptions = {}): Promise<SystemDataUsageResponse> {
    const [query, call] = splitCall(options, ['type', 'verbose'])
    return this.api.system.df(query, call)
  }

  /**
   * Has the Engine ask a registry whether it knows this user; nothing is kept. Without `serveraddress` it is Docker
   * Hub. Keep the identity token in the answer, if there is one, in place of the password. `POST /auth`
   */
  async login(options: LoginOptions): Promise<AuthResponse> {
    const [auth, call] = splitCall(options, AUTH)
    return this.api.system.auth(auth, call)
  }

  /** What happens at the Engine, as it happens. Leaving the loop closes the connection. `GET /events` */
  events(options: EventsOptions = {}): AsyncGenerator<EngineEvent, void, undefined> {
    const signal = options.resume ? eitherSignal(options.signal, this.#closing.signal) : options.signal
    return engineEvents(this.api, { ...options, signal })
  }

  /** Runs an exec that was made before, and returns the connection to it. Whether it has a tty is asked of the Engine. */
  async startExec(
    id: string,
    { size, ...call }: CallOptions & { readonly size?: TerminalSize | undefined } = {},
  ): Promise<Session> {
    const { ProcessConfig, OpenStdin } = await this.api.exec.inspect(id, call)
    const tty = ProcessConfig?.tty === true
    return startExecSession(this.api, id, {
      tty,
      stdin: OpenStdin === true,
      size: tty ? size : undefined,
      ...call,
    })
  }

  /** Ends every connection, also those in use: their calls reject with ConnectionError. */
  async close(): Promise<void> {
    // Whatever would connect anew has to know that it must not.
    this.#closing.abort(new ConnectionError(this.address, `the client for ${this.address} was closed`))
    this.api.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}

const AUTH = ['username', 'password', 'serveraddress', 'auth', 'identitytoken', 'registrytoken'] as const

/** The client of the Engine that the docker command would use here: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default. */
export function fromEnv(options: Omit<ClientOptions, 'host' | 'context'> = {}): DockerClient {
  return new DockerClient(options)
}
