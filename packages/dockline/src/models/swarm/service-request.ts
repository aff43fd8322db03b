import type { ApiClient, AuthConfig, ServiceSpec } from '../../api/index.js'
import { DockerError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { splitCall } from '../call.js'
import { configReferences, secretReferences } from './references.js'
import { type ServiceOptions, serviceOptionNames, serviceSpec } from './service-spec.js'

/** What goes with a spec, but is no part of it. */
export interface ServiceRequestOptions extends CallOptions {
  /** Who asks the registry: the nodes pull the image with it. */
  readonly registryAuth?: AuthConfig | string | undefined
  /**
   * Asks the registry for the digest and the platforms of the image and puts them into the spec, as the docker
   * command does, so that every node runs the same. Where that fails the image stays as it is. Default false.
   */
  readonly resolveImage?: boolean | undefined
}

interface RequestParts {
  readonly request: Omit<ServiceRequestOptions, keyof CallOptions>
  readonly call: CallOptions
  /** The spec that comes of another one. */
  readonly specOf: (base: ServiceSpec) => ServiceSpec
}

/** Everything an option has to be looked up for is, and the rest is checked, before the first change is tried. */
export async function serviceRequest(
  api: ApiClient,
  given: ServiceOptions & ServiceRequestOptions,
): Promise<RequestParts> {
  const [{ registryAuth, resolveImage, ...options }, call] = splitCall(given, [
    ...serviceOptionNames,
    'registryAuth',
    'resolveImage',
  ])
  serviceSpec(options.spec ?? {}, options)
  const { secrets, configs } = options
  const references = {
    ...(secrets === undefined ? {} : { secrets: await secretReferences(api, secrets ?? [], call) }),
    ...(configs === undefined ? {} : { configs: await configReferences(api, configs ?? [], call) }),
  }
  const pinned = resolveImage === true ? await pinnedImage(api, options, { registryAuth, ...call }) : {}
  return {
    request: { registryAuth, resolveImage },
    call,
    specOf: (base) => serviceSpec(base, { ...options, ...pinned }, references),
  }
}

async function pinnedImage(
  api: ApiClient,
  { image, platforms, spec }: ServiceOptions,
  call: ServiceRequestOptions,
): Promise<Pick<ServiceOptions, 'image' | 'platforms'>> {
  const wanted = image ?? spec?.TaskTemplate?.ContainerSpec?.Image
  if (wanted === undefined || wanted.includes('@')) return {}
  try {
    const { Descriptor, Platforms } = await api.distribution.inspect(wanted, call)
    const known = (Platforms ?? []).map(({ architecture, os }) => ({ architecture, os }))
    return { image: `${wanted}@${Descriptor.digest}`, platforms: platforms === undefined ? known : platforms }
  } catch (error) {
    if (call.signal?.aborted || !(error instanceof DockerError)) throw error
    return {}
  }
}
