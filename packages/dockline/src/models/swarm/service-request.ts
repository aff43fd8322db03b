import type { ApiClient, AuthConfig, RegistryOptions, ServiceSpec } from '../../api/index.js'
import { DockerError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { registryOf } from '../../support/reference.js'
import { callTable } from '../base/call.js'
import type { RegistryAccess } from '../images/image-transfers.js'
import { asItIs, flag } from '../options/values.js'
import { Asker, type RegistryAuth } from '../registry/registry-auth.js'
import { type ServiceOptions, serviceOptionNames, serviceSpec } from './service-spec.js'

/** What goes with a spec, but is no part of it. */
export interface ServiceRequestOptions extends CallOptions {
  /**
   * The login for the registry, with which the nodes pull the image. Default: the login of the docker command for the
   * registry of the image, where an image is given. `{}` uses no login.
   */
  readonly auth?: RegistryAuth | undefined
  /**
   * Puts the digest and the platforms of the image, which the registry knows, into the spec, as the docker
   * command does: every node runs the same. Where that fails the image stays as it is. Default: false.
   */
  readonly resolveImage?: boolean | undefined
}

interface RequestParts {
  readonly registryAuth: AuthConfig | undefined
  readonly call: CallOptions
  /** The spec that comes of another one. */
  readonly specOf: (base: ServiceSpec) => ServiceSpec
}

type Asking = Pick<ServiceRequestOptions, 'auth' | 'resolveImage'>

export const serviceRequestOptions = callTable<
  ServiceOptions & ServiceRequestOptions,
  Asking,
  ServiceOptions
>({ auth: asItIs, resolveImage: flag }, serviceOptionNames)

/** Everything an option has to be looked up for is, and the rest is checked, before the first change is tried. */
export async function serviceRequest(
  { api, credentials }: RegistryAccess,
  given: ServiceOptions & ServiceRequestOptions,
  { keepAuth = false } = {},
): Promise<RequestParts> {
  const [{ auth, resolveImage }, call, options] = serviceRequestOptions.read(given)
  serviceSpec(options.spec ?? {}, options)
  const image = imageOf(options)
  const asker = new Asker({
    credentials,
    registry: image === undefined ? undefined : registryOf(image),
    given: auth,
  })
  // What the swarm has from before stays for an image that stays.
  const isNew = auth !== undefined || (image !== undefined && !keepAuth)
  const registryAuth = isNew ? await asker.auth(call) : undefined
  const { secrets, configs } = options
  const { configReferences, secretReferences } = await import('./references.js')
  const references = {
    ...(secrets === undefined ? {} : { secrets: await secretReferences(api, secrets ?? [], call) }),
    ...(configs === undefined ? {} : { configs: await configReferences(api, configs ?? [], call) }),
  }
  const pinned = resolveImage === true ? await pinnedImage(api, options, { registryAuth, ...call }) : {}
  return {
    registryAuth,
    call,
    specOf: (base) => serviceSpec(base, { ...options, ...pinned }, references),
  }
}

async function pinnedImage(
  api: ApiClient,
  { platforms, ...options }: ServiceOptions,
  call: RegistryOptions,
): Promise<Pick<ServiceOptions, 'image' | 'platforms'>> {
  const wanted = imageOf(options)
  if (wanted === undefined || wanted.includes('@')) return {}
  try {
    const { Descriptor, Platforms } = await api.distribution.inspect(wanted, call)
    // A node calls itself armv7l where a registry says arm. Docker leaves that architecture open.
    const known = (Platforms ?? []).map(({ architecture, os }) => ({
      architecture: architecture?.replace(/^arm$/i, ''),
      os,
    }))
    return { image: `${wanted}@${Descriptor.digest}`, platforms: platforms === undefined ? known : platforms }
  } catch (error) {
    if (call.signal?.aborted || !(error instanceof DockerError)) throw error
    return {}
  }
}

function imageOf({ image, spec }: ServiceOptions): string | undefined {
  return image ?? spec?.TaskTemplate?.ContainerSpec?.Image
}
