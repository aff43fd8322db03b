// @ts-check
// One daemon in its own mount, network, pid, uts, ipc and cgroup namespaces: coming up and going down.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { removeCgroups } from './cgroups.mjs'
import { removeFolder } from './files.mjs'
import { isUp, versionOf } from './http.mjs'
import { kindOf } from './kinds.mjs'
import { cgroupName, dataFolders, dataRoot, logPath, RUN, socketPath, stateFolder } from './paths.mjs'
import { childrenOf, isAlive, processFacts, SYSTEM_PATH, send, until } from './process.mjs'
import { readRecord, writeRecord } from './state.mjs'

/** @typedef {import('./state.mjs').EngineRecord} EngineRecord */
/**
 * @typedef {object} LaunchOptions
 * @property {string} name
 * @property {string} suite
 * @property {string} root
 * @property {boolean} keep
 * @property {number | undefined} [owner]
 * @property {string | undefined} [tls]
 * @property {string | undefined} [feature]
 * @property {boolean | undefined} [liveRestore]
 * @property {boolean | undefined} [inMemory]
 * @property {Membership} network
 */

const SCRIPT = fileURLToPath(new URL('namespaces.sh', import.meta.url))
/**
 * A percentage of growth. For each container dockerd, containerd and runc start programs of Go that end at once, and most of what
 * these do by default is to collect garbage while they start.
 */
const RARE_COLLECTION = '400'
const READY_MS = 60_000
const STOP_MS = 5000
/** A daemon that ends stops its containers, which may take ten seconds. */
const END_MS = 60_000
const KILL_MS = 10_000

/**
 * @param {LaunchOptions & { signal?: AbortSignal | undefined }} options
 * @returns {Promise<EngineRecord>}
 */
export async function startDaemon({ signal, ...options }) {
  const { name, root } = options
  signal?.throwIfAborted()
  try {
    const record = launch(options)
    await ready(record, root, signal)
    const known = { ...record, ...(await versionOf(record.host, signal)) }
    writeRecord(known)
    return known
  } catch (error) {
    await stopDaemon(name, { force: true })
    throw error
  }
}

/**
 * @param {LaunchOptions} options
 * @returns {EngineRecord}
 */
function launch({ name, suite, root, keep, owner, inMemory, network, ...settings }) {
  const { data, kind } = dataRoot(name, inMemory)
  const host = `unix://${socketPath(name)}`
  const { ownCgroup, command } = kindOf(suite).kind
  for (const folder of ['root', 'layers']) mkdirSync(join(stateFolder(name), folder), { recursive: true })
  mkdirSync(data, { recursive: true, mode: 0o711 })
  const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc', '--propagation', 'private']
  const words = [
    // An engine that is not to be kept dies with the process (strictly: the thread) that started it.
    ...(keep ? [] : ['--pdeathsig', 'KILL']),
    'unshare',
    ...namespaces,
    '--fork',
    '--kill-child',
    '/bin/sh',
    SCRIPT,
    name,
    root,
    RUN,
    data,
    kind,
    network.address,
    network.namespace,
    ownCgroup ? cgroupName(name) : 'none',
    ...command({ host, data, cgroup: cgroupName(name), tls: settings.tls, ...settings }),
  ]
  const supervisor = spawnDetached(words, logPath(name))
  const supervisorStarted = processFacts(supervisor)?.started ?? ''
  /** @type {EngineRecord} */
  const record = {
    ...{ name, suite, host, data, keep, network: network.name, address: network.address },
    ...{ supervisor, supervisorStarted },
    ...(owner === undefined ? {} : { owner, ownerStarted: processFacts(owner)?.started ?? '' }),
  }
  writeRecord(record)
  return record
}

/**
 * Its own session and no terminal: a Ctrl-C meant for the caller must not reach it.
 * @param {string[]} command what setpriv takes
 * @param {string} log
 */
function spawnDetached(command, log) {
  const output = openSync(log, 'w')
  try {
    const child = spawn('setpriv', command, {
      cwd: '/',
      detached: true,
      stdio: ['ignore', output, output],
      env: { PATH: SYSTEM_PATH, HOME: '/root', LC_ALL: 'C', GOGC: RARE_COLLECTION },
    })
    child.on('error', () => {}).unref()
    if (!child.pid) throw new Error('cannot run setpriv: is the package util-linux installed?')
    return child.pid
  } finally {
    closeSync(output)
  }
}

/**
 * @param {EngineRecord} record
 * @param {string} root
 * @param {AbortSignal | undefined} [signal]
 */
async function ready(record, root, signal) {
  const settled = async () => (await isUp(record.host, signal)) || !isRunning(record)
  await until(settled, READY_MS, signal)
  if (!(await isUp(record.host, signal))) throw notReady(record, root)
}

/**
 * @param {EngineRecord} record
 * @param {string} root
 */
