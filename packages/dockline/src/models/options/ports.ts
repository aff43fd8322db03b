import { isIP } from 'node:net'
import type { ContainerConfig, PortBinding } from '../../api/types.gen.js'
import { InvalidArgumentError } from '../../errors.js'
import { isObject } from '../../support/check.js'
import { table } from './table.js'
import { define, integer, invalid, object, show, text } from './values.js'

/** One address of the host: a port, `'ip:port'`, or both by name. */
export interface PortBindingOptions {
  /** An address of the host; '' or nothing means all of them. */
  readonly hostIp?: string | undefined
  /** A port, or a range such as `'8000-8010'` to take a free one from; nothing means any free port. */
  readonly hostPort?: number | string | undefined
}

export type PortTarget = number | string | null | PortBindingOptions | Readonly<PortBinding>

/**
 * Container ports to host addresses, or strings in the docker command's `[[ip:]host:]container[/protocol]`.
 */
export type Ports =
  | Readonly<Record<string, PortTarget | readonly PortTarget[] | undefined>>
  | readonly (string | number)[]

export interface ParsedPorts {
  readonly ExposedPorts: NonNullable<ContainerConfig['ExposedPorts']>
  readonly PortBindings: Record<string, PortBinding[]>
}

/**
 * Parses ports to expose and to publish. A port without a host port, or with null for it, gets any free port.
 */
export function parsePorts(ports: unknown, option = 'ports'): ParsedPorts {
  const pairs = Array.isArray(ports)
    ? ports.flatMap((spec: unknown) => publishedPorts(spec, option))
    : Object.entries(portsByName(ports, option)).map(([port, target]) => fromEntry(port, target, option))
  const parsed: ParsedPorts = { ExposedPorts: {}, PortBindings: {} }
  for (const { name, bindings } of pairs) {
    define(parsed.ExposedPorts, name, {})
    define(parsed.PortBindings, name, [...(parsed.PortBindings[name] ?? []), ...bindings])
  }
  return parsed
}

function portsByName(ports: unknown, option: string): object {
  return isObject(ports)
    ? object(ports, option)
    : invalid(option, "an object, or an array such as ['8080:80']", ports)
}

/** A port of a container, and where it is published. */
export interface PublishedPort extends PortName {
  readonly bindings: readonly PortBinding[]
}

function fromEntry(port: string, target: unknown, option: string): PublishedPort {
  const named = portName(port)
  if (named === undefined) {
    return invalid(`${option}: a container port`, "like 80, '80/tcp' or '53/udp'", port)
  }
  const where = `${option}['${port}']`
  const targets: readonly unknown[] = Array.isArray(target) ? target : [target]
  return { ...named, bindings: targets.map((one) => binding(one, where)) }
}

type Protocol = 'tcp' | 'udp' | 'sctp'

/** A port of a container, as the Engine names it. */
export interface PortName {
  readonly number: number
  readonly protocol: Protocol
  /** As in '80/tcp'. */
  readonly name: string
}

/** Reads a container port such as 80, '80/tcp' or '53/udp'; undefined for any other value. */
export function portName(port: unknown): PortName | undefined {
  const [, digits, protocol = 'tcp'] = /^(\d+)(?:\/(tcp|udp|sctp)?)?$/i.exec(String(port)) ?? []
  if (!isPort(digits)) return undefined
  return namedPort(Number(digits), protocol)
}

/** An empty protocol is TCP. */
function namedPort(number: number, anyCase: string): PortName {
  const protocol = (anyCase.toLowerCase() || 'tcp') as Protocol
  return { number, protocol, name: `${number}/${protocol}` }
}

const byName = table<PortBindingOptions, PortBinding>({
  hostIp: ['HostIp', text],
  hostPort: ['HostPort', (value, option) => hostPort(value, option)],
})

function binding(target: unknown, option: string): PortBinding {
  if (target === null) return { HostIp: '', HostPort: '' }
  if (typeof target === 'number') return { HostIp: '', HostPort: hostPort(target, option) }
  if (typeof target === 'string') return fromAddress(target, option)
  if (typeof target === 'object') return { HostIp: '', HostPort: '', ...byName.parse(target, option) }
  return invalid(option, "a host port, 'ip:port', an object or null", target)
}

