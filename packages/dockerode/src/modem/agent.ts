import { EventEmitter } from 'node:events'
import type { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dial } from 'dockline/types'

/** A method that every agent of Node has, and its types lack. */
interface Connecting {
  addRequest(request: object, options: object): void
}

const CHANGES_REQUESTS =
  'the agent changes requests, as HttpProxyAgent does, and can open no connection: use one that makes a tunnel, such as HttpsProxyAgent'

/** Opens connections by an agent, in the way a request would ask it. So its limits hold, and `destroy()` ends them. */
export function dialThrough(agent: Agent, address: object): Dial {
  return (signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const request = Object.assign(new EventEmitter(), {
        getHeader: () => undefined,
        setHeader: () => {
          throw new Error(CHANGES_REQUESTS)
        },
        onSocket: (socket: Duplex, error?: Error) => {
          if (error) return reject(error)
          // Given up while others had all connections.
          if (signal?.aborted) return socket.destroy()
          resolve(usedOnce(socket))
        },
      })
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      // Agents of older packages report a failed connection here.
      request.on('error', reject)
      ;(agent as unknown as Connecting).addRequest(request, { path: null, ...address })
    })
}

/** A connection that ends when its answer is here. Otherwise the agent would give it to another call, and the client keep it. */
function usedOnce(socket: Duplex): Duplex {
  return socket.removeAllListeners('free').once('free', () => socket.destroy())
}
