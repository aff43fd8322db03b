import { InvalidArgumentError } from '../../errors.js'
import { nanosecondsIn } from '../../support/duration.js'
import { type Convert, integer, invalid, show } from './values.js'

const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 }

/**
 * Parses a size in bytes: a whole number, or a string such as `'512m'`, `'1.5g'`, `'64KiB'` or `'128'`. Units are
 * powers of 1024, as the docker command has them.
 */
export function parseBytes(value: unknown, option = 'size'): number {
  const bytes = typeof value === 'string' ? bytesIn(value) : value
  if (typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0) return bytes
  return invalid(option, "a number of bytes or a string such as '512m'", value)
}

/** As docker reads them: also '.5g', '+1m', '1e3' and '64 KiB', and neither ' 1m' nor '1ki'. */
const SIZE = /^(\+?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?) ?(?:b|([kmgtp])(?:i?b)?)?$/i

function bytesIn(value: string): number | undefined {
  const match = SIZE.exec(value)
  if (match === null) return undefined
  const [, amount = '', unit = ''] = match
  return Math.trunc(Number(amount) * 1024 ** (POWERS[unit.toLowerCase()] ?? 0))
}

/** A size that may also be -1, for no limit. */
export const bytesOrUnlimited: Convert<number> = (value, option) => {
  if (value === -1 || value === '-1') return -1
  const bytes = typeof value === 'string' ? bytesIn(value) : value
  if (typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0) return bytes
  return invalid(option, "a number of bytes, a string such as '512m', or -1 for no limit", value)
}

/** Longer ones are a mistake in the unit: who thinks of nanoseconds gets days. */
const LONGEST_NUMBER_MS = 1e9

/**
 * Converts a duration to nanoseconds, the Engine's unit. A number is milliseconds; a string is written like `'1m30s'` or
 * `'500ms'`.
 */
export function parseDuration(value: unknown, option = 'duration'): number {
  const nanoseconds = typeof value === 'string' ? nanosecondsIn(value) : fromMilliseconds(value, option)
  if (nanoseconds !== undefined && nanoseconds >= 0) return nanoseconds
  return invalid(option, "a number of milliseconds or a string such as '1m30s'", value)
}

function fromMilliseconds(value: unknown, option: string): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined
  if (value < LONGEST_NUMBER_MS) return Math.round(value * 1e6)
  return invalid(
    option,
    "a number of milliseconds below 1e9; write a longer time as a string such as '300h'",
    value,
  )
}

/** A rule for a duration. Under the Engine's own name a number is nanoseconds. */
export function duration<Key extends string>(key: Key): readonly [Key, Convert<number>, Convert<number>] {
  return [key, parseDuration, integer]
}

/** Converts a duration to whole seconds, for what the Engine counts in seconds. -1 is no end. */
export const wholeSeconds: Convert<number> = (value, option) => {
  if (value === -1) return -1
  const nanoseconds = parseDuration(value, option)
  if (nanoseconds % 1e9 === 0) return nanoseconds / 1e9
  const hint = `the Engine counts it in whole seconds: ${option}: '10s' or 10_000 are ten`
  throw new InvalidArgumentError(`${option} is ${shownDuration(value)}, which is not whole seconds`, { hint })
}

function shownDuration(value: unknown): string {
  return typeof value === 'number' ? `${value} ms` : show(value)
}

const MOST_CPUS = 1e5
/** The Engine counts CPUs in billionths. */
const BILLIONTHS = 1e9

/** Converts a number of CPUs, such as 1.5, to the billionths that the Engine counts in. */
const billionthsOfCpus: Convert<number> = (value, option) => {
  const fits = typeof value === 'number' && Math.abs(value) < MOST_CPUS
  return fits ? Math.round(value * BILLIONTHS) : invalid(option, 'a number of CPUs such as 1.5', value)
}

/** A rule for a number of CPUs. Under the Engine's own name it is billionths. */
export function cpus<Key extends string>(key: Key): readonly [Key, Convert<number>, Convert<number>] {
  return [key, billionthsOfCpus, integer]
}
