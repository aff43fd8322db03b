import { type CallOptions, path, Segments, type StreamAnswer } from '../http/index.js'
import type { ByteSource } from '../stream/index.js'
import { authHeaders, type BuildCallOptions, configHeaders, type RegistryOptions } from './registry.js'
import { removalOf } from './removal.js'
import { ApiResource } from './resource.js'
import type {
  AttestationStatement,
  BuildInfo,
  BuildPruneQuery,
  BuildPruneResponse,
  CreateImageInfo,
  IDResponse,
  ImageAttestationsQuery,
  ImageBuildQuery,
  ImageCommitBody,
  ImageCommitQuery,
  ImageCreateQuery,
  ImageDeleteQuery,
  ImageDeleteResponseItem,
  ImageGetAllQuery,
  ImageGetQuery,
  ImageHistoryQuery,
  ImageHistoryResponseItem,
  ImageInspect,
  ImageInspectQuery,
  ImageListQuery,
  ImageLoadQuery,
  ImagePruneQuery,
  ImagePruneResponse,
  ImagePushQuery,
  ImageSearchQuery,
  ImageSearchResponseItem,
  ImageSummary,
  ImageTagQuery,
  PushImageInfo,
} from './types.gen.js'

export type ImagePullQuery = Pick<ImageCreateQuery, 'fromImage' | 'tag' | 'platform'> & {
  readonly fromImage: string
}
export type ImageImportQuery = Omit<ImageCreateQuery, 'fromImage' | 'changes'> & {
  readonly fromSrc: string
  /** Dockerfile instructions such as `CMD ["sh"]`, each a key of its own on the wire. */
  readonly changes?: readonly string[] | undefined
}

const TAR = { 'content-type': 'application/x-tar' }

export class ImagesApi extends ApiResource {
  /** `GET /images/json` */
  list(query?: ImageListQuery, options?: CallOptions): Promise<ImageSummary[]> {
    return this.json('ImageSummary[]', { method: 'GET', path: path`/images/json`, query, ...options })
  }

  /** `GET /images/{name}/json` */
  inspect(name: string, query?: ImageInspectQuery, options?: CallOptions): Promise<ImageInspect> {
    return this.json('ImageInspect', {
      method: 'GET',
      path: path`/images/${new Segments(name)}/json`,
      query,
      ...options,
    })
  }

  /** `GET /images/{name}/history`: its layers, the newest first. */
  history(
    name: string,
    query?: ImageHistoryQuery,
    options?: CallOptions,
  ): Promise<ImageHistoryResponseItem[]> {
    return this.json('ImageHistoryResponseItem[]', {
      method: 'GET',
      path: path`/images/${new Segments(name)}/history`,
      query,
      ...options,
    })
  }

  /** `GET /images/{name}/attestations`: what is vouched for, as in-toto statements. */
  attestations(
    name: string,
    query?: ImageAttestationsQuery,
    options?: CallOptions,
  ): Promise<AttestationStatement[]> {
    const route = path`/images/${new Segments(name)}/attestations`
    return this.json('AttestationStatement[]', { method: 'GET', path: route, query, ...options })
  }

  /** `POST /images/create?fromImage=`: the progress of a pull. Without `tag`, every tag is pulled. */
  pull(
    query: ImagePullQuery,
    { registryAuth, ...call }: RegistryOptions = {},
  ): AsyncGenerator<CreateImageInfo, void, undefined> {
    const headers = authHeaders(registryAuth)
    return this.lines('CreateImageInfo', {
      method: 'POST',
      path: path`/images/create`,
      query,
      headers,
      ...call,
    })
  }

  /** `POST /images/create?fromSrc=-`: makes an image of a root file system, given as a tar. */
  import(
    query: ImageImportQuery,
    body?: Buffer | ByteSource,
    options?: CallOptions,
  ): AsyncGenerator<CreateImageInfo, void, undefined> {
    return this.lines('CreateImageInfo', {
      method: 'POST',
      path: path`/images/create`,
      query,
      body,
      ...options,
    })
  }

