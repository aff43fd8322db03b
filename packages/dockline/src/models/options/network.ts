import type {
  EndpointIPAMConfig,
  EndpointSettings,
  HostConfig,
  NetworkingConfig,
} from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { refuseUnknown } from '../../support/suggest.js'
import { type Links, parseLinks } from './host.js'
import { type Option, table } from './table.js'
import {
  define,
  integer,
  object,
  parted,
  type StringMap,
  show,
  shownKey,
  stringMap,
  strings,
  text,
} from './values.js'

export interface NetworkOptions extends NetworkModeOptions {
  /** Names of the container in the network it joins, which must be a network of the user's. */
  readonly networkAliases?: readonly string[] | undefined
  /**
   * Settings by network: `{ web: { aliases, ip, … } }`. More than one network at once needs API
   * 1.44.
   */
  readonly networks?: Readonly<Record<string, Endpoint>> | Readonly<NetworkingConfig> | undefined
}

interface NetworkModeOptions {
  /** The network to join, in place of the default one: a name or an id, `bridge`, `host`, `none` or `container:<name>`. */
  readonly network?: Option<string>
}

type Endpoint = EndpointOptions | Readonly<EndpointSettings> | null | undefined

/** The container's end of one network. */
export interface EndpointOptions extends AddressOptions {
  /** Further names of the container in this network. */
  readonly aliases?: readonly string[] | undefined
  /** Other containers and the names they get here: `{ db: 'database' }` or `['db:database']`. */
  readonly links?: Links | undefined
  /** Options for the network's driver. API 1.32. */
  readonly driverOpt?: StringMap | undefined
  readonly macAddress?: string | undefined
  /** The network with the highest priority is the default gateway. Default: 0. API 1.48. */
  readonly gwPriority?: number | undefined
}

interface AddressOptions {
  readonly ip?: string | undefined
  readonly ip6?: string | undefined
  readonly linkLocalIps?: readonly string[] | undefined
}

export const networkNames: readonly string[] = ['network', 'networkAliases', 'networks']

const mode = table<NetworkModeOptions, Pick<HostConfig, 'NetworkMode'>>({
  network: ['NetworkMode', text],
})

interface Joining extends NetworkOptions {
  readonly macAddress?: Option<string>
}

/**
 * The network to join, for a container whose `hostConfig` says `given`. Where nothing names that network, a MAC address is for the
 * only one of `networks`, which it names then: an Engine before API 1.44 gives the address to the network that it joins.
 */
export function networkMode(options: Joining, given: string | undefined): Pick<HostConfig, 'NetworkMode'> {
  const names = Object.keys(endpointsIn(options.networks) ?? {})
  const [first, ...more] = names
  const isKnown = isChosen(options, given) || names.includes(given ?? '')
  if (first === undefined || !options.macAddress || isKnown) return mode.pick(options)
  if (more.length === 0) return { NetworkMode: first }
  throw new InvalidArgumentError('macAddress is for one of the networks: name it with network')
}

/** Tells whether the caller chose a network. The Engine's details say `default` or `bridge` where no caller did. */
function isChosen({ network }: NetworkOptions, given: string | undefined): boolean {
  return (network ?? null) !== null || !/^(default|bridge)?$/.test(given ?? '')
}

/**
 * The endpoints to send, for a container whose HostConfig says `joined`. The Engine makes the endpoint of
 * that network itself, so it is listed only when there is something to say about it, or about other networks.
 */
export function networks(options: Joining, joined: string | undefined): NetworkingConfig | undefined {
  const network = joined || 'default'
  const endpoints = endpointsIn(options.networks)
  const special: EndpointSettings = { ...endpoints?.[network] }
  if (options.networkAliases !== undefined) special.Aliases = aliases(options.networkAliases, network)
  if (typeof options.macAddress === 'string' && hasAddresses(network))
    special.MacAddress ??= options.macAddress
  const listed = Object.values(endpoints ?? {})
  // A network that is joined by its id may be listed by its name.
  const others =
    listed.length > 0 && isChosen(options, joined) && !listed.some((each) => each.NetworkID === joined)
  if (Object.keys(special).length === 0 && !others) return endpoints && { EndpointsConfig: endpoints }
  const all = { ...endpoints }
  define(all, network, special)
  return { EndpointsConfig: all }
}

function endpointsIn(given: unknown): Record<string, EndpointSettings> | undefined {
  if (given === undefined) return undefined
  const networks = object(given, 'networks')
  const wire = networks.EndpointsConfig !== undefined && Object.keys(networks).length === 1
  const endpoints: Record<string, EndpointSettings> = {}
  for (const [name, endpoint] of Object.entries(
    wire ? object(networks.EndpointsConfig, 'EndpointsConfig') : networks,
  )) {
    define(endpoints, name, endpoint === null ? {} : endpointSettings(endpoint, `networks.${shownKey(name)}`))
  }
  return endpoints
}

const addresses = table<AddressOptions, EndpointIPAMConfig>({
  ip: ['IPv4Address', text],
  ip6: ['IPv6Address', text],
  linkLocalIps: ['LinkLocalIPs', strings],
})

/** Further fields of an inspected endpoint are passed on; the Engine ignores them. */
const settings = table<
  Omit<EndpointOptions, keyof AddressOptions> & { readonly IPAMConfig?: unknown },
  EndpointSettings
>(
  {
    aliases: ['Aliases', strings],
    links: ['Links', parseLinks],
    driverOpt: ['DriverOpts', stringMap],
    macAddress: ['MacAddress', text],
    gwPriority: ['GwPriority', integer],
    IPAMConfig: ['IPAMConfig', addresses.parse],
  },
  [
    'NetworkID',
    'EndpointID',
    'Gateway',
    'IPAddress',
    'IPPrefixLen',
    'IPv6Gateway',
    'GlobalIPv6Address',
    'GlobalIPv6PrefixLen',
    'DNSNames',
  ],
)

/** The container's end of a network, also for connecting it later. */
export function endpointSettings(value: unknown, option = 'endpoint'): EndpointSettings {
  const given = object(value, option)
  const [own, rest] = parted(given, addresses.names)
  refuseUnknown(rest, [...settings.known, ...addresses.names], option)
  const parsed = settings.parse(rest, option)
  if (Object.keys(own).length === 0) return parsed
  return { ...parsed, IPAMConfig: { ...parsed.IPAMConfig, ...addresses.parse(own, option) } }
}

function aliases(value: unknown, network: string): string[] {
  if (hasAddresses(network) && network !== 'default' && network !== 'bridge')
    return strings(value, 'networkAliases')
  throw new InvalidArgumentError(
    `networkAliases needs a network of the user's to hold them, not ${show(network)}`,
    {
      hint: 'name it with network',
    },
  )
}

/** Whether there is an endpoint at all. */
function hasAddresses(network: string): boolean {
  return network !== 'host' && network !== 'none' && !network.startsWith('container:')
}
