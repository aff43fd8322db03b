import { type CallOptions, path } from '../http/index.js'
import { ApiResource } from './resource.js'
import type { Node, NodeDeleteQuery, NodeListQuery, NodeUpdateBody, NodeUpdateQuery } from './types.gen.js'

/** The machines of a swarm. Only a manager answers. */
export class NodesApi extends ApiResource {
  /** `GET /nodes` */
  list(query?: NodeListQuery, options?: CallOptions): Promise<Node[]> {
    return this.json('Node[]', { method: 'GET', path: path`/nodes`, query, ...options })
  }

  /** Returns fresh details. `GET /nodes/{id}` */
  inspect(id: string, options?: CallOptions): Promise<Node> {
    return this.json('Node', { method: 'GET', path: path`/nodes/${id}`, ...options })
  }

  /** `DELETE /nodes/{id}` */
  delete(id: string, query?: NodeDeleteQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/nodes/${id}`, query, ...options })
  }

  /** `POST /nodes/{id}/update`: replaces the whole spec, of the version that was inspected. */
  update(id: string, query: NodeUpdateQuery, json: NodeUpdateBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/nodes/${id}/update`, query, json, ...options })
  }
}
