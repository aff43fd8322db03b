import { UsageError } from '../errors.js'
import { type Flag, list } from './flag.js'

const filters = list('Filter output based on conditions provided', {
  short: 'f',
  type: 'filter',
  check: (text) => {
    if (!text.includes('=')) throw new UsageError('bad format of filter (expected name=value)')
  },
})

/** `-f key=value`, as often as one likes; an Engine takes each key with all its values. '' filters nothing. */
export const filterFlag: Flag<readonly string[]> = {
  ...filters,
  parse: (given, before) => (given === '' ? before : filters.parse(given, before)),
}

export function filtersOf(given: readonly string[]): Record<string, string[]> {
  const filters = new Map<string, string[]>()
  for (const filter of given) {
    const cut = filter.indexOf('=')
    const key = filter.slice(0, cut).trim().toLowerCase()
    filters.set(key, [...(filters.get(key) ?? []), filter.slice(cut + 1).trim()])
  }
  return Object.fromEntries(filters)
}
