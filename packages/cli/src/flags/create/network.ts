import { type ContainerCreateOptions, type EndpointOptions, parsePorts, splitFields } from 'dockline'
import { UsageError } from '../../errors.js'
import { bool, list, text, type Values } from '../flag.js'
import { readableBy, to } from './option.js'

const port = { check: readableBy((given) => parsePorts([given])) }

export const networkFlags = {
  dns: to('dns', list('Set custom DNS servers')),
  'dns-opt': list('Older name of --dns-option', { hidden: true }),
  'dns-option': list('Set DNS options'),
  'dns-search': to('dnsSearch', list('Set custom DNS search domains')),
  expose: list('Expose a port or a range of ports', port),
  ip: text('IPv4 address (e.g., 172.30.100.104)'),
  ip6: text('IPv6 address (e.g., 2001:db8::33)'),
  link: list('Add link to another container'),
  'link-local-ip': list('Container IPv4/IPv6 link-local addresses'),
  'mac-address': to('macAddress', text('Container MAC address (e.g., 92:d0:c6:0a:29:33)')),
  net: list('Older name of --network', { hidden: true, check: readableBy(joining) }),
  'net-alias': list('Older name of --network-alias', { hidden: true }),
  network: list('Connect a container to a network', { type: 'network', check: readableBy(joining) }),
  'network-alias': list('Add network-scoped alias for the container'),
  publish: list("Publish a container's port(s) to the host", { short: 'p', ...port }),
  'publish-all': to('publishAllPorts', bool('Publish all exposed ports to random ports', 'P')),
}
type NetworkValues = Values<typeof networkFlags>

export function networkOptions(flags: NetworkValues): ContainerCreateOptions {
  const dnsOpt = [...flags['dns-option'], ...flags['dns-opt']]
  return { ...ports(flags), ...joined(flags), dnsOpt: dnsOpt.length > 0 ? dnsOpt : undefined }
}

/** Published ports are exposed too, beside those that only are exposed. */
function ports({ publish, expose }: NetworkValues): ContainerCreateOptions {
  if (publish.length === 0 && expose.length === 0) return {}
  const { ExposedPorts, PortBindings } = parsePorts(publish)
  const exposed = { ...parsePorts(expose).ExposedPorts, ...ExposedPorts }
  return { config: { ExposedPorts: exposed }, hostConfig: { PortBindings } }
}

interface Joining {
  readonly target: string
  readonly endpoint: EndpointOptions
}

/** The flags about addresses are for the first network; others can only be set up within `--network`. */
function joined(flags: NetworkValues): ContainerCreateOptions {
  const [first, ...others] = [...flags.network, ...flags.net].map(joining)
  const aliases = [...flags['network-alias'], ...flags['net-alias'], ...(first?.endpoint.aliases ?? [])]
  const target = first?.target
  const endpoint = { ...first?.endpoint, ...addresses(flags), ...(isNamed(target) ? links(flags) : {}) }
  const { aliases: _, ...special } = endpoint
  const all = [
    ...(Object.keys(special).length > 0 ? [{ target: target ?? 'default', endpoint: special }] : []),
    ...others,
  ]
  return {
    ...links(flags),
    network: target,
    networkAliases: aliases.length > 0 ? aliases : undefined,
    networkingConfig:
      all.length > 0 ? Object.fromEntries(all.map(({ target, endpoint }) => [target, endpoint])) : undefined,
  }
}

function addresses(flags: NetworkValues): EndpointOptions {
  const local = flags['link-local-ip']
  return {
    ...(flags.ip === undefined ? {} : { ipv4Address: flags.ip }),
    ...(flags.ip6 === undefined ? {} : { ipv6Address: flags.ip6 }),
    ...(local.length === 0 ? {} : { linkLocalIps: local }),
  }
}

function links({ link }: NetworkValues): { links?: readonly string[] } {
  return link.length === 0 ? {} : { links: link }
}

/** A network that somebody made, rather than one of the Engine's own. */
function isNamed(network: string | undefined): boolean {
  return network !== undefined && !/^(default|bridge|host|none|nat|container:.*)$/.test(network)
}

/** `web`, or `name=web,alias=db,ip=10.0.0.2`. */
function joining(given: string): Joining {
  if (!given.includes('=')) return { target: given, endpoint: {} }
  const fields = splitFields(given, '--network').map((field) => field.split(/=(.*)/s) as [string, string?])
  const values = (key: string) => fields.filter(([name]) => name === key).map(([, value = '']) => value)
  for (const [name] of fields) if (!KEYS.includes(name)) throw new UsageError(`invalid field ${name}`)
  const [target = ''] = values('name')
  if (target === '') throw new UsageError('no name set for network')
  const [ipv4Address] = values('ip')
  const [ipv6Address] = values('ip6')
  const [macAddress] = values('mac-address')
  const [priority] = values('gw-priority')
  return {
    target,
    endpoint: {
      ...present({ ipv4Address, ipv6Address, macAddress, gwPriority: priority && Number(priority) }),
      ...present({ aliases: some(values('alias')), linkLocalIps: some(values('link-local-ip')) }),
      ...present({ driverOpt: some(values('driver-opt')) }),
    },
  }
}

const KEYS = ['name', 'alias', 'ip', 'ip6', 'mac-address', 'link-local-ip', 'driver-opt', 'gw-priority']

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length > 0 ? values : undefined
}

function present(values: Record<string, unknown>): EndpointOptions {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
