import { DockerError, TimeoutError } from 'dockline'

/** An error of Node's: what programs look for is its code. */
export type NodeError = Error & { code: string }

/** An error as Node words it, where it is one of the connection. */
export function asNodeError(error: unknown): unknown {
  if (error instanceof TimeoutError) return hungUp(error)
  return error instanceof DockerError && error.cause instanceof Error ? error.cause : error
}

function hungUp(cause: Error): NodeError {
  return Object.assign(new Error('socket hang up', { cause }), { code: 'ECONNRESET' })
}

interface NodeSignal {
  readonly signal: AbortSignal | undefined
  readonly release: () => void
}

/** A signal whose reason is Node's AbortError, and what lets go of the one that was given. */
export function asNodeSignal(signal: AbortSignal | undefined): NodeSignal {
  if (signal === undefined) return { signal: undefined, release: () => {} }
  const own = new AbortController()
  const abort = () => own.abort(aborted(signal.reason))
  if (signal.aborted) abort()
  else signal.addEventListener('abort', abort, { once: true })
  return { signal: own.signal, release: () => signal.removeEventListener('abort', abort) }
}

function aborted(cause: unknown): NodeError {
  const error = new Error('The operation was aborted', { cause })
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' })
}
