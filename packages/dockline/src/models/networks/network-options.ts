import type { ConfigReference, IPAM, IPAMConfig, NetworkCreateBody } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable } from '../base/call.js'
import type { StringMap } from '../options/index.js'
import { table } from '../options/table.js'
import { flag, listOf, nonEmpty, orText, stringMap, text } from '../options/values.js'

export interface NetworkCreateOptions extends CallOptions {
  /** The driver: 'bridge', 'overlay', 'macvlan', 'ipvlan', or a plugin's. Default: 'bridge'. */
  readonly driver?: string | undefined
  /** Options for the driver, such as `{ 'com.docker.network.bridge.name': 'br-web' }`. */
  readonly options?: StringMap | undefined
  /** The pools of addresses. Default: a subnet that the Engine chooses. */
  readonly ipam?: IpamOptions | Readonly<IPAM> | undefined
  /** Refuses a name that another network has. Default: true, and from API 1.44 on always. */
  readonly checkDuplicate?: boolean | undefined
  /** Gives no way out to other networks. Default: false. */
  readonly internal?: boolean | undefined
  readonly labels?: StringMap | undefined
  /** IPv4 addresses. Default: true. API 1.48. */
  readonly enableIpv4?: boolean | undefined
  /** IPv6 addresses. Default: false. */
  readonly enableIpv6?: boolean | undefined
  /** Containers outside of a service may join a network of the swarm. Default: false. */
  readonly attachable?: boolean | undefined
  /** The scope: 'local', 'swarm' or 'global'. Default: the driver's. API 1.30. */
  readonly scope?: string | undefined
  /** The network that routes published ports in a swarm. Default: false. API 1.29. */
  readonly ingress?: boolean | undefined
  /** Only holds settings, for others to take with `configFrom`. Default: false. API 1.30. */
  readonly configOnly?: boolean | undefined
  /** The name of a network made with `configOnly`. API 1.30. */
  readonly configFrom?: string | Readonly<ConfigReference> | undefined
}

/** How a network gives out addresses. */
export interface IpamOptions {
  /** The driver of the addresses. Default: 'default'. */
  readonly driver?: string | undefined
  readonly pools?: readonly (IpamPool | Readonly<IPAMConfig>)[] | undefined
  readonly options?: StringMap | undefined
}

/** A range of addresses, all in CIDR notation such as '172.28.0.0/16'. */
export interface IpamPool {
  readonly subnet?: string | undefined
  /** The part of the subnet that containers get addresses from. */
  readonly ipRange?: string | undefined
  readonly gateway?: string | undefined
  /** Addresses that are taken, by what has them: `{ router: '172.28.1.5' }`. */
  readonly auxAddresses?: StringMap | undefined
}

/** CheckDuplicate has left the Engine's description, and old Engines still take it. */
export interface WireNetwork extends NetworkCreateBody {
  CheckDuplicate?: boolean | undefined
}

const pool = table<IpamPool, IPAMConfig>({
  subnet: ['Subnet', text],
  ipRange: ['IPRange', text],
  gateway: ['Gateway', text],
  auxAddresses: ['AuxiliaryAddresses', stringMap],
})

const ipam = table<IpamOptions, IPAM>({
  driver: ['Driver', text],
  pools: ['Config', listOf(pool.parse)],
  options: ['Options', stringMap],
})

export const networkName = nonEmpty('the name of a network')

export const createOptions = callTable<NetworkCreateOptions, WireNetwork>({
  driver: ['Driver', text],
  options: ['Options', stringMap],
  ipam: ['IPAM', ipam.parse],
  checkDuplicate: ['CheckDuplicate', flag],
  internal: ['Internal', flag],
  labels: ['Labels', stringMap],
  enableIpv4: ['EnableIPv4', flag],
  enableIpv6: ['EnableIPv6', flag],
  attachable: ['Attachable', flag],
  scope: ['Scope', text],
  ingress: ['Ingress', flag],
  configOnly: ['ConfigOnly', flag],
  configFrom: ['ConfigFrom', configFrom],
})

const reference = table<{ readonly network?: string | undefined }, ConfigReference>({
  network: ['Network', text],
})

function configFrom(value: unknown, option: string): ConfigReference {
  return typeof value === 'string' ? { Network: value } : reference.parse(value, option, orText('net'))
}
