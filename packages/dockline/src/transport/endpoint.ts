import { InvalidArgumentError } from '../errors.js'
import { own } from '../support/own.js'
import type { AsyncDial, Endpoint } from './dial.js'
import { dialledWithin } from './own-dial.js'
import { describeProxy, type HttpProxy, type ProxyChoice } from './proxy.js'
import { type Address, dialPath, dialPathInto, dialTcp, dialTcpInto } from './socket.js'
import type { SshSettings } from './ssh-address.js'
import { dialSsh } from './ssh-dial.js'
import { dialTls } from './tls.js'
import type { TlsSettings } from './tls-settings.js'

const DEFAULT_TCP_PORT = 2375
const DEFAULT_HTTPS_PORT = 2376
/** Over ssh, every connection is a process here and one over there. */
const MAX_SSH_CALLS = 4
/** sun_path holds 108 bytes on Linux and 104 elsewhere, the closing zero included. */
const MAX_SOCKET_PATH = process.platform === 'linux' ? 107 : 103

/** Where the Engine listens when nothing says otherwise. */
export const DEFAULT_HOST =
  process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'

export interface EndpointSettings {
  /** Encrypts a TCP connection; other kinds have no use for it. */
  readonly tls?: TlsSettings | undefined
  /** Which proxy to take to a TCP address. Default: none. */
  readonly proxy?: ProxyChoice | undefined
  /** For ssh:// only. */
  readonly ssh?: SshSettings | undefined
  /** Milliseconds until a connection that is being opened is given up; Infinity for no limit. Default: 10 s. */
  readonly connectTimeout?: number | undefined
}

/**
 * The one place that switches on a scheme: from a host as in `DOCKER_HOST` to a way of getting there. As docker has it,
 * blanks around it do not count, and what does not say where is the platform's default, or that of `tcp://`.
 */
export function endpointOf(given: string, settings: EndpointSettings = {}): Endpoint {
  const host = completeHost(given)
  checkText(host)
  const [, scheme, rest] = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/(.*)$/.exec(host) ?? [undefined, 'tcp', host]
  if (rest === undefined || rest === '') throw badHost(host, 'nothing follows the scheme')
  switch (scheme?.toLowerCase()) {
    case 'unix':
      return socketEndpoint(host, rest, settings)
    case 'npipe':
      return pipeEndpoint(host, rest, settings)
    case 'tcp':
    case 'http':
      return tcpEndpoint(host, rest, settings)
    case 'https':
      return tcpEndpoint(host, rest, {
        ...settings,
        tls: settings.tls ?? {},
        defaultPort: DEFAULT_HTTPS_PORT,
      })
    case 'ssh':
      return sshEndpoint(host, rest, settings)
    default:
      throw badHost(host, `'${scheme}' is not one of unix, npipe, tcp, ssh, http, https`)
  }
}

function completeHost(given: string): string {
  const host = given.trim()
  return host === '' ? DEFAULT_HOST : (own(DEFAULTS, host) ?? host)
}

const DEFAULTS: Readonly<Record<string, string>> = {
  'unix://': 'unix:///var/run/docker.sock',
  'npipe://': 'npipe:////./pipe/docker_engine',
  'tcp://': `tcp://localhost:${DEFAULT_TCP_PORT}`,
}

const SCHEMES: readonly string[] = ['unix', 'npipe', 'tcp', 'http', 'https', 'ssh', 'fd']

/** What would otherwise pass for a host of that name, or be cut off without a word. */
function checkText(host: string): void {
  if (hasControls(host)) throw badHost(host, 'it has a control character in it')
  if (host.startsWith('://')) throw badHost(host, 'the scheme is missing')
  // As a name of a machine they would be looked up, and not be found.
  const path = /^(?:tcp:\/\/)?((?:[/~.]|[^:]*\.sock$).*)$/s.exec(host)?.[1]
  if (path !== undefined)
    throw badHost(host, `a socket is written with unix:// in front, as in ${socketOf(path)}`)
  const scheme = /^([a-zA-Z]+):(?!\/\/|\d+(\/|$))/.exec(host)?.[1]
  if (scheme !== undefined && SCHEMES.includes(scheme.toLowerCase())) {
    throw badHost(host, `${scheme} is followed by ://`)
  }
}

/** How the socket would be written that somebody may have meant. */
function socketOf(path: string): string {
  return path.startsWith('/')
    ? `unix://${path}`
    : `unix:///path/to/${path.replace(/^.*\//s, '') || 'docker.sock'}`
}

/** By a loop: a pattern with the class of control characters takes longer to compile than a client to make. */
function hasControls(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true
  }
  return false
}

function socketEndpoint(host: string, path: string, { connectTimeout }: EndpointSettings): Endpoint {
  const length = Buffer.byteLength(path)
  if (length > MAX_SOCKET_PATH) {
    throw badHost(host, `a socket path has at most ${MAX_SOCKET_PATH} bytes, this one has ${length}`)
  }
  const ways = { dial: dialPath(path, connectTimeout), dialInto: dialPathInto(path, connectTimeout) }
  return { address: `unix://${path}`, ...ways, hostHeader: 'localhost', basePath: '' }
}

