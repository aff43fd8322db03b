// @ts-check
/** Starting the Engine, taking turns, medians. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * One of those compared. `run` returns its figure, such as MB/s; larger is better.
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => Promise<number>} run
 * @property {boolean} [mayFail] someone else's: it failing is a result, not our failure
 */

/**
 * The figures of each contestant by name, one for each round; undefined for one that failed.
 * @typedef {Map<string, number[] | undefined>} Figures
 */

/**
 * A line of the report.
 * @typedef {object} Line
 * @property {string} what
 * @property {string} value Dockline's figure
 * @property {string} peer whom it is compared with, and the figure
 * @property {number | undefined} [ratio] undefined when the peer failed
 * @property {number | undefined} [target] of the ratio, or of `measured`; without it the line is for information
 * @property {number | undefined} [measured] what has a target of its own, and no ratio
 * @property {boolean} [atMost] the target is not to be exceeded; else it is to be reached
 */

/** @typedef {{ socketPath: string, quick: boolean }} Setting */

/** Starts the canned Engine as a process of its own. */
export async function startEngine() {
  const folder = mkdtempSync(join(tmpdir(), 'dockline-bench-'))
  const socketPath = join(folder, 'engine.sock')
  const child = fork(fileURLToPath(new URL('engine.mjs', import.meta.url)), [socketPath], { execArgv: [] })
  await Promise.race([once(child, 'message'), once(child, 'exit').then(failToStart)])
  const stop = () => {
    child.disconnect()
    rmSync(folder, { recursive: true, force: true })
  }
  return { socketPath, stop }
}

/** @returns {never} */
function failToStart() {
  throw new Error('the canned Engine did not start')
}

/**
 * Lets everyone run once without counting, then in turn for some rounds, so that noise hits all alike. The order is another
 * in every round: what one leaves to the memory and to the garbage collector slows down the next.
 * @param {readonly Contestant[]} contestants
 * @param {number} rounds
 * @returns {Promise<Figures>}
 */
export async function compare(contestants, rounds) {
  /** @type {Figures} */
  const figures = new Map()
  for (let round = -1; round < rounds; round++) {
    for (const contestant of inRandomOrder(contestants)) {
      if (round === -1) figures.set(contestant.name, [])
      const rate = await attempt(contestant, figures)
      if (round >= 0 && rate !== undefined) figures.get(contestant.name)?.push(rate)
    }
  }
  return figures
}

/** @param {readonly Contestant[]} contestants */
function inRandomOrder(contestants) {
  const drawn = contestants.map((contestant) => ({ contestant, lot: Math.random() }))
  return drawn.sort((a, b) => a.lot - b.lot).map(({ contestant }) => contestant)
}

/**
 * @param {Contestant} contestant
 * @param {Figures} figures
 */
async function attempt({ name, run, mayFail = false }, figures) {
  if (figures.get(name) === undefined) return undefined
  // One's garbage is not to be swept in the other's time.
  globalThis.gc?.()
  try {
    return await run()
  } catch (error) {
    if (!mayFail)
      throw new Error(`${name}: ${error instanceof Error ? error.message : error}`, { cause: error })
    process.stderr.write(`${name} failed: ${error}\n`)
    figures.set(name, undefined)
    return undefined
  }
}

/**
 * The ratio of two contestants: of each round, then the median, so that a slow moment of the machine cancels out.
 * @param {Figures} figures
 * @param {string} name
 * @param {string} peer
 */
export function ratioOf(figures, name, peer) {
  const ours = figures.get(name)
  const theirs = figures.get(peer)
  if (ours === undefined || theirs === undefined) return undefined
  return median(ours.map((figure, round) => figure / /** @type {number} */ (theirs[round])))
}

/**
 * @param {Figures} figures
 * @param {string} name
 */
export function medianOf(figures, name) {
  const all = figures.get(name)
  return all === undefined ? undefined : median(all)
}

/** @param {readonly number[]} numbers */
export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}

/**
 * @param {number | undefined} figure
 * @param {string} unit
 */
export function show(figure, unit) {
  if (figure === undefined) return 'failed'
  return `${figure >= 100 ? Math.round(figure).toLocaleString('en-US') : figure.toFixed(1)} ${unit}`
}
