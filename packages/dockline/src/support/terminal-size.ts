import { checkObject, invalid, isPlain } from './check.js'
import { refuseUnknown } from './suggest.js'

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** Refuses what no terminal can have. */
export function checkSize(size: unknown, option = 'size'): TerminalSize {
  checkObject(size, option)
  // A terminal, such as process.stdout, has more than a size.
  if (isPlain(size)) refuseUnknown(size, ['columns', 'rows'], option)
  const { columns, rows } = size as TerminalSize
  for (const [name, value] of Object.entries({ columns, rows }))
    if (!Number.isInteger(value) || value < 1 || value > 0xffff)
      invalid(`${option}.${name}`, 'a whole number from 1 to 65535', value)
  return { columns, rows }
}
