// @ts-check
// Real throwaway Engines, of Docker and of Podman, on a bare Debian or Ubuntu machine. This is the only door of this folder.
import { existsSync } from 'node:fs'
import { readdir, rmdir } from 'node:fs/promises'
import { findCgroups } from './cgroups.mjs'
import {
  daemonPid,
  isOrphan,
  isRunning,
  lastLines,
  membership,
  restartDaemon,
  startDaemon,
  stopDaemon,
} from './daemon.mjs'
import { commandScript } from './docker.mjs'
import { loadBusybox } from './image.mjs'
import { kindOf } from './kinds.mjs'
import { withLock } from './lock.mjs'
import { checkRoot, needPackages } from './packages.mjs'
import { cacheFolder, cgroupName, checkName, checkSuite, dataFolders, RUN, stateFolder } from './paths.mjs'
import { isCode } from './process.mjs'
import { removePartials, rootfs, rootfsFolder } from './rootfs.mjs'
import { knownNames, readRecord } from './state.mjs'

/** @typedef {import('./state.mjs').EngineRecord} EngineRecord */

/**
 * @typedef {object} StartOptions
 * @property {string | undefined} [suite] 'machine' (the machine's own Docker), a Debian suite such as 'sid', 'podman' or 'podman-sid'
 * @property {string | undefined} [name] the suite's name when not given
 * @property {string | undefined} [network] engines of one network reach each other; without it, it is alone
 * @property {string | undefined} [tls] a folder of certificates: it listens on TCP with them, too
 * @property {string | undefined} [feature] of dockerd, as in 'containerd-snapshotter=true'
 * @property {boolean | undefined} [liveRestore] its containers run on while it is restarted
 * @property {boolean | undefined} [inMemory] keeps its data in memory, where making and removing many files costs least
 * @property {boolean | undefined} [keep] outlives the thread that starts it; otherwise it dies with it
 * @property {number | undefined} [owner] the process it is started for: `stopOrphans` stops it once that one has gone. Without `keep` it is this one
 * @property {((line: string) => void) | undefined} [say] receives lines of progress
 * @property {AbortSignal | undefined} [signal]
 */

/** @typedef {import('./packages.mjs').Progress & { name?: string | undefined }} ImageOptions */

/**
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} suite
 * @property {string} kind 'Docker' or 'Podman'
 * @property {string} host unix:///…
 * @property {string} address of its eth0, for the other engines of its network
 * @property {number} pid of its daemon
 * @property {string} version
 * @property {string} apiVersion
 * @property {boolean} started false when the engine was running already: then it is somebody else's to stop
 */

/**
 * @typedef {object} EngineStatus
 * @property {string} name
 * @property {'starting' | 'running' | 'dead'} state
 * @property {string} suite
 * @property {string} host
 * @property {number | undefined} [pid] of its daemon
 * @property {string | undefined} [version]
 * @property {string | undefined} [apiVersion]
 * @property {boolean} keep
 * @property {number | undefined} [owner] the process it was started for
 */

/**
 * Starts an engine, or finds it when one of that name and suite runs already.
 * @param {StartOptions} [options]
 * @returns {Promise<Engine>}
 */
export async function startEngine({ suite = 'machine', name = suite, ...options } = {}) {
  const { network, keep = false, owner = keep ? undefined : process.pid, say, signal, ...settings } = options
  checkName(name)
  checkSuite(suite)
  if (network !== undefined) checkName(network)
  signal?.throwIfAborted()
  checkRoot('starting an engine')
  const running = findRunning(name, suite)
  if (running) return running
  const root = await prepareRoot(suite, { say, signal })
  const onWait = () => say?.(`waiting for another process that starts or stops the engine '${name}'`)
  return withLock(
    `engine-${name}`,
    async () => {
      const found = findRunning(name, suite)
      if (found) return found
      await stopDaemon(name, { force: true })
      say?.(`starting ${kindOf(suite).kind.daemon} of ${suite} as '${name}'`)
      return inNetwork(network, signal, async (place) =>
        describe(
          await startDaemon({ ...settings, name, suite, root, keep, owner, network: place, signal }),
          true,
        ),
      )
    },
    { signal, onWait },
  )
}

