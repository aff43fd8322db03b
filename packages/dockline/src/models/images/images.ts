import type { Readable } from 'node:stream'
import type {
  ApiClient,
  BuildInfo,
  BuildPruneQuery,
  BuildPruneResponse,
  CreateImageInfo,
  Filters,
  ImageDeleteResponseItem,
  ImageInspect,
  ImageListQuery,
  ImagePruneResponse,
  ImageSearchQuery,
  ImageSearchResponseItem,
  PushImageInfo,
} from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { registryOf } from '../../support/reference.js'
import { callTable } from '../base/call.js'
import { identified } from '../base/identity.js'
import { filters } from '../options/filters.js'
import { parseBytes } from '../options/index.js'
import { asItIs, flag, integer, invalid, text } from '../options/values.js'
import { Credentials } from '../registry/credentials.js'
import { Asker } from '../registry/registry-auth.js'
import type { Transfer } from '../transfers/transfer.js'
import { askAboutDockerfile, type Build, type BuildOptions, buildImage } from './build.js'
import type { BuildSession, BuildSessionOptions } from './builds/build-session.js'
import type { BuildOutline, BuildTargets, CheckResult } from './builds/questions.js'
import {
  getImage,
  Image,
  type ImageInspectOptions,
  type ImageRemoveOptions,
  type ImageSaveOptions,
  removeImage,
  saveImages,
  tagImage,
} from './image.js'
import {
  type ImageImportOptions,
  type ImageLoadOptions,
  type ImagePullOptions,
  type ImagePushOptions,
  importImage,
  loadImages,
  type PushedImage,
  pullImage,
  pushImage,
  type Tar,
} from './image-transfers.js'
import { getRegistryData, type RegistryData, type RegistryDataOptions } from './registry-data.js'

export interface ImageListOptions extends CallOptions {
  /** The name of the images: a repository, or a name with a tag; `*` is anything. */
  readonly name?: string | undefined
  /** Lists intermediate images too. Default: false. */
  readonly all?: boolean | undefined
  /** As `docker images --filter`: `{ dangling: true, label: 'a' }`. */
  readonly filters?: Filters | undefined
  /** Adds the digests of each. Default: false. */
  readonly digests?: boolean | undefined
  /** Adds how much each shares with others. Default: false. API 1.42. */
  readonly sharedSize?: boolean | undefined
  /** Adds what each holds for each platform. Default: false. API 1.47. */
  readonly manifests?: boolean | undefined
}

export interface ImageSearchOptions extends RegistryDataOptions {
  /** How many results at most, up to 100. Default: 25. */
  readonly limit?: number | undefined
  /** As `docker search --filter`: `{ 'is-official': true, stars: 3 }`. */
  readonly filters?: Filters | undefined
}

export interface ImagePruneOptions extends CallOptions {
  /** All that no container uses, and not only those without a name. Default: false. */
  readonly all?: boolean | undefined
  /** Removes only the images that fit: `{ until: '24h', 'label!': 'keep' }`. */
  readonly filters?: Filters | undefined
}

export interface BuildPruneOptions extends CallOptions {
  /** Removes the whole cache that no build uses, and not only dangling records. Default: false. */
  readonly all?: boolean | undefined
  readonly filters?: Filters | undefined
  /** How much to keep, in bytes or as '10g'. */
  readonly keepStorage?: number | string | undefined
  /** How much may be kept at most. API 1.48. */
  readonly maxUsedSpace?: number | string | undefined
  /** How much is to be free on the disk. API 1.48. */
  readonly minFreeSpace?: number | string | undefined
}

const listOptions = callTable<ImageListOptions, ImageListQuery & Pick<ImageListOptions, 'name'>>({
  name: text,
  all: flag,
  filters,
  digests: flag,
  sharedSize: ['shared-size', flag],
  manifests: flag,
})
const searchOptions = callTable<ImageSearchOptions, ImageSearchQuery & Pick<ImageSearchOptions, 'auth'>>({
  limit: integer,
  filters,
  auth: asItIs,
})
const pruneOptions = callTable<ImagePruneOptions>({ all: flag, filters })
const pruneBuildsOptions = callTable<BuildPruneOptions, BuildPruneQuery>({
  all: flag,
  filters,
  keepStorage: ['keep-storage', parseBytes],
  maxUsedSpace: ['max-used-space', parseBytes],
  minFreeSpace: ['min-free-space', parseBytes],
})

