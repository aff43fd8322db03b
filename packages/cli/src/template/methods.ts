import { goDuration, goMoment, localTime } from '../go/time.js'
import { offsetText, UTC, type Zone, zoneAt } from '../go/zone.js'
import type { Parameter } from './functions.js'
import { BOOL, FLOAT, INT, type MaybeValue, STRING, type Type, text, Value } from './values.js'

/** What docker's types can do besides: `{{.Created.Unix}}`, `{{.HostConfig.NetworkMode.IsHost}}`. */
export type Methods = Readonly<Record<string, Method>>

export interface Method {
  readonly parameters: readonly Parameter[]
  readonly call: (data: unknown, values: readonly MaybeValue[]) => Value
}

const ZERO_TIME = '0001-01-01T00:00:00Z'
const INT64: Type = { kind: 'int', name: 'int64' }
const NANOSECONDS = 1_000_000_000n

function method(type: Type, read: (data: unknown) => unknown): Method {
  return { parameters: [], call: (data) => new Value(type, read(data)) }
}

/** A number of a time, by its place in the text: the year has place 0, the month 1. */
const part = (place: number, type = INT) => method(type, (data) => Number(timeText(data).split(/\D/)[place]))

/** A type of numbers that have names: each is the name of the month or of the weekday of one day. */
const named = (name: string, day: (data: number) => number, options: Intl.DateTimeFormatOptions): Type => ({
  kind: 'int',
  name,
  words: (data) => new Date(day(Number(data))).toLocaleString('en-US', { ...options, timeZone: 'UTC' }),
})
const MONTH = named('time.Month', (month) => Date.UTC(2023, month - 1), { month: 'long' })
const WEEKDAY = named('time.Weekday', (day) => Date.UTC(2023, 0, day + 1), { weekday: 'long' })

export const TIME: Type = {
  kind: 'struct',
  name: 'time.Time',
  fields: [],
  words: (data) => goMoment(timeText(data)),
  json: timeText,
  get methods() {
    return TIME_METHODS
  },
}

/** The same moment in another zone. */
function inZone(data: unknown, zone: Zone): string {
  const time = timeText(data)
  const [fraction = ''] = /\.\d+/.exec(time) ?? []
  const offset = zone.name === 'UTC' ? 'Z' : offsetText(zone.seconds).replace(/..$/, ':$&')
  return localTime(secondsOf(time) + zone.seconds) + fraction + offset
}

const TIME_METHODS: Methods = {
  Day: part(2),
  Format: {
    parameters: ['string'],
    call: (data, [layout]) => new Value(STRING, formatted(timeText(data), layout ? text(layout) : '')),
  },
  Hour: part(3),
  IsZero: method(BOOL, (data) => timeText(data) === ZERO_TIME),
  Local: method(TIME, (data) => inZone(data, zoneAt(secondsOf(timeText(data))))),
  Minute: part(4),
  Month: part(1, MONTH),
  Nanosecond: method(INT, (data) => Number(nanosecondsOf(timeText(data)) % NANOSECONDS)),
  Second: part(5),
  String: method(STRING, (data) => goMoment(timeText(data))),
  UTC: method(TIME, (data) => inZone(data, UTC)),
  Unix: method(INT64, (data) => secondsOf(timeText(data))),
  UnixMilli: method(INT64, (data) => Number(nanosecondsOf(timeText(data)) / 1_000_000n)),
  UnixNano: method(INT64, (data) => nanosecondsOf(timeText(data))),
  Weekday: method(WEEKDAY, (data) => new Date(timeText(data).slice(0, 10)).getUTCDay()),
  Year: part(0),
}

function timeText(data: unknown): string {
  return typeof data === 'string' ? data : ZERO_TIME
}

function secondsOf(time: string): number {
  return Date.parse(time.replace(/\.\d+/, '')) / 1000
}

function nanosecondsOf(time: string): bigint {
  const [, fraction = ''] = /\.(\d+)/.exec(time) ?? []
  return BigInt(secondsOf(time)) * NANOSECONDS + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}

/** The moment that Go's layouts are written with: each part stands for itself. */
const PARTS =
  /2006|January|Jan|Monday|Mon|MST|Z07:00|-07:00|-0700|-07|[.,]0+|[.,]9+|01|02|03|04|05|06|15|PM|pm|_2|1|2|3|4|5/g

function formatted(time: string, layout: string): string {
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', , fraction = '', zone = ''] =
    /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(\.(\d+))?(.*)$/.exec(time) ?? []
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const name = (options: Intl.DateTimeFormatOptions) =>
    date.toLocaleString('en-US', { ...options, timeZone: 'UTC' })
  const offset = zone === 'Z' ? '+00:00' : zone
  const twelve = String(Number(hour) % 12 || 12)
  const parts: Readonly<Record<string, string>> = {
    ...{ '2006': year, '06': year.slice(2), '01': month, '1': String(Number(month)), '02': day },
    ...{
      '2': String(Number(day)),
      _2: String(Number(day)).padStart(2),
      '15': hour,
      '04': minute,
      '05': second,
    },
    ...{
      '03': twelve.padStart(2, '0'),
      '3': twelve,
      '4': String(Number(minute)),
      '5': String(Number(second)),
    },
    ...{ PM: Number(hour) < 12 ? 'AM' : 'PM', pm: Number(hour) < 12 ? 'am' : 'pm', 'Z07:00': zone },
    ...{ '-07:00': offset, '-0700': offset.replace(':', ''), '-07': offset.slice(0, 3) },
    MST: goMoment(time).split(' ').at(-1) ?? '',
  }
  return layout.replace(PARTS, (part) => {
    if (/^[.,]0/.test(part)) return part.charAt(0) + fraction.padEnd(9, '0').slice(0, part.length - 1)
    if (/^[.,]9/.test(part))
      return `${part.charAt(0)}${fraction.slice(0, part.length - 1)}`.replace(/[.,]?0*$/, '')
    if (part === 'January' || part === 'Jan') return name({ month: part === 'Jan' ? 'short' : 'long' })
    if (part === 'Monday' || part === 'Mon') return name({ weekday: part === 'Mon' ? 'short' : 'long' })
    return parts[part] ?? part
  })
}

