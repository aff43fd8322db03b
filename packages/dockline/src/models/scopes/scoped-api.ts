import {
  ApiClient,
  type ContainerCreateBody,
  type ContainerCreateQuery,
  type ContainerListQuery,
  type ContainerPruneQuery,
  ContainersApi,
  type ImageCommitBody,
  type ImageCommitQuery,
  type ImageImportQuery,
  type ImageListQuery,
  type ImagePruneQuery,
  ImagesApi,
  type NetworkCreateBody,
  type NetworkListQuery,
  type NetworkPruneQuery,
  NetworksApi,
  type VolumeCreateBody,
  type VolumeListQuery,
  type VolumePruneQuery,
  VolumesApi,
} from '../../api/index.js'
import type { CallOptions, HttpClient } from '../../http/index.js'
import { filterSets } from '../../http/query.js'
import {
  filtersWith,
  type Marking,
  marked,
  markedContainer,
  markedImage,
  namedVolumes,
  outsiders,
  SCOPE_IMAGE_LABEL,
  SCOPE_LABEL,
  SCOPE_MARK_LABEL,
} from './labels.js'

/** A scope, as its calls see it. */
export interface Surroundings extends Marking {
  /** Makes something once the scope is watched over, and unless the scope has ended. */
  make<T>(work: () => Promise<T>, call?: CallOptions): Promise<T>
  /** The same for what is made in a stream, until the hold is disposed of. */
  prepare(): Promise<Disposable>
}

/** The Engine's API, where all that is made belongs to a scope, and where lists and prunes see nothing else. */
export class ScopedApi extends ApiClient {
  override readonly containers: ContainersApi
  override readonly networks: NetworksApi
  override readonly volumes: VolumesApi
  override readonly images: ImagesApi

  constructor(http: HttpClient, scope: Surroundings) {
    super(http)
    this.volumes = new ScopedVolumes(http, scope)
    this.images = new ScopedImagesApi(http, scope)
    this.containers = new ScopedContainers(http, scope, this)
    this.networks = new ScopedNetworks(http, scope)
  }
}

class ScopedContainers extends ContainersApi {
  readonly #scope: Surroundings
  readonly #api: Pick<ApiClient, 'volumes' | 'images'>

  constructor(http: HttpClient, scope: Surroundings, api: Pick<ApiClient, 'volumes' | 'images'>) {
    super(http)
    this.#scope = scope
    this.#api = api
  }

  override async list(query?: ContainerListQuery, options?: CallOptions) {
    const { all, others } = await this.#listAll(query, options)
    return all.filter((each) => !others.has(each))
  }

  async #listAll(query?: ContainerListQuery, call?: CallOptions) {
    const all = await super.list(within(this.#scope, query), call)
    return { all, others: await outsiders({ api: this.#api, call }, all) }
  }

  /** The volumes that the Engine would make of a name come first: it gives those no labels. */
  override create(query: ContainerCreateQuery, json: ContainerCreateBody, options?: CallOptions) {
    return this.#scope.make(async () => {
      const Driver = json.HostConfig?.VolumeDriver
      for (const Name of namedVolumes(json)) {
        await this.#api.volumes.create(Driver ? { Name, Driver } : { Name }, options)
      }
      return super.create(query, markedContainer(this.#scope, json), options)
    }, options)
  }

  override async prune(query?: ContainerPruneQuery, options?: CallOptions) {
    const { others } = await this.#listAll({ all: true }, options)
    const marks = [...others].map(({ Labels }) => [`${SCOPE_MARK_LABEL}=${Labels?.[SCOPE_MARK_LABEL]}`, true])
    const { filters, ...rest } = within(this.#scope, query)
    const given = filterSets(filters) ?? {}
    const spared = { ...given, 'label!': { ...given['label!'], ...Object.fromEntries(marks) } }
    return super.prune({ ...rest, filters: marks.length === 0 ? filters : spared }, options)
  }
}

class ScopedNetworks extends NetworksApi {
  readonly #scope: Surroundings

  constructor(http: HttpClient, scope: Surroundings) {
    super(http)
    this.#scope = scope
  }

  override list(query?: NetworkListQuery, options?: CallOptions) {
    return super.list(within(this.#scope, query), options)
  }

  override create(json: NetworkCreateBody, options?: CallOptions) {
    return this.#scope.make(
      () => super.create({ ...json, Labels: marked(this.#scope, json.Labels) }, options),
      options,
    )
  }

  override prune(query?: NetworkPruneQuery, options?: CallOptions) {
    return super.prune(within(this.#scope, query), options)
  }
}

class ScopedVolumes extends VolumesApi {
  readonly #scope: Surroundings

  constructor(http: HttpClient, scope: Surroundings) {
    super(http)
    this.#scope = scope
  }

  override list(query?: VolumeListQuery, options?: CallOptions) {
    return super.list(within(this.#scope, query), options)
  }

  override create(json: VolumeCreateBody = {}, options?: Parameters<VolumesApi['create']>[1]) {
    return this.#scope.make(
      () => super.create({ ...json, Labels: marked(this.#scope, json.Labels) }, options),
      options,
    )
  }

  override prune(query?: VolumePruneQuery, options?: CallOptions) {
    return super.prune(within(this.#scope, query), options)
  }
}

/** Builds get their labels from `ScopedImages`, because BuildKit takes them in another way than the classic builder. */
class ScopedImagesApi extends ImagesApi {
  readonly #scope: Surroundings

  constructor(http: HttpClient, scope: Surroundings) {
    super(http)
    this.#scope = scope
  }

  override list(query?: ImageListQuery, options?: CallOptions) {
    return super.list(within(this.#scope, query, SCOPE_IMAGE_LABEL), options)
  }

  /** An image inherits the labels of its container. The label of the container is not for the image. */
  override commit(query: ImageCommitQuery, json: ImageCommitBody = {}, options?: CallOptions) {
    const Labels = { ...markedImage(this.#scope, json.Labels), [SCOPE_LABEL]: '' }
    return this.#scope.make(() => super.commit(query, { ...json, Labels }, options), options)
  }

  override async *import(query: ImageImportQuery, ...rest: ImportRest) {
    using _hold = await this.#scope.prepare()
    const labels = Object.entries(markedImage(this.#scope))
    const changes = labels.map(([name, value]) => `LABEL ${JSON.stringify(name)}=${JSON.stringify(value)}`)
    yield* super.import({ ...query, changes: [...(query.changes ?? []), ...changes] }, ...rest)
  }

  override prune(query?: ImagePruneQuery, options?: CallOptions) {
    return super.prune(within(this.#scope, query, SCOPE_IMAGE_LABEL), options)
  }
}

type ImportRest = Parameters<ImagesApi['import']> extends [unknown, ...infer Rest] ? Rest : never

function within<Query extends { readonly filters?: unknown }>(
  { id }: Surroundings,
  query: Query | undefined,
  label: string = SCOPE_LABEL,
) {
  return { ...query, filters: filtersWith(query?.filters, label, id) } as Query
}
