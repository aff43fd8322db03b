import type { Readable } from 'node:stream'
import type {
  ApiClient,
  ImageDeleteQuery,
  ImageDeleteResponseItem,
  ImageGetQuery,
  ImageHistoryQuery,
  ImageHistoryResponseItem,
  ImageInspect,
  ImageInspectQuery,
  ImageSummary,
} from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { parseReference } from '../../support/reference.js'
import { callTable, readCall } from '../base/call.js'
import type { IfKnown } from '../base/object.js'
import { checkObject, flag, invalid, show, strings, text } from '../options/values.js'
import { type ImagePlatform, parsePlatform, parsePlatforms } from './platform.js'

export interface ImageInspectOptions extends CallOptions {
  /** The variant to describe, as in 'linux/arm64'. API 1.49. */
  readonly platform?: ImagePlatform | undefined
  /** Adds what the image holds for each platform. Default: false. API 1.48. */
  readonly manifests?: boolean | undefined
}

export interface ImageHistoryOptions extends CallOptions {
  /** The variant to describe, as in 'linux/arm64'. API 1.48. */
  readonly platform?: ImagePlatform | undefined
}

export interface ImageRemoveOptions extends CallOptions {
  /** Removes the image even if it has more names, or if a stopped container uses it. Default: false. */
  readonly force?: boolean | undefined
  /** Keeps the untagged images it was made from. Default: false. */
  readonly noPrune?: boolean | undefined
  /** Removes only the variants for these platforms. API 1.50. */
  readonly platforms?: readonly ImagePlatform[] | undefined
}

export interface ImageSaveOptions extends CallOptions {
  /** Packs only the variants for these platforms. API 1.48. */
  readonly platform?: ImagePlatform | readonly ImagePlatform[] | undefined
}

export interface NamedSaveOptions extends ImageSaveOptions {
  /** true puts its tags into the archive, a string or several only these. Default: false: the image has no name there. */
  readonly named?: boolean | string | readonly string[] | undefined
}

const inspectOptions = callTable<ImageInspectOptions, ImageInspectQuery>({
  platform: parsePlatform,
  manifests: flag,
})
const historyOptions = callTable<ImageHistoryOptions, ImageHistoryQuery>({ platform: parsePlatform })
const removeOptions = callTable<ImageRemoveOptions, ImageDeleteQuery>({
  force: flag,
  noPrune: ['noprune', flag],
  platforms: parsePlatforms,
})
const saveOptions = callTable<ImageSaveOptions, ImageGetQuery>({ platform: parsePlatforms })

/** An image, by its id. Its properties are as they were at the last request; `reload()` asks again. */
export class Image<Known extends ImageInspect | ImageSummary | undefined = ImageInspect | ImageSummary> {
  /** The full id, with `sha256:` before it. */
  readonly id: string
  /** The answer of `list()`. */
  readonly summary: ImageSummary | undefined
  readonly #api: ApiClient
  #attrs: ImageInspect | undefined

  constructor(api: ApiClient, known: { id: string; attrs?: ImageInspect; summary?: ImageSummary }) {
    this.#api = api
    this.id = known.id
    this.#attrs = known.attrs
    this.summary = known.summary
  }

  /** The last answer of `inspect`; undefined after a `list()`. */
  get attrs(): Known extends ImageSummary ? ImageInspect | undefined : Known {
    return this.#attrs as Known extends ImageSummary ? ImageInspect | undefined : Known
  }

  /** The first 12 digits of the id, with `sha256:` before them. */
  get shortId(): string {
    const [, algorithm = '', digits = ''] = /^([^:]+:)?(.*)$/.exec(this.id) ?? []
    return `${algorithm}${digits.slice(0, 12)}`
  }

  /** Its names, such as 'busybox:latest'. */
  get tags(): IfKnown<Known, readonly string[]> {
    return this.#read(({ RepoTags }) => withoutNone(RepoTags))
  }

  /** The names a registry knows it by, such as 'busybox@sha256:…'. */
  get digests(): IfKnown<Known, readonly string[]> {
    return this.#read(({ RepoDigests }) => withoutNone(RepoDigests))
  }

  get labels(): IfKnown<Known, Readonly<Record<string, string>>> {
    return this.#read((known) => ('Labels' in known ? known.Labels : this.#attrs?.Config?.Labels) ?? {})
  }

