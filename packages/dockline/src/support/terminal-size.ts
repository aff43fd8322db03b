import { InvalidArgumentError } from '../errors.js'

/** The size of a terminal, in characters. */
export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

/** Refuses what no terminal can have. */
export function checkSize(size: TerminalSize): TerminalSize {
  for (const name of ['columns', 'rows'] as const) {
    const value = size[name]
    if (!Number.isInteger(value) || value < 1 || value > 0xffff) {
      throw new InvalidArgumentError(`size.${name} must be a whole number from 1 to 65535, not ${value}`)
    }
  }
  return size
}
