import { localTime } from '../go/time.js'
import { offsetText, zoneAt } from '../go/zone.js'

/** An event as the Engine sent it. */
export type RawEvent = unknown

/** With what API 1.52 took out and templates may still ask for, as Engines before it have it. */
export function withOldNames(event: RawEvent): RawEvent {
  const type = get(event, 'Type')
  if (!(event instanceof Map) || (type !== 'container' && type !== 'image')) return event
  const actor = get(event, 'Actor')
  const from = get(get(actor, 'Attributes'), 'image')
  const old = [
    ['status', get(event, 'Action')],
    ['id', get(actor, 'ID')],
    ...(type === 'container' ? [['from', from] as const] : []),
  ] as const
  return new Map([...old.filter(([, value]) => value !== undefined), ...event])
}

/** As docker prints an event: when, what happened to what, and what is known of it. */
export function eventLine(event: RawEvent): string {
  const actor = get(event, 'Actor')
  const attributes = get(actor, 'Attributes')
  const known = sortedEntries(attributes).map(([name, value]) => `${name}=${value ?? ''}`)
  const time = timeOf(event)
  const words = [get(event, 'Type'), get(event, 'Action'), get(actor, 'ID')].map((word) => word ?? '')
  return `${time === '' ? '' : `${time} `}${words.join(' ')}${known.length === 0 ? '' : ` (${known.join(', ')})`}`
}

function sortedEntries(value: unknown): [string, unknown][] {
  const entries: [string, unknown][] = value instanceof Map ? [...value] : []
  return entries.sort(([one], [other]) => (one < other ? -1 : 1))
}

function get(value: unknown, name: string): unknown {
  return value instanceof Map ? value.get(name) : undefined
}

/** In nanoseconds. */
const SECOND = 1_000_000_000n

/** The time with nine digits behind the point, in the time zone of this machine; empty when the event has no time. */
function timeOf(event: RawEvent): string {
  const whole = wholeOf(get(event, 'timeNano')) || wholeOf(get(event, 'time')) * SECOND
  if (whole === 0n) return ''
  const nanoseconds = ((whole % SECOND) + SECOND) % SECOND
  const seconds = Number((whole - nanoseconds) / SECOND)
  const zone = zoneAt(seconds)
  const offset = zone.seconds === 0 ? 'Z' : offsetText(zone.seconds, ':')
  return `${localTime(seconds + zone.seconds)}.${String(nanoseconds).padStart(9, '0')}${offset}`
}

function wholeOf(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
}
