// @ts-check
// An Engine opens the output of a process while the process starts. On a busy machine a short process may end first: then the
// Engine gives its output up, and says so in its own log. No client can have that output, and no test can do without it.
import { existsSync, readFileSync } from 'node:fs'

// dockerd gives up the output of a process that it could not start as well. It then also writes one of the second kind of words.
const GIVEN_UP = 'reading from a closed fifo'
const NOT_STARTED = [
  'copy shim log',
  'Error running exec',
  'Health check for container',
  'failed to delete container',
]
const ENTRY = new RegExp(`^time="([^"]+)".*?(${[GIVEN_UP, ...NOT_STARTED].join('|')})`, 'gm')
/** dockerd writes the two about one process at most this long apart. */
const APART_MS = 500

/**
 * @param {readonly string[]} logs the files that Engines write their logs to
 * @param {number} from in milliseconds, as Date.now() counts them
 * @param {number} to
 * @returns {number} how many outputs of processes that ran these Engines gave up in that time
 */
export function countLosses(logs, from, to) {
  // An Engine that was removed has no log.
  const left = logs.filter((log) => existsSync(log))
  const times = left.flatMap((log) => timesOfLosses(readFileSync(log, 'utf8')))
  return times.filter((time) => time >= from && time <= to).length
}

/**
 * @param {string} log of dockerd
 * @returns {number[]} when it gave up the output of a process that ran, in milliseconds
 */
function timesOfLosses(log) {
  const entries = [...log.matchAll(ENTRY)].map(([, time = '', words]) => ({ time: Date.parse(time), words }))
  const failures = entries.filter(({ words }) => words !== GIVEN_UP)
  const isFailure = (/** @type {number} */ time) =>
    failures.some((each) => Math.abs(each.time - time) <= APART_MS)
  return entries.flatMap(({ time, words }) => (words === GIVEN_UP && !isFailure(time) ? [time] : []))
}
