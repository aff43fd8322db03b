import { isIP } from 'node:net'
import { EXIT, ExitError } from '../../errors.js'

/** `8080:80` in any of its forms, also `published=8080,target=80`. Refuses what docker refuses, in docker's words. */
export function publication(given: string): string {
  const spec = given.includes('=') ? fromNames(given) : given
  const fault = faultIn(spec)
  return fault === undefined ? spec : refuse(fault)
}

function refuse(words: string): never {
  throw new ExitError(`dockline: ${words}`, EXIT.usage)
}

function fromNames(given: string): string {
  const named = new Map([['protocol', 'tcp']])
  for (const field of given.split(',')) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(field) ?? []
    if (name === undefined || value === undefined)
      return refuse(`invalid publish opts format (should be name=value but got '${field}')`)
    named.set(name, value)
  }
  return `${named.get('published') ?? ''}:${named.get('target') ?? ''}/${named.get('protocol')}`
}

/** The first fault, in the order in which docker looks. */
function faultIn(spec: string): string | undefined {
  const parts = spec.split(':')
  const [container = '', protocol] = (parts.at(-1) ?? '').split('/')
  const host = parts.at(-2) ?? ''
  return (
    addressFault(parts.slice(0, -2).join(':')) ??
    (container === '' ? `No port specified: ${spec}<empty>` : rangesFault(container, host)) ??
    (/^(tcp|udp|sctp|)$/i.test(protocol ?? '') ? undefined : `Invalid proto: ${protocol}`)
  )
}

function addressFault(address: string): string | undefined {
  if (address === '') return undefined
  const [, bracketed] = /^\[([^[\]]*)\]$/.exec(address) ?? []
  const fault = bracketed === undefined ? unbracketedFault(address) : undefined
  if (fault !== undefined) return `Invalid ip address ${address}: address ${address}:: ${fault}`
  const bare = bracketed ?? address
  return isIP(bare) === 0 ? `Invalid ip address: ${bare}` : undefined
}

function unbracketedFault(address: string): string | undefined {
  if (!address.startsWith('[')) return address.includes(':') ? 'too many colons in address' : undefined
  return address.includes(']') ? 'missing port in address' : "missing ']' in address"
}

function rangesFault(container: string, host: string): string | undefined {
  const inside = sizeOf(container)
  if (inside === undefined) return `Invalid containerPort: ${container}`
  const outside = host === '' ? inside : sizeOf(host)
  if (outside === undefined) return `Invalid hostPort: ${host}`
  // Several ports of the host are a choice for one port of the container, and not the other way round.
  if (inside === 1 || inside === outside) return undefined
  return `Invalid ranges specified for container and host Ports: ${container} and ${host}`
}

const HIGHEST_PORT = 65_535

/** Counts the ports of a range. Returns undefined for a text that is no range. */
function sizeOf(range: string): number | undefined {
  const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? []
  const size = Number(last) - Number(first) + 1
  return size > 0 && Number(last) <= HIGHEST_PORT ? size : undefined
}