function notReady(record, root) {
  const log = lastLines(record.name)
  const what = isRunning(record) ? `did not answer within ${READY_MS / 1000} s` : 'ended while starting'
  const hint = /unshare.*failed|mount:.*permission denied/i.test(log)
    ? 'This kernel lets no namespaces be made here: use a whole machine, or a container with --privileged.'
    : 'Or set DOCKER_HOST to a Docker Engine that runs already.'
  return new Error(
    `the engine '${record.name}' ${what}. Tried: ${kindOf(record.suite).kind.daemon} of ${record.suite} (root ${root}) in its own` +
      ` namespaces, data in ${record.data}, asked GET /_ping at ${record.host}. ${hint}` +
      ` Its last lines:\n${log}`,
  )
}

/**
 * @param {string} name
 * @returns {string} the end of the engine's log
 */
export function lastLines(name, count = 20) {
  const path = logPath(name)
  return existsSync(path)
    ? readFileSync(path, 'utf8').trimEnd().split('\n').slice(-count).join('\n')
    : '(no log)'
}

/** @param {EngineRecord} record */
export function isRunning({ supervisor, supervisorStarted }) {
  return isAlive(supervisor, supervisorStarted)
}

/**
 * Tells whether the process that the engine was started for has gone.
 * @param {EngineRecord} record
 */
export function isOrphan({ owner, ownerStarted }) {
  return owner !== undefined && ownerStarted !== undefined && !isAlive(owner, ownerStarted)
}

/**
 * @param {EngineRecord} record
 * @returns {number | undefined} the pid of the daemon, as seen from outside
 */
export function daemonPid(record) {
  const init = initOf(record)
  const { daemon } = kindOf(record.suite).kind
  return init ? childrenOf(init).find(({ name }) => name === daemon)?.pid : undefined
}

/**
 * @typedef {object} Membership
 * @property {string | undefined} name of the network; none when the engine is alone
 * @property {string} address of the engine in it
 * @property {string} namespace 'none', 'new', or a path to where the bridge is
 */

const ALONE = '192.0.2.1'
const LAST_ADDRESS = 254

/**
 * The place of a new engine in a network: the bridge of those that run in it, and the first free address.
 * @param {string | undefined} name
 * @param {EngineRecord[]} others all that is known of other engines
 * @returns {Membership}
 */
export function membership(name, others) {
  if (name === undefined) return { name, address: ALONE, namespace: 'none' }
  const members = others.filter((record) => record.network === name && isRunning(record))
  const taken = new Set(members.map(({ address }) => address))
  const addresses = Array.from({ length: LAST_ADDRESS }, (_, index) => `192.0.2.${index + 1}`)
  const address = addresses.find((each) => !taken.has(each))
  if (!address) throw new Error(`the network '${name}' is full`)
  const init = members.map(initOf).find((pid) => pid !== undefined)
  return { name, address, namespace: init === undefined ? 'new' : `/proc/${init}/fd/9` }
}

/** @param {EngineRecord} record */
function initOf(record) {
  return isRunning(record) ? childrenOf(record.supervisor)[0]?.pid : undefined
}

/**
 * Ends the daemon, and waits until it runs anew, with all that it had. What it does with its containers is its own matter.
 * @param {EngineRecord} record
 * @param {string} root
 * @param {{ force: boolean, signal?: AbortSignal | undefined }} options force: as a crash would
 */
export async function restartDaemon(record, root, { force, signal }) {
  const [init, before] = [initOf(record), daemonPid(record)]
  if (init === undefined || before === undefined) throw notReady(record, root)
  send(init, 'SIGHUP')
  send(before, force ? 'SIGKILL' : 'SIGTERM')
  const isNew = () => ![before, undefined].includes(daemonPid(record))
  if (!(await until(isNew, END_MS, signal))) throw notReady(record, root)
  await ready(record, root, signal)
}

/**
 * Ends the engine, if it runs, and removes all that it had. Works on what a dead or half started one left,
 * too.
 * @param {string} name
 * @param {{ force?: boolean | undefined }} [options]
 */
export async function stopDaemon(name, { force = false } = {}) {
  const record = readRecord(name)
  if (record && isRunning(record)) {
    if (!force) await terminate(record)
    await kill(record)
  }
  await removeCgroups(cgroupName(name))
  const data = new Set([
    ...(record ? [record.data] : []),
    ...dataFolders().map((folder) => join(folder, name)),
  ])
  for (const folder of data) if (existsSync(folder)) await removeFolder(folder)
  await rm(socketPath(name), { force: true })
  // Last: as long as it is there, others know that there is something to clean.
  await removeFolder(stateFolder(name))
}

/** @param {EngineRecord} record */
async function terminate(record) {
  const daemon = daemonPid(record)
  if (!daemon) return
  send(daemon, 'SIGTERM')
  await until(() => !isRunning(record), STOP_MS)
}

/**
 * The kernel kills everything in a pid namespace with its init, and the init is gone only after all of them.
 * @param {EngineRecord} record
 */
async function kill(record) {
  const dead = await until(() => {
    const init = initOf(record)
    if (init) send(init, 'SIGKILL')
    else if (isRunning(record)) send(record.supervisor, 'SIGKILL')
    return !isRunning(record)
  }, KILL_MS)
  if (!dead) throw new Error(`the engine '${record.name}' (process ${record.supervisor}) does not die`)
}
