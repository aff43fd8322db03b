import { ConflictError } from '../../errors.js'
import { isPlain, shownKey } from '../../support/check.js'
import { show } from '../options/values.js'

/** What an object that is there has in place of what was asked. */
export interface Difference {
  /** The option, by its name here. */
  readonly option: string
  readonly there: unknown
  readonly asked: unknown
}

/** Refuses an object whose configuration is not the one that was asked for. */
export function refuseDifferences(what: string, path: string, differences: readonly Difference[]): void {
  if (differences.length === 0) return
  const words = differences.map(wordsOf).join('; ')
  const explanation = `${what} is there with another configuration: ${words}`
  throw new ConflictError({ status: 409, method: 'POST', path, explanation })
}

/** Lists and maps may hold secrets: of these, only names are shown. */
function wordsOf({ option, there, asked }: Difference): string {
  if (isPlain(asked) && isPlain(there) && Object.keys(asked).length > 0) {
    const names = Object.keys(asked).filter((name) => !isAsAsked(asked[name], there[name]))
    return `${option} differs in ${names.map(shownKey).join(', ')}`
  }
  if (asked === undefined)
    return isShown(there) ? `${option} is ${shown(there)}, which is not asked` : `${option} is not asked`
  if (isShown(asked) && isShown(there)) return `${option} is ${shown(there)}, not ${shown(asked)}`
  return `${option} differs`
}

function isShown(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function shown(value: unknown): string {
  return value === undefined || value === null ? 'not set' : show(value)
}

/** Returns whether a value is as it was asked for. An object may have further keys, and an empty value counts as not set. */
export function isAsAsked(asked: unknown, there: unknown): boolean {
  if (asked === null || asked === undefined) return true
  if (isPlain(asked)) {
    const has = isPlain(there) ? there : {}
    return Object.entries(asked).every(([name, value]) => isAsAsked(value, has[name]))
  }
  if (isEmpty(asked)) return isEmpty(there)
  if (!Array.isArray(asked)) return String(asked) === String(there)
  if (!Array.isArray(there) || there.length !== asked.length) return false
  return asked.every((value, at) => isAsAsked(value, there[at]))
}

/** Returns whether a value is a zero value of Go, which an Engine reports for a setting that is not set. */
export function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((each) => each === 0)
  if (isPlain(value)) return Object.values(value).every(isEmpty)
  return value === undefined || value === null || value === false || value === 0 || value === ''
}
