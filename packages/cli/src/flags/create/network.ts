import type { ContainerCreateOptions, EndpointOptions } from 'dockline'
import { parsePorts, splitFields } from 'dockline/syntax'
import { EXIT, ExitError, UsageError } from '../../errors.js'
import { bool, list, text, type Values } from '../flag.js'
import { isAddress } from '../lists.js'
import { readableBy } from '../words.js'
import { to } from './option.js'
import { publication } from './publish.js'

const checkPort = readableBy((given, option) => parsePorts([given], option))

export const networkFlags = {
  dns: to('dns', list('Set custom DNS servers', { read: nameServer })),
  'dns-opt': list('Older name of --dns-option', { hidden: true }),
  'dns-option': list('Set DNS options'),
  'dns-search': to('dnsSearch', list('Set custom DNS search domains', { read: searchDomain })),
  expose: list('Expose a port or a range of ports', { check: checkExposed }),
  ip: text('IPv4 address (e.g., 172.30.100.104)'),
  ip6: text('IPv6 address (e.g., 2001:db8::33)'),
  link: list('Add link to another container', { check: checkLink }),
  'link-local-ip': list('Container IPv4/IPv6 link-local addresses'),
  'mac-address': to('macAddress', text('Container MAC address (e.g., 92:d0:c6:0a:29:33)')),
  net: list('Older name of --network', { hidden: true, check: readableBy(joining) }),
  'net-alias': list('Older name of --network-alias', { hidden: true }),
  network: list('Connect a container to a network', { type: 'network', check: readableBy(joining) }),
  'network-alias': list('Add network-scoped alias for the container'),
  publish: list("Publish a container's port(s) to the host", { short: 'p' }),
  'publish-all': to('publishAll', bool('Publish all exposed ports to random ports', 'P')),
}
type NetworkValues = Values<typeof networkFlags>

export function networkOptions(flags: NetworkValues): ContainerCreateOptions {
  const dnsOption = [...flags['dns-option'], ...flags['dns-opt']]
  return { ...ports(flags), ...joined(flags), dnsOption: dnsOption.length > 0 ? dnsOption : undefined }
}

function nameServer(given: string): string {
  const address = given.trim()
  if (isAddress(address)) return address
  throw new UsageError(`IP address is not correctly formatted: ${given}`)
}

const DOMAIN = /^((?:[a-z\d]|[a-z\d][a-z\d-]*[a-z\d])(?:\.(?:[a-z\d]|[a-z\d][a-z\d-]*[a-z\d]))*)\.?\s*$/i

/** `.` stands for no search domain. */
function searchDomain(given: string): string {
  const domain = given.trim()
  if (domain === '.') return domain
  const name = DOMAIN.exec(domain)?.[1]
  if (name !== undefined && /[a-z]/i.test(name) && name.length < 255) return name
  throw new UsageError(`${domain} is not a valid domain`)
}

function checkExposed(given: string): void {
  if (given.includes(':')) throw new UsageError(`invalid port format for --expose: ${given}`)
  checkPort(given)
}

function checkLink(given: string): void {
  if (given === '') throw new UsageError('empty string specified for links')
  if (given.split(':').length > 2) throw new UsageError(`bad format for links: ${given}`)
}

/** Published ports are exposed too, beside those that only are exposed. */
function ports({ publish, expose }: NetworkValues): ContainerCreateOptions {
  if (publish.length === 0 && expose.length === 0) return {}
  const { ExposedPorts, PortBindings } = parsePorts(publish.map(publication))
  const exposed = { ...parsePorts(expose).ExposedPorts, ...ExposedPorts }
  return { config: { ExposedPorts: exposed }, hostConfig: { PortBindings } }
}

interface Joining {
  readonly target: string
  readonly endpoint: EndpointOptions
}

/** The flags about addresses are for the first network; others can only be set up within `--network`. */
function joined(flags: NetworkValues): ContainerCreateOptions {
  const joinings = [...flags.network, ...flags.net].map(joining)
  checkTogether(joinings, flags)
  const [first, ...others] = joinings
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
    networks:
      all.length > 0 ? Object.fromEntries(all.map(({ target, endpoint }) => [target, endpoint])) : undefined,
  }
}

/** docker's rules for several networks, and for flags beside `--network` that say the same as what it holds. */
function checkTogether(joinings: readonly Joining[], flags: NetworkValues): void {
  const targets = joinings.map(({ target }) => target)
  const twice = targets.find((target, index) => targets.indexOf(target) !== index)
  if (targets.some((target) => target.trim() === '')) throw refusal('no name set for network')
  if (twice !== undefined) throw refusal(`network ${JSON.stringify(twice)} is specified multiple times`)
  if (targets.some(isNamed) && !targets.every(isNamed))
    throw refusal('conflicting options: cannot attach both user-defined and non-user-defined network-modes')
  checkAliases(joinings, flags)
  checkAddresses(joinings[0]?.endpoint ?? {}, flags)
  const mac = flags['mac-address']
  const macs = [mac, ...joinings.map(({ endpoint }) => endpoint.macAddress)]
  const wrong = macs.find((each) => each && !MAC.test(each))
  if (wrong) throw refusal(`${wrong} is not a valid mac address`)
}

