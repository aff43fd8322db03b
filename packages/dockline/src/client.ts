import {
  ApiClient,
  type AuthResponse,
  type SystemDataUsageQuery,
  type SystemDataUsageResponse,
  type SystemInfo,
  type SystemVersion,
} from './api/index.js'
import { type ClientOptions, checkClientOptions, connectLimitOf } from './client-options.js'
import {
  type ConnectionSettings,
  configCredentials,
  configHeaders,
  detecting,
  type Environment,
  optionHeaders,
  resolveConnection,
  withOffers,
} from './config/index.js'
import { InvalidArgumentError } from './errors.js'
import type { CallOptions } from './http/index.js'
import { checkPinnedVersion } from './http/negotiate.js'
import { callTable, readCall } from './models/base/call.js'
import { engineEvents } from './models/events/events.js'
import {
  BuildCacheCollection,
  Builds,
  Configs,
  Containers,
  type CredentialProvider,
  Credentials,
  type EngineEvent,
  type EventsOptions,
  type FollowAllOptions,
  FollowedLogs,
  Images,
  Networks,
  Nodes,
  Plugins,
  Secrets,
  Services,
  type Session,
  type StatsSnapshot,
  Swarm,
  Tasks,
  Volumes,
} from './models/index.js'
import { flag, listOf, oneOf } from './models/options/values.js'
import { dialectOf } from './models/podman/dialect.js'
import { type LoginOptions, login, logout } from './models/registry/login.js'
import { Scope, type ScopeOptions } from './models/scopes/scope.js'
import { startExecSession } from './models/sessions/exec.js'
import type { AllStatsOptions } from './models/watch/all-stats.js'
import { checkObject, invalid } from './support/check.js'
import type { Duration } from './support/duration.js'
import { checkSize, type TerminalSize } from './support/terminal-size.js'
import {
  askedEndpoint,
  DIAL_TIMEOUT_MS,
  dialledEndpoint,
  dialledWithin,
  type Endpoint,
  endpointOf,
  type ProxyDescription,
  sshSettings,
} from './transport/index.js'

export type { ClientOptions } from './client-options.js'

export interface DataUsageOptions extends CallOptions, Readonly<SystemDataUsageQuery> {}

export interface StartExecOptions extends CallOptions {
  /** The size of the terminal. Only with a tty. */
  readonly size?: TerminalSize | undefined
}

const usageOptions = callTable<DataUsageOptions>({
  type: listOf(oneOf('container', 'image', 'volume', 'build-cache')),
  verbose: flag,
})
const startExecOptions = callTable<StartExecOptions>({ size: checkSize })

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

/** The answer of a ping. */
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

/** The collections of a client. Each is made when it is first used, because few programs use all of them. */
interface Made {
  containers?: Containers
  images?: Images
  swarm?: Swarm
  nodes?: Nodes
  services?: Services
  tasks?: Tasks
  secrets?: Secrets
  configs?: Configs
  networks?: Networks
  volumes?: Volumes
  plugins?: Plugins
  credentials?: Credentials
  builds?: Builds
  buildCache?: BuildCacheCollection
}

/**
 * A Docker Engine. Making one sends nothing; the API version is agreed on at the first call. An idle client keeps no
 * process alive, and `close()` (or `await using`) ends every connection.
 */
export class DockerClient implements AsyncDisposable {
  /** The low level: every endpoint by its wire names. */
  readonly api: ApiClient
  readonly #options: ClientOptions
  readonly #settings: ConnectionSettings
  readonly #proxy: ProxyDescription | undefined
  readonly #proxies: () => Readonly<Record<string, string>>
  readonly #provider: CredentialProvider | undefined
  readonly #timeout: Duration | undefined
  readonly #made: Made = {}

  constructor(options: ClientOptions = {}) {
    checkClientOptions(options)
    const { timeout, headers, env = process.env } = options
    this.#options = options
    const settings = resolveConnection(env, choiceOf(options))
    this.#settings = settings
    const endpoint = endpointFor(settings, options)
    const { apiVersion } = settings
    if (apiVersion !== undefined) checkPinnedVersion(apiVersion, 'DOCKER_API_VERSION')
    this.#proxy = endpoint.proxy
    this.api = new ApiClient({
      endpoint,
      apiVersion: apiVersion ?? options.apiVersion,
      timeout,
      headers: { ...configHeaders(env), ...optionHeaders(headers) },
    })
    this.#provider = providerOf(options, env)
    this.#timeout = timeout
    this.#proxies = () => settings.proxies(settings.host)
  }

