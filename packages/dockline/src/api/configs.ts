import { type CallOptions, path } from '../http/index.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type {
  Config,
  ConfigCreateBody,
  ConfigCreateResponse,
  ConfigListQuery,
  ConfigUpdateBody,
  ConfigUpdateQuery,
} from './types.gen.js'

export class ConfigsApi extends ApiResource {
  /** `GET /configs` */
  list(query?: ConfigListQuery, options?: CallOptions): Promise<Config[]> {
    return this.json('Config[]', { method: 'GET', path: path`/configs`, query, ...options })
  }

  /** `POST /configs/create`. `Data` is base64. */
  create(json: ConfigCreateBody, options?: CallOptions): Promise<ConfigCreateResponse> {
    const undo = ({ ID }: ConfigCreateResponse) => removalOf.config(ID)
    return this.make('ConfigCreateResponse', {
      method: 'POST',
      path: path`/configs/create`,
      json,
      undo,
      ...options,
    })
  }

  /** `GET /configs/{id}`. `Spec.Data` is base64. */
  inspect(id: string, options?: CallOptions): Promise<Config> {
    return this.json('Config', { method: 'GET', path: path`/configs/${id}`, ...options })
  }

  /** `DELETE /configs/{id}` */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/configs/${id}`, ...options })
  }

  /** `POST /configs/{id}/update`: the spec of the version that was inspected, with other `Labels`. */
  update(id: string, query: ConfigUpdateQuery, json: ConfigUpdateBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/configs/${id}/update`, query, json, ...options })
  }
}
