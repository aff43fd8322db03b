import type { Duration } from 'dockline'
import { ExitError } from '../errors.js'
import { type Flag, int } from './flag.js'

/** What --timeout was called. */
export const olderTimeFlag: Flag<number | undefined> = {
  ...int('Older name of --timeout', { hidden: true }),
  deprecated: 'use --timeout instead',
}

interface Timed {
  readonly flags: { readonly time: number | undefined; readonly timeout: number | undefined }
}

/** A century. An Engine counts in nanoseconds, and cannot count as far as a flag can. */
const LONGEST_SECONDS = 100 * 365 * 24 * 60 * 60

/** Converts the seconds of a flag to the option of the library, where -1 is no end. */
function stopTimeout(seconds: number): Duration {
  return seconds < 0 || seconds > LONGEST_SECONDS ? -1 : `${seconds}s`
}

/** The `stopTimeout` of the flags, by either name but not by both. */
export function timeoutOf({ flags: { time, timeout } }: Timed): Duration | undefined {
  if (time !== undefined && timeout !== undefined) {
    throw new ExitError('conflicting options: cannot specify both --timeout and --time')
  }
  const seconds = timeout ?? time
  return seconds === undefined ? undefined : stopTimeout(seconds)
}
