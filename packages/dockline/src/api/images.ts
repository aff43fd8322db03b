import type { Readable } from 'node:stream'
import { type CallOptions, path, Segments } from '../http/index.js'
import { ApiResource } from './resource.js'
import type { CreateImageInfo, ImageCreateQuery, ImageInspect, ImageListQuery, ImageSummary } from './types.gen.js'

export type ImagePullQuery = Pick<ImageCreateQuery, 'fromImage' | 'tag' | 'platform'> & { readonly fromImage: string }
export type ImageImportQuery = Omit<ImageCreateQuery, 'fromImage' | 'changes'> & {
  readonly fromSrc: string
  /** Dockerfile instructions such as `CMD ["sh"]`, each a key of its own on the wire. */
  readonly changes?: readonly string[] | undefined
}

export interface RegistryOptions extends CallOptions {
  /** The `X-Registry-Auth` header, encoded. */
  readonly registryAuth?: string | undefined
}

export class ImagesApi extends ApiResource {
  /** `GET /images/json` */
  list(query?: ImageListQuery, options?: CallOptions): Promise<ImageSummary[]> {
    return this.http.json({ method: 'GET', path: path`/images/json`, query, ...options })
  }

  /** `GET /images/{name}/json` */
  inspect(name: string, options?: CallOptions): Promise<ImageInspect> {
    return this.http.json({ method: 'GET', path: path`/images/${new Segments(name)}/json`, ...options })
  }

  /** `POST /images/create?fromImage=`: the progress of a pull. Without `tag`, every tag is pulled. */
  pull(query: ImagePullQuery, options: RegistryOptions = {}): AsyncGenerator<CreateImageInfo, void, undefined> {
    const { registryAuth, ...call } = options
    const headers = registryAuth === undefined ? {} : { 'x-registry-auth': registryAuth }
    return this.http.lines({ method: 'POST', path: path`/images/create`, query, headers, ...call })
  }

  /** `POST /images/create?fromSrc=-`: makes an image of a root file system, given as a tar. */
  import(
    query: ImageImportQuery,
    body?: Buffer | Readable,
    options?: CallOptions,
  ): AsyncGenerator<CreateImageInfo, void, undefined> {
    return this.http.lines({ method: 'POST', path: path`/images/create`, query, body, ...options })
  }
}
