import type {
  ApiClient,
  Filters,
  NetworkInspect,
  NetworkPruneQuery,
  NetworkPruneResponse,
  NetworkSummary,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable } from '../base/call.js'
import { discarding } from '../base/discard.js'
import { identified, idOfMade } from '../base/identity.js'
import { reloadAll } from '../base/reload.js'
import { filters } from '../options/filters.js'
import { flag, strings, text } from '../options/values.js'
import { inspectOptions, Network, type NetworkInspectOptions } from './network.js'
import { createOptions, type NetworkCreateOptions, networkName } from './network-options.js'

export interface NetworkListOptions extends CallOptions {
  /** Lists only networks whose name contains one of these. */
  readonly names?: readonly string[] | undefined
  /** Lists only networks whose id begins with one of these. */
  readonly ids?: readonly string[] | undefined
  /** As `docker network ls --filter`: `{ driver: 'bridge', label: ['a', 'b=c'] }`. */
  readonly filters?: Filters | undefined
  /** Asks for the details of each, leaving out what has vanished meanwhile. Default: false: one request in all. */
  readonly inspect?: boolean | undefined
}

export interface NetworkPruneOptions extends CallOptions {
  /** Removes only the networks that fit: `{ label: 'a', until: '24h' }`. */
  readonly filters?: Filters | undefined
}

/** What a list of networks is narrowed down by: filters, and under their names two of these. */
interface ListSettings {
  readonly name?: readonly string[]
  readonly id?: readonly string[]
  readonly filters?: Filters
  readonly inspect?: boolean
}

const listOptions = callTable<NetworkListOptions, ListSettings>({
  names: ['name', strings],
  ids: ['id', strings],
  filters,
  inspect: flag,
})
const pruneOptions = callTable<NetworkPruneOptions, NetworkPruneQuery>({ filters })

export class Networks {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** Creates a network. `POST /networks/create`. Rejects with ConflictError. */
  async create(name: string, options: NetworkCreateOptions = {}): Promise<Network<NetworkInspect>> {
    const [{ CheckDuplicate = true, ...settings }, call] = createOptions.read(options)
    const body = { ...settings, Name: networkName(name, 'name') }
    const checks = await this.#api.speaks('1.44', call.signal)
    const { Id } = await this.#api.networks.create(
      checks ? body : Object.assign(body, { CheckDuplicate }),
      call,
    )
    idOfMade(Id, 'POST /networks/create')
    return this.get(Id, call).catch(discarding(this.#api, ['network', Id], call))
  }

  /**
   * Returns the network of that name, or creates it, also while another process does so.
   * Rejects with ConflictError, which names the options, if it has another configuration. `driver`,
   * `internal`, `attachable`, `ingress` and `configOnly` count as their defaults if they are not given; further labels and driver
   * options are allowed. Before API 1.44, a
   * creation takes half a second longer.
   */
  async getOrCreate(name: string, options: NetworkCreateOptions = {}): Promise<Network<NetworkInspect>> {
    const { getOrCreateNetwork } = await import('./same-network.js')
    return getOrCreateNetwork({ api: this.#api, networks: this }, name, options)
  }

  /** Returns a handle of a network by its name or id, without a request: its `attrs` are undefined until `reload()`. */
  ref(id: string): Network<NetworkSummary | undefined> {
    return new Network<NetworkSummary | undefined>(this.#api, undefined, text(id, 'id'))
  }

  /** Gets a network by its name, its id, or the beginning of its id. `GET /networks/{id}`. Rejects with NotFoundError. */
  async get(id: string, options: NetworkInspectOptions = {}): Promise<Network<NetworkInspect>> {
    const [query, call] = inspectOptions.read(options)
    return new Network(this.#api, await this.#api.networks.inspect(id, query, call))
  }

  /** Lists networks: all, or those that fit. One request, `GET /networks`. */
  list(options: NetworkListOptions & { readonly inspect: true }): Promise<Network<NetworkInspect>[]>
  list(options?: NetworkListOptions): Promise<Network[]>
  async list(options: NetworkListOptions = {}): Promise<Network[]> {
    const [{ filters: given, inspect, ...named }, call] = listOptions.read(options)
    const wanted: Filters = { ...given, ...named }
    const query = Object.keys(wanted).length === 0 ? {} : { filters: wanted }
    const found = await this.#api.networks.list(query, call)
    const networks = identified(found, 'Id', 'GET /networks').map(
      (attrs) => new Network<NetworkSummary>(this.#api, attrs),
    )
    return inspect ? reloadAll(networks.map((network) => ({ reload: () => network.reload(call) }))) : networks
  }

  /** Removes networks that no container uses. `POST /networks/prune` */
  async prune(options: NetworkPruneOptions = {}): Promise<NetworkPruneResponse> {
    const [query, call] = pruneOptions.read(options)
    return this.#api.networks.prune(query, call)
  }
}
