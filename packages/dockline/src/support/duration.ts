/** A length of time: a number of milliseconds, or a string as docker writes one, such as `'10s'`, `'1m30s'` or `'500ms'`. */
export type Duration = number | string

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
/** The first number that 64 bits do not hold: some 292 years. */
const MOST_NANOSECONDS = 2 ** 63

/** The nanoseconds of a duration as Go writes it: `1h30m`, `.5h`, `+10m`, `-2s`, `0`. undefined for any other text. */
export function nanosecondsIn(text: string): number | undefined {
  const [, sign = '', steps = ''] = /^([-+]?)(.*)$/s.exec(text) ?? []
  if (steps === '0') return 0
  if (!STEPS.test(steps)) return undefined
  let total = 0
  for (const [, amount, unit = ''] of steps.matchAll(STEP)) total += Number(amount) * (NANOSECONDS[unit] ?? 0)
  if (total >= MOST_NANOSECONDS) return undefined
  return Math.round(sign === '-' ? -total : total) || 0
}

/** The milliseconds of a duration; undefined for anything else. */
export function millisecondsOf(duration: unknown): number | undefined {
  if (typeof duration === 'number') return duration
  const nanoseconds = typeof duration === 'string' ? nanosecondsIn(duration) : undefined
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6
}
