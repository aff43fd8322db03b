import { invalid } from '../support/check.js'

/** What `fs.stat` adds to the permissions of a file. */
const REGULAR_FILE = 0o100000

/** Permissions, also as `fs.stat` gives them. A tar would take any number, and make another one of it. */
export function fileMode(mode: unknown, option: string): number {
  const bits = typeof mode === 'number' && mode >= REGULAR_FILE ? mode - REGULAR_FILE : mode
  const fits = typeof bits === 'number' && Number.isInteger(bits) && bits >= 0 && bits <= 0o7777
  return fits ? bits : invalid(option, 'permissions such as 0o644', mode)
}
