import type { CacheOptions } from 'dockline'
import { isTrue } from '../flags/flag.js'
import { csvFields, csvPairs } from './csv.js'

type Cache = string | CacheOptions

/** Where caches come from. Names alone are images, as many as there are; with attributes it is one cache. */
export function cachesFrom(given: readonly string[]): Cache[] {
  return cachesOf(given.flatMap((each) => (each.includes('=') ? [each] : csvFields(each))))
}

export function cachesOf(given: readonly string[]): Cache[] {
  return given.flatMap((each): Cache[] => (isOfGitHub(each) ? cacheOfGitHub(csvPairs(each)) : [each]))
}

function isOfGitHub(given: string): boolean {
  return given.includes('=') && csvFields(given).some((field) => /^\s*type=gha$/i.test(field))
}

/** With the address and the token that GitHub's runner has for it. As in docker, it is left out where there are none. */
function cacheOfGitHub({ type: _, ...given }: Record<string, string>): CacheOptions[] {
  const { ACTIONS_RUNTIME_TOKEN: token = '', ACTIONS_RESULTS_URL: results = '' } = process.env
  const { ACTIONS_CACHE_URL: url = results, ACTIONS_CACHE_SERVICE_V2: isSecond = '' } = process.env
  const { version = isTrue(isSecond) ? '2' : '1' } = given
  const found = { token, url, url_v2: version === '2' ? results : '' }
  const known: Record<string, string> = { ...withoutEmpty(found), ...given }
  return known.token && (known.url || known.url_v2) ? [{ ...known, type: 'gha' }] : []
}

function withoutEmpty(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
}
