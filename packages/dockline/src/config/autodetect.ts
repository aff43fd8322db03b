import { onAbort } from '../support/abort.js'
import type { Endpoint } from '../transport/index.js'
import type { Environment } from './resolve.js'

/** Nobody said where to connect: when nothing answers there, the error names the sockets that could be meant. */
export function withOffers(endpoint: Endpoint, env: Environment): Endpoint {
  const { dialInto } = endpoint
  const orOffer = async <T>(dialled: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
    try {
      return await dialled
    } catch (error) {
      if (signal?.aborted) throw error
      const { offerOf } = await import('./known-sockets.js')
      throw Object.assign(error as Error, { offer: offerOf(env) })
    }
  }
  return {
    ...endpoint,
    dial: (signal) => orOffer(endpoint.dial(signal), signal),
    dialInto: dialInto && ((reading, signal) => orOffer(dialInto(reading, signal), signal)),
  }
}

/** The default endpoint, or the first of the known sockets that an Engine answers at, found out at the first call. */
export function detecting(standard: Endpoint, env: Environment): Endpoint {
  let found: Endpoint | undefined
  let searching: Promise<Endpoint> | undefined
  return {
    ...standard,
    get address() {
      return (found ?? standard).address
    },
    get dialInto() {
      return found?.dialInto
    },
    async dial(signal) {
      if (found === undefined) {
        // One search is for all calls that wait for it: none of them ends it for the others.
        searching ??= startSearch(standard, env).finally(() => {
          searching = undefined
        })
        found = await unlessAborted(searching, signal)
      }
      return found.dial(signal)
    },
  }
}

/** Where to look is known to a file that few programs need. */
async function startSearch(standard: Endpoint, env: Environment): Promise<Endpoint> {
  const { search } = await import('./known-sockets.js')
  return search(standard, env)
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const release = onAbort(signal, () => reject(signal.reason))
    promise.then(resolve, reject).finally(release)
  })
}
