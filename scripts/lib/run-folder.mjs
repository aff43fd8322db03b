// @ts-check
// All that tests write lies in one folder of their run, so that nothing is left of it, also of a test that was killed.
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Short, since the path of a Unix socket may not be long. The process of the run follows. */
const NAME = /^dt-(\d+)-/
/** The variables that name the folder of temporary files. */
const VARIABLES = ['TMPDIR', 'TEMP', 'TMP']

/**
 * While it acts, this process, and all that it starts, keep temporary files in a folder of their own. Folders of runs that were
 * killed are removed before.
 * @template Result
 * @param {() => Promise<Result>} act
 * @returns {Promise<Result>}
 */
export async function inRunFolder(act) {
  const outside = tmpdir()
  for (const name of readdirSync(outside).filter(isOfDeadRun)) remove(join(outside, name))
  const folder = mkdtempSync(join(outside, `dt-${process.pid}-`))
  // Some tests are another user.
  chmodSync(folder, 0o1777)
  const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]))
  for (const name of VARIABLES) process.env[name] = folder
  try {
    return await act()
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
    remove(folder)
  }
}

/** @param {string} name */
function isOfDeadRun(name) {
  const pid = Number(NAME.exec(name)?.[1])
  return !Number.isNaN(pid) && !isAlive(pid)
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** @param {string} folder */
function remove(folder) {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // A later run removes a folder that is still in use. A folder of another user stays.
  }
}
