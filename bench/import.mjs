// @ts-check
/** What an import costs, in processes that have imported nothing before. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median, show } from './harness.mjs'

const TARGET = 20
const PROBE = fileURLToPath(new URL('import-probe.mjs', import.meta.url))
const EMPTY = './empty.mjs'
const run = promisify(execFile)

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* importCost({ quick }) {
  const costs = await measure([EMPTY, 'dockline', 'node:http', 'dockerode'], quick ? 5 : 15)
  const [empty = 0, ours = 0, http = 0, dockerode = 0] = costs
  const milliseconds = (/** @type {number} */ cost) => show(cost - empty, 'ms')
  yield {
    what: "import('dockline') less an empty module",
    value: milliseconds(ours),
    peer: `empty ${show(empty, 'ms')}`,
    measured: ours - empty,
    target: TARGET,
    atMost: true,
  }
  for (const [peer, cost] of /** @type {const} */ ([
    ['node:http', http],
    ['dockerode', dockerode],
  ])) {
    yield {
      what: "import('dockline')",
      value: milliseconds(ours),
      peer: `${peer} ${milliseconds(cost)}`,
      ratio: (ours - empty) / (cost - empty),
    }
  }
}

/**
 * The median of each in milliseconds, one fresh process after the other, in turn.
 * @param {readonly string[]} specifiers
 * @param {number} rounds
 */
async function measure(specifiers, rounds) {
  /** @type {number[][]} */
  const costs = specifiers.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [index, specifier] of specifiers.entries()) {
      const { stdout } = await run(process.execPath, [PROBE, specifier])
      // The first round only fills the disk's cache.
      if (round >= 0) costs[index]?.push(Number(stdout))
    }
  }
  return costs.map(median)
}
