// @ts-check
// How fast this machine is at the moment. Limits that only guard against hanging follow from that, so that a slow or busy
// machine is not taken for a broken program.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'

/** An empty Node program takes this long on a calm machine of today. */
const CALM_START_MS = 45
const SAMPLES = 3
const SLOWEST_PACE = 20

/**
 * @typedef {object} Pace
 * @property {number} factor how many times slower than a calm machine, at least 1
 * @property {number} concurrency how many test files run at a time
 */

/**
 * Times the start of a few empty programs.
 * @returns {Pace}
 */
export function measurePace() {
  const samples = Array.from({ length: SAMPLES }, millisecondsOfAStart).sort((a, b) => a - b)
  const median = samples[Math.floor(SAMPLES / 2)] ?? CALM_START_MS
  const factor = Math.min(Math.max(median / CALM_START_MS, 1), SLOWEST_PACE)
  return { factor: Math.round(factor * 10) / 10, concurrency: concurrencyOf(availableParallelism()) }
}

function millisecondsOfAStart() {
  const begun = performance.now()
  spawnSync(process.execPath, ['-e', '0'], { env: {} })
  return performance.now() - begun
}

/**
 * Most tests wait for an Engine or a child process more than they compute. Two for each core save a fifth of the time, and tests that
 * depend on the order of two processes fail more often then.
 * @param {number} cores
 */
function concurrencyOf(cores) {
  return cores + 1
}