function hostPort(value: unknown, option: string): string {
  const port = typeof value === 'string' ? value : String(integer(value, option))
  const range = rangeOf(port)
  if (port === '' || range !== undefined) return written(range)
  return invalid(option, "a host port from 0 to 65535 or a range such as '8000-8010'", value)
}

/** `'8080'`, `'127.0.0.1:8080'`, `'127.0.0.1'` or `'[::1]:8080'`. */
function fromAddress(address: string, option: string): PortBinding {
  const range = rangeOf(address)
  if (address === '' || range !== undefined) return { HostIp: '', HostPort: written(range) }
  if (isAddress(address)) return { HostIp: unbracketed(address), HostPort: '' }
  const colon = address.lastIndexOf(':')
  const ip = address.slice(0, Math.max(colon, 0))
  if (!isAddress(ip)) return invalid(option, "a host port or 'ip:port'", address)
  return { HostIp: unbracketed(ip), HostPort: hostPort(address.slice(colon + 1), option) }
}

/**
 * Reads `[[ip:]host:]container[/protocol]`, where both ports may be ranges of the same length. As in docker, an empty
 * protocol counts as absent, and text after a second slash is ignored.
 */
export function publishedPorts(spec: unknown, option: string): PublishedPort[] {
  const whole = typeof spec === 'number' ? String(spec) : spec
  const form = "like '8080:80', '127.0.0.1:8080:80/tcp' or '8000-8001:80-81'"
  if (typeof whole !== 'string') return invalid(option, form, spec)
  const match = /^(?:(?:(?<ip>.*):)?(?<host>[^:]*):)?(?<port>[^:/]+)(?:\/(?<protocol>[^/]*).*)?$/s.exec(whole)
  const { ip = '', host, port, protocol = '' } = match?.groups ?? {}
  const container = rangeOf(port)
  const hosts = hostPortsFor(container, host)
  const known = /^(tcp|udp|sctp)?$/i.test(protocol)
  if (container === undefined || hosts === undefined || !known || (ip !== '' && !isAddress(ip))) {
    const hint = advice(container, host)
    throw new InvalidArgumentError(`${option} must be ${form}, not ${show(spec)}`, { hint })
  }
  return hosts.map((host, index) => ({
    ...namedPort(container.first + index, protocol),
    bindings: [{ HostIp: unbracketed(ip), HostPort: host }],
  }))
}

interface PortRange {
  readonly first: number
  readonly size: number
}

/** The host port of each container port. One container port takes any free one of a host range. */
function hostPortsFor(container: PortRange | undefined, host = ''): string[] | undefined {
  const range = rangeOf(host)
  if (container === undefined || (host !== '' && range === undefined)) return undefined
  if (range === undefined || container.size === 1)
    return Array.from({ length: container.size }, () => written(range))
  if (range.size !== container.size) return undefined
  return Array.from({ length: range.size }, (_, index) => String(range.first + index))
}

function advice(container: PortRange | undefined, host: string | undefined): string | undefined {
  const range = rangeOf(host)
  if (container === undefined || range === undefined || range.size === container.size) return undefined
  return `${show(host)} has ${countPorts(range)} for ${countPorts(container)} of the container`
}

function countPorts({ size }: PortRange): string {
  return size === 1 ? '1 port' : `${size} ports`
}

function rangeOf(text: string | undefined): PortRange | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text ?? '')
  if (match === null) return undefined
  const [first, last] = [match[1], match[2] ?? match[1]]
  if (!isPort(first) || !isPort(last) || Number(last) < Number(first)) return undefined
  return { first: Number(first), size: Number(last) - Number(first) + 1 }
}

/** Without zeros in front, and one port for a range of one. */
function written(range: PortRange | undefined): string {
  if (range === undefined) return ''
  const { first, size } = range
  return size === 1 ? `${first}` : `${first}-${first + size - 1}`
}

function isPort(digits: string | undefined): digits is string {
  return digits !== undefined && Number(digits) <= 65535
}

/** Reads an address as Go does: zones and short forms such as 127.1 are refused. */
function isAddress(ip: string): boolean {
  return !ip.includes('%') && isIP(unbracketed(ip)) !== 0
}

function unbracketed(ip: string): string {
  return /^\[(.*)\]$/.exec(ip)?.[1] ?? ip
}
