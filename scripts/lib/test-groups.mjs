// @ts-check
// Most of what a small test file costs is the start of its process, which loads the library. Small files share one.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const FILES_PER_PROCESS = 12

/**
 * @typedef {object} TestGroups
 * @property {string[][]} files what the test runner starts, for each list of those that share
 * @property {(file: string) => readonly string[]} membersOf what a file of these imports; of another file, itself
 */

/**
 * Makes a file for each few of those that may share a process. The test runner still names the file of each test.
 * @param {readonly (readonly string[])[]} sharing each list has files that may share a process with one another
 * @returns {TestGroups}
 */
export function groupTests(sharing) {
  const folder = mkdtempSync(join(tmpdir(), 'groups-'))
  /** @type {Map<string, readonly string[]>} */
  const groups = new Map()
  const write = (/** @type {readonly string[]} */ members) => {
    const file = join(folder, `group-${groups.size + 1}.mjs`)
    const imports = members.map((each) => `import ${JSON.stringify(pathToFileURL(each).href)}\n`)
    writeFileSync(file, imports.join(''))
    groups.set(file, members)
    return file
  }
  return {
    files: sharing.map((files) => dealt(files).map(write)),
    membersOf: (file) => groups.get(file) ?? [file],
  }
}

/**
 * Deals files out like cards, so that neighbours, which are alike, do not all lie in one group.
 * @param {readonly string[]} files
 * @returns {string[][]}
 */
function dealt(files) {
  const count = Math.ceil(files.length / FILES_PER_PROCESS)
  return Array.from({ length: count }, (_, group) => files.filter((_file, index) => index % count === group))
}
