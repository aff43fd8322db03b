import { DockerError, TimeoutError } from 'dockline'

/** Gives the error of Node's that is behind one of Dockline's: programs look for its code. */
export function asNodeError(error: unknown): unknown {
  if (error instanceof TimeoutError) return nodeError('socket hang up', error, { code: 'ECONNRESET' })
  return error instanceof DockerError && error.cause instanceof Error ? error.cause : error
}

interface NodeSignal {
  readonly signal: AbortSignal
  readonly release: () => void
}

/** Makes a signal whose reason is Node's AbortError. `release` lets go of the signal that was given. */
export function asNodeSignal(given: AbortSignal | undefined): NodeSignal {
  const own = new AbortController()
  const words = 'The operation was aborted'
  const abort = () => own.abort(nodeError(words, given?.reason, { name: 'AbortError', code: 'ABORT_ERR' }))
  if (given?.aborted) abort()
  given?.addEventListener('abort', abort, { once: true })
  return { signal: own.signal, release: () => given?.removeEventListener('abort', abort) }
}

function nodeError(words: string, cause: unknown, properties: object): Error {
  return Object.assign(new Error(words, { cause }), properties)
}
