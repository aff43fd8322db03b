import { onAbort } from '../abort.js'
import { InvalidArgumentError, TimeoutError } from '../errors.js'

/** The caller's abort and a time limit of ours, as one signal. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
  /** For the calls it is made of: the limit of the whole stands in for that of the client, which is for one call. */
  readonly call: { readonly signal: AbortSignal; readonly timeout: 0 | undefined }
}

/** Starts the clock for something that takes several calls. Dispose of it to stop the clock. */
export function deadline(
  what: string,
  signal: AbortSignal | undefined,
  timeout: number | undefined,
): Deadline {
  const limit = limitOf(timeout)
  const controller = new AbortController()
  const release = onAbort(signal, () => controller.abort(signal?.reason))
  const timer = startClock(what, limit, (error) => controller.abort(error))
  return {
    signal: controller.signal,
    call: { signal: controller.signal, timeout: timeout === undefined ? undefined : 0 },
    [Symbol.dispose]() {
      clearTimeout(timer)
      release()
    },
  }
}

/** No timer can be longer, and one that is said to be ends at once. It is almost 25 days. */
const LONGEST = 2 ** 31 - 1

/** Whether it can be one: 0 and Infinity are, and stand for none. */
export function isLimit(timeout: number | undefined): boolean {
  return timeout === undefined || (typeof timeout === 'number' && timeout >= 0)
}

/** The milliseconds until a call is given up; undefined for no limit. */
export function limitOf(timeout: number | undefined, option = 'timeout'): number | undefined {
  if (timeout === undefined || timeout === 0 || timeout === Number.POSITIVE_INFINITY) return undefined
  if (isLimit(timeout)) return Math.min(timeout, LONGEST)
  throw new InvalidArgumentError(`${option} must be a positive number of milliseconds, not ${timeout}`)
}

export function startClock(
  what: string,
  limit: number | undefined,
  expire: (error: TimeoutError) => void,
): NodeJS.Timeout | undefined {
  return limit === undefined ? undefined : setTimeout(() => expire(new TimeoutError(what, limit)), limit)
}
