import { existsSync, readFileSync } from 'node:fs'

/** What the clocks say somewhere, compared with UTC. */
export interface Zone {
  readonly seconds: number
  /** What people there call it, such as 'CET'. */
  readonly name: string
}

export const UTC: Zone = { seconds: 0, name: 'UTC' }
/** Where Go looks for the files of time zones. */
const FOLDERS = [
  ...['/usr/share/zoneinfo/', '/usr/share/lib/zoneinfo/', '/usr/lib/locale/TZ/', '/etc/zoneinfo/'],
]

let local: ((seconds: number) => Zone) | undefined

/** The time zone of this machine, or of TZ, at a moment in Unix seconds: as Go finds it, from the tz database. */
export function zoneAt(seconds: number): Zone {
  local ??= zoneOf(process.env.TZ)
  return local(seconds)
}

/** A function of the moment: most zones have two names in a year. */
export function zoneOf(tz: string | undefined): (seconds: number) => Zone {
  if (tz === '') return () => UTC
  const name = tz?.replace(/^:/, '') ?? '/etc/localtime'
  const files = name.startsWith('/') ? [name] : FOLDERS.map((folder) => folder + name)
  for (const file of name.includes('..') ? [] : files) {
    const found = readZone(file)
    if (found !== undefined) return found
  }
  // Without a database, Node still knows what time it is.
  return tz === undefined || FOLDERS.some((folder) => existsSync(folder)) ? () => UTC : zoneOfNode
}

function readZone(file: string): ((seconds: number) => Zone) | undefined {
  try {
    return zoneIn(readFileSync(file))
  } catch {
    return undefined
  }
}

const HEADER_BYTES = 44
const TYPE_BYTES = 6

/** A file of the tz database (RFC 9636): moments when the clocks change, and a rule for all that come later. */
function zoneIn(data: Buffer): (seconds: number) => Zone {
  if (data.toString('latin1', 0, 4) !== 'TZif') throw new Error('no file of a time zone')
  const isOld = data[4] === 0
  const start = isOld ? 0 : HEADER_BYTES + sizeOf(data, 0, 4)
  const width = isOld ? 4 : 8
  const [, , , moments, types] = countsAt(data, start)
  const times = start + HEADER_BYTES
  const indexes = times + moments * width
  const typesAt = indexes + moments
  const names = typesAt + types * TYPE_BYTES
  const timeAt = (index: number) => {
    const at = times + index * width
    return isOld ? data.readInt32BE(at) : Number(data.readBigInt64BE(at))
  }
  const zoneBy = (type: number): Zone => {
    const at = typesAt + type * TYPE_BYTES
    const name = names + (data[at + 5] ?? 0)
    return { seconds: data.readInt32BE(at), name: data.toString('latin1', name, data.indexOf(0, name)) }
  }
  const rule = isOld
    ? undefined
    : ruleOf(data.toString('latin1', start + sizeOf(data, start, 8) + HEADER_BYTES))
  return (seconds) => {
    let before = 0
    while (before < moments && timeAt(before) <= seconds) before += 1
    if (before === moments && rule !== undefined) return rule(seconds)
    return zoneBy(before === 0 ? 0 : (data[indexes + before - 1] ?? 0))
  }
}

function countsAt(data: Buffer, start: number) {
  const count = (index: number) => data.readUInt32BE(start + 20 + index * 4)
  return [count(0), count(1), count(2), count(3), count(4), count(5)] as const
}

/** How long a block is behind its header. */
function sizeOf(data: Buffer, start: number, width: number): number {
  const [universal, standard, leaps, moments, types, characters] = countsAt(data, start)
  return moments * (width + 1) + types * TYPE_BYTES + characters + leaps * (width + 4) + standard + universal
}

const NAME = '([A-Za-z]{3,}|<[-+A-Za-z0-9]+>)'
const OFFSET = '([-+]?\\d+(?::\\d+){0,2})'
const RULE = new RegExp(`^\\n${NAME}${OFFSET}(?:${NAME}${OFFSET}?,([^,\\n]+),([^,\\n]+))?\\n`)

/** As POSIX writes it: 'CET-1CEST,M3.5.0,M10.5.0/3'. */
function ruleOf(footer: string): ((seconds: number) => Zone) | undefined {
  const [, name, offset = '0', summerName, summerOffset, start = '', end = ''] = RULE.exec(footer) ?? []
  if (name === undefined) return undefined
  const plain: Zone = { name: unbracketed(name), seconds: 0 - secondsOf(offset) }
  if (summerName === undefined) return () => plain
  const summer: Zone = {
    name: unbracketed(summerName),
    seconds: summerOffset === undefined ? plain.seconds + 3600 : 0 - secondsOf(summerOffset),
  }
  return (seconds) => {
    const year = new Date((seconds + plain.seconds) * 1000).getUTCFullYear()
    const [from, to] = [momentOf(start, year) - plain.seconds, momentOf(end, year) - summer.seconds]
    const isSummer = from < to ? seconds >= from && seconds < to : seconds >= from || seconds < to
    return isSummer ? summer : plain
  }
}

function unbracketed(name: string): string {
  return name.replace(/[<>]/g, '')
}

function secondsOf(clock: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clock.replace(/^[-+]/, '').split(':').map(Number)
  return (clock.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60 + seconds)
}

const DAY_S = 86_400

/** When a change is in a year, by the clock on the wall: 'M3.5.0/2' is the last Sunday of March at two. */
function momentOf(rule: string, year: number): number {
  const [day = '', clock = '2'] = rule.split('/')
  const newYear = Date.UTC(year, 0, 1) / 1000
  return newYear + dayOf(day, year) * DAY_S + secondsOf(clock)
}

/** The days since the first of January. */
function dayOf(rule: string, year: number): number {
  const february = (Date.UTC(year, 2, 1) - Date.UTC(year, 1, 1)) / 1000 / DAY_S
  if (rule.startsWith('J'))
    return Number(rule.slice(1)) - (Number(rule.slice(1)) > 59 && february === 29 ? 0 : 1)
  if (!rule.startsWith('M')) return Number(rule)
  const [month = 1, week = 1, weekday = 0] = rule.slice(1).split('.').map(Number)
  const first = Date.UTC(year, month - 1, 1)
  const length = (Date.UTC(year, month, 1) - first) / 1000 / DAY_S
  const day = ((weekday - new Date(first).getUTCDay() + 7) % 7) + (week - 1) * 7
  return (first - Date.UTC(year, 0, 1)) / 1000 / DAY_S + (day < length ? day : day - 7)
}

function zoneOfNode(seconds: number): Zone {
  const date = new Date(seconds * 1000)
  const offset = -date.getTimezoneOffset() * 60
  const parts = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' }).formatToParts(date)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  // Go has no name such as 'GMT+1' for a zone and prints the number instead.
  return { seconds: offset, name: /^[A-Z]+$/.test(name) ? name : shortOffset(offset) }
}

function shortOffset(seconds: number): string {
  const [hours, minutes] = [Math.trunc(Math.abs(seconds) / 3600), Math.trunc(Math.abs(seconds) / 60) % 60]
  const digits = String(hours).padStart(2, '0') + (minutes === 0 ? '' : String(minutes).padStart(2, '0'))
  return `${seconds < 0 ? '-' : '+'}${digits}`
}

/** As Go prints it: '+0100', or with a colon. */
export function offsetText(seconds: number, colon = ''): string {
  const minutes = Math.trunc(Math.abs(seconds) / 60)
  const [hours, rest] = [Math.trunc(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'))
  return `${seconds < 0 ? '-' : '+'}${hours}${colon}${rest}`
}
