import { InvalidArgumentError } from '../errors.js'
import type { ProxyDescription } from './dial.js'
import type { Address } from './socket.js'

/** An HTTP proxy, through which Engines on TCP are reached. */
export interface HttpProxy extends Address {
  /** Whether the connection to the proxy itself is by TLS. */
  readonly encrypted: boolean
  /** The value of `Proxy-Authorization`. A secret. */
  readonly authorization: string | undefined
  /** What has named it: 'HTTPS_PROXY', 'the proxy option'. */
  readonly from: string
}

/** Which proxy to take to an Engine, whose connection is encrypted or not; undefined for none. */
export type ProxyChoice = (to: Address, encrypted: boolean) => HttpProxy | undefined

const PORTS = { http: 80, https: 443 } as const

/** `http://user:password@box:3128`, `https://…` or `box:3128`. No error ever shows the text: it may hold a password. */
export function parseProxy(text: string, from: string): HttpProxy {
  const [, given = 'http', rest = text] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(text) ?? []
  const scheme = given.toLowerCase()
  if (scheme !== 'http' && scheme !== 'https') {
    throw badProxy(from, `its scheme is '${scheme}', which is not one of http, https`)
  }
  const url = URL.canParse(`${scheme}://${rest}`) ? new URL(`${scheme}://${rest}`) : undefined
  if (url === undefined) throw badProxy(from, 'it is not host:port')
  // A user or password that is not encoded ends the host early, and what is left would be connected to.
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw badProxy(from, 'something follows host and port')
  }
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORTS[scheme] : Number(url.port),
    encrypted: scheme === 'https',
    authorization: authorizationOf(url, from),
    from,
  }
}

/** For people: without user and password. */
export function describeProxy({ encrypted, from, ...address }: HttpProxy): ProxyDescription {
  return { address: `${encrypted ? 'https' : 'http'}://${authorityOf(address)}`, reason: from }
}

/** As it stands in a URL, and in a CONNECT. */
export function authorityOf({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function authorizationOf({ username, password }: URL, from: string): string | undefined {
  if (username === '' && password === '') return undefined
  try {
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
    return `Basic ${Buffer.from(credentials).toString('base64')}`
  } catch {
    throw badProxy(from, 'its user or password is not encoded as a URL is')
  }
}

function badProxy(from: string, reason: string): InvalidArgumentError {
  const hint = 'write it as http://user:password@host:port, special characters of user and password as in %40'
  return new InvalidArgumentError(`${from} names no proxy that can be used: ${reason}`, { hint })
}
