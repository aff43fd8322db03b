import { setMaxListeners } from 'node:events'
import type { Readable } from 'node:stream'
import { InvalidArgumentError } from '../errors.js'
import { show } from './check.js'

/** Calls `action` when the signal aborts, at once if it has. Returns what takes the listener away again. */
export function onAbort(signal: AbortSignal | undefined, action: () => void): () => void {
  if (signal === undefined) return () => {}
  checkSignal(signal)
  if (signal.aborted) {
    action()
    return () => {}
  }
  // One signal for hundreds of calls is the ordinary case here, and no leak to warn of.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', action, { once: true })
  return () => signal.removeEventListener('abort', action)
}

/** Refuses what is no signal, such as the controller of one. For the name of a process's signal there may be a hint. */
export function checkSignal(signal: unknown, hint?: string): void {
  if (signal === undefined || isSignal(signal)) return
  const options = { hint: typeof signal === 'string' ? hint : undefined }
  throw new InvalidArgumentError(`signal must be an AbortSignal, not ${show(signal)}`, options)
}

/** By what it can do: one may come from another realm. */
function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false
  const { aborted, addEventListener } = value as Partial<AbortSignal>
  return typeof aborted === 'boolean' && typeof addEventListener === 'function'
}

/** Two signals as one. To be disposed of when there is nothing more to abort: then neither keeps anything of it. */
export interface JoinedSignal extends Disposable {
  /** Aborts when one of the two does. */
  readonly signal: AbortSignal
}

/** By listeners, and not by `AbortSignal.any`: there, a signal remembers all that was ever made of it. */
export function joinSignals(one: AbortSignal | undefined, other: AbortSignal): JoinedSignal {
  if (one === undefined) return { signal: other, [Symbol.dispose]() {} }
  const controller = new AbortController()
  const releases = [one, other].map((each) => onAbort(each, () => controller.abort(each.reason)))
  const release = () => {
    for (const each of releases) each()
  }
  onAbort(controller.signal, release)
  return { signal: controller.signal, [Symbol.dispose]: release }
}

/** The two as one until one of them aborts, as one has to in the end: until then both keep it. */
export function eitherSignal(one: AbortSignal | undefined, other: AbortSignal): AbortSignal {
  return joinSignals(one, other).signal
}

/** Opens a stream that ends when one of two signals aborts; they are let go of when it is closed. */
export async function withBothSignals<Opened extends { readonly stream: Readable }>(
  one: AbortSignal | undefined,
  other: AbortSignal,
  open: (signal: AbortSignal) => Promise<Opened>,
): Promise<Opened> {
  const both = joinSignals(one, other)
  const release = () => both[Symbol.dispose]()
  try {
    const opened = await open(both.signal)
    if (opened.stream.closed) release()
    else opened.stream.once('close', release)
    return opened
  } catch (error) {
    release()
    throw error
  }
}

/** Stands for a reason that is null, 0 or their like where an error is expected: Node would take these for success. */
class AbortError extends Error {
  readonly code = 'ABORT_ERR'

  constructor(reason: unknown) {
    super('The operation was aborted', { cause: reason })
    this.name = 'AbortError'
  }
}

/** The reason of an abort, for what takes it as an error. */
export function asError(reason: unknown): Error {
  return (reason || new AbortError(reason)) as Error
}

/** The reason that an error stands for, as it was given. */
export function reasonOf(error: unknown): unknown {
  return error instanceof AbortError ? error.cause : error
}
