import { InvalidArgumentError } from '../../../errors.js'
import { type Convert, cut, define, OR_STRINGS, object, shownKey, strings } from '../../options/values.js'

/** Errors do not have the value in them: people put tokens into build arguments. */
export function buildArgs(value: unknown, option: string): Record<string, string | null> {
  const pairs: [string, unknown][] = Array.isArray(value)
    ? strings(value, option).map((entry) => cut(entry, '='))
    : Object.entries(object(value, option, OR_STRINGS))
  const args: Record<string, string | null> = {}
  for (const [name, content = null] of pairs) {
    if (name === '' || name.includes('=')) {
      throw new InvalidArgumentError(
        `${option} must be named values: '${shownKey(cut(name, '=')[0])}' is no name`,
      )
    }
    define(args, name, content === null ? null : argument(content, `${option}.${shownKey(name)}`))
  }
  return args
}

const argument: Convert<string> = (value, option) => {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return String(value)
  const kind = typeof value === 'number' ? String(value) : `of type ${typeof value}`
  throw new InvalidArgumentError(`${option} must be a string, a number, a boolean or null, but is ${kind}`)
}
