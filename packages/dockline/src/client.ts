import { eitherSignal } from './abort.js'
import {
  ApiClient,
  type AuthResponse,
  type SystemDataUsageQuery,
  type SystemDataUsageResponse,
  type SystemInfo,
  type SystemVersion,
} from './api/index.js'
import {
  type ConnectionSettings,
  configCredentials,
  configHeaders,
  detecting,
  type Environment,
  resolveConnection,
  type TlsOptions,
  withOffers,
} from './config/index.js'
import { ConnectionError, InvalidArgumentError } from './errors.js'
import type { CallOptions } from './http/index.js'
import { splitCall } from './models/call.js'
import { engineEvents } from './models/events.js'
import {
  Configs,
  Containers,
  type CredentialProvider,
  Credentials,
  type EngineEvent,
  type EventsOptions,
  Images,
  type LoginOptions,
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
import { login, logout } from './models/login.js'
import {
  type Endpoint,
  endpointOf,
  type ProxyDescription,
  type SshOptions,
  sshSettings,
} from './transport/index.js'

export interface ClientOptions {
  /**
   * As in DOCKER_HOST: 'unix:///var/run/docker.sock', 'tcp://box:2375', 'https://box', 'ssh://me@box'. Default: what the
   * docker command would use here.
   */
  readonly host?: string | undefined
  /** The name of a context of the docker command. Excludes `host`. */
  readonly context?: string | undefined
  /**
   * Encrypts a TCP connection, as said here and nowhere else: `true` checks the Engine's certificate against the system's
   * authorities, `false` is in the clear. Default: what the context says, or DOCKER_TLS_VERIFY, DOCKER_TLS and
   * DOCKER_CERT_PATH. It means nothing to sockets, pipes and ssh.
   */
  readonly tls?: boolean | TlsOptions | undefined
  /**
   * The HTTP proxy to reach a TCP host through, whatever that host is: 'http://user:password@box:3128', 'https://box',
   * 'box:3128'. `false` is none. Default: HTTPS_PROXY for TLS and HTTP_PROXY without, but for what NO_PROXY names and this
   * machine itself. It means nothing to sockets, pipes and ssh.
   */
  readonly proxy?: string | false | undefined
  /** How ssh is run for `ssh://` hosts. By default as the docker command does it, with one login for all connections. */
  readonly ssh?: SshOptions | undefined
  /**
   * When nothing says where to connect, and nothing answers there by default, use the first that does of the sockets of
   * rootless Docker, Docker Desktop, Colima, OrbStack, Rancher Desktop and Podman. Looks at the first call. Default false.
   */
  readonly autodetect?: boolean | undefined
  /** Pins the API version, as in '1.41', instead of negotiating it. DOCKER_API_VERSION wins over it. */
  readonly apiVersion?: string | undefined
  /** Milliseconds a call may take. Default: no limit. A stream is only timed until it begins. */
  readonly timeout?: number | undefined
  /** Sent with every request, besides those of DOCKER_CUSTOM_HEADERS or HttpHeaders in config.json. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * Who asks a registry when a call does not say: those whom the docker command has logged in. `false` is nobody; an
   * object looks them up its own way.
   */
  readonly credentials?: false | CredentialProvider | undefined
  /** Variables for credential helpers, besides those of `env`. */
  readonly credentialEnv?: Environment | undefined
  /** What stands in for `process.env`. */
  readonly env?: Environment | undefined
}

export interface DataUsageOptions extends CallOptions, Readonly<SystemDataUsageQuery> {}

const OPTION_NAMES = [
  'host',
  'context',
  'tls',
  'proxy',
  'ssh',
  'autodetect',
  'apiVersion',
  'timeout',
  'headers',
  'credentials',
  'credentialEnv',
  'env',
] as const satisfies readonly (keyof ClientOptions)[]

/** Where a client connects, and what decided it. */
export interface ConnectionDescription {
  /** Such as 'unix:///var/run/docker.sock'. Never holds a secret. */
  readonly address: string
  /** The context in use, as `docker context show` has it; 'default' for a host. */
  readonly context: string
  /** For people: "DOCKER_HOST", "context staging, from currentContext in config.json". */
  readonly reason: string
  /** Whether the connection is encrypted by TLS, and the Engine's certificate checked. */
  readonly tls: 'verified' | 'unverified' | 'none'
  /** The proxy that it goes through; undefined for none. */
  readonly proxy: ProxyDescription | undefined
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
  /** The version of Podman, when it is Podman that answers: '5.8.6'. */
  readonly podman: string | undefined
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
  /** Who asks which registry: what a login has stored, as it is now. */
  readonly credentials: Credentials
  readonly #settings: ConnectionSettings
  readonly #proxy: ProxyDescription | undefined
  readonly #closing = new AbortController()

  constructor(options: ClientOptions = {}) {
    refuseUnknown({ ...options }, OPTION_NAMES)
    const { timeout, headers } = options
    const env = options.env ?? process.env
    const settings = resolveConnection(env, options)
    this.#settings = settings
    const endpoint = endpointFor(settings, options)
    this.#proxy = endpoint.proxy
    this.api = new ApiClient({
      endpoint,
      apiVersion: settings.apiVersion ?? options.apiVersion,
      timeout,
      headers: { ...configHeaders(env), ...headers },
    })
    this.credentials = new Credentials(providerOf(options, env), timeout)
    const proxies = () => settings.proxies(settings.host)
    this.images = new Images(this.api, proxies, this.credentials)
    this.containers = new Containers(this.api, this.images, proxies)
    this.swarm = new Swarm(this.api)
    this.nodes = new Nodes(this.api)
    this.services = new Services(this.api, this.credentials)
    this.tasks = new Tasks(this.api)
    this.secrets = new Secrets(this.api)
    this.configs = new Configs(this.api)
    this.networks = new Networks(this.api)
    this.volumes = new Volumes(this.api)
    this.plugins = new Plugins(this.api, this.credentials)
  }

  /** The client of a context of the docker command. */
  static fromContext(context: string, options: Omit<ClientOptions, 'context' | 'host'> = {}): DockerClient {
    return new DockerClient({ ...options, context })
  }

  /** Where this client connects, such as 'unix:///var/run/docker.sock'. */
  get address(): string {
    return this.api.http.address
  }

  /** Where this client connects, what decided it, whether it is encrypted, and through which proxy. Asks nobody. */
  describe(): ConnectionDescription {
    const { host, context, configured, reason, tls } = this.#settings
    const { address } = this
    return {
      address,
      context,
      reason: configured || address === host ? reason : 'autodetect',
      tls: tls === undefined ? 'none' : tls.verify === false ? 'unverified' : 'verified',
      proxy: this.#proxy,
    }
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
      podman: headers['libpod-api-version'],
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
   * Has the Engine ask a registry whether it knows this user, and if so stores the credentials as the docker command
   * does: with a credential helper, else in config.json. Without a user, those that are stored are tried. Without
   * `serveraddress` it is Docker Hub. Rejects with ApiError when the registry refuses. `POST /auth`
   */
  login(options?: LoginOptions): Promise<AuthResponse> {
    return login(this.api, this.credentials, options)
  }

  /** Erases what is stored for a registry; without one, for Docker Hub. Asks neither the Engine nor the registry. */
  logout(registry?: string, options?: CallOptions): Promise<void> {
    return logout(this.credentials, registry, options)
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

function providerOf(
  { credentials, credentialEnv }: ClientOptions,
  env: Environment,
): CredentialProvider | undefined {
  if (credentials === undefined) return configCredentials(env, credentialEnv)
  if (credentials === false) return undefined
  if (typeof credentials?.for === 'function') return credentials
  throw new InvalidArgumentError('credentials must be false or an object with the function for')
}

/** The client of the Engine that the docker command would use here: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default. */
export function fromEnv(options: Omit<ClientOptions, 'host' | 'context'> = {}): DockerClient {
  return new DockerClient(options)
}

function endpointFor(
  settings: ConnectionSettings,
  { autodetect, ssh, env = process.env }: ClientOptions,
): Endpoint {
  const { tls, proxy } = settings
  const endpoint = endpointOf(settings.host, { tls, proxy, ssh: sshSettings(ssh, env) })
  if (settings.configured) return endpoint
  return autodetect ? detecting(endpoint, env) : withOffers(endpoint, env)
}