/**
 * Only one engine at a time can enter a network: the first one makes it.
 * @template T
 * @param {string | undefined} name
 * @param {AbortSignal | undefined} signal
 * @param {(place: import('./daemon.mjs').Membership) => Promise<T>} enter
 * @returns {Promise<T>}
 */
async function inNetwork(name, signal, enter) {
  if (name === undefined) return enter(membership(name, []))
  const join = async () => {
    const known = await knownNames()
    return enter(
      membership(
        name,
        known.flatMap((each) => readRecord(each) ?? []),
      ),
    )
  }
  return withLock(`network-${name}`, join, { signal })
}

/**
 * @param {string} suite
 * @param {import('./packages.mjs').Progress} progress
 * @returns {Promise<string>} the root file system to run the daemon in
 */
async function prepareRoot(suite, progress) {
  const { kind, debian } = kindOf(suite)
  if (debian !== undefined) return rootfs(suite, cacheFolder(), progress)
  await needPackages(kind.machinePackages, progress)
  return '/'
}

/**
 * @param {string} name
 * @param {string} suite
 * @returns {Engine | undefined}
 */
function findRunning(name, suite) {
  const record = readRecord(name)
  if (!record || stateOf(record) !== 'running') return undefined
  if (record.suite === suite) return describe(record, false)
  throw new Error(
    `the engine '${name}' runs already with the suite '${record.suite}': stop it or take another name`,
  )
}

/**
 * @param {EngineRecord} record
 * @param {boolean} started
 * @returns {Engine}
 */
function describe(record, started) {
  const { name, suite, host, address, version = '', apiVersion = '' } = record
  return {
    name,
    suite,
    kind: kindOf(suite).kind.name,
    host,
    address,
    pid: daemonPid(record) ?? record.supervisor,
    version,
    apiVersion,
    started,
  }
}

/** @param {EngineRecord} record */
function stateOf(record) {
  if (!isRunning(record)) return 'dead'
  return record.version ? 'running' : 'starting'
}

/**
 * Stops an engine and removes all it had: processes, mounts, network, cgroups, socket, data.
 * @param {string} name
 * @param {{ force?: boolean | undefined }} [options] force: SIGKILL at once
 * @returns {Promise<boolean>} whether there was one, running or dead
 */
export async function stopEngine(name, { force = false } = {}) {
  checkName(name)
  if (!existsSync(stateFolder(name))) return false
  checkRoot(`stopping the engine '${name}'`)
  return withLock(`engine-${name}`, async () => {
    const known = existsSync(stateFolder(name))
    if (known) await stopDaemon(name, { force })
    return known
  })
}

/**
 * Ends the daemon of an engine, and starts it anew among what it has left.
 * @param {string} name
 * @param {{ force?: boolean | undefined, signal?: AbortSignal | undefined }} [options] force: SIGKILL, as a crash would
 */
export async function restartEngine(name, { force = false, signal } = {}) {
  checkName(name)
  checkRoot(`restarting the engine '${name}'`)
  await withLock(`engine-${name}`, async () => {
    const record = readRecord(name)
    if (record === undefined || stateOf(record) !== 'running')
      throw new Error(`no engine '${name}' is running`)
    await restartDaemon(record, rootfsFolder(record.suite, cacheFolder()), { force, signal })
  })
}

/** @returns {Promise<EngineStatus[]>} */
export async function listEngines() {
  return (await knownNames()).map((name) => {
    const record = readRecord(name)
    if (!record) return { name, state: 'dead', suite: '', host: '', keep: false }
    const { suite, host, version, apiVersion, keep, owner } = record
    return {
      name,
      state: stateOf(record),
      suite,
      host,
      pid: daemonPid(record),
      version,
      apiVersion,
      keep,
      owner,
    }
  })
}

/**
 * Stops the engines whose owners have gone, as those of a test run that was killed, and removes what they have left.
 * @param {{ say?: ((line: string) => void) | undefined }} [options]
 */