export class Images {
  readonly #api: ApiClient
  readonly #proxies: () => Readonly<Record<string, string>>
  readonly #credentials: Credentials
  readonly #prepare: (() => Promise<Disposable>) | undefined

  /** `prepare` is awaited before a build begins. What it gives is disposed of when the build is over. */
  // biome-ignore lint/complexity/useMaxParams: Programs make the class with these arguments.
  constructor(
    api: ApiClient,
    proxies: () => Readonly<Record<string, string>> = () => ({}),
    credentials: Credentials = new Credentials(),
    prepare?: () => Promise<Disposable>,
  ) {
    this.#api = api
    this.#proxies = proxies
    this.#credentials = credentials
    this.#prepare = prepare
  }

  /** Lists images that have a name, and images that no other image is made of. One request, `GET /images/json`. */
  async list(options: ImageListOptions = {}): Promise<Image[]> {
    const [{ name, ...query }, call] = listOptions.read(options)
    if (name !== undefined) query.filters = withFilter(query.filters, 'reference', name)
    const found = await this.#api.images.list(query, call)
    return identified(found, 'Id', 'GET /images/json').map(
      (summary) => new Image(this.#api, { id: summary.Id, summary }),
    )
  }

  /** Returns a handle of an image by its name or id, without a request: its `attrs` are undefined until `reload()`. */
  ref(name: string): Image<undefined> {
    return new Image<undefined>(this.#api, { id: text(name, 'name') })
  }

  /** Gets an image by its name, its id or the beginning of its id. `GET /images/{name}/json`. Rejects with ImageNotFoundError. */
  async get(name: string, options?: ImageInspectOptions): Promise<Image<ImageInspect>> {
    return getImage(this.#api, name, options)
  }

  /**
   * Pulls one image: `latest` when the name has neither tag nor digest; with `allTags` all of the repository. An error
   * in the middle of the pull rejects.
   */
  pull(
    name: string,
    options: ImagePullOptions & { readonly allTags: true },
  ): Transfer<Image[], CreateImageInfo>
  pull(
    name: string,
    options?: ImagePullOptions & { readonly allTags?: false },
  ): Transfer<Image, CreateImageInfo>
  /** For options that are known only at run time. */
  pull(name: string, options: ImagePullOptions): Transfer<Image | Image[], CreateImageInfo>
  pull(name: string, options: ImagePullOptions = {}): Transfer<Image | Image[], CreateImageInfo> {
    return pullImage(this.#access, name, options)
  }

  /** Pushes a name, `latest` without a tag; with `allTags` all names of the repository. */
  push(
    name: string,
    options: ImagePushOptions & { readonly allTags: true },
  ): Transfer<PushedImage[], PushImageInfo>
  push(
    name: string,
    options?: ImagePushOptions & { readonly allTags?: false },
  ): Transfer<PushedImage, PushImageInfo>
  /** For options that are known only at run time. */
  push(name: string, options: ImagePushOptions): Transfer<PushedImage | PushedImage[], PushImageInfo>
  push(name: string, options: ImagePushOptions = {}): Transfer<PushedImage | PushedImage[], PushImageInfo> {
    return pushImage(this.#access, name, options)
  }

  /**
   * Builds an image from a Dockerfile and its context, with BuildKit if the Engine builds with it, else with the classic
   * builder. `outputs` names other results. A step that fails rejects with BuildError, which has the place in the Dockerfile
   * and the log.
   */
  build(options: BuildOptions): Build {
    return buildImage(this.#access, options)
  }

  /**
   * Checks a Dockerfile without building it, as `docker build --check` does. Takes the options of a build. Rejects
   * with BuildError when the file cannot be parsed. Engine 27.
   */
  async check(options: BuildOptions): Promise<CheckResult> {
    const { checkDockerfile } = await import('./builds/questions.js')
    return askAboutDockerfile(this.#access, options, checkDockerfile)
  }

  /** Lists what a target of a Dockerfile takes: arguments, secrets, ssh agents. Takes the options of a build. Engine 23. */
  async outline(options: BuildOptions): Promise<BuildOutline> {
    const { outlineDockerfile } = await import('./builds/questions.js')
    return askAboutDockerfile(this.#access, options, outlineDockerfile)
  }

  /** Lists the stages of a Dockerfile that can be built. Takes the options of a build. Engine 23. */
  async targets(options: BuildOptions): Promise<BuildTargets> {
    const { listTargets } = await import('./builds/questions.js')
    return askAboutDockerfile(this.#access, options, listTargets)
  }

  /**
   * Opens a session with BuildKit for a build that `api.images.build()` starts. The session has the secrets, ssh agents,
   * credentials and files that the build asks for. Close it after the build. `POST /session`
   */
  async openBuildSession(options: BuildSessionOptions = {}): Promise<BuildSession> {
    const { openBuildSession } = await import('./builds/build-session.js')
    return openBuildSession(this.#access, options)
  }

  /** Loads images from the tar of `save`. Rejects with ImageLoadError if the tar is no archive of images. */
  load(tar: Tar, options: ImageLoadOptions = {}): Transfer<Image[], BuildInfo> {
    return loadImages(this.#api, tar, options)
  }

  /** Returns images with their names as a tar. Read it to its end, or destroy it. */
  save(names: string | readonly string[], options?: ImageSaveOptions): Promise<Readable> {
    return saveImages(this.#api, names, options)
  }

  /** Makes an image of a root file system: a tar, plain or compressed. */
  import(tar: Tar, options: ImageImportOptions = {}): Transfer<Image, CreateImageInfo> {
    return importImage(this.#api, tar, options)
  }

  /** Gives an image one more name, with or without a tag. `POST /images/{name}/tag` */
  tag(image: string, name: string, options?: CallOptions): Promise<void> {
    return tagImage(this.#api, { image, name }, options)
  }

  /** Removes the name, and the image with its last name. `DELETE /images/{name}` */
  remove(name: string, options?: ImageRemoveOptions): Promise<ImageDeleteResponseItem[]> {
    return removeImage(this.#api, name, options)
  }

  /** Searches Docker Hub, or the registry with which the term begins. `GET /images/search` */
  async search(term: string, options: ImageSearchOptions = {}): Promise<ImageSearchResponseItem[]> {
    const [{ auth, ...own }, call] = searchOptions.read(options)
    if (text(term, 'term') === '') return invalid('term', 'something to look for', term)
    const asker = new Asker({
      credentials: this.#credentials,
      registry: registryOf(term),
      given: auth,
      optional: true,
    })
    const query = { term, ...own }
    const registryAuth = await asker.auth(call)
    try {
      return await this.#api.images.search(query, { ...call, registryAuth })
    } catch (error) {
      throw await asker.explain(error)
    }
  }

  /** Asks a registry for the digest and the platforms of an image. `GET /distribution/{name}/json` */
  async getRegistryData(name: string, options?: RegistryDataOptions): Promise<RegistryData> {
    return getRegistryData(this.#access, text(name, 'name'), options)
  }

  /** Removes images without a name that no container uses. `POST /images/prune` */
  async prune(options: ImagePruneOptions = {}): Promise<ImagePruneResponse> {
    const [{ all, filters: known }, call] = pruneOptions.read(options)
    if (all === undefined) return this.#api.images.prune({ filters: known }, call)
    if (known?.dangling !== undefined) {
      throw new InvalidArgumentError('all and filters.dangling exclude each other')
    }
    const dangling = all ? 'false' : 'true'
    return this.#api.images.prune({ filters: { ...known, dangling: [dangling] } }, call)
  }

  /** Clears the build cache. `POST /build/prune` */
  async pruneBuilds(options: BuildPruneOptions = {}): Promise<BuildPruneResponse> {
    const [{ 'keep-storage': keep, ...query }, call] = pruneBuildsOptions.read(options)
    if (keep === undefined) return this.#api.images.pruneBuild(query, call)
    const renamed = await this.#api.speaks('1.48', call.signal)
    const kept = renamed ? { 'reserved-space': keep } : { 'keep-storage': keep }
    return this.#api.images.pruneBuild({ ...query, ...kept }, call)
  }

  get #access() {
    return {
      api: this.#api,
      credentials: this.#credentials,
      proxies: this.#proxies,
      prepare: this.#prepare,
    }
  }
}

function withFilter(given: Filters | undefined, name: string, value: string): Filters {
  if (given?.[name] === undefined) return { ...given, [name]: [value] }
  throw new InvalidArgumentError(`name and filters.${name} exclude each other`)
}
