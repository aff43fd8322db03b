import { InvalidArgumentError } from '../../../errors.js'
import { cut, show } from '../../options/values.js'

/** The fields of a line as docker has them: 'type=local,"dest=a,b"'. */
export function csvFields(line: string, option: string): string[] {
  const fields = [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/gy)]
  const length = fields.reduce((sum, [all]) => sum + all.length, 0)
  if (length !== line.length + 1)
    throw new InvalidArgumentError(`${option}: ${show(line)} is not well formed`)
  return fields.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)
}

/** The same as names and values. */
export function csvAttributes(line: string, option: string): Record<string, string> {
  const pairs = csvFields(line, option).map((field) => cut(field, '='))
  const bare = pairs.find(([, value]) => value === undefined)
  if (bare !== undefined)
    throw new InvalidArgumentError(`${option}: ${show(bare[0])} is not written as name=value`)
  return Object.fromEntries(pairs.map(([name, value = '']) => [name.trim().toLowerCase(), value]))
}

/** Reads a boolean as Go does. Returns undefined for any other text. */
export function readBoolean(value: string): boolean | undefined {
  return (
    /^([1tT]|true|TRUE|True)$/.test(value) || (/^([0fF]|false|FALSE|False)$/.test(value) ? false : undefined)
  )
}

/** The other way round. */
export function toCsv(fields: readonly string[]): string {
  return fields.map((field) => (/[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',')
}
