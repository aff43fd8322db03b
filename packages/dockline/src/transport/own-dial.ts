import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { InvalidArgumentError, TimeoutError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import { invalidKind } from '../support/check.js'
import type { AsyncDial, Dial, Endpoint } from './dial.js'

/** An endpoint whose connections somebody else opens, in a way of their own. */
export function dialledEndpoint(dial: Dial): Endpoint {
  return {
    address: 'dial()',
    hostHeader: 'localhost',
    basePath: '',
    dial: (signal) => orDropped(opened(dial, signal), signal),
  }
}

/** An endpoint whose host is asked for when it is first dialled, and again after it could not be reached. */
export function askedEndpoint(
  ask: () => string | PromiseLike<string>,
  endpointOf: (host: string) => Endpoint,
): Endpoint {
  let endpoint: Endpoint | undefined
  const endpoints = new Map<string, Endpoint>()
  let asking: Promise<Endpoint> | undefined
  const find = async () => {
    const answer = await ask()
    if (typeof answer !== 'string') return invalidKind('host', 'a function that gives a string', answer)
    const found = endpoints.get(answer) ?? endpointOf(answer)
    if (found.basePath !== '')
      throw new InvalidArgumentError('host as a function must give an address without a path behind the port')
    endpoints.set(answer, found)
    endpoint = found
    return found
  }
  return {
    get address() {
      return endpoint?.address ?? 'host()'
    },
    hostHeader: 'localhost',
    basePath: '',
    async dial(signal) {
      asking ??= find()
      const mine = asking
      try {
        return await (await mine).dial(signal)
      } catch (error) {
        // It may be elsewhere the next time.
        if (asking === mine) asking = undefined
        throw error
      }
    },
    close() {
      for (const each of endpoints.values()) each.close?.()
    },
  }
}

/** The same endpoint, whose connections are given up after so many milliseconds. */
export function dialledWithin(endpoint: Endpoint, limitMs: number): Endpoint {
  const descriptors = Object.getOwnPropertyDescriptors(endpoint)
  return Object.defineProperties({} as Endpoint, {
    ...descriptors,
    dial: { value: within(endpoint.dial, limitMs), enumerable: true },
  })
}

function within(dial: AsyncDial, limitMs: number): AsyncDial {
  if (limitMs === Number.POSITIVE_INFINITY) return dial
  return async (signal) => {
    const limit = new AbortController()
    const timer = setTimeout(() => limit.abort(new TimeoutError('connecting', limitMs)), limitMs)
    const release = onAbort(signal, () => limit.abort(signal?.reason))
    try {
      return await orDropped(dial(limit.signal), limit.signal)
    } finally {
      clearTimeout(timer)
      release()
    }
  }
}

/** Waits for a connection, but not past an abort: one that comes later is closed. */
function orDropped(dialled: Promise<Duplex>, signal: AbortSignal | undefined): Promise<Duplex> {
  if (signal === undefined) return dialled
  return new Promise((resolve, reject) => {
    const release = onAbort(signal, () => {
      reject(signal.reason)
      dialled.then(
        (late) => late.on('error', () => {}).destroy(),
        () => {},
      )
    })
    dialled.then(resolve, reject).finally(release)
  })
}

/** Resolves with a connection when it is connected, so that a failure and the time for it are those of connecting. */
async function opened(dial: Dial, signal: AbortSignal | undefined): Promise<Duplex> {
  const socket = asSocket(await dial(signal))
  if (!(socket as Socket).connecting) return socket
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** What node:http asks of a socket, and other streams need not have. */
const SOCKET_METHODS = ['setKeepAlive', 'setNoDelay', 'setTimeout', 'ref', 'unref'] as const

function asSocket(stream: Duplex): Duplex {
  if (typeof stream?.write !== 'function' || typeof stream.read !== 'function')
    return invalidKind('dial', 'a function that gives a Duplex', stream)
  const socket = stream as Duplex & Record<string, unknown>
  for (const name of SOCKET_METHODS) socket[name] ??= () => socket
  return socket
}
