import { fieldOf, isFields, sortedFields } from './template/values.js'

/** An event as the Engine sent it. */
export type RawEvent = unknown

/** What an event is when the Engine leaves it out, by Go's names. */
export const EVENT_DEFAULTS: Readonly<Record<string, unknown>> = {
  ...{
    Status: '',
    ID: '',
    From: '',
    Type: '',
    Action: '',
    Actor: new Map(),
    Scope: '',
    Time: 0,
    TimeNano: 0,
  },
}

/** As docker prints an event: when, what happened to what, and what is known of it. */
export function eventLine(event: RawEvent): string {
  const actor = get(event, 'Actor')
  const attributes = get(actor, 'Attributes')
  const known = isFields(attributes)
    ? sortedFields(attributes).map(([name, value]) => `${name}=${value}`)
    : []
  const words = [timeOf(event), get(event, 'Type'), get(event, 'Action'), get(actor, 'ID')]
  return `${words.map((word) => word ?? '').join(' ')}${known.length === 0 ? '' : ` (${known.join(', ')})`}`
}

function get(value: unknown, name: string): unknown {
  return isFields(value) ? fieldOf(value, name) : undefined
}

/** With nine digits behind the point, in the time zone of this machine. */
function timeOf(event: RawEvent): string {
  const [nanoseconds, seconds] = [get(event, 'timeNano'), get(event, 'time')]
  const whole = nanoseconds
    ? BigInt(nanoseconds as number)
    : BigInt((seconds ?? 0) as number) * 1_000_000_000n
  const date = new Date(Number(whole / 1_000_000n))
  const offset = -date.getTimezoneOffset()
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19)
  return `${local}.${String(whole % 1_000_000_000n).padStart(9, '0')}${zone(offset)}`
}

function zone(minutes: number): string {
  if (minutes === 0) return 'Z'
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`
}
