import type { CreateImageInfo, DistributionInspect, OCIPlatform } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { formatReference, parseReference, registryOf, withoutRegistry } from '../../support/reference.js'
import { callTable, readCall } from '../base/call.js'
import { asItIs } from '../options/values.js'
import { Asker, type RegistryAuth } from '../registry/registry-auth.js'
import type { Transfer } from '../transfers/transfer.js'
import type { Image } from './image.js'
import { type ImagePullOptions, pullImage, type RegistryAccess } from './image-transfers.js'
import { type ImagePlatform, platformParts } from './platform.js'

export interface RegistryDataOptions extends CallOptions {
  /** The login for the registry. Default: the docker command's. `{}` uses no login. */
  readonly auth?: RegistryAuth | undefined
}

const registryDataOptions = callTable<RegistryDataOptions>({ auth: asItIs })

interface Known {
  readonly name: string
  readonly attrs: DistributionInspect
  readonly auth: RegistryAuth | undefined
}

/** A registry's description of an image. The image need not be on this Engine. */
export class RegistryData {
  /** The name it was asked for by. */
  readonly imageName: string
  readonly #access: RegistryAccess
  readonly #auth: RegistryAuth | undefined
  #attrs: DistributionInspect

  constructor(access: RegistryAccess, { name, attrs, auth }: Known) {
    this.#access = access
    this.imageName = name
    this.#attrs = attrs
    this.#auth = auth
  }

  /** The last answer of the registry. */
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
   * Returns whether there is a variant for a platform, as in 'linux/arm/v7'. Default: the Engine's own, of
   * any variant.
   */
  async hasPlatform(platform: ImagePlatform, options: CallOptions = {}): Promise<boolean> {
    const call = readCall(options)
    const wanted = platformParts(platform, 'platform')
    const complete = wanted.os !== undefined && wanted.architecture !== undefined
    const { Os, Arch } = complete ? {} : await this.#access.api.system.version(call)
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
    return pullImage(this.#access, name, settings) as Transfer<Image, CreateImageInfo>
  }

  /** Asks the registry again. */
  async reload(options: CallOptions = {}): Promise<this> {
    this.#attrs = await askRegistry(this.#access, this.imageName, { ...options, auth: this.#auth })
    return this
  }
}

/** `GET /distribution/{name}/json` */
export async function getRegistryData(
  access: RegistryAccess,
  name: string,
  options: RegistryDataOptions = {},
): Promise<RegistryData> {
  const attrs = await askRegistry(access, name, options)
  return new RegistryData(access, { name, attrs, auth: options.auth })
}

async function askRegistry(
  { api, credentials }: RegistryAccess,
  name: string,
  options: RegistryDataOptions,
): Promise<DistributionInspect> {
  const [{ auth }, call] = registryDataOptions.read(options)
  const repository = withoutRegistry(parseReference(name).repository)
  const asker = new Asker({
    credentials,
    registry: registryOf(name),
    repository,
    given: auth,
    optional: true,
  })
  const registryAuth = await asker.auth(call)
  try {
    return await api.distribution.inspect(name, { ...call, registryAuth })
  } catch (error) {
    throw await asker.explain(error)
  }
}
