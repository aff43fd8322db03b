import { onAbort } from '../abort.js'
import { InvalidArgumentError, TimeoutError } from '../errors.js'

/** The caller's abort and a time limit of ours, as one signal. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
}

/** Starts the clock for something that takes several calls. Dispose of it to stop the clock. */
export function deadline(
  what: string,
  signal: AbortSignal | undefined,
  timeout: number | undefined,
): Deadline {
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout >= 0)) {
    throw new InvalidArgumentError(`timeout must be a positive number of milliseconds, not ${timeout}`)
  }
  const controller = new AbortController()
  const release = onAbort(signal, () => controller.abort(signal?.reason))
  const expire = () => controller.abort(new TimeoutError(what, timeout ?? 0))
  const timer = timeout ? setTimeout(expire, timeout) : undefined
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer)
      release()
    },
  }
}
