// @ts-check
// What is written down of each engine, so that any process can find and end it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RUN, stateFolder } from './paths.mjs'
import { isCode } from './process.mjs'

/**
 * @typedef {object} EngineRecord
 * @property {string} name
 * @property {string} suite
 * @property {string} host
 * @property {string} data the data root
 * @property {string | undefined} [network] the network it shares with others
 * @property {string} address of its eth0
 * @property {boolean} keep whether it may outlive the process that started it
 * @property {number} [owner] the process that it was started for; none when it is to be kept
 * @property {string} [ownerStarted] when that process started; a pid alone may be another process by now
 * @property {number} supervisor the process outside of the namespaces that waits for their init
 * @property {string} supervisorStarted when that one started; a pid alone may be another process by now
 * @property {string | undefined} [version] not known before the engine has answered
 * @property {string | undefined} [apiVersion]
 */

/** @param {EngineRecord} record */
export function writeRecord(record) {
  const folder = stateFolder(record.name)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'engine.json')
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`)
  renameSync(`${path}.new`, path) // a reader sees the old one or the new one, never a half
}

/**
 * @param {string} name
 * @returns {EngineRecord | undefined}
 */
export function readRecord(name) {
  try {
    return JSON.parse(readFileSync(join(stateFolder(name), 'engine.json'), 'utf8'))
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** @returns {Promise<string[]>} the names of all engines of which anything is left here */
export async function knownNames() {
  const entries = existsSync(RUN) ? await readdir(RUN, { withFileTypes: true }) : []
  const names = entries.map((entry) => (entry.isDirectory() ? entry.name : entry.name.replace(/\.sock$/, '')))
  return [...new Set(names)].sort()
}