  #read<T>(property: (known: ImageInspect | ImageSummary) => T): IfKnown<Known, T> {
    const known = this.#attrs ?? this.summary
    return (known === undefined ? undefined : property(known)) as IfKnown<Known, T>
  }

  /** Returns fresh details. `GET /images/{id}/json` */
  async inspect(options?: ImageInspectOptions): Promise<ImageInspect> {
    return inspectImage(this.#api, this.id, options)
  }

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<Image> {
    this.#attrs = await this.inspect(options)
    return this as Image<ImageInspect | ImageSummary | undefined> as Image
  }

  /** Lists the steps that made the image, newest first. `GET /images/{id}/history` */
  async history(options: ImageHistoryOptions = {}): Promise<ImageHistoryResponseItem[]> {
    const [query, call] = historyOptions.read(options)
    return this.#api.images.history(this.id, query, call)
  }

  /** Gives the image one more name, with or without a tag. `POST /images/{id}/tag` */
  tag(name: string, options?: CallOptions): Promise<void> {
    return tagImage(this.#api, { image: this.id, name }, options)
  }

  /** Removes the image and its name. An image with several names needs `force`. `DELETE /images/{id}` */
  remove(options?: ImageRemoveOptions): Promise<ImageDeleteResponseItem[]> {
    return removeImage(this.#api, this.id, options)
  }

  /** Returns a tar for `images.load()`. Read it to its end, or destroy it. `GET /images/{id}/get` */
  async save(options: NamedSaveOptions = {}): Promise<Readable> {
    checkObject(options, 'options')
    const { named = false, ...saving } = options
    return saveImages(this.#api, this.#namesFor(named), saving)
  }

  #namesFor(named: boolean | string | readonly string[]): readonly string[] {
    if (named === false) return [this.id]
    const tags: readonly string[] = this.tags ?? []
    if (named === true) return tags.length === 0 ? [this.id] : tags
    const wanted = typeof named === 'string' ? [named] : strings(named, 'named')
    for (const name of wanted) {
      if (!tags.includes(name))
        throw new InvalidArgumentError(`named: ${show(name)} is none of its names (${tags.join(', ')})`)
    }
    return wanted
  }
}

function inspectImage(
  api: ApiClient,
  name: string,
  options: ImageInspectOptions = {},
): Promise<ImageInspect> {
  const [query, call] = inspectOptions.read(options)
  return api.images.inspect(name, query, call)
}

/** An image with its details, in one request. */
export async function getImage(
  api: ApiClient,
  name: string,
  options?: ImageInspectOptions,
): Promise<Image<ImageInspect>> {
  const attrs = await inspectImage(api, name, options)
  return new Image(api, { id: attrs.Id || name, attrs })
}

export async function tagImage(
  api: ApiClient,
  { image, name }: { readonly image: string; readonly name: string },
  options: CallOptions = {},
): Promise<void> {
  const call = readCall(options)
  const { repository, tag } = parseTag(name, 'name')
  await api.images.tag(image, { repo: repository, tag }, call)
}

/** Parses a new name of an image. Refuses a digest, because the content decides it. */
export function parseTag(name: string, option: string): { repository: string; tag: string | undefined } {
  const { repository, tag, digest } = parseReference(text(name, option))
  if (digest !== undefined) {
    throw new InvalidArgumentError(`${option}: ${show(name)} has a digest, which cannot be chosen`)
  }
  return { repository, tag }
}

export async function removeImage(
  api: ApiClient,
  name: string,
  options: ImageRemoveOptions = {},
): Promise<ImageDeleteResponseItem[]> {
  const [query, call] = removeOptions.read(options)
  const remove = (more: CallOptions) => api.images.delete(name, query, more)
  return remove(call).catch(async (conflict) => {
    const { removeOnceFree } = await import('../removal/under-way.js')
    return removeOnceFree(api, { ...call, conflict, remove, users: { ancestor: [name] } })
  })
}

export async function saveImages(
  api: ApiClient,
  names: string | readonly string[],
  options: ImageSaveOptions = {},
): Promise<Readable> {
  const [query, call] = saveOptions.read(options)
  const list = typeof names === 'string' ? [names] : strings(names, 'names')
  const [first] = list
  if (first === undefined || list.includes('')) return invalid('names', 'one or more names of images', names)
  if (list.length === 1) return (await api.images.get(first, query, call)).stream
  return (await api.images.getAll({ names: list, ...query }, call)).stream
}

/** Older Engines list what is missing as '<none>:<none>'. */
function withoutNone(names: readonly string[] | null | undefined): readonly string[] {
  return (names ?? []).filter((name) => !name.startsWith('<none>'))
}
