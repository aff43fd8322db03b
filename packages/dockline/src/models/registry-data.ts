import type {
  ApiClient,
  AuthConfig,
  CreateImageInfo,
  DistributionInspect,
  OCIPlatform,
} from '../api/index.js'
import type { CallOptions } from '../http/index.js'
import { formatReference, parseReference, registryOf } from '../reference.js'
import { splitCall } from './call.js'
import type { Image } from './image.js'
import { type ImagePullOptions, pullImage } from './image-transfers.js'
import { type ImagePlatform, parsePlatform } from './platform.js'
import { explainRefusal, optionalAuth, type RegistryAuth } from './registry-auth.js'
import type { Transfer } from './transfer.js'

export interface RegistryDataOptions extends CallOptions {
  /** Who asks the registry. */
  readonly auth?: RegistryAuth | undefined
}

interface Known {
  readonly name: string
  readonly attrs: DistributionInspect
  readonly auth: AuthConfig | undefined
}

/** What a registry tells of an image that need not be here. */
export class RegistryData {
  /** The name it was asked for by. */
  readonly imageName: string
  readonly #api: ApiClient
  readonly #auth: AuthConfig | undefined
  #attrs: DistributionInspect

  constructor(api: ApiClient, { name, attrs, auth }: Known) {
    this.#api = api
    this.imageName = name
    this.#attrs = attrs
    this.#auth = auth
  }

  /** What the registry told last. */
  get attrs(): DistributionInspect {
    return this.#attrs
  }

  /** The digest: of the image, or of the list of its platforms. */
  get id(): string {
    return this.#attrs.Descriptor.digest ?? ''
  }

  /** The first 12 digits of the digest, with `sha256:` before them. */
  get shortId(): string {
    return this.id.replace(/(:.{12}).*/, '$1')
  }

  get platforms(): readonly OCIPlatform[] {
    return this.#attrs.Platforms ?? []
  }

  /**
   * Whether there is a variant for a platform, as in 'linux/arm/v7'. What is not said counts as the Engine's own, a
   * variant that is not said as any.
   */
  async hasPlatform(platform: ImagePlatform, options: CallOptions = {}): Promise<boolean> {
    const [, call] = splitCall(options, [])
    const wanted = parsePlatform(platform, 'platform')
    const complete = wanted.os !== undefined && wanted.architecture !== undefined
    const { Os, Arch } = complete ? {} : await this.#api.system.version(call)
    const { os = Os, architecture = Arch, variant } = wanted
    return this.platforms.some((each) => {
      const fits = each.os === os && each.architecture === architecture
      return fits && (variant === undefined || each.variant === variant)
    })
  }

  /** Pulls exactly this, by its digest, with the same credentials. */
  pull(options: Omit<ImagePullOptions, 'allTags'> = {}): Transfer<Image, CreateImageInfo> {
    const { repository } = parseReference(this.imageName)
    const name = formatReference({ repository, digest: this.id })
    const settings = options.auth === undefined ? { ...options, auth: this.#auth } : options
    return pullImage(this.#api, name, settings) as Transfer<Image, CreateImageInfo>
  }

  /** Asks the registry again. */
  async reload(options: CallOptions = {}): Promise<this> {
    this.#attrs = await askRegistry(this.#api, this.imageName, { ...options, auth: this.#auth })
    return this
  }
}

/** `GET /distribution/{name}/json` */
export async function getRegistryData(
  api: ApiClient,
  name: string,
  options: RegistryDataOptions = {},
): Promise<RegistryData> {
  const attrs = await askRegistry(api, name, options)
  return new RegistryData(api, { name, attrs, auth: optionalAuth(options.auth) })
}

async function askRegistry(
  api: ApiClient,
  name: string,
  options: RegistryDataOptions,
): Promise<DistributionInspect> {
  const [{ auth: credentials }, call] = splitCall(options, ['auth'])
  parseReference(name)
  const auth = optionalAuth(credentials)
  try {
    return await api.distribution.inspect(name, { ...call, registryAuth: auth })
  } catch (error) {
    throw explainRefusal(error, { registry: registryOf(name), withAuth: auth !== undefined })
  }
}
