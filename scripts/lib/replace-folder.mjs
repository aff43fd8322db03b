// @ts-check
import { existsSync, renameSync, rmSync } from 'node:fs'

/**
 * Puts a folder in the place of another at once, so that a program that starts meanwhile finds the one or the other.
 * @param {string} folder
 * @param {string} by
 */
export function replaceFolder(folder, by) {
  const old = `${by}-old`
  if (existsSync(folder)) renameSync(folder, old)
  renameSync(by, folder)
  rmSync(old, { recursive: true, force: true })
}
