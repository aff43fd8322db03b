// @ts-check
/** Short calls, one at a time and 32 at a time, against `node:http` itself and dockerode. */
import { Agent, request } from 'node:http'
// @ts-expect-error It comes without types, and there are none worth another package here.
import Docker from 'dockerode'
import { DockerClient } from 'dockline'
import { compare, medianOf, ratioOf, show } from './harness.mjs'

/** Many and short, so that the two of a pair meet the same weather. */
const ROUNDS = 31
const TARGET = 0.85

/** @typedef {() => Promise<unknown>} Ping */

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* ping({ socketPath, quick }) {
  const [calls, rounds] = quick ? [500, 5] : [2_000, ROUNDS]
  const client = new DockerClient({ host: `unix://${socketPath}`, env: {} })
  const docker = new Docker({ socketPath })
  const agent = new Agent({ keepAlive: true })
  const bare = (/** @type {'GET' | 'HEAD'} */ method) => () => barePing({ agent, socketPath, method })
  /** @type {Record<string, Ping>} */
  const pings = {
    'client.ping()': () => client.ping(),
    'node:http HEAD': bare('HEAD'),
    'client.api.system.ping()': () => client.api.system.ping(),
    'node:http GET': bare('GET'),
    dockerode: () => docker.ping(),
  }
  for (const atOnce of [1, 32]) {
    const contestants = Object.entries(pings).map(([name, send]) => ({
      name,
      run: () => callsPerSecond(send, { calls, atOnce }),
      mayFail: name === 'dockerode',
    }))
    const figures = await compare(contestants, rounds)
    yield lineOf(figures, { ours: 'client.ping()', peer: 'node:http HEAD', atOnce, target: TARGET })
    yield lineOf(figures, { ours: 'client.api.system.ping()', peer: 'node:http GET', atOnce, target: TARGET })
    yield lineOf(figures, { ours: 'client.api.system.ping()', peer: 'dockerode', atOnce })
  }
  agent.destroy()
  await client.close()
}

/**
 * @param {Ping} send
 * @param {{ calls: number, atOnce: number }} load
 */
export async function callsPerSecond(send, { calls, atOnce }) {
  let left = calls
  const worker = async () => {
    while (left-- > 0) await send()
  }
  const begin = performance.now()
  await Promise.all(Array.from({ length: atOnce }, worker))
  return (calls / (performance.now() - begin)) * 1000
}

/**
 * What anyone would write without a library: errors are noticed, the body is read.
 * @param {{ agent: Agent, socketPath: string, method: string }} options
 */
function barePing({ agent, socketPath, method }) {
  return new Promise((resolve, reject) => {
    const call = request({ agent, socketPath, method, path: '/_ping' }, (message) => {
      /** @type {Buffer[]} */
      const chunks = []
      message.on('data', (chunk) => chunks.push(chunk))
      message.on('end', () => resolve(Buffer.concat(chunks).toString()))
      message.on('error', reject)
    })
    call.on('error', reject)
    call.end()
  })
}

/**
 * @param {import('./harness.mjs').Figures} figures
 * @param {{ ours: string, peer: string, atOnce: number, target?: number }} comparison
 * @returns {import('./harness.mjs').Line}
 */
function lineOf(figures, { ours, peer, atOnce, target }) {
  return {
    what: `${ours}, ${atOnce} at a time`,
    value: show(medianOf(figures, ours), '/s'),
    peer: `${peer} ${show(medianOf(figures, peer), '/s')}`,
    ratio: ratioOf(figures, ours, peer),
    target,
  }
}
