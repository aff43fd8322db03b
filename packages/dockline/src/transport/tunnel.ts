import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { ConnectionError, type DockerErrorOptions, TimeoutError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import type { AsyncDial } from './dial.js'
import { authorityOf, type HttpProxy } from './proxy.js'
import { type Address, DIAL_TIMEOUT_MS, dialTcp } from './socket.js'
import { dialTls, type Encrypt } from './tls.js'
import type { TlsSettings } from './tls-settings.js'

/** No proxy has that much to say. */
const MAX_HEAD_BYTES = 16 * 1024

/** The way to an Engine through a proxy. */
export interface Route {
  readonly proxy: HttpProxy
  readonly to: Address
  /** The Engine's address, for errors. */
  readonly where: string
  /** Encrypts what goes through the tunnel; undefined where the Engine wants it in the clear. */
  readonly encrypt: Encrypt | undefined
  /** The authorities that are trusted besides the system's, when the proxy itself is reached by TLS. */
  readonly ca: TlsSettings['ca']
  /** Milliseconds that all the steps of a dial may take together. Default: 10 s. */
  readonly limitMs?: number | undefined
}

/**
 * Connections through the proxy, each in a tunnel of its own: to everything above they are what a direct one would be, with
 * upgrades and half-close. All the steps of a dial together may take as long as a direct one.
 */
export function dialThrough(route: Route): AsyncDial {
  const { proxy, encrypt, ca, limitMs = DIAL_TIMEOUT_MS } = route
  const dialProxy = proxy.encrypted
    ? dialTls(proxy, { ca, trust: 'added' }, limitMs)
    : dialTcp(proxy, limitMs)
  return async (signal) => {
    const limit = limitOf(signal, limitMs)
    try {
      const tunnel = await openTunnel(dialProxy, route, limit.signal).catch((error: Error) => {
        throw signal?.aborted ? signal.reason : explain(error, route)
      })
      return encrypt === undefined ? tunnel : await encryptTunnel(tunnel, encrypt, limit.signal)
    } finally {
      limit.release()
    }
  }
}

/** Aborts for the reason of the call, or when the time is up. */
function limitOf(signal: AbortSignal | undefined, limitMs: number) {
  const limit = new AbortController()
  const giveUp = () => limit.abort(new TimeoutError('connecting', limitMs))
  const timer = limitMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(giveUp, limitMs)
  const forget = onAbort(signal, () => limit.abort(signal?.reason))
  const release = () => {
    clearTimeout(timer)
    forget()
  }
  return { signal: limit.signal, release }
}

async function openTunnel(
  dialProxy: (signal: AbortSignal) => Promise<Socket>,
  route: Route,
  limit: AbortSignal,
): Promise<Socket> {
  const socket = await dialProxy(limit)
  try {
    limit.throwIfAborted()
    socket.write(requestFor(route))
    const status = await readAnswer(socket, route, limit)
    if (status < 200 || status > 299) throw refusal(route, status)
    return socket
  } catch (error) {
    socket.on('error', () => {}).destroy()
    throw error
  }
}

async function encryptTunnel(tunnel: Socket, encrypt: Encrypt, limit: AbortSignal): Promise<Socket> {
  try {
    return await encrypt(limit, tunnel)
  } catch (error) {
    tunnel.on('error', () => {}).destroy()
    throw error
  }
}

function requestFor({ proxy: { authorization }, to }: Route): string {
  const authority = authorityOf(to)
  const credentials = authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`
  return `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n${credentials}\r\n`
}

/** The status of the proxy's answer. What follows its head belongs to the tunnel, and stays in the socket. */
function readAnswer(socket: Socket, route: Route, limit: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let head = ''
    const settle = () => {
      release()
      socket.off('readable', read).off('end', closed).off('close', closed).off('error', lost)
    }
    const fail = (error: unknown) => {
      settle()
      reject(error)
    }
    const closed = () => fail(failure(route, 'closed the connection before it answered'))
    const lost = (cause: Error) =>
      fail(failure(route, `broke the connection before it answered: ${cause.message}`, { cause }))
    const read = () => {
      for (let bytes = take(socket); bytes !== undefined; bytes = take(socket)) {
        const before = head.length
        head += bytes.toString('latin1')
        const problem = problemWith(head)
        if (problem !== undefined) return fail(failure(route, ...problem))
        const length = lengthOfHead(head)
        if (length === undefined) continue
        settle()
        if (head.length > length) socket.unshift(bytes.subarray(length - before))
        return resolve(Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length)))
      }
    }
    const release = onAbort(limit, () => fail(limit.reason))
    socket.on('readable', read).on('end', closed).on('close', closed).on('error', lost)
  })
}

function take(socket: Socket): Buffer | undefined {
  return (socket.read() as Buffer | null) ?? undefined
}

/** Reports a problem as early as possible: a server that does not speak HTTP may send nothing more, and wait. */
function problemWith(head: string): Problem | undefined {
  const begun = 'HTTP/1.'.startsWith(head.slice(0, 'HTTP/1.'.length))
  const isWhole = !head.includes('\n') || /^HTTP\/1\.\d [1-9]\d\d[ \r\n]/.test(head)
  if (!begun || !isWhole)
    return ['did not answer with HTTP', { hint: 'is it an HTTP proxy, and does it want TLS?' }]
  if ((lengthOfHead(head) ?? head.length) > MAX_HEAD_BYTES)
    return [`answered with a head of more than ${MAX_HEAD_BYTES} bytes`, {}]
  return undefined
}

type Problem = readonly [says: string, options: DockerErrorOptions]

/** To the end of its empty line; undefined while that has not come. */
function lengthOfHead(head: string): number | undefined {
  const end = /\r?\n\r?\n/.exec(head)
  return end === null ? undefined : end.index + end[0].length
}

/** In words of our own: the proxy's may repeat what it was sent. */
function refusal(route: Route, status: number): ConnectionError {
  const words = STATUS_CODES[status]
  const says = `answered ${status}${words === undefined ? '' : ` ${words}`}`
  return failure(route, says, { hint: adviceFor(route, status) })
}

function adviceFor({ proxy: { from, authorization }, to }: Route, status: number): string {
  switch (status) {
    case 407:
      return authorization === undefined
        ? `give it a user and a password in ${from}, as in http://user:password@host:port`
        : `are user and password right in ${from}?`
    case 403:
      return `does it let anyone connect to port ${to.port}?`
    case 502:
    case 503:
    case 504:
      return `can it reach ${authorityOf(to)}?`
    default:
      return 'is it an HTTP proxy that allows CONNECT?'
  }
}

/** What went wrong before there was a tunnel, as the proxy's. */
function explain(error: NodeJS.ErrnoException, route: Route): Error {
  if (error instanceof ConnectionError) return error
  if (error instanceof TimeoutError) {
    return failure(route, `did not answer within ${error.timeout} ms`, { cause: error })
  }
  const { encrypted, from } = route.proxy
  const hint = encrypted
    ? `check ${from}: does it speak TLS, and who has signed its certificate?`
    : `check ${from}`
  // Where a name has several addresses, the error of all of them together has no message.
  return failure(route, `cannot be reached: ${error.message || error.code}`, { cause: error, hint })
}

function failure({ proxy, where }: Route, says: string, options?: DockerErrorOptions): ConnectionError {
  const who = `the proxy ${authorityOf(proxy)}, from ${proxy.from},`
  return new ConnectionError(where, `cannot talk to the Docker Engine at ${where}: ${who} ${says}`, options)
}
