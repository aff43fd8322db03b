import net, { isIP } from 'node:net'
import type { Address } from './socket.js'

/**
 * Whether an address is reached without a proxy: it is this machine's own, or NO_PROXY has it. Read as the docker command
 * reads it: names with their subdomains, `.name` and `*.name` for the subdomains only, addresses, ranges as in 10.0.0.0/8,
 * each name and address with a port if need be, and `*` for all.
 */
export function goesDirect({ host, port }: Address, noProxy: string): boolean {
  const to = { host: host.toLowerCase(), port }
  if (isLoopback(to.host)) return true
  const rules = noProxy.split(',').map((rule) => rule.trim().toLowerCase())
  return rules.some((rule) => rule === '*' || matches(rule, to))
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || isWithin(host, '127.0.0.0', 8) || isWithin(host, '::1', 128)
}

function matches(rule: string, to: Address): boolean {
  const [, network, prefix] = /^(.+)\/(\d+)$/.exec(rule) ?? []
  if (network !== undefined) return isWithin(to.host, network, Number(prefix))
  const { host, port } = splitPort(rule)
  if (port !== '' && port !== `${to.port}`) return false
  return isIP(host) === 0 ? isOfDomain(to.host, host) : isWithin(to.host, host, bitsOf(host))
}

function splitPort(rule: string): { readonly host: string; readonly port: string } {
  const [, inBrackets, plain, port = ''] = /^(?:\[(.*)\]|([^:]*))(?::([^:]*))?$/.exec(rule) ?? []
  return { host: inBrackets ?? plain ?? rule, port }
}

function isOfDomain(name: string, rule: string): boolean {
  if (rule === '') return false
  const domain = rule.replace(/^\*(?=\.)/, '')
  return domain.startsWith('.') ? name.endsWith(domain) : name === domain || name.endsWith(`.${domain}`)
}

function isWithin(host: string, network: string, prefix: number): boolean {
  const [of, within] = [isIP(host), isIP(network)]
  if (of === 0 || within === 0 || network.includes('%') || prefix > bitsOf(network)) return false
  // To a BlockList, ::/0 would be everything. The other way round, ::ffff:10.0.0.1 is one of 10.0.0.0/8.
  if (of === 4 && within === 6) return false
  const list = new net.BlockList()
  list.addSubnet(network, prefix, within === 6 ? 'ipv6' : 'ipv4')
  return list.check(host, of === 6 ? 'ipv6' : 'ipv4')
}

function bitsOf(address: string): number {
  return isIP(address) === 6 ? 128 : 32
}
