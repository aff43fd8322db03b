import { type CallOptions, path } from '../http/index.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type {
  Secret,
  SecretCreateBody,
  SecretCreateResponse,
  SecretListQuery,
  SecretUpdateBody,
  SecretUpdateQuery,
} from './types.gen.js'

export class SecretsApi extends ApiResource {
  /** `GET /secrets` */
  list(query?: SecretListQuery, options?: CallOptions): Promise<Secret[]> {
    return this.json('Secret[]', { method: 'GET', path: path`/secrets`, query, ...options })
  }

  /** `POST /secrets/create`. `Data` is base64. */
  create(json: SecretCreateBody, options?: CallOptions): Promise<SecretCreateResponse> {
    const undo = ({ ID }: SecretCreateResponse) => removalOf.secret(ID)
    return this.make('SecretCreateResponse', {
      method: 'POST',
      path: path`/secrets/create`,
      json,
      undo,
      ...options,
    })
  }

  /** `GET /secrets/{id}`. The answer never has the data. */
  inspect(id: string, options?: CallOptions): Promise<Secret> {
    return this.json('Secret', { method: 'GET', path: path`/secrets/${id}`, ...options })
  }

  /** `DELETE /secrets/{id}` */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/secrets/${id}`, ...options })
  }

  /** `POST /secrets/{id}/update`: the spec of the version that was inspected, with other `Labels`. */
  update(id: string, query: SecretUpdateQuery, json: SecretUpdateBody, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/secrets/${id}/update`, query, json, ...options })
  }
}
