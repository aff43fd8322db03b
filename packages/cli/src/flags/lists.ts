import { isIP } from 'node:net'
import { splitFields } from 'dockline/syntax'
import { UsageError } from '../errors.js'
import { type Flag, type FlagSettings, type ListSettings, list, text } from './flag.js'
import { checkBytes } from './units.js'

/** May be given several times, and with several values between commas each time. A value in `"` may hold commas. */
export function commaList(help: string, settings: FlagSettings<never> = {}): Flag<readonly string[]> {
  const each = list(help, { type: 'strings', ...settings })
  const parse = (given: string, before: readonly string[]) =>
    given === ''
      ? before
      : splitFields(given, 'the list').reduce((values, value) => each.parse(value, values), before)
  return { ...each, parse }
}

/** `key=value`, as often as one likes; a key alone has an empty value, and '' is no pair. */
export function pairs(help: string, settings: FlagSettings<never> = {}): Flag<readonly string[]> {
  const each = list(help, { type: 'map', check: checkPair, ...settings })
  return { ...each, parse: (given, before) => (given === '' ? before : each.parse(given, before)) }
}

/** docker sends a value without a name, and no driver knows it. */
function checkPair(pair: string): void {
  if (pair.startsWith('=')) throw new UsageError('it has no name')
}

export function pairsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const cut = pair.indexOf('=')
      return cut === -1 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)]
    }),
  )
}

/** Labels as docker takes them: `key=value`, or a key alone. */
export function labels(help: string, settings: ListSettings = {}): Flag<readonly string[]> {
  return list(help, { ...settings, check: checkLabel })
}

function checkLabel(label: string): void {
  const [name = ''] = label.split('=')
  const key = name.trimStart()
  if (key === '') throw new UsageError(`invalid label '${label}': empty name`)
  if (/\s/.test(key)) throw new UsageError(`label '${key}' contains whitespaces`)
}

/** `host:ip` or `host=ip`, of which Engines take the first; an address may stand in brackets. */
export function hosts(help: string): Flag<readonly string[]> {
  return list(help, { read: hostAndAddress })
}

function hostAndAddress(given: string): string {
  const [, host, address = ''] = /^([^:=]+)[:=](.*)$/s.exec(given) ?? []
  if (host === undefined) throw new UsageError(`bad format for add-host: ${JSON.stringify(given)}`)
  const plain = /^\[(.+)\]$/.exec(address)?.[1] ?? address
  if (plain !== 'host-gateway' && !isAddress(plain)) {
    throw new UsageError(`invalid IP address in add-host: ${JSON.stringify(plain)}`)
  }
  return `${host}:${plain}`
}

/** What Go accepts as an address: it has no zone. */
export function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%')
}

export function bytes(help: string, settings: FlagSettings<string> = {}): Flag<string | undefined> {
  return text(help, { type: 'bytes', check: checkBytes, ...settings })
}
