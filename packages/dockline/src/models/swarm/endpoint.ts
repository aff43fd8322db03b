import type { EndpointPortConfig, EndpointSpec } from '../../api/index.js'
import { own } from '../../support/own.js'
import { splitFields } from '../options/index.js'
import { publishedPorts } from '../options/ports.js'
import { table } from '../options/table.js'
import { cut, integer, invalid, listOf, oneOf, orText, text } from '../options/values.js'

/** How a service is reached. */
export interface EndpointSpecOptions {
  /** One virtual address for all tasks, or the addresses of all of them in DNS. Default: 'vip'. */
  readonly mode?: 'vip' | 'dnsrr' | undefined
  readonly ports?: readonly ServicePort[] | undefined
}

/** `'8080:80'`, `'53:53/udp'`, `'published=8080,target=80,mode=host'`, or an object. */
export type ServicePort = string | number | ServicePortOptions | Readonly<EndpointPortConfig>

export interface ServicePortOptions {
  readonly name?: string | undefined
  /** The protocol. Default: `tcp`. */
  readonly protocol?: 'tcp' | 'udp' | 'sctp' | undefined
  /** The port in the containers. */
  readonly targetPort: number
  /** The port of the nodes. Default: a free one. */
  readonly publishedPort?: number | undefined
  /** `ingress` publishes on every node, `host` only on nodes with a task. Default: `ingress`. */
  readonly publishMode?: 'ingress' | 'host' | undefined
}

const port = table<ServicePortOptions, EndpointPortConfig>({
  name: ['Name', text],
  protocol: ['Protocol', oneOf('tcp', 'udp', 'sctp')],
  targetPort: ['TargetPort', portNumber],
  publishedPort: ['PublishedPort', portNumber],
  publishMode: ['PublishMode', oneOf('ingress', 'host')],
})

const endpoint = table<EndpointSpecOptions, EndpointSpec>({
  mode: ['Mode', oneOf('vip', 'dnsrr')],
  ports: ['Ports', servicePorts],
})

export const endpointSpec: (value: unknown, option: string) => EndpointSpec = endpoint.parse

export function servicePorts(value: unknown, option: string): EndpointPortConfig[] {
  if (!Array.isArray(value)) return invalid(option, "an array such as ['8080:80']", value)
  return listOf(portsOf)(value, option).flat()
}

function portsOf(value: unknown, option: string): EndpointPortConfig[] {
  if (typeof value === 'string' && value.includes('=')) return [longForm(value, option)]
  if (typeof value === 'string' || typeof value === 'number') return shortForm(value, option)
  const parsed = port.parse(value, option, orText('8080:80'))
  return parsed.TargetPort ? [parsed] : invalid(`${option}.targetPort`, 'a port', parsed.TargetPort)
}

function shortForm(value: string | number, option: string): EndpointPortConfig[] {
  return publishedPorts(value, option).flatMap(({ protocol, number, bindings }) =>
    bindings.map(({ HostIp, HostPort }) => {
      if (HostIp) return invalid(option, "without an address, as in '8080:80'", value)
      if (HostPort?.includes('-')) return invalid(option, 'with as many ports on either side', value)
      const published = HostPort ? { PublishedPort: Number(HostPort) } : {}
      return { Protocol: protocol, TargetPort: number, ...published }
    }),
  )
}

const FIELDS: Readonly<Record<string, string>> = {
  target: 'targetPort',
  published: 'publishedPort',
  protocol: 'protocol',
  mode: 'publishMode',
}

function longForm(value: string, option: string): EndpointPortConfig {
  const fields = splitFields(value, option).map((field) => {
    const [key, content = ''] = cut(field, '=')
    const name = own(FIELDS, key) ?? invalid(`${option}: a field`, Object.keys(FIELDS).join(', '), key)
    return [name, /Port$/.test(name) ? Number(content) : content] as const
  })
  const parsed = port.parse(Object.fromEntries(fields), option)
  return parsed.TargetPort ? parsed : invalid(option, 'with a target=PORT', value)
}

function portNumber(value: unknown, option: string): number {
  const number = integer(value, option)
  return number >= 0 && number <= 65535 ? number : invalid(option, 'a port from 0 to 65535', value)
}
