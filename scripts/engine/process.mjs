// @ts-check
// Running commands so that they can always be ended, and reading what /proc knows of a process.
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** Debian keeps the daemons' commands in sbin, which is not in everyone's PATH. */
export const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const TAIL_LINES = 15
const GRACE_MS = 3000

/** @typedef {(line: string) => void} Say */
/**
 * @typedef {object} RunOptions
 * @property {AbortSignal | undefined} [signal]
 * @property {Say | undefined} [say]
 * @property {'SIGTERM' | 'SIGKILL' | undefined} [kill]
 */

/** The first line says what failed, the rest is the end of what the command has said. */
export class CommandError extends Error {
  /**
   * @param {string} command
   * @param {string[]} args
   * @param {string[]} tail
   */
  constructor(command, args, tail) {
    super(`\`${[command, ...args].join(' ')}\` failed:\n${tail.join('\n')}`)
    this.name = 'CommandError'
    this.tail = tail.join('\n')
  }
}

/**
 * Runs a command, each line of its output to `say`. It has its own session, so that a Ctrl-C in the terminal
 * does not reach it. An abort, or the death of this process, sends `kill` to it; without `kill` it always
 * runs to its end. Rejects only when the command is really gone.
 * @param {string} command
 * @param {string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<void>}
 */
export async function run(command, args, { signal, say = () => {}, kill } = {}) {
  signal?.throwIfAborted()
  const tied = kill ? ['--pdeathsig', kill.slice(3)] : []
  const child = spawn('setpriv', [...tied, command, ...args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a root file system of its own there is no other folder for temporary files.
    env: {
      ...process.env,
      ...{ PATH: SYSTEM_PATH, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', TMPDIR: '/tmp' },
    },
  })
  /** @type {string[]} */
  const tail = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      tail.push(line)
      if (tail.length > TAIL_LINES) tail.shift()
      say(line)
    })
  }
  /** @type {NodeJS.Timeout | undefined} */
  let grace
  const abort = () => {
    if (!child.pid || !kill) return
    const group = -child.pid
    send(group, kill)
    grace = setTimeout(() => send(group, 'SIGKILL'), GRACE_MS)
  }
  signal?.addEventListener('abort', abort, { once: true })
  try {
    const code = await new Promise((done, fail) => child.on('error', fail).on('close', done))
    signal?.throwIfAborted()
    if (code !== 0) throw new CommandError(command, args, tail)
  } finally {
    signal?.removeEventListener('abort', abort)
    clearTimeout(grace)
  }
}

/**
 * @param {unknown} error
 * @returns {string} what a failed command has said, or else the error's message
 */
export function tailOf(error) {
  if (error instanceof CommandError) return error.tail
  return error instanceof Error ? error.message : String(error)
}

/**
 * Sends a signal to a process that may have ended already.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 */
export function send(pid, signal) {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!isCode(error, 'ESRCH')) throw error
  }
}

/**
 * @param {unknown} error
 * @param {...string} codes
 */
export function isCode(error, ...codes) {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** @typedef {{ pid: number, name: string, state: string, parent: number, started: string }} ProcessFacts */

/**
 * @param {number} pid
 * @returns {ProcessFacts | undefined}
 */
export function processFacts(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name stands in brackets and may hold anything, brackets too.
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
    const [state = '', parent, ...others] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { pid, name, state, parent: Number(parent), started: others[17] ?? '' }
  } catch (error) {
    if (isCode(error, 'ENOENT', 'ESRCH')) return undefined
    throw error
  }
}

/**
 * A pid alone is not enough to know a process: the kernel gives it out again. A zombie counts as gone.
 * @param {number} pid
 * @param {string} [started]
 */
export function isAlive(pid, started) {
  const facts = processFacts(pid)
  return facts !== undefined && facts.state !== 'Z' && (started === undefined || facts.started === started)
}

/**
 * @param {number} parent
 * @returns {ProcessFacts[]}
 */
export function childrenOf(parent) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => processFacts(Number(entry)) ?? [])
    .filter((facts) => facts.parent === parent && facts.state !== 'Z')
}

/**
 * Looks again and again until something holds. The kernel tells nobody when a process that is not our child,
 * its mounts and its cgroups are gone.
 * @param {() => boolean | Promise<boolean>} holds
 * @param {number} milliseconds
 * @param {AbortSignal | undefined} [signal]
 */
export async function until(holds, milliseconds, signal) {
  const end = Date.now() + milliseconds
  while (!(await holds())) {
    signal?.throwIfAborted()
    if (Date.now() > end) return false
    await sleep(25)
  }
  return true
}
