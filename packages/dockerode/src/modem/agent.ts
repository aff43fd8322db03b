import { EventEmitter } from 'node:events'
import { Agent } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Dial } from 'dockline/types'

/** A method that every agent of Node has, and its types lack. */
interface Connecting {
  addRequest(request: object, options: object): void
}

/** Whether an agent does nothing but pool connections, as Dockline does it by itself. */
export function isOwnPool(agent: Agent): boolean {
  return Object.getPrototypeOf(agent) === Agent.prototype && !Object.hasOwn(agent, 'createConnection')
}

/** Opens connections by an agent, in the way a request would ask it. */
export function dialThrough(agent: Agent, address: object): Dial {
  return (signal) =>
    new Promise((resolve, reject) => {
      const request = Object.assign(new EventEmitter(), {
        getHeader: () => undefined,
        onSocket: (socket: Duplex, error?: Error) => (error ? reject(error) : resolve(socket)),
      })
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      ;(agent as unknown as Connecting).addRequest(request, { path: null, ...address })
    })
}
