// @ts-check
// Where engines keep their things. Everything an engine has is found from its name alone, so that any process
// can clean up after any other.
import { existsSync, statfsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

/** State and sockets. Short, because a Unix socket's path may have no more than 107 bytes. */
export const RUN = '/run/dockline'

const PREFERRED_DATA = '/var/lib/dockline'
const OVERLAYFS = 0x794c7630
const NAME = /^[a-z0-9][a-z0-9_-]{0,39}$/
const SUITE = /^[a-z][a-z0-9.-]{0,39}$/

/** The root file systems, the one thing that outlives a sweep. */
export function cacheFolder() {
  const chosen = process.env.DOCKLINE_CACHE
  return chosen ? resolve(chosen) : join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'dockline')
}

/** @param {string} name */
export const stateFolder = (name) => join(RUN, name)

/** @param {string} name */
export const socketPath = (name) => join(RUN, `${name}.sock`)

/** @param {string} name */
export const logPath = (name) => join(stateFolder(name), 'engine.log')

/** @param {string} name */
export const cgroupName = (name) => `dockline-${name}`

/** Every folder that may hold data roots, the preferred one first. */
export const dataFolders = () => [PREFERRED_DATA, '/var/tmp/dockline', join(cacheFolder(), 'data')]

/**
 * Docker's overlay2 cannot stand on another overlay, which is what `/` is in a container. Where every folder
 * is one, and where it is asked for, the engine's data goes to a tmpfs inside its own mount namespace.
 * @param {string} name
 * @param {boolean} [inMemory]
 * @returns {{ data: string, kind: 'folder' | 'tmpfs' }}
 */
export function dataRoot(name, inMemory = false) {
  const good = inMemory ? undefined : dataFolders().find((folder) => !isOverlay(folder))
  return { data: join(good ?? PREFERRED_DATA, name), kind: good ? 'folder' : 'tmpfs' }
}

/** @param {string} folder */
function isOverlay(folder) {
  let existing = folder
  while (!existsSync(existing)) existing = dirname(existing)
  return statfsSync(existing).type === OVERLAYFS
}

/** @param {string} name */
export function checkName(name) {
  if (NAME.test(name)) return name
  throw new Error(
    `'${name}' cannot name an engine: use up to 40 of a-z, 0-9, - and _, a letter or digit first`,
  )
}

/** @param {string} suite */
export function checkSuite(suite) {
  if (SUITE.test(suite)) return suite
  throw new Error(
    `'${suite}' is not a suite: use 'machine', a Debian suite such as 'sid' or 'trixie', 'podman' or 'podman-sid'`,
  )
}
