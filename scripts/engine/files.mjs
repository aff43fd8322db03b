// @ts-check
import { run } from './process.mjs'

/**
 * Removes a folder with all in it, but never steps into another file system: a mount that was forgotten there
 * must not cost anybody his files.
 * @param {string} folder
 */
export function removeFolder(folder) {
  return run('rm', ['-rf', '--one-file-system', '--', folder])
}
