import { setMaxListeners } from 'node:events'

/** Calls `action` when the signal aborts, at once if it has. Returns what takes the listener away again. */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal === undefined) return () => {}
  if (signal.aborted) {
    action()
    return () => {}
  }
  // One signal for hundreds of calls is the ordinary case here, and no leak to warn of.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', action, { once: true })
  return () => signal.removeEventListener('abort', action)
}

/** A signal that aborts when one of these does. */
export function eitherSignal(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return one === undefined ? other : AbortSignal.any([one, other])
}