const nanoseconds = (data: unknown) =>
  BigInt(typeof data === 'number' ? Math.trunc(data) : ((data as bigint) ?? 0))

export const DURATION_METHODS: Methods = {
  Hours: method(FLOAT, (data) => Number(nanoseconds(data)) / 3.6e12),
  Microseconds: method(INT64, (data) => nanoseconds(data) / 1000n),
  Milliseconds: method(INT64, (data) => nanoseconds(data) / 1_000_000n),
  Minutes: method(FLOAT, (data) => Number(nanoseconds(data)) / 6e10),
  Nanoseconds: method(INT64, nanoseconds),
  Seconds: method(FLOAT, (data) => Number(nanoseconds(data)) / 1e9),
  String: method(STRING, (data) => goDuration(nanoseconds(data))),
}

const is = (...names: readonly string[]) => method(BOOL, (data) => names.includes(String(data ?? '')))
const isContainer = method(BOOL, (data) => String(data ?? '').startsWith('container:'))
const containerOf = method(STRING, (data) => /^container:(.*)$/s.exec(String(data ?? ''))?.[1] ?? '')
/** Tells whether a mode is one of the names, or leads to a container that it names. */
const valid = (...names: readonly string[]) =>
  method(BOOL, (data) => names.includes(String(data ?? '')) || /^container:./s.test(String(data ?? '')))
const isLike = (...names: readonly string[]) =>
  method(BOOL, (data) => names.includes(String(data ?? '').toLowerCase()))
const isOwn = method(BOOL, (data) => !/^(host|container:.*)$/s.test(String(data ?? '')))

/** Tells whether a restart policy has one of the names. A policy without a name has ''. */
const restarts = (...names: readonly string[]) =>
  method(BOOL, (data) => names.includes(data instanceof Map ? String(data.get('Name') ?? '') : ''))

const isNotHost = method(BOOL, (data) => data !== 'host')

const ALGORITHM: Type = { kind: 'string', name: 'digest.Algorithm' }
/** A part of a digest, before or behind the colon. */
const digestPart = (place: number, type = STRING) =>
  method(type, (data) => String(data ?? '').split(':')[place])

/** The number of a port and its protocol, of `80/tcp` or `80`. */
function portOf(data: unknown): readonly [number: string, protocol: string] {
  const [number = '', protocol] = String(data ?? '').split('/')
  return [number, number && (protocol || 'tcp')]
}

/** Returns the number of a port; 0 for a range. */
function portNumber(data: unknown): number {
  const [number] = portOf(data)
  return /^\d+$/.test(number) && Number(number) <= 0xffff ? Number(number) : 0
}

/** By the type's name. */
export const TYPE_METHODS: Readonly<Record<string, Methods>> = {
  'container.CgroupSpec': {
    IsContainer: isContainer,
    Container: containerOf,
    Valid: valid('', 'container:'),
  },
  'container.CgroupnsMode': {
    ...{ IsEmpty: is(''), IsHost: is('host'), IsPrivate: is('private'), Valid: is('', 'private', 'host') },
  },
  'container.Isolation': {
    IsDefault: isLike('', 'default'),
    IsHyperV: isLike('hyperv'),
    IsProcess: isLike('process'),
  },
  'container.IpcMode': {
    ...{ IsContainer: isContainer, Container: containerOf, IsEmpty: is(''), IsHost: is('host') },
    ...{ IsNone: is('none'), IsPrivate: is('private'), IsShareable: is('shareable') },
    Valid: valid('', 'none', 'private', 'host', 'shareable', 'container:'),
  },
  'container.NetworkMode': {
    ...{ IsBridge: is('bridge'), IsDefault: is('default'), IsHost: is('host'), IsNone: is('none') },
    ...{ IsContainer: isContainer, ConnectedContainer: containerOf, IsPrivate: isOwn },
    IsUserDefined: method(BOOL, (data) => isUserDefined(String(data ?? ''))),
    UserDefined: method(STRING, (data) => (isUserDefined(String(data ?? '')) ? data : '')),
    NetworkName: method(STRING, (data) => String(data ?? '').replace(/^container:.*$/s, 'container')),
  },
  'container.PidMode': {
    ...{ IsContainer: isContainer, Container: containerOf, IsHost: is('host'), IsPrivate: isOwn },
    Valid: valid('', 'host'),
  },
  'container.RestartPolicy': {
    ...{ IsNone: restarts('', 'no'), IsAlways: restarts('always'), IsOnFailure: restarts('on-failure') },
    IsUnlessStopped: restarts('unless-stopped'),
  },
  'digest.Digest': {
    ...{ Algorithm: digestPart(0, ALGORITHM), Encoded: digestPart(1), Hex: digestPart(1) },
    String: method(STRING, (data) => data),
  },
  'nat.Port': {
    Int: method(INT, portNumber),
    Port: method(STRING, (data) => portOf(data)[0]),
    Proto: method(STRING, (data) => portOf(data)[1]),
  },
  'container.UTSMode': { IsHost: is('host'), IsPrivate: isNotHost, Valid: is('', 'host') },
  'container.UsernsMode': { IsHost: is('host'), IsPrivate: isNotHost, Valid: is('', 'host') },
}

function isUserDefined(mode: string): boolean {
  return !/^(default|bridge|host|none|container:.*)$/s.test(mode)
}
