// @ts-check
/** The processor time that it takes to follow the stats of many containers. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compare, medianOf, ratioOf } from './harness.mjs'

const CONTAINERS = 100
const TARGET_MS = 1
const PROBE = fileURLToPath(new URL('stats-probe.mjs', import.meta.url))
const run = promisify(execFile)

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* stats({ socketPath, quick }) {
  const [seconds, rounds] = quick ? [2, 1] : [4, 2]
  const contestant = (/** @type {string} */ name) => ({
    name,
    run: async () => {
      const argv = [PROBE, socketPath, name, String(CONTAINERS), String(seconds)]
      return Number((await run(process.execPath, argv)).stdout)
    },
    mayFail: name === 'dockerode',
  })
  const figures = await compare(['dockline', 'dockerode', 'node:http'].map(contestant), rounds)
  const shown = (/** @type {string} */ name) => `${medianOf(figures, name)?.toFixed(3) ?? 'failed'} ms`
  yield {
    what: `client.stats() of ${CONTAINERS} containers, CPU of each and second`,
    value: shown('dockline'),
    peer: `node:http and JSON.parse ${shown('node:http')}`,
    ratio: ratioOf(figures, 'dockline', 'node:http'),
    measured: medianOf(figures, 'dockline'),
    target: TARGET_MS,
    atMost: true,
  }
  yield {
    what: 'the same',
    value: shown('dockline'),
    peer: `dockerode ${shown('dockerode')}`,
    ratio: ratioOf(figures, 'dockline', 'dockerode'),
  }
}
