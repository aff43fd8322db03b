import { TimeoutError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import { invalid } from '../support/check.js'
import { type Duration, millisecondsOf } from '../support/duration.js'

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
  timeout: Duration | undefined,
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
const LONGEST_MS = 2 ** 31 - 1

/** Whether it is a time limit: 0 and Infinity are, and mean that there is no limit. */
export function isLimit(timeout: Duration | undefined): boolean {
  return timeout === undefined || (millisecondsOf(timeout) ?? -1) >= 0
}

/** The milliseconds until a call is given up; undefined for no limit. */
export function limitOf(timeout: Duration | undefined, option = 'timeout'): number | undefined {
  if (timeout === undefined) return undefined
  const milliseconds = millisecondsOf(timeout) ?? -1
  if (milliseconds === 0 || milliseconds === Number.POSITIVE_INFINITY) return undefined
  if (milliseconds > 0) return Math.min(milliseconds, LONGEST_MS)
  return invalid(option, "0 or more milliseconds or a string such as '10s'", timeout)
}

export function startClock(
  what: string,
  limit: number | undefined,
  expire: (error: TimeoutError) => void,
): NodeJS.Timeout | undefined {
  return limit === undefined ? undefined : setTimeout(() => expire(new TimeoutError(what, limit)), limit)
}