  get containers(): Containers {
    this.#made.containers ??= new Containers(this.api, () => this.images, this.#proxies)
    return this.#made.containers
  }

  get images(): Images {
    this.#made.images ??= new Images(this.api, this.#proxies, this.credentials)
    return this.#made.images
  }

  get swarm(): Swarm {
    this.#made.swarm ??= new Swarm(this.api)
    return this.#made.swarm
  }

  get nodes(): Nodes {
    this.#made.nodes ??= new Nodes(this.api)
    return this.#made.nodes
  }

  get services(): Services {
    this.#made.services ??= new Services(this.api, this.credentials)
    return this.#made.services
  }

  get tasks(): Tasks {
    this.#made.tasks ??= new Tasks(this.api)
    return this.#made.tasks
  }

  get secrets(): Secrets {
    this.#made.secrets ??= new Secrets(this.api)
    return this.#made.secrets
  }

  get configs(): Configs {
    this.#made.configs ??= new Configs(this.api)
    return this.#made.configs
  }

  get networks(): Networks {
    this.#made.networks ??= new Networks(this.api)
    return this.#made.networks
  }

  get volumes(): Volumes {
    this.#made.volumes ??= new Volumes(this.api)
    return this.#made.volumes
  }

  get plugins(): Plugins {
    this.#made.plugins ??= new Plugins(this.api, this.credentials)
    return this.#made.plugins
  }

  /** The builds that the Engine's BuildKit remembers. API 1.43. */
  get builds(): Builds {
    this.#made.builds ??= new Builds(this.api)
    return this.#made.builds
  }

  /** The cache of the Engine's BuildKit. */
  get buildCache(): BuildCacheCollection {
    this.#made.buildCache ??= new BuildCacheCollection(this.api)
    return this.#made.buildCache
  }

  /** The stored logins for registries. */
  get credentials(): Credentials {
    this.#made.credentials ??= new Credentials(this.#provider, this.#timeout)
    return this.#made.credentials
  }

  /** Returns the client of a context of the docker command. */
  static fromContext(context: string, options: Omit<ClientOptions, 'context' | 'host'> = {}): DockerClient {
    // As an option it would be as good as not given, and lead to another Engine.
    if (typeof context !== 'string' || context === '') invalid('context', 'the name of a context', context)
    checkObject(options, 'options')
    if ((options as ClientOptions).context !== undefined)
      throw new InvalidArgumentError('context is the first argument, and no option')
    return new DockerClient({ ...options, context })
  }

  /** Where this client connects, such as 'unix:///var/run/docker.sock'. */
  get address(): string {
    return this.api.http.address
  }

  /**
   * Describes the connection: its address, what decided it, whether it is encrypted, and its proxy. Sends nothing.
   */
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

  /** Asks whether the Engine answers, and returns its API version and system. `HEAD /_ping` */
  async ping(options: CallOptions = {}): Promise<Ping> {
    const call = readCall(options)
    const headers = await this.api.system.pingHead(call)
    return {
      apiVersion: headers['api-version'],
      osType: headers.ostype,
      builderVersion: headers['builder-version'],
      experimental: headers['docker-experimental'] === 'true',
      swarm: headers.swarm,
      podman: headers['libpod-api-version'],
    }
  }

  /** Returns the versions of the Engine. `GET /version` */
  async version(options: CallOptions = {}): Promise<SystemVersion> {
    return this.api.system.version(readCall(options))
  }

  /** Returns details of the Engine and its machine. `GET /info` */
  async info(options: CallOptions = {}): Promise<SystemInfo> {
    return this.api.system.info(readCall(options))
  }

  /**
   * Returns the objects that take up the disk, and their sizes: as lists and as sums. `verbose: false` may leave the lists out.
   * `GET /system/df`
   */
  async df(options: DataUsageOptions = {}): Promise<SystemDataUsageResponse> {
    const [query, call] = usageOptions.read(options)
    // Loaded here, because most programs never ask.
    const { diskUsage } = await import('./models/system/disk-usage.js')
    return diskUsage(this.api, query, call)
  }

  /**
   * Has the Engine ask a registry whether it knows this user, and if so stores the credentials as the docker command
   * does: with a credential helper, else in config.json. Without a user, tries the stored ones. Default of
   * `serveraddress`: Docker Hub. Rejects with RegistryError when the registry refuses. `POST /auth`
   */
  login(options?: LoginOptions): Promise<AuthResponse> {
    return login(this.api, this.credentials, options)
  }