  /** `POST /images/{name}/push`: the progress of the push. Old Engines insist on the header, also without a login. */
  push(
    name: string,
    query?: ImagePushQuery,
    { registryAuth = {}, ...call }: RegistryOptions = {},
  ): AsyncGenerator<PushImageInfo, void, undefined> {
    const request = { path: path`/images/${new Segments(name)}/push`, headers: authHeaders(registryAuth) }
    return this.lines('PushImageInfo', { method: 'POST', ...request, query, ...call })
  }

  /** `POST /images/{name}/tag` */
  tag(name: string, query: ImageTagQuery, options?: CallOptions): Promise<void> {
    return this.http.empty({
      method: 'POST',
      path: path`/images/${new Segments(name)}/tag`,
      query,
      ...options,
    })
  }

  /** `DELETE /images/{name}`: takes the name away, and the image with its last name. */
  delete(name: string, query?: ImageDeleteQuery, options?: CallOptions): Promise<ImageDeleteResponseItem[]> {
    return this.json('ImageDeleteResponseItem[]', {
      method: 'DELETE',
      path: path`/images/${new Segments(name)}`,
      query,
      ...options,
    })
  }

  /** `GET /images/search`, at Docker Hub. */
  search(
    query: ImageSearchQuery,
    { registryAuth, ...call }: RegistryOptions = {},
  ): Promise<ImageSearchResponseItem[]> {
    const headers = authHeaders(registryAuth)
    return this.json('ImageSearchResponseItem[]', {
      method: 'GET',
      path: path`/images/search`,
      query,
      headers,
      ...call,
    })
  }

  /** `POST /images/prune` */
  prune(query?: ImagePruneQuery, options?: CallOptions): Promise<ImagePruneResponse> {
    return this.json('ImagePruneResponse', { method: 'POST', path: path`/images/prune`, query, ...options })
  }

  /** `GET /images/{name}/get`: a tar of one image, or of every tag of a repository. */
  get(name: string, query?: ImageGetQuery, options?: CallOptions): Promise<StreamAnswer> {
    return this.http.stream({
      method: 'GET',
      path: path`/images/${new Segments(name)}/get`,
      query,
      large: true,
      ...options,
    })
  }

  /** `GET /images/get`: one tar of many images. */
  getAll(query: ImageGetAllQuery, options?: CallOptions): Promise<StreamAnswer> {
    return this.http.stream({ method: 'GET', path: path`/images/get`, query, large: true, ...options })
  }

  /** `POST /images/load`: the progress of it; `stream` names what was loaded. */
  load(
    query: ImageLoadQuery,
    body: Buffer | ByteSource,
    options?: CallOptions,
  ): AsyncGenerator<BuildInfo, void, undefined> {
    return this.lines('BuildInfo', {
      method: 'POST',
      path: path`/images/load`,
      query,
      headers: TAR,
      body,
      ...options,
    })
  }

  /** `POST /commit`: makes an image of a container, with what `json` changes in its configuration. */
  commit(query: ImageCommitQuery, json?: ImageCommitBody, options?: CallOptions): Promise<IDResponse> {
    const undo = ({ Id }: IDResponse) => removalOf.image(Id)
    return this.make('IDResponse', { method: 'POST', path: path`/commit`, query, json, undo, ...options })
  }

  /** `POST /build`: the progress of it. The context is a tar, unless `remote` says where it is. */
  build(
    query: ImageBuildQuery,
    body?: Buffer | ByteSource,
    { registryConfig, ...call }: BuildCallOptions = {},
  ): AsyncGenerator<BuildInfo, void, undefined> {
    const headers = { ...configHeaders(registryConfig), ...(body === undefined ? {} : TAR) }
    return this.lines('BuildInfo', { method: 'POST', path: path`/build`, query, headers, body, ...call })
  }

  /** `POST /build/cancel?id=`: ends the build with this `buildid`. Resolves also where no such build runs. */
  cancelBuild(id: string, options?: CallOptions): Promise<void> {
    return this.http.empty({ method: 'POST', path: path`/build/cancel`, query: { id }, ...options })
  }

  /** `POST /build/prune`: clears the build cache. */
  pruneBuild(query?: BuildPruneQuery, options?: CallOptions): Promise<BuildPruneResponse> {
    return this.json('BuildPruneResponse', { method: 'POST', path: path`/build/prune`, query, ...options })
  }
}
