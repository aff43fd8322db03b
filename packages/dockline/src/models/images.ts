import type { Readable } from 'node:stream'
import type { ApiClient, CreateImageInfo, Filters, ImageInspect, ImageSummary } from '../api/index.js'
import type { CallOptions } from '../http/index.js'
import { formatReference, parseReference } from '../reference.js'
import { Transfer } from './transfer.js'

export interface ImageListOptions extends CallOptions {
  /** Also intermediate images. Default false. */
  readonly all?: boolean | undefined
  readonly filters?: Filters | undefined
  /** Adds the digests of each. Default false. */
  readonly digests?: boolean | undefined
}

export interface ImagePullOptions extends CallOptions {
  /** As in 'linux/arm64'; the Engine's own by default. API 1.32. */
  readonly platform?: string | undefined
}

export interface ImageImportOptions extends CallOptions {
  /** The name of the image, with or without a tag. */
  readonly repository: string
  readonly message?: string | undefined
  /** Dockerfile instructions to apply, such as `CMD ["sh"]`. */
  readonly changes?: readonly string[] | undefined
  readonly platform?: string | undefined
}

export class Images {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** One request, `GET /images/json`. */
  async list({ all, filters, digests, ...call }: ImageListOptions = {}): Promise<ImageSummary[]> {
    return this.#api.images.list({ all, filters, digests }, call)
  }

  /** `GET /images/{name}/json`. Rejects with ImageNotFoundError. */
  get(name: string, options?: CallOptions): Promise<ImageInspect> {
    return this.#api.images.inspect(name, {}, options)
  }

  /** Pulls one image, `latest` when the name has neither tag nor digest. An error in the middle of the pull rejects. */
  pull(name: string, { platform, ...call }: ImagePullOptions = {}): Transfer<ImageInspect, CreateImageInfo> {
    const { repository, tag, digest } = parseReference(name)
    const wanted = digest ?? tag ?? 'latest'
    const query = { fromImage: repository, tag: wanted, platform }
    const full = formatReference(digest === undefined ? { repository, tag: wanted } : { repository, digest })
    return new Transfer(
      () => this.#api.images.pull(query, call),
      () => this.get(full, call),
    )
  }

  /** Makes an image of a root file system: a tar, plain or compressed. */
  import(tar: Buffer | Readable, options: ImageImportOptions): Transfer<ImageInspect, CreateImageInfo> {
    const { repository: name, message, changes, platform, ...call } = options
    const { repository, tag = 'latest' } = parseReference(name)
    const query = { fromSrc: '-', repo: repository, tag, message, changes, platform }
    return new Transfer(
      () => this.#api.images.import(query, tar, call),
      () => this.get(formatReference({ repository, tag }), call),
    )
  }
}
