import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import type { ApiClient } from '../../api/index.js'
import { InvalidArgumentError, NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { dialectOf } from '../podman/dialect.js'
import { type HostBinding, isLoopback } from './published.js'

/** Files that Docker and Podman put into each container. */
const MARKS_OF_CONTAINERS = ['/.dockerenv', '/run/.containerenv']

/**
 * Finds the host by which this process reaches a published port. That is the host of the client's own address for TCP and
 * ssh. Behind a socket or a pipe it is this machine; for a process in a container, whose machine is the container, it is the
 * gateway of the Engine's default network.
 */
export async function engineHost(api: ApiClient, binding: HostBinding, call: CallOptions): Promise<string> {
  const named = namedHost(api.http.address)
  const far = named === undefined ? await gatewayFromContainer(api, call) : farHost(named)
  return far === undefined ? nearAddress(binding) : farAddress(far, binding)
}

/** The host that an Engine's address names; undefined for a socket or a pipe. */
function namedHost(address: string): string | undefined {
  const [, scheme, host = ''] = /^(tcp|ssh):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/]*)/.exec(address) ?? []
  if (scheme !== undefined) return host.replace(/^\[(.*)\]$/, '$1')
  if (/^(unix|npipe):/.test(address)) return undefined
  throw new InvalidArgumentError(`the client at ${address} does not know the host of its Engine`, {
    hint: 'give the option host',
  })
}

/** Undefined for this machine. */
function farHost(host: string): string | undefined {
  return isLoopback(host) ? undefined : host
}

/** By address and not as 'localhost', which may lead to another container's port of the other family. */
function nearAddress({ ip }: HostBinding): string {
  if (ip === '::') return '::1'
  return ip === '' || ip === '0.0.0.0' ? '127.0.0.1' : ip
}

function farAddress(host: string, { ip, port }: HostBinding): string {
  if (ip === '' || ip === '0.0.0.0' || ip === '::') return host
  if (!isLoopback(ip)) return ip
  throw new InvalidArgumentError(`the port ${port} is published on ${ip} of ${host}, and only there`, {
    hint: 'publish it on each address, or give the option host if it is forwarded',
  })
}

/** The address of the Engine's machine for a process in a container; undefined for a process beside the Engine. */
async function gatewayFromContainer(api: ApiClient, call: CallOptions): Promise<string | undefined> {
  if (!MARKS_OF_CONTAINERS.some((path) => existsSync(path))) return undefined
  const gateway = await defaultGateway(api, call)
  return gateway === undefined || isOwnAddress(gateway) ? undefined : gateway
}

async function defaultGateway(api: ApiClient, call: CallOptions): Promise<string | undefined> {
  const network = dialectOf(api).defaultNetwork
  try {
    const { IPAM } = await api.networks.inspect(network, {}, call)
    const [pool] = (IPAM?.Config ?? []).filter(({ Subnet = '' }) => !Subnet.includes(':'))
    return pool?.Gateway || firstAddress(pool?.Subnet)
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}

/** Engines before 23 do not name the gateway, which is the first address of the network. */
function firstAddress(subnet: string | undefined): string | undefined {
  const [, start, last] = /^(\d+\.\d+\.\d+)\.(\d+)\//.exec(subnet ?? '') ?? []
  return last === undefined ? undefined : `${start}.${Number(last) + 1}`
}

/** In the network of the Engine, as with `--network host`, its gateway is an address of this process. */
function isOwnAddress(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((each) => each.address === address))
}
