import { parseBytes, parseDuration } from 'dockline/syntax'
import { UsageError } from '../errors.js'

/** Refuses a text that is no size, in docker's words. */
export function checkBytes(given: string): void {
  if (!isBytes(given)) throw new UsageError(sizeFault(given))
}

export function isBytes(given: string): boolean {
  return isReadable(parseBytes, given)
}

/** Refuses a text that is no duration, in the words of Go. A negative duration is allowed. */
export function checkDuration(given: string): void {
  if (!isReadable(parseDuration, given.replace(/^-/, '')))
    throw new UsageError(`time: ${durationFault(given)}`)
}

function isReadable(parse: (text: string) => unknown, given: string): boolean {
  try {
    parse(given)
    return true
  } catch {
    return false
  }
}

function sizeFault(given: string): string {
  const [, number = '', suffix = ''] = /^(.*[\d. ])?(.*)$/s.exec(given) ?? []
  const isNumber = number.trim() !== '' && Number(number) >= 0
  if (!isNumber || suffix === '') return `invalid size: '${given}'`
  return `invalid suffix: '${suffix.length > 3 ? suffix : suffix.toLowerCase()}'`
}

const UNITS = ['ns', 'us', 'µs', 'μs', 'ms', 's', 'm', 'h']
/** A number, and the unit behind it. */
const PART = /(?:\d+\.?\d*|\.\d+)([^.\d]*)/y

function durationFault(given: string): string {
  const shown = JSON.stringify(given)
  const text = given.replace(/^[-+]/, '')
  for (const [part, unit = ''] of partsOf(text)) {
    if (part === '') break
    if (unit === '') return `missing unit in duration ${shown}`
    if (!UNITS.includes(unit)) return `unknown unit ${JSON.stringify(unit)} in duration ${shown}`
  }
  return `invalid duration ${shown}`
}

function partsOf(text: string): IterableIterator<RegExpMatchArray> {
  return text.matchAll(new RegExp(PART, 'gy'))
}
