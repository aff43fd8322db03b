import type { BuildCacheFilters } from 'dockline/types'
import { ExitError } from '../../errors.js'
import { filterFlag, filtersOf } from '../../flags/filter.js'

export const cacheFilterFlag = { ...filterFlag, short: undefined, help: 'Provide filter values' }

/** What a cache is filtered by, and what was used how long ago at least. */
export interface CacheChoice {
  readonly filters: BuildCacheFilters
  readonly keepDuration: string | undefined
}

const SWITCHES = ['inuse', 'mutable', 'immutable', 'shared', 'private']
const TEXTS = ['id', 'parent', 'parents', 'description', 'type']

export function cacheChoice(given: readonly string[]): CacheChoice {
  const { until = [], 'unused-for': unused = until, ...filters } = filtersOf(given)
  if (unused.length > 1) throw new ExitError('ERROR: filters expect only one value for "until"')
  const conditions = Object.entries(filters).map(([name, values]) => [name, conditionOf(name, values)])
  return { filters: Object.fromEntries(conditions), keepDuration: unused[0] }
}

function conditionOf(name: string, values: readonly string[]): boolean | readonly string[] {
  if (SWITCHES.includes(name)) return /^(?:1|t|true)$/i.test(values.at(-1) ?? '')
  if (TEXTS.includes(name)) return values
  throw new ExitError(
    `ERROR: unknown filter ${JSON.stringify(name)}: there are ${[...TEXTS, ...SWITCHES, 'until'].join(', ')}`,
  )
}
