import type {
  ContainerConfig,
  ContainerCreateBody,
  ContainerCreateQuery,
  HostConfig,
} from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { refuseUnknown } from '../../support/suggest.js'
import { type ConfigOptions, configOptions } from './config.js'
import { type HostOptions, hostConfig as hostConfigOf, hostNames } from './host.js'
import { type NetworkOptions, networkMode, networkNames, networks } from './network.js'
import { type Ports, parsePorts } from './ports.js'
import { type ResourceOptions, resourceNames, resources } from './resources.js'
import { type Option, table } from './table.js'
import { invalid, object, text } from './values.js'
import { parseVolumes, type Volumes } from './volumes.js'
import { splitCommand } from './words.js'

/**
 * Everything a container can be created with. `undefined` is not sent; `false`, 0 and '' are; `null` asks for
 * the Engine's own default. API versions are named where they are later than 1.24.
 */
export interface ContainerCreateOptions extends ConfigOptions, HostOptions, ResourceOptions, NetworkOptions {
  /** The container's name. Default: a name that the Engine makes up. */
  readonly name?: string | undefined
  /** The platform of the image, `os[/architecture[/variant]]`. API 1.41. */
  readonly platform?: string | undefined
  /**
   * Ports by container port: `{ '80/tcp': 8080, '53/udp': '127.0.0.1:5353', 443: null }`. null is any free
   * port, an array publishes in several places. Or strings as docker's -p takes them: `['8080:80', '80']`.
   */
  readonly ports?: Option<Ports>
  /**
   * Volumes by host path or name: `{ '/src': '/app', cache: { bind: '/cache', mode: 'ro' } }`. Or strings as
   * docker's -v takes them: `['/src:/app:ro', '/data']`.
   */
  readonly volumes?: Option<Volumes>
  /** The Engine's own container config. Each friendly option that is given replaces its key here. */
  readonly config?: Partial<ContainerConfig> | undefined
  /** The Engine's own HostConfig. Each friendly option that is given replaces its key here. */
  readonly hostConfig?: Partial<HostConfig> | undefined
}

export interface CreateRequest {
  readonly query: ContainerCreateQuery
  readonly body: ContainerCreateBody
}

const queryOptions = table<Pick<ContainerCreateOptions, 'name' | 'platform'>, ContainerCreateQuery>({
  name: ['name', text],
  platform: ['platform', text],
})

/** The names that `createRequest` knows. A caller with further options takes those out first. */
export const createOptionNames: readonly string[] = [
  ...queryOptions.names,
  ...configOptions.names,
  ...hostNames,
  ...resourceNames,
  ...networkNames,
  'ports',
  'volumes',
  'config',
  'hostConfig',
]

/** Returns the Engine's request for creating a container. Changes nothing that is given. */
export function createRequest(
  image: string,
  command: string | readonly string[] | undefined,
  options: ContainerCreateOptions = {},
): CreateRequest {
  refuseUnknown(object(options, 'options'), createOptionNames)
  if (typeof image !== 'string' || image === '') return invalid('image', 'a name or an id', image)
  return { query: queryOptions.pick(options), body: bodyOf(image, command, options) }
}

function bodyOf(
  image: string,
  command: string | readonly string[] | undefined,
  options: ContainerCreateOptions,
): ContainerCreateBody {
  const places = placesOf(options)
  const given = wireObject(options.hostConfig, 'hostConfig')
  const hostConfig: HostConfig = {
    ...given,
    ...hostConfigOf(options),
    ...resources(options),
    ...networkMode(options, given.NetworkMode),
    ...places.hostConfig,
  }
  refuseLostPorts(places.hostConfig, hostConfig.NetworkMode)
  const networking = networks(options, hostConfig.NetworkMode)
  return {
    ...wireObject(options.config, 'config'),
    ...configOptions.pick(options),
    ...places.config,
    ...(command === undefined ? {} : { Cmd: splitCommand(command) }),
    Image: image,
    HostConfig: hostConfig,
    ...(networking === undefined ? {} : { NetworkingConfig: networking }),
  }
}

interface Places {
  readonly config: Pick<ContainerConfig, 'ExposedPorts' | 'Volumes'>
  readonly hostConfig: Pick<HostConfig, 'PortBindings' | 'Binds'>
}

/** Ports and volumes, each of which goes to two places. */
function placesOf({ ports, volumes }: ContainerCreateOptions): Places {
  const none = { ExposedPorts: null, PortBindings: null, Volumes: null, Binds: null }
  const { ExposedPorts, PortBindings } = ports === null ? none : parsePorts(ports ?? {})
  const { Volumes, Binds } = volumes === null ? none : parseVolumes(volumes ?? {})
  return {
    config: {
      ...(ports === undefined ? {} : { ExposedPorts }),
      ...(volumes === undefined ? {} : { Volumes }),
    },
    hostConfig: {
      ...(ports === undefined ? {} : { PortBindings }),
      ...(volumes === undefined ? {} : { Binds }),
    },
  }
}

function refuseLostPorts({ PortBindings }: Places['hostConfig'], mode: string | undefined): void {
  if (Object.keys(PortBindings ?? {}).length === 0 || mode !== 'host') return
  throw new InvalidArgumentError("ports cannot be published when network is 'host'", {
    hint: 'in the network of the host, every port the container opens is already there',
  })
}

function wireObject<T extends object>(value: T | undefined, option: string): Partial<T> {
  return value === undefined ? {} : (object(value, option) as Partial<T>)
}
