import { offsetText, zoneAt } from './zone.js'

/** In hours; from each limit on, the next unit is used. */
const LATER: readonly (readonly [limit: number, hours: number, unit: string])[] = [
  [48, 1, 'hours'],
  [24 * 14, 24, 'days'],
  [24 * 60, 24 * 7, 'weeks'],
  [24 * 365 * 2, 24 * 30, 'months'],
  [Number.POSITIVE_INFINITY, 24 * 365, 'years'],
]

/** How docker tells a length of time to people: 'About an hour', '3 weeks'. */
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

/** As Go prints a time of day: '2026-11-21 22:44:43 +0000 UTC'. */
export function goTime(seconds: number): string {
  const zone = zoneAt(seconds)
  const local = new Date((seconds + zone.seconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
  return `${local} ${offsetText(zone.seconds)} ${zone.name}`
}

/** As docker shows a time of building: 'Tue Sep 15 11:02:57 2026'. What is no time stays as it is. */
export function ansiTime(text: string): string {
  const date = new Date(text)
  if (Number.isNaN(date.getTime())) return text
  const [day = '', rest] = date.toUTCString().split(', ')
  const [dayOfMonth, month, year, time] = rest?.split(' ') ?? []
  return `${day} ${month} ${String(Number(dayOfMonth)).padStart(2)} ${time} ${year}`
}

/** '2026-11-21T22:44:43Z', or with the offset of where one is. */
export function rfc3339(seconds: number): string {
  const [day, time, offset = ''] = goTime(seconds).split(' ')
  return `${day}T${time}${offset === '+0000' ? 'Z' : offset.replace(/..$/, ':$&')}`
}

/** A moment of the Engine's as Go prints it, with all its digits: '2026-11-22 01:30:15.28717565 +0000 UTC'. Without one it is Go's first. */
export function goMoment(text: string): string {
  if (text === '') return '0001-01-01 00:00:00 +0000 UTC'
  const [, day, time, fraction = '', zone = ''] = /^([\d-]+)T([\d:]+)(\.\d+)?(.*)$/.exec(text) ?? []
  if (day === undefined) return text
  const shown = fraction.replace(/\.?(?<!0)0+$/, '')
  if (zone === 'Z') return `${day} ${time}${shown} +0000 UTC`
  const offset = zone.replace(':', '')
  const here = zoneAt(Date.parse(text) / 1000)
  return `${day} ${time}${shown} ${offset} ${offsetText(here.seconds) === offset ? here.name : offset}`
}

const SECOND = 1_000_000_000n
const PARTS = [
  [SECOND, 's'],
  [1_000_000n, 'ms'],
  [1000n, 'µs'],
  [1n, 'ns'],
] as const

/** As Go prints a length of time: '1h0m0s', '1.5s', '20ms'. */
export function goDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return '0s'
  if (nanoseconds < 0n) return `-${goDuration(-nanoseconds)}`
  const [unit, name] = PARTS.find(([each]) => nanoseconds >= each) ?? [1n, 'ns']
  if (unit < SECOND) return decimal(nanoseconds, unit) + name
  const minutes = nanoseconds / (60n * SECOND)
  const seconds = `${decimal(nanoseconds % (60n * SECOND), SECOND)}s`
  if (minutes === 0n) return seconds
  return minutes < 60n ? `${minutes}m${seconds}` : `${minutes / 60n}h${minutes % 60n}m${seconds}`
}

/** With all the digits there are behind the point. */
function decimal(value: bigint, unit: bigint): string {
  const digits = String(unit).length - 1
  const fraction = String(value % unit)
    .padStart(digits, '0')
    .slice(0, digits)
  return `${value / unit}.${fraction}`.replace(/\.0*$|(?<=\.\d*[1-9])0+$/, '')
}
