import { ExitError } from '../errors.js'

/** The fields of a line as docker has them: 'id=a,"src=b,c"'. */
export function csvFields(line: string): string[] {
  const fields = [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)"|([^",]*)),/gy)]
  const length = fields.reduce((sum, [all]) => sum + all.length, 0)
  if (length !== line.length + 1) throw new ExitError(`ERROR: ${JSON.stringify(line)} is not well formed`)
  return fields.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain)
}

/** The same as names, in small letters, and values. */
export function csvPairs(line: string): Record<string, string> {
  return Object.fromEntries(csvFields(line).map(pairOf))
}

function pairOf(field: string): [string, string] {
  const [name = '', ...value] = field.split('=')
  if (value.length === 0) throw new ExitError(`ERROR: invalid field '${field}' must be a key=value pair`)
  return [name.trim().toLowerCase(), value.join('=')]
}