function pipeEndpoint(host: string, rest: string, { connectTimeout }: EndpointSettings): Endpoint {
  if (process.platform !== 'win32') throw badHost(host, 'named pipes exist on Windows only')
  const path = rest.replaceAll('/', '\\')
  return { address: host, dial: dialPath(path, connectTimeout), hostHeader: 'localhost', basePath: '' }
}

interface TcpSettings extends EndpointSettings {
  /** The port of a host without one. Default: 2375. */
  readonly defaultPort?: number
}

function tcpEndpoint(host: string, rest: string, settings: TcpSettings): Endpoint {
  const { tls, proxy: choose, connectTimeout: limitMs, defaultPort = DEFAULT_TCP_PORT } = settings
  const url = parseAuthority(host, rest)
  const port = url.port === '' ? defaultPort : Number(url.port)
  const to = { host: bare(url.hostname) || 'localhost', port }
  const basePath = url.pathname.replace(/(?<!\/)\/+$/, '')
  const authority = `${url.hostname || 'localhost'}:${port}`
  const address = `tcp://${authority}${basePath}`
  const proxy = choose?.(to, tls !== undefined)
  if (proxy !== undefined) {
    const dial = dialProxied({ proxy, to, tls, limitMs, where: address })
    return { address, dial, hostHeader: authority, basePath, proxy: describeProxy(proxy) }
  }
  return {
    address,
    ...(tls === undefined
      ? { dial: dialTcp(to, limitMs), dialInto: dialTcpInto(to, limitMs) }
      : { dial: dialTls(to, tls, limitMs) }),
    hostHeader: authority,
    basePath,
  }
}

interface Proxied {
  readonly proxy: HttpProxy
  readonly to: Address
  readonly tls: TlsSettings | undefined
  readonly where: string
  readonly limitMs: number | undefined
}

/** What it takes is loaded at the first dial: few connect like that. */
function dialProxied({ tls, ...route }: Proxied): AsyncDial {
  let dial: AsyncDial | undefined
  return async (signal) => {
    const { dialThrough } = await import('./tunnel.js')
    dial ??= dialThrough({ ...route, encrypt: tls && dialTls(route.to, tls, route.limitMs), ca: tls?.ca })
    return dial(signal)
  }
}

/** As the docker command reads it. What is not said is left to ssh and its config file. */
function sshEndpoint(
  host: string,
  rest: string,
  { ssh: settings, connectTimeout }: EndpointSettings,
): Endpoint {
  const url = URL.canParse(`docker://${rest}`) ? new URL(`docker://${rest}`) : undefined
  if (url === undefined) throw badHost(host, 'it is not ssh://[user@]host[:port][/path/of/the/socket]')
  if (url.password !== '') throw badHost(host, 'a password has no place in it; use a key or an agent')
  if (url.search !== '' || url.hash !== '') throw badHost(host, 'it must not hold a query or fragment')
  const name = decode(host, bare(url.hostname))
  const user = url.username === '' ? undefined : decode(host, url.username)
  if (name === '') throw badHost(host, 'the host is missing')
  for (const word of [name, user ?? '']) checkSshName(host, word)
  const socket = /^\/*$/.test(url.pathname) ? undefined : decode(host, url.pathname)
  const address = `ssh://${rest}`
  const to = { host: name, user, port: url.port === '' ? undefined : Number(url.port), socket }
  const endpoint = {
    address,
    hostHeader: 'localhost',
    basePath: '',
    maxCalls: MAX_SSH_CALLS,
    ...dialSsh(address, to, settings),
  }
  return connectTimeout === undefined ? endpoint : dialledWithin(endpoint, connectTimeout)
}

/** What ssh itself would take for an option, or give to a shell: its ProxyCommand and Match may hold host and user. */
function checkSshName(host: string, word: string): void {
  const isOdd = word.startsWith('-') || /[\s'"`$\\;&<>|(){}[\]*?!#~^]/.test(word) || hasControls(word)
  if (isOdd) throw badHost(host, `'${word}' is no name for ssh`)
}

/** The URL parser keeps the brackets of an IPv6 address. All other APIs want none. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1')
}

function decode(host: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badHost(host, `'${text}' is not encoded as a URL is`)
  }
}

/** `http:` would swallow an explicit port 80, so a scheme the parser knows nothing about stands in. */
function parseAuthority(host: string, rest: string): URL {
  const authority = rest.startsWith(':') ? `localhost${rest}` : rest
  const url = URL.canParse(`docker://${authority}`) ? new URL(`docker://${authority}`) : undefined
  if (url === undefined) throw badHost(host, 'it is not host:port')
  if (url.username !== '' || url.password !== '') throw badHost(host, 'it must not hold a user or password')
  if (url.search !== '' || url.hash !== '') throw badHost(host, 'it must not hold a query or fragment')
  if (url.port === '0') throw badHost(host, 'port 0 cannot be connected to')
  return url
}

/** The host as it was written, but for a user and password: those never get into an error. */
function badHost(host: string, reason: string): InvalidArgumentError {
  const shown = host.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/i, '$1***@')
  return new InvalidArgumentError(`invalid host '${shown}': ${reason}`)
}
