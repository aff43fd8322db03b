import { type CallOptions, path } from '../http/index.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type {
  NetworkConnectBody,
  NetworkCreateBody,
  NetworkCreateResponse,
  NetworkDisconnectBody,
  NetworkInspect,
  NetworkInspectQuery,
  NetworkListQuery,
  NetworkPruneQuery,
  NetworkPruneResponse,
  NetworkSummary,
} from './types.gen.js'

export class NetworksApi extends ApiResource {
  /** `GET /networks` */
  list(query?: NetworkListQuery, options?: CallOptions): Promise<NetworkSummary[]> {
    return this.json('NetworkSummary[]', { method: 'GET', path: path`/networks`, query, ...options })
  }

  /** `POST /networks/create`. Before API 1.44 two networks may have one name. The network of an abandoned call is removed. */
  create(json: NetworkCreateBody, options?: CallOptions): Promise<NetworkCreateResponse> {
    const undo = ({ Id }: NetworkCreateResponse) => removalOf.network(Id)
    return this.make('NetworkCreateResponse', {
      method: 'POST',
      path: path`/networks/create`,
      json,
      undo,
      ...options,
    })
  }

  /** `GET /networks/{id}` */
  inspect(id: string, query?: NetworkInspectQuery, options?: CallOptions): Promise<NetworkInspect> {
    return this.json('NetworkInspect', { method: 'GET', path: path`/networks/${id}`, query, ...options })
  }

  /** `DELETE /networks/{id}` */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/networks/${id}`, ...options })
  }

  /** `POST /networks/{id}/connect` */
  connect(id: string, json: NetworkConnectBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/networks/${id}/connect`, json, ...options })
  }

  /** Takes a container out of the network. `POST /networks/{id}/disconnect` */
  disconnect(id: string, json: NetworkDisconnectBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/networks/${id}/disconnect`, json, ...options })
  }

  /** `POST /networks/prune`: deletes those that no container uses. */
  prune(query?: NetworkPruneQuery, options?: CallOptions): Promise<NetworkPruneResponse> {
    return this.json('NetworkPruneResponse', {
      method: 'POST',
      path: path`/networks/prune`,
      query,
      ...options,
    })
  }
}
