import { goDuration, goMoment } from '../go/time.js'
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

export const TIME_METHODS: Methods = {
  Format: {
    parameters: ['string'],
    call: (data, [layout]) => new Value(STRING, formatted(timeText(data), layout ? text(layout) : '')),
  },
  IsZero: method(BOOL, (data) => timeText(data) === ZERO_TIME),
  String: method(STRING, (data) => goMoment(timeText(data))),
  Unix: method(INT64, (data) => Number(nanosecondsOf(timeText(data)) / NANOSECONDS)),
  UnixMilli: method(INT64, (data) => Number(nanosecondsOf(timeText(data)) / 1_000_000n)),
  UnixNano: method(INT64, (data) => nanosecondsOf(timeText(data))),
  Year: method(INT, (data) => Number(timeText(data).slice(0, 4))),
}

export function timeText(data: unknown): string {
  return typeof data === 'string' ? data : ZERO_TIME
}

function nanosecondsOf(time: string): bigint {
  const [, fraction = ''] = /\.(\d+)/.exec(time) ?? []
  const seconds = BigInt(Math.floor(Date.parse(time.replace(/\.\d+/, '')) / 1000))
  return seconds * NANOSECONDS + BigInt(fraction.padEnd(9, '0').slice(0, 9))
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
  'container.UTSMode': { IsHost: is('host'), IsPrivate: isNotHost, Valid: is('', 'host') },
  'container.UsernsMode': { IsHost: is('host'), IsPrivate: isNotHost, Valid: is('', 'host') },
}

function isUserDefined(mode: string): boolean {
  return !/^(default|bridge|host|none|container:.*)$/s.test(mode)
}
