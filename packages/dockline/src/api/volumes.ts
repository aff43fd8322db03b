import { type CallOptions, path } from '../http/index.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type {
  Volume,
  VolumeCreateBody,
  VolumeDeleteQuery,
  VolumeListQuery,
  VolumeListResponse,
  VolumePruneQuery,
  VolumePruneResponse,
  VolumeUpdateBody,
  VolumeUpdateQuery,
} from './types.gen.js'

export interface VolumeCreateCallOptions extends CallOptions {
  /** Whether there is known to be none of that name yet. */
  readonly isNew?: boolean | undefined
}

export class VolumesApi extends ApiResource {
  /** `GET /volumes` */
  list(query?: VolumeListQuery, options?: CallOptions): Promise<VolumeListResponse> {
    return this.json('VolumeListResponse', { method: 'GET', path: path`/volumes`, query, ...options })
  }

  /**
   * `POST /volumes/create`. Returns the existing volume if the name is taken. The volume of an abandoned call is removed if
   * `isNew`, as a volume without a name is.
   */
  create(
    json: VolumeCreateBody = {},
    { isNew = !json.Name, ...options }: VolumeCreateCallOptions = {},
  ): Promise<Volume> {
    const undo = ({ Name }: Volume) => (isNew ? removalOf.volume(Name) : undefined)
    return this.make('Volume', { method: 'POST', path: path`/volumes/create`, json, undo, ...options })
  }

  /** `GET /volumes/{name}` */
  inspect(name: string, options?: CallOptions): Promise<Volume> {
    return this.json('Volume', { method: 'GET', path: path`/volumes/${name}`, ...options })
  }

  /** `PUT /volumes/{name}`: only for cluster volumes, with the version that was inspected. */
  update(
    name: string,
    query: VolumeUpdateQuery,
    json: VolumeUpdateBody,
    options?: CallOptions,
  ): Promise<void> {
    return this.http.empty({ method: 'PUT', path: path`/volumes/${name}`, query, json, ...options })
  }

  /** `DELETE /volumes/{name}` */
  delete(name: string, query?: VolumeDeleteQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'DELETE', path: path`/volumes/${name}`, query, ...options })
  }

  /** `POST /volumes/prune`: from API 1.42 on only the anonymous ones, unless the filter `all` says more. */
  prune(query?: VolumePruneQuery, options?: CallOptions): Promise<VolumePruneResponse> {
    return this.json('VolumePruneResponse', { method: 'POST', path: path`/volumes/prune`, query, ...options })
  }
}