const MAC =
  /^(?:[\da-f]{2}(?:([:-])[\da-f]{2})(?:\1[\da-f]{2}){4}(?:(?:\1[\da-f]{2}){2})?|[\da-f]{4}(?:\.[\da-f]{4}){2,3})$/i

function checkAliases(joinings: readonly Joining[], flags: NetworkValues): void {
  const beside = [...flags['network-alias'], ...flags['net-alias']]
  const [first] = joinings
  if (beside.length > 0 && first?.endpoint.aliases !== undefined)
    throw refusal('conflicting options: cannot specify both --network-alias and per-network alias')
  const lost = joinings.some(({ target, endpoint }) => !isNamed(target) && endpoint.aliases !== undefined)
  if (lost || (beside.length > 0 && !isNamed(first?.target)))
    throw refusal('network-scoped aliases are only supported for user-defined networks')
}

/** An address may stand in a flag of its own or within `--network`; one of two would be lost. */
function checkAddresses(endpoint: EndpointOptions, flags: NetworkValues): void {
  const { ip, ip6, macAddress, linkLocalIps } = endpoint
  const local = flags['link-local-ip']
  const pairs: readonly (readonly [flag: unknown, within: unknown, names: string])[] = [
    [flags.ip, ip, '--ip and per-network IPv4 address'],
    [flags.ip6, ip6, '--ip6 and per-network IPv6 address'],
    [flags['mac-address'], macAddress, '--mac-address and per-network MAC address'],
    [local.length > 0, linkLocalIps, '--link-local-ip and per-network link-local IP addresses'],
  ]
  const twice = pairs.find(([flag, within]) => flag && within)
  if (twice !== undefined) throw refusal(`conflicting options: cannot specify both ${twice[2]}`)
}

function refusal(message: string): ExitError {
  return new ExitError(message, EXIT.usage)
}

function addresses(flags: NetworkValues): EndpointOptions {
  const local = flags['link-local-ip']
  return {
    ...(flags.ip === undefined ? {} : { ip: flags.ip }),
    ...(flags.ip6 === undefined ? {} : { ip6: flags.ip6 }),
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

/** As docker reads it: without blanks around a key and its value, and both in lower case. */
function readField(field: string): readonly [name: string, value: string] {
  const [name = '', value] = field.toLowerCase().split(/=(.*)/s)
  if (name === '' || value === undefined) throw new UsageError(`invalid field ${field.toLowerCase()}`)
  return [name.trim(), value.trim()]
}

/** `web`, or `name=web,alias=db,ip=10.0.0.2`. */
function joining(given: string): Joining {
  if (!/\w=\w/.test(given)) return { target: given, endpoint: {} }
  const fields = splitFields(given, '--network').map(readField)
  const values = (key: string) => fields.filter(([name]) => name === key).map(([, value]) => value)
  for (const [name] of fields) if (!KEYS.includes(name)) throw new UsageError(`invalid field key ${name}`)
  const last = (key: string) => values(key).at(-1)
  const target = last('name') ?? ''
  if (values('driver-opt').some((option) => !option.includes('=')))
    throw new UsageError('invalid key value pair format in driver options')
  if (target === '') throw new UsageError('network name/id is not specified')
  const ip = last('ip')
  const ip6 = last('ip6')
  const macAddress = last('mac-address')
  const priority = last('gw-priority')
  return {
    target,
    endpoint: {
      ...present({
        ip,
        ip6,
        macAddress,
        gwPriority: priority === undefined ? undefined : gatewayPriority(priority),
      }),
      ...present({ aliases: some(values('alias')), linkLocalIps: some(values('link-local-ip')) }),
      ...present({ driverOpt: some(values('driver-opt')) }),
    },
  }
}

function gatewayPriority(given: string): number {
  const number = Number(given)
  const isNumber = /^[-+]?\d+$/.test(given)
  if (isNumber && Number.isSafeInteger(number)) return number
  throw new UsageError(
    `invalid gw-priority (${given}): ${isNumber ? 'value out of range' : 'invalid syntax'}`,
  )
}

const KEYS = ['name', 'alias', 'ip', 'ip6', 'mac-address', 'link-local-ip', 'driver-opt', 'gw-priority']

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length > 0 ? values : undefined
}

function present(values: Record<string, unknown>): EndpointOptions {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
