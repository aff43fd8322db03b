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

/** Converts the seconds of a flag to the option of the library, where any negative number is no end. */
export function stopTimeout(seconds: number): number {
  return seconds < 0 ? -1 : seconds * 1000
}

/** The `stopTimeout` of the flags, by either name but not by both. */
export function timeoutOf({ flags: { time, timeout } }: Timed): number | undefined {
  if (time !== undefined && timeout !== undefined) {
    throw new ExitError('conflicting options: cannot specify both --timeout and --time')
  }
  const seconds = timeout ?? time
  return seconds === undefined ? undefined : stopTimeout(seconds)
}
