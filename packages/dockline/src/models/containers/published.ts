import type { ApiClient, ContainerInspectResponse } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { type PortName, portName } from '../options/ports.js'
import { invalid } from '../options/values.js'

/** A port of a container: its number, `'80'`, `'80/tcp'` or `'53/udp'`. */
export type ContainerPort = number | string

/** Where a port of a container is on the machine of the Engine. */
export interface HostBinding {
  /** The address that the port is bound to. '' is each address. */
  readonly ip: string
  readonly port: number
  /** Whether the container is in the network of the host, where nothing is published. */
  readonly isInHostNetwork?: boolean
}

/** Where this process reaches a port of a container. */
export interface PortAddress {
  readonly host: string
  readonly port: number
}

export function parsePort(port: unknown, option = 'port'): PortName {
  const named = portName(port)
  // The Engine takes port 0 at the creation. Nothing listens there.
  if (named === undefined || named.number === 0)
    return invalid(option, "a container port such as 80, '80/tcp' or '53/udp'", port)
  return named
}

/** Reads where the ports are: those of the container whose network it shares, if it does. */
export async function inspectPorts(
  api: ApiClient,
  id: string,
  call: CallOptions,
): Promise<ContainerInspectResponse> {
  const attrs = await api.containers.inspect(id, {}, call)
  const [, owner] = /^container:(.+)$/.exec(attrs.HostConfig?.NetworkMode ?? '') ?? []
  return owner === undefined ? attrs : api.containers.inspect(owner, {}, call)
}

/** Where a port is published; undefined for a port that is not. */
export function bindingIn(
  { HostConfig, NetworkSettings }: ContainerInspectResponse,
  { name, number }: PortName,
): HostBinding | undefined {
  // In the host's network there is nothing to publish.
  if (HostConfig?.NetworkMode === 'host') return { ip: '', port: number, isInHostNetwork: true }
  const bindings = (NetworkSettings?.Ports?.[name] ?? [])
    .map(({ HostIp = '', HostPort }) => ({ ip: HostIp, port: Number(HostPort) }))
    .filter(({ port }) => port > 0)
  return bindings.sort((one, other) => rankOf(one) - rankOf(other))[0]
}

/**
 * The most reachable address comes first. An IPv6 binding comes after its IPv4 twin, because an old Engine may have given it
 * another port.
 */
function rankOf({ ip }: HostBinding): number {
  if (ip === '' || ip === '0.0.0.0') return 0
  if (ip === '::') return 1
  if (isLoopback(ip)) return 4
  return ip.includes(':') ? 3 : 2
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host)
}

/** What to say of a port that is not on the host. */
export function notPublished(
  { Id = '', State, NetworkSettings }: ContainerInspectResponse,
  { name, number }: PortName,
  address: string,
): InvalidArgumentError {
  const short = Id.slice(0, 12)
  if (State?.Running === false || State?.Restarting) {
    return new InvalidArgumentError(`container ${short} has no ports on ${address} while it does not run`, {
      hint: `it is ${State.Status ?? 'stopped'}${State.Restarting ? '' : ': start it first'}`,
    })
  }
  const others = Object.entries(NetworkSettings?.Ports ?? {}).flatMap(([port, bound]) =>
    bound ? [port] : [],
  )
  const there = others.length === 0 ? 'it publishes no port' : `it publishes ${others.join(', ')}`
  return new InvalidArgumentError(`container ${short} does not publish the port ${name}: ${there}`, {
    hint: `create it with ports: ['${name === `${number}/tcp` ? number : name}']`,
  })
}
