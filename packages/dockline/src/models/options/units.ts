import { type Convert, invalid } from './values.js'

const POWERS: Readonly<Record<string, number>> = { '': 0, k: 1, m: 2, g: 3, t: 4, p: 5 }

/**
 * A size in bytes: a whole number, or a string such as `'512m'`, `'1.5g'`, `'64KiB'` or `'128'`. Units are
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

const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}
const STEP = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g

/** As Go writes them, without the sign. */
const STEPS = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/
/** What 64 bits hold, which is some 292 years. */
const MOST_NANOSECONDS = 2 ** 63

/**
 * A duration in nanoseconds, the Engine's unit: a whole number of them, or a string such as `'1m30s'` or
 * `'500ms'`.
 */
export function parseDuration(value: unknown, option = 'duration'): number {
  const nanoseconds = typeof value === 'string' ? durationIn(value) : value
  if (typeof nanoseconds === 'number' && Number.isInteger(nanoseconds) && nanoseconds >= 0) return nanoseconds
  return invalid(option, "a number of nanoseconds or a string such as '1m30s'", value)
}

/** The nanoseconds of what Go takes for a duration: `1h30m`, `.5h`, `+10m`, `-2s`, `0`. undefined for what is none. */
export function durationIn(text: string): number | undefined {
  const [, sign = '', steps = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (steps === '0') return 0
  if (!STEPS.test(steps)) return undefined
  let total = 0
  for (const [, amount, unit = ''] of steps.matchAll(STEP)) total += Number(amount) * (NANOSECONDS[unit] ?? 0)
  if (total >= MOST_NANOSECONDS) return undefined
  return Math.round(sign === '-' ? -total : total) || 0
}
