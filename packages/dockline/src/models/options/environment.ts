import { invalid, object, type Scalar, scalar, strings } from './values.js'

/** Variables by name, or as `NAME=value` strings. */
export type Environment = Readonly<Record<string, Scalar | null | undefined>> | readonly string[]

/**
 * The variables as the Engine lists them. In an object, null gives the name alone, which takes away what the
 * image sets, '' gives `NAME=`, and numbers and booleans become strings.
 */
export function parseEnvironment(environment: unknown, option = 'environment'): string[] {
  if (Array.isArray(environment)) return strings(environment, option).map((entry) => named(entry, option))
  return Object.entries(object(environment, option)).map(([name, value]) => {
    if (name === '' || name.includes('=')) invalid(option, "an object of names without '='", name)
    return value === null ? name : `${name}=${scalar(value, `${option}.${name}`)}`
  })
}

function named(entry: string, option: string): string {
  return entry === '' || entry.startsWith('=') ? invalid(option, "'NAME=value' or 'NAME'", entry) : entry
}
