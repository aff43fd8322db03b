import { BlockList, isIPv6 } from 'node:net'
import type { IpamOptions, IpamPool } from 'dockline/types'
import { ExitError } from '../errors.js'
import { text } from './flag.js'
import { commaList, pairs, pairsOf } from './lists.js'

/** Where a network's addresses come from. */
export const ipamFlags = {
  'aux-address': pairs('Auxiliary IPv4 or IPv6 addresses used by Network driver'),
  gateway: commaList('IPv4 or IPv6 Gateway for the master subnet'),
  'ip-range': commaList('Allocate container ip from a sub-range'),
  'ipam-driver': text('IP Address Management Driver', { initial: 'default' }),
  'ipam-opt': pairs('Set IPAM driver specific options'),
  subnet: commaList('Subnet in CIDR format that represents a network segment'),
}

export interface IpamValues {
  readonly 'aux-address': readonly string[]
  readonly gateway: readonly string[]
  readonly 'ip-range': readonly string[]
  readonly 'ipam-driver': string | undefined
  readonly 'ipam-opt': readonly string[]
  readonly subnet: readonly string[]
}

/** A pool for each subnet, with the range, the gateway and the taken addresses that lie in it. */
export function ipamOptions(values: IpamValues): IpamOptions {
  const { subnet: subnets, gateway: gateways } = values
  if (subnets.length < values['ip-range'].length || subnets.length < gateways.length) {
    throw new ExitError('every ip-range or gateway must have a corresponding subnet')
  }
  const pools = subnets.map((subnet) => new Pool(subnet, subnets))
  for (const range of values['ip-range']) place(pools, range, 'range').take('ipRange', range)
  for (const gateway of gateways) place(pools, gateway, 'gateway').take('gateway', gateway)
  for (const [name, address] of Object.entries(pairsOf(values['aux-address'])))
    place(pools, address, 'aux-address').auxAddresses[name] = address
  return {
    driver: values['ipam-driver'],
    options: pairsOf(values['ipam-opt']),
    pools: pools.map((pool) => pool.options()),
  }
}

function place(pools: readonly Pool[], address: string, what: string): Pool {
  const pool = pools.find((each) => each.holds(address))
  if (pool === undefined) throw new ExitError(`no matching subnet for ${what} ${address}`)
  return pool
}

class Pool {
  readonly subnet: string
  readonly auxAddresses: Record<string, string> = {}
  readonly #addresses: BlockList
  #ipRange: string | undefined
  #gateway: string | undefined

  constructor(subnet: string, all: readonly string[]) {
    this.subnet = subnet
    this.#addresses = addressesOf(subnet)
    const overlapping = all.some((other) => other !== subnet && this.holds(other))
    if (overlapping || all.indexOf(subnet) !== all.lastIndexOf(subnet))
      throw new ExitError('multiple overlapping subnet configuration is not supported')
  }

  /** An address, or the beginning of a range. */
  holds(address: string): boolean {
    const [ip = ''] = address.split('/')
    return this.#addresses.check(ip, family(ip))
  }

  take(what: 'ipRange' | 'gateway', value: string): void {
    if (what === 'ipRange') {
      if (this.#ipRange !== undefined)
        throw new ExitError(
          `cannot configure multiple ranges (${value}, ${this.#ipRange}) on the same subnet (${this.subnet})`,
        )
      this.#ipRange = value
      return
    }
    if (this.#gateway !== undefined)
      throw new ExitError(
        `cannot configure multiple gateways (${value}, ${this.#gateway}) for the same subnet (${this.subnet})`,
      )
    this.#gateway = value
  }

  options(): IpamPool {
    const { subnet, auxAddresses } = this
    const some = Object.keys(auxAddresses).length > 0
    return { subnet, ipRange: this.#ipRange, gateway: this.#gateway, ...(some && { auxAddresses }) }
  }
}

function addressesOf(subnet: string): BlockList {
  const [network = '', prefix = ''] = subnet.split('/')
  const addresses = new BlockList()
  try {
    addresses.addSubnet(network, Number(prefix), family(network))
  } catch (cause) {
    throw new ExitError(`invalid CIDR address: ${subnet}`, undefined, cause)
  }
  return addresses
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
