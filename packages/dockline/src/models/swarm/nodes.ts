import type { ApiClient, Filters, NodeListQuery } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { identified } from '../base/identity.js'
import { filters } from '../options/filters.js'
import { Node } from './node.js'

export interface NodeListOptions extends CallOptions {
  /** As `docker node ls --filter`: `{ role: 'manager', 'node.label': 'zone=a' }`. */
  readonly filters?: Filters | undefined
}

const listOptions = callTable<NodeListOptions, NodeListQuery>({ filters })

/** The machines of the swarm. Only a manager knows them. */
export class Nodes {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** Lists the nodes. One request, `GET /nodes`. */
  async list(options: NodeListOptions = {}): Promise<Node[]> {
    const [query, call] = listOptions.read(options)
    const found = await this.#api.nodes.list(query, call)
    return identified(found, 'ID', 'GET /nodes').map((attrs) => new Node(this.#api, attrs))
  }

  /**
   * Gets a node by its id or host name. 'self' is the node that answers. `GET /nodes/{id}`. Rejects with
   * NotFoundError.
   */
  async get(id: string, options: CallOptions = {}): Promise<Node> {
    const call = readCall(options)
    const own = id === 'self' ? (await this.#api.system.info(call)).Swarm?.NodeID : undefined
    return new Node(this.#api, await this.#api.nodes.inspect(own || id, call))
  }
}
