import { InvalidVersionError } from '../errors.js'
import { compareVersions, HttpClient, type HttpOptions } from '../http/index.js'
import { ConfigsApi } from './configs.js'
import { ContainersApi } from './containers.js'
import { DistributionApi } from './distribution.js'
import { ExecApi } from './exec.js'
import { ImagesApi } from './images.js'
import { NetworksApi } from './networks.js'
import { NodesApi } from './nodes.js'
import { PluginsApi } from './plugins.js'
import { SecretsApi } from './secrets.js'
import { ServicesApi } from './services.js'
import { SwarmApi } from './swarm.js'
import { SystemApi } from './system.js'
import { TasksApi } from './tasks.js'
import { tooOld, versionCheck } from './version-check.js'
import { VolumesApi } from './volumes.js'

/**
 * The low level: one class for each tag of the Engine's API description, one method for each endpoint, with the names
 * and types that go over the wire.
 *
 * A method takes the ids of its path, then the query, then the body, each where the endpoint has one, and last the
 * options of the call. What the API version in use does not have is refused with InvalidVersionError before anything is
 * sent.
 */
export class ApiClient {
  /** Any path with any kind of reply, also where there is no method: `http.json({ method, path, query })`. */
  readonly http: HttpClient
  readonly system: SystemApi
  readonly containers: ContainersApi
  readonly exec: ExecApi
  readonly images: ImagesApi
  readonly networks: NetworksApi
  readonly volumes: VolumesApi
  readonly plugins: PluginsApi
  readonly nodes: NodesApi
  readonly swarm: SwarmApi
  readonly services: ServicesApi
  readonly tasks: TasksApi
  readonly secrets: SecretsApi
  readonly configs: ConfigsApi
  readonly distribution: DistributionApi

  /** With an `HttpClient`, it shares the connections of another one. */
  constructor(options: HttpOptions | HttpClient) {
    this.http =
      options instanceof HttpClient
        ? options
        : new HttpClient({ ...options, check: versionCheck(options.endpoint) })
    this.system = new SystemApi(this.http)
    this.containers = new ContainersApi(this.http)
    this.exec = new ExecApi(this.http)
    this.images = new ImagesApi(this.http)
    this.networks = new NetworksApi(this.http)
    this.volumes = new VolumesApi(this.http)
    this.plugins = new PluginsApi(this.http)
    this.nodes = new NodesApi(this.http)
    this.swarm = new SwarmApi(this.http)
    this.services = new ServicesApi(this.http)
    this.tasks = new TasksApi(this.http)
    this.secrets = new SecretsApi(this.http)
    this.configs = new ConfigsApi(this.http)
    this.distribution = new DistributionApi(this.http)
  }

  /** The API version in use, negotiated at the first call unless it was pinned. */
  version(signal?: AbortSignal): Promise<string> {
    return this.http.version(signal)
  }

  /** Whether the version in use is at least this one. */
  async speaks(version: string, signal?: AbortSignal): Promise<boolean> {
    return compareVersions(await this.version(signal), version) >= 0
  }

  /** Refuses an option that the version in use would silently ignore, where the names in a request do not show it. */
  async require(option: string, since: string, signal?: AbortSignal): Promise<void> {
    const version = await this.version(signal)
    if (compareVersions(version, since) >= 0) return
    throw new InvalidVersionError(tooOld({ what: option, since, version, address: this.http.address }))
  }

  close(): void {
    this.http.close()
  }
}
