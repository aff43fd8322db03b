/** In hours; from each limit on, the next unit is used. */
const LATER: readonly (readonly [limit: number, hours: number, unit: string])[] = [
  [48, 1, 'hours'],
  [24 * 14, 24, 'days'],
  [24 * 60, 24 * 7, 'weeks'],
  [24 * 365 * 2, 24 * 30, 'months'],
  [Number.POSITIVE_INFINITY, 24 * 365, 'years'],
]

/** A length of time in docker's words for people: 'About an hour', '3 weeks'. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.trunc(milliseconds / 1000)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  const minutes = Math.trunc(seconds / 60)
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  const hours = Math.trunc(milliseconds / 3_600_000 + 0.5)
  if (hours === 1) return 'About an hour'
  for (const [limit, each, unit] of LATER) if (hours < limit) return `${Math.trunc(hours / each)} ${unit}`
  return ''
}

/** The longest that Go has: what was never is 292 years ago. */
const MAX_DURATION_MS = Number(2n ** 63n / 1_000_000n)
/** Go's first moment, in Unix seconds. */
export const YEAR_ONE = -62_135_596_800

/** '3 weeks ago', for a moment in Unix seconds. */
export function ago(seconds: number, now: number = Date.now()): string {
  return `${humanDuration(Math.min(now - seconds * 1000, MAX_DURATION_MS))} ago`
}
