import { InvalidArgumentError } from '../errors.js'
import type { Endpoint } from './dial.js'
import { dialPath, dialTcp } from './socket.js'

const DEFAULT_TCP_PORT = 2375
/** sun_path holds 108 bytes on Linux and 104 elsewhere, the closing zero included. */
const MAX_SOCKET_PATH = process.platform === 'linux' ? 107 : 103

/** Where the Engine listens when nothing says otherwise. */
export const DEFAULT_HOST =
  process.platform === 'win32' ? 'npipe:////./pipe/docker_engine' : 'unix:///var/run/docker.sock'

/** The one place that switches on a scheme: from a host as in `DOCKER_HOST` to a way of getting there. */
export function endpointOf(host: string): Endpoint {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(host) ?? [undefined, 'tcp', host]
  if (rest === undefined || rest === '') throw badHost(host, 'nothing follows the scheme')
  switch (scheme?.toLowerCase()) {
    case 'unix':
      return socketEndpoint(host, rest)
    case 'npipe':
      return pipeEndpoint(host, rest)
    case 'tcp':
    case 'http':
      return tcpEndpoint(host, rest)
    case 'https':
    case 'ssh':
      throw badHost(host, `${scheme} is not supported yet`)
    default:
      throw badHost(host, `'${scheme}' is not one of unix, npipe, tcp`)
  }
}

function socketEndpoint(host: string, path: string): Endpoint {
  if (!path.startsWith('/'))
    throw badHost(host, `a socket path is absolute, as in unix:///var/run/docker.sock`)
  const length = Buffer.byteLength(path)
  if (length > MAX_SOCKET_PATH) {
    throw badHost(host, `a socket path has at most ${MAX_SOCKET_PATH} bytes, this one has ${length}`)
  }
  return { address: `unix://${path}`, dial: dialPath(path), hostHeader: 'localhost', basePath: '' }
}

function pipeEndpoint(host: string, rest: string): Endpoint {
  if (process.platform !== 'win32') throw badHost(host, 'named pipes exist on Windows only')
  const path = rest.replaceAll('/', '\\')
  return { address: host, dial: dialPath(path), hostHeader: 'localhost', basePath: '' }
}

function tcpEndpoint(host: string, rest: string): Endpoint {
  const url = parseAuthority(host, rest)
  const port = url.port === '' ? DEFAULT_TCP_PORT : Number(url.port)
  // The URL parser keeps the brackets of an IPv6 address, which the resolver does not want.
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1') || 'localhost'
  const basePath = url.pathname.replace(/\/+$/, '')
  const authority = `${url.hostname || 'localhost'}:${port}`
  return {
    address: `tcp://${authority}${basePath}`,
    dial: dialTcp({ host: hostname, port }),
    hostHeader: authority,
    basePath,
  }
}

/** `http:` would swallow an explicit port 80, so a scheme the parser knows nothing about stands in. */
function parseAuthority(host: string, rest: string): URL {
  if (host.startsWith('/')) throw badHost(host, 'a socket is written unix:///var/run/docker.sock')
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
