// @ts-check
// An Engine opens the output of a process while the process starts. On a busy machine a short process may end first: then the
// Engine gives its output up, and says so in its own log. No client can have that output, and no test can do without it.
import { readFileSync } from 'node:fs'

/** A line of dockerd about an output it gave up, with the time it did so. Docker 20.10 and 28.5 word the rest differently. */
const LOSS = /^time="([^"]+)".*reading from a closed fifo/gm

/**
 * @param {readonly string[]} logs the files that Engines write their logs to
 * @param {number} from in milliseconds, as Date.now() counts them
 * @param {number} to
 * @returns {number} how many outputs these Engines gave up in that time
 */
export function countLosses(logs, from, to) {
  const times = logs.flatMap((log) => timesOfLosses(readFileSync(log, 'utf8')))
  return times.filter((time) => time >= from && time <= to).length
}

/**
 * @param {string} log of dockerd
 * @returns {number[]} when it gave an output up, in milliseconds
 */
export function timesOfLosses(log) {
  return [...log.matchAll(LOSS)].map(([, time = '']) => Date.parse(time))
}
