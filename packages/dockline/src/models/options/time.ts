import { InvalidArgumentError } from '../../errors.js'
import { show } from '../../support/check.js'
import { nanosecondsIn } from '../../support/duration.js'
import type { Convert } from './values.js'

/**
 * A moment: a Date, its milliseconds, or text as the docker command takes it: RFC 3339 ('2026-01-02T15:04:05Z'), a date, Unix
 * seconds, or a duration before now ('10m', '1h30m', '.5h'), which may have a sign: '-2s' is in two seconds.
 */
export type Moment = Date | number | string

/** Returns the seconds that the Engine takes, with a fraction of nine digits. */
export function toTimestamp(option: string, moment: Moment | undefined): string | undefined {
  if (moment === undefined) return undefined
  if (moment instanceof Date) return fromMilliseconds(option, moment, moment.getTime())
  if (typeof moment === 'number') return fromMilliseconds(option, moment, checkMilliseconds(option, moment))
  // The Engine reads nine digits behind the point, and no sign.
  const seconds = /^\+?(\d+(?:\.\d{1,9})?)\d*$/.exec(moment)?.[1]
  if (seconds !== undefined) return seconds
  const duration = nanosecondsIn(moment)
  if (duration !== undefined) return fromMilliseconds(option, moment, Date.now() - duration / 1e6)
  return withFraction(option, moment)
}

/** The same as a row of a table of options. */
export const moment: Convert<string | undefined> = (value, option) => toTimestamp(option, value as Moment)

/** Milliseconds below this are a moment before 1973, when there was nothing to ask about. */
const LEAST_MOMENT_MS = 1e11

/** Refuses a number that is most likely Unix seconds. */
function checkMilliseconds(option: string, moment: number): number {
  if (!(moment > 0 && moment < LEAST_MOMENT_MS)) return moment
  const hint = `write Unix seconds as a string, '${moment}', or give milliseconds or a Date`
  throw new InvalidArgumentError(`${option} is ${moment}, which is too small for milliseconds`, { hint })
}

/** A Date stops at milliseconds, the Engine's own timestamps do not: what is behind the point is kept as it is. */
function withFraction(option: string, text: string): string {
  const fraction = /T\d\d:\d\d:\d\d\.(\d+)/.exec(text)?.[1]
  const whole = fraction === undefined ? text : text.replace(`.${fraction}`, '')
  const time = Date.parse(completed(whole))
  if (fraction === undefined) return fromMilliseconds(option, text, time)
  return `${Math.floor(Number(fromMilliseconds(option, text, time)))}.${fraction.padEnd(9, '0').slice(0, 9)}`
}

const DATE_TIME = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d)(?::(\d\d))?)?)?(Z|[+-]\d\d:\d\d)?$/

/**
 * In full, since what is left out is 0, and what names no zone is local time: JavaScript takes a date without time for UTC,
 * and no hour without minutes. What is no time becomes ''.
 */
function completed(text: string): string {
  const [match, date, hours = '00', minutes = '00', seconds = '00', zone = ''] = DATE_TIME.exec(text) ?? []
  return match === undefined ? '' : `${date}T${hours}:${minutes}:${seconds}${zone}`
}

function fromMilliseconds(option: string, given: Moment, milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) {
    const hint = "a Date, milliseconds, RFC 3339, or a duration such as '10m'"
    throw new InvalidArgumentError(`${option} is not a time: ${show(String(given))}`, { hint })
  }
  const whole = Math.floor(milliseconds / 1000)
  const nanoseconds = Math.min(Math.round((milliseconds - whole * 1000) * 1e6), 999_999_999)
  return `${whole}.${String(nanoseconds).padStart(9, '0')}`
}