export async function stopOrphans({ say } = {}) {
  const records = (await knownNames()).flatMap((name) => readRecord(name) ?? [])
  const orphans = records.filter(isOrphan)
  if (orphans.length === 0) return
  say?.(`removing what killed programs have left: ${orphans.map(({ name }) => name).join(', ')}`)
  await Promise.all(
    orphans.map(({ name }) => removeIf(name, (record) => record !== undefined && isOrphan(record))),
  )
}

/**
 * Removes what a dead engine has left.
 * @param {string} name
 * @param {{ say?: ((line: string) => void) | undefined }} [options]
 */
export async function removeDead(name, { say } = {}) {
  checkRoot(`removing what the engine '${name}' has left`)
  await removeIf(name, (record) => {
    const isDead = record === undefined || stateOf(record) === 'dead'
    if (isDead) say?.(`'${name}' is dead; removing what it left. The last it said:\n${lastLines(name, 5)}`)
    return isDead
  })
}

/**
 * Another process may have started the engine anew, or have removed it, since somebody looked at it: it is looked at again when
 * nobody else can start or stop it.
 * @param {string} name
 * @param {(record: EngineRecord | undefined) => boolean} isWanted
 */
async function removeIf(name, isWanted) {
  await withLock(`engine-${name}`, async () => {
    const isLeft = (await knownNames()).includes(name)
    if (isLeft && isWanted(readRecord(name))) await stopDaemon(name, { force: true })
  })
}

/**
 * Stops every engine and removes everything that any engine has left, except the cached root file systems.
 * @returns {Promise<string[]>} the names of the engines of which there was something
 */
export async function sweepEngines() {
  checkRoot('sweeping engines')
  const names = await leftNames()
  await Promise.all(names.map((name) => withLock(`engine-${name}`, () => stopDaemon(name, { force: true }))))
  await removePartials(cacheFolder())
  for (const folder of [RUN, ...dataFolders()]) await removeEmpty(folder)
  return names
}

/** After a reboot the state in /run is gone and the data may still be there, so all places are looked at. */
async function leftNames() {
  const data = await Promise.all(dataFolders().map((folder) => (existsSync(folder) ? readdir(folder) : [])))
  const prefix = cgroupName('')
  const cgroups = (await findCgroups(prefix)).map((name) => name.slice(prefix.length))
  return [...new Set([...(await knownNames()), ...data.flat(), ...cgroups])].sort()
}

/** @param {string} folder */
async function removeEmpty(folder) {
  try {
    await rmdir(folder)
  } catch (error) {
    if (!isCode(error, 'ENOENT', 'ENOTEMPTY', 'EEXIST')) throw error
  }
}

/**
 * Makes the machine's static busybox an image of that engine, when the image is not there.
 * @param {string} host unix:///…
 * @param {ImageOptions} [options]
 * @returns {Promise<{ name: string, loaded: boolean }>}
 */
export function ensureImage(host, { name = 'busybox:latest', say, signal } = {}) {
  return loadBusybox(host, name, { say, signal })
}

/** @typedef {import('./packages.mjs').Progress & { suite?: string | undefined }} CommandOptions */

/**
 * The docker command of a Debian suite, for this machine: the one the dockline command is compared with.
 * @param {CommandOptions} [options]
 * @returns {Promise<string>} a script to run in place of `docker`
 */
export async function dockerCommand(options = {}) {
  return commandScript(await commandRoot(options))
}

/**
 * The buildx of a Debian suite, for this machine: the one that builds are compared with.
 * @param {CommandOptions} [options]
 * @returns {Promise<string>} a script to run in place of `docker buildx`
 */
export async function buildxCommand(options = {}) {
  return commandScript(await commandRoot(options), 'buildx')
}

/** @param {CommandOptions} options */
async function commandRoot({ suite = 'sid', ...progress }) {
  checkSuite(suite)
  if (kindOf(suite).kind.name !== 'Docker') throw new Error(`there is no docker command in '${suite}'`)
  const root = rootfsFolder(suite, cacheFolder())
  if (!existsSync(root)) checkRoot('making a root file system')
  return rootfs(suite, cacheFolder(), progress)
}
