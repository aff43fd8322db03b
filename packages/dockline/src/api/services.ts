import { type CallOptions, path, type StreamAnswer } from '../http/index.js'
import { authHeaders, type RegistryOptions } from './registry.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type { Timestamp } from './system.js'
import type {
  ServiceLogsQuery as LogsQuery,
  Service,
  ServiceCreateBody,
  ServiceCreateResponse,
  ServiceInspectQuery,
  ServiceListQuery,
  ServiceUpdateBody,
  ServiceUpdateQuery,
  ServiceUpdateResponse,
} from './types.gen.js'

export type ServiceTaskLogsQuery = Omit<LogsQuery, 'since'> & { readonly since?: Timestamp | undefined }

export class ServicesApi extends ApiResource {
  /** `GET /services` */
  list(query?: ServiceListQuery, options?: CallOptions): Promise<Service[]> {
    return this.json('Service[]', { method: 'GET', path: path`/services`, query, ...options })
  }

  /** `POST /services/create`. The nodes pull the image with this `registryAuth`. The service of an abandoned call is removed. */
  create(
    json: ServiceCreateBody,
    { registryAuth, ...call }: RegistryOptions = {},
  ): Promise<ServiceCreateResponse> {
    const headers = authHeaders(registryAuth)
    const undo = ({ ID = '' }: ServiceCreateResponse) => removalOf.service(ID)
    return this.make('ServiceCreateResponse', {
      method: 'POST',
      path: path`/services/create`,
      headers,
      json,
      undo,
      ...call,
    })
  }

  /** `GET /services/{id}` */
  inspect(id: string, query?: ServiceInspectQuery, options?: CallOptions): Promise<Service> {
    return this.json('Service', { method: 'GET', path: path`/services/${id}`, query, ...options })
  }

  /** `DELETE /services/{id}` */
  delete(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/services/${id}`, ...options })
  }

  /** `POST /services/{id}/update`: replaces the whole spec, of the version that was inspected. */
  update(
    id: string,
    query: ServiceUpdateQuery,
    json: ServiceUpdateBody,
    { registryAuth, ...call }: RegistryOptions = {},
  ): Promise<ServiceUpdateResponse> {
    const request = { path: path`/services/${id}/update`, headers: authHeaders(registryAuth) }
    return this.json('ServiceUpdateResponse', { method: 'POST', ...request, query, json, ...call })
  }

  /** `GET /services/{id}/logs`: multiplexed unless the service has a tty. */
  logs(id: string, query: ServiceTaskLogsQuery, options?: CallOptions): Promise<StreamAnswer> {
    return this.http.stream({ method: 'GET', path: path`/services/${id}/logs`, query, ...options })
  }
}
