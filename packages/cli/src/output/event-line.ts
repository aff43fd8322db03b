import { offsetText, zoneAt } from './zone.js'

/** An event as the Engine sent it. */
export type RawEvent = unknown

/** As docker prints an event: when, what happened to what, and what is known of it. */
export function eventLine(event: RawEvent): string {
  const actor = get(event, 'Actor')
  const attributes = get(actor, 'Attributes')
  const known =
    attributes instanceof Map ? [...attributes].map(([name, value]) => `${name}=${value}`).sort() : []
  const words = [timeOf(event), get(event, 'Type'), get(event, 'Action'), get(actor, 'ID')]
  return `${words.map((word) => word ?? '').join(' ')}${known.length === 0 ? '' : ` (${known.join(', ')})`}`
}

function get(value: unknown, name: string): unknown {
  return value instanceof Map ? value.get(name) : undefined
}

/** With nine digits behind the point, in the time zone of this machine. */
function timeOf(event: RawEvent): string {
  const [nanoseconds, seconds] = [get(event, 'timeNano'), get(event, 'time')]
  const whole = nanoseconds
    ? BigInt(nanoseconds as number)
    : BigInt((seconds ?? 0) as number) * 1_000_000_000n
  const zone = zoneAt(Number(whole / 1_000_000_000n))
  const date = new Date(Number(whole / 1_000_000n) + zone.seconds * 1000)
  const local = date.toISOString().slice(0, 19)
  const offset = zone.seconds === 0 ? 'Z' : offsetText(zone.seconds, ':')
  return `${local}.${String(whole % 1_000_000_000n).padStart(9, '0')}${offset}`
}
