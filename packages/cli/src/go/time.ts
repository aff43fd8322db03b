import { offsetText, zoneAt } from './zone.js'

/** As Go prints a time of day: '2026-11-21 22:44:43 +0000 UTC'. */
export function goTime(seconds: number): string {
  const zone = zoneAt(seconds)
  return `${localTime(seconds + zone.seconds).replace('T', ' ')} ${offsetText(zone.seconds)} ${zone.name}`
}

/** The calendar and the days of the week are the same again after 400 years, in seconds. */
const CYCLE_S = 400 * 365.2425 * 24 * 60 * 60

/** '2026-11-21T22:44:43' for a moment in Unix seconds, which may be further away than a Date can be. */
export function localTime(seconds: number): string {
  // Go's numbers end there: a larger one stands for no time.
  const known = Math.abs(seconds) < 2 ** 63 ? seconds : 0
  const cycles = Math.floor(known / CYCLE_S)
  const date = new Date((known - cycles * CYCLE_S) * 1000)
  const year = date.getUTCFullYear() + cycles * 400
  const digits = String(Math.abs(year)).padStart(4, '0')
  return `${year < 0 ? '-' : ''}${digits}${date.toISOString().slice(4, 19)}`
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
