import { UsageError } from '../errors.js'
import { list } from './flag.js'

/** `-f key=value`, as often as one likes; an Engine takes each key with all its values. */
export const filterFlag = list('Filter output based on conditions provided', {
  short: 'f',
  type: 'filter',
  check: (text) => {
    if (!text.includes('=')) throw new UsageError('bad format of filter (expected name=value)')
  },
})

export function filtersOf(given: readonly string[]): Record<string, string[]> {
  const filters = new Map<string, string[]>()
  for (const filter of given) {
    const cut = filter.indexOf('=')
    const key = filter.slice(0, cut).trim().toLowerCase()
    filters.set(key, [...(filters.get(key) ?? []), filter.slice(cut + 1).trim()])
  }
  return Object.fromEntries(filters)
}