  /** Erases what is stored for a registry; without one, for Docker Hub. Asks neither the Engine nor the registry. */
  logout(registry?: string, options?: CallOptions): Promise<void> {
    return logout(this.credentials, registry, options)
  }

  /**
   * Makes a scope: containers, networks, volumes and images that are removed together, also when this process is killed. Sends
   * nothing. Throws InvalidArgumentError.
   */
  scope(options?: ScopeOptions): Scope {
    const { api, credentials } = this
    const connection = async () => {
      // Loaded here, because most programs have no scope.
      const { connectionFor } = await import('./reconnection.js')
      return connectionFor(this.api, this.#settings, this.#options)
    }
    return new Scope({ http: api.http, proxies: this.#proxies, credentials, connection }, options)
  }

  /** Reports the events of the Engine as they happen. Leaving the loop closes the connection. `GET /events` */
  events(options: EventsOptions = {}): AsyncGenerator<EngineEvent, void, undefined> {
    return engineEvents(this.api, options, this.api.http.closing)
  }

  /**
   * Follows the logs of all containers that match, also of later ones, over lost connections and restarts of
   * the Engine. Goes on from a saved `position`. Needs `GET /events`, `GET /containers/json` and `GET
   * /containers/{id}/logs`.
   */
  followAll(options: FollowAllOptions = {}): FollowedLogs {
    return new FollowedLogs(this.api, options, this.api.http.closing)
  }

  /**
   * Measures all containers that match, at each interval, until the loop is left. Survives lost connections
   * and restarts of the Engine. Needs `GET /events`, `GET /containers/json` and `GET /containers/{id}/stats`.
   */
  async *stats(options: AllStatsOptions = {}): AsyncGenerator<StatsSnapshot, void, undefined> {
    const { allStats } = await import('./models/watch/all-stats.js')
    yield* allStats(this.api, options, this.api.http.closing)
  }

  /** Runs an exec that was made before, and returns the connection to it. Whether it has a tty is asked of the Engine. */
  async startExec(id: string, options: StartExecOptions = {}): Promise<Session> {
    const [{ size }, call] = startExecOptions.read(options)
    const { ProcessConfig, OpenStdin, OpenStdout, OpenStderr, DetachKeys } = await this.api.exec.inspect(
      id,
      call,
    )
    const tty = ProcessConfig?.tty === true
    const start = {
      tty,
      stdin: OpenStdin === true,
      hasOutput: (OpenStdout ?? true) || (OpenStderr ?? true),
      size: tty ? size : undefined,
      detachKeys: DetachKeys ? dialectOf(this.api).keysOfExec(DetachKeys) : undefined,
    }
    return startExecSession({ api: this.api, id }, start, { call })
  }

  /**
   * Ends every connection, also those in use: their calls reject with ConnectionError. Resolves when the objects are removed
   * that abandoned calls have made.
   */
  async close(): Promise<void> {
    this.api.close()
    await this.api.http.undone()
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

/**
 * Returns the client of the Engine that the docker command would use: of DOCKER_HOST, DOCKER_CONTEXT, the current context or
 * the default.
 */
export function fromEnv(options: Omit<ClientOptions, 'host' | 'context'> = {}): DockerClient {
  checkObject(options, 'options')
  for (const name of ['host', 'context'] as const)
    if ((options as ClientOptions)[name] !== undefined)
      throw new InvalidArgumentError(`fromEnv takes no ${name}: use new DockerClient({ ${name} })`)
  return new DockerClient(options)
}

/** What is known of a connection before it is opened. Of an Engine whose host is asked for, that it may be encrypted. */
function choiceOf({ host, dial, ...options }: ClientOptions) {
  if (dial !== undefined) return { ...options, host: 'unix://dial()' }
  return { ...options, host: typeof host === 'function' ? 'tcp://host()' : host }
}

function endpointFor(
  settings: ConnectionSettings,
  { host, dial, connectTimeout, autodetect, ssh, env = process.env }: ClientOptions,
): Endpoint {
  const { tls, proxy } = settings
  const limit = connectLimitOf(connectTimeout)
  const endpointAt = (found: string) =>
    endpointOf(found, { tls, proxy, ssh: sshSettings(ssh, env), connectTimeout: limit })
  if (dial !== undefined) return dialledWithin(dialledEndpoint(dial), limit ?? DIAL_TIMEOUT_MS)
  if (typeof host === 'function') return askedEndpoint(host, endpointAt)
  const endpoint = endpointAt(settings.host)
  if (settings.configured) return endpoint
  return autodetect ? detecting(endpoint, env) : withOffers(endpoint, env)
}
