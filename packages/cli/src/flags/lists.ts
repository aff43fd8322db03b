import { parseBytes } from 'dockline'
import { type Flag, type FlagSettings, list, text } from './flag.js'

/** May be given several times, and with several values between commas each time. */
export function commaList(help: string, settings: FlagSettings<never> = {}): Flag<readonly string[]> {
  const each = list(help, { type: 'strings', ...settings })
  const parse = (given: string, before: readonly string[]) =>
    given.split(',').reduce((values, value) => each.parse(value, values), before)
  return { ...each, parse }
}

/** `key=value`, as often as one likes; a key alone has an empty value. */
export function pairs(help: string, settings: FlagSettings<never> = {}): Flag<readonly string[]> {
  return list(help, { type: 'map', ...settings })
}

export function pairsOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((pair) => {
      const cut = pair.indexOf('=')
      return cut === -1 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)]
    }),
  )
}

export function bytes(help: string, settings: FlagSettings<string> = {}): Flag<string | undefined> {
  const check = (given: string) => {
    parseBytes(given)
  }
  return text(help, { type: 'bytes', check, ...settings })
}
