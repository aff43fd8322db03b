// @ts-check
// An Engine opens the output of a process while the process starts. On a busy machine a short process may end first: then the
// Engine gives its output up, and says so in its own log. No client can have that output, and no test can do without it.
import { existsSync, readFileSync } from 'node:fs'

// dockerd gives up the outputs of a process that it could not start as well. It then also writes one of the other words.
const GIVEN_UP = 'reading from a closed fifo'
const NOT_STARTED = ['copy shim log', 'Error running exec', 'Health check for container']
const ENTRY = new RegExp(`^time="([^"]+)".*?(${[GIVEN_UP, ...NOT_STARTED].join('|')})`, 'gm')
/** dockerd writes about the failure and the outputs of one process at most this long apart. */
const APART_MS = 500
/** stdout and stderr. A process with a tty has one. */
const OUTPUTS_OF_A_PROCESS = 2

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
  const lost = entries.flatMap(({ time, words }) => (words === GIVEN_UP ? [time] : []))
  for (const { time, words } of entries) {
    if (words === GIVEN_UP) continue
    const nearest = lost
      .filter((each) => Math.abs(each - time) <= APART_MS)
      .sort((a, b) => Math.abs(a - time) - Math.abs(b - time))
    for (const each of nearest.slice(0, OUTPUTS_OF_A_PROCESS)) lost.splice(lost.indexOf(each), 1)
  }
  return lost
}
