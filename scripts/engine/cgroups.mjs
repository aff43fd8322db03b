// @ts-check
// The cgroups of an engine's containers. They outlive the processes in them and must be removed by hand.
import { readFileSync } from 'node:fs'
import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isCode, until } from './process.mjs'

/** @param {string} name of the folder right under the root of each hierarchy */
export async function removeCgroups(name) {
  for (const mount of hierarchies()) {
    const folder = join(mount, name)
    // The last process of a group leaves it a little after it has died.
    if (!(await until(() => removeTree(folder), 5000))) throw new Error(`cannot remove the cgroup ${folder}`)
  }
}

/**
 * @param {string} prefix
 * @returns {Promise<string[]>}
 */
export async function findCgroups(prefix) {
  const found = await Promise.all(hierarchies().map((mount) => readdir(mount)))
  return [...new Set(found.flat().filter((name) => name.startsWith(prefix)))]
}

/** Version 1 has one hierarchy for each controller, version 2 has one for all; a machine may have both. */
function hierarchies() {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n')
  return lines.filter((line) => / - cgroup2? /.test(line)).flatMap((line) => line.split(' ')[4] ?? [])
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether it is gone
 */
async function removeTree(folder) {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name))
    await rmdir(folder)
    return true
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ENODEV')) return true
    if (isCode(error, 'EBUSY', 'ENOTEMPTY')) return false
    throw error
  }
}
