import { InvalidArgumentError } from '../../errors.js'
import { cut, invalidKind, OR_STRINGS, object, type Scalar, scalar, shownKey } from './values.js'

/** Variables by name, or as `NAME=value` strings. */
export type Environment = Readonly<Record<string, Scalar | null | undefined>> | readonly string[]

/**
 * Returns variables as the Engine lists them. In an object, null gives the name alone, which removes the
 * variable of the image. Errors do not show values, which may be secret.
 */
export function parseEnvironment(environment: unknown, option = 'environment'): string[] {
  if (Array.isArray(environment)) return environment.map((entry, index) => line(entry, `${option}[${index}]`))
  return Object.entries(object(environment, option, OR_STRINGS)).map(([name, value]) => {
    checkName(name, option)
    return value === null ? name : `${name}=${scalar(value, `${option}.${shownKey(name)}`)}`
  })
}

function line(entry: unknown, option: string): string {
  if (typeof entry !== 'string') return invalidKind(option, "a string such as 'NAME=value'", entry)
  if (entry !== '' && !entry.startsWith('=')) return entry
  throw new InvalidArgumentError(`${option} must be 'NAME=value' or 'NAME', and has no name`)
}

function checkName(name: string, option: string): void {
  const [first, rest] = cut(name, '=')
  if (name !== '' && rest === undefined) return
  const found = rest === undefined ? "''" : `'${shownKey(first)}=…'`
  throw new InvalidArgumentError(`${option} must be an object of names without '=', and has ${found}`)
}
