// @ts-check
/** Output: small frames against dockerode, large ones against a bare socket. */
import { compare, medianOf, ratioOf, show } from './harness.mjs'
import { bareSocket, dockerodeExec, dockerodeLogs, docklineExec, docklineLogs, READ } from './peers.mjs'

/** @typedef {import('./frames.mjs').Order} Order */
/** @typedef {import('./harness.mjs').Setting} Setting */
/** @typedef {import('./harness.mjs').Line} Line */

const ROUNDS = 5
const WAYS = {
  readables: 'stdout.pipe(a), stderr.pipe(b)',
  pipe: 'pipe(a, b)',
  iterate: 'for await',
  lines: 'for await of lines()',
}
/** Times dockerode's speed on log lines. Not asked of `pipe`, which keeps the order: a write for each change of source. */
const TARGETS = { readables: 50, iterate: 10 }
const ORDERS = { mix: '3:1 at random', turn: 'in turn' }

/**
 * Lines of 100 bytes. dockerode is given fewer of them, or it would take all the time.
 * @param {Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* smallFrames({ socketPath, quick }) {
  const [blocks, fewBlocks, rounds] = quick ? [32, 1, 1] : [768, 32, ROUNDS]
  for (const order of /** @type {Order[]} */ (['mix', 'turn'])) {
    const stream = { order, frame: 100, blocks }
    const few = { ...stream, blocks: fewBlocks }
    const figures = await compare(
      [
        ...contestants(stream, (read) => docklineExec(socketPath, read)),
        { name: 'dockerode', run: () => dockerodeExec(socketPath)(few), mayFail: true },
        { name: 'socket', run: () => bareSocket(socketPath)(stream) },
      ],
      rounds,
    )
    yield* linesOf(figures, { of: `100 B frames, ${ORDERS[order]}`, peer: 'dockerode', targets: TARGETS })
    yield* linesOf(figures, {
      of: `100 B frames, ${ORDERS[order]}`,
      peer: 'socket',
      targets: { lines: 0.12 },
    })
  }
}

/**
 * The same lines as a log, in HTTP chunks.
 * @param {Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* logFrames({ socketPath, quick }) {
  const [blocks, fewBlocks, rounds] = quick ? [16, 1, 1] : [96, 4, ROUNDS]
  const stream = { order: /** @type {const} */ ('mix'), frame: 100, blocks }
  const few = { ...stream, blocks: fewBlocks }
  const figures = await compare(
    [
      ...contestants(stream, (read) => docklineLogs(socketPath, read)),
      { name: 'dockerode', run: () => dockerodeLogs(socketPath)(few), mayFail: true },
    ],
    rounds,
  )
  yield* linesOf(figures, { of: 'logs, 100 B frames, 3:1', peer: 'dockerode', targets: {} })
}

/**
 * Frames of 32 KiB: what a build or a large file comes in.
 * @param {Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* largeFrames({ socketPath, quick }) {
  const [blocks, fewBlocks, rounds] = quick ? [128, 16, 1] : [3072, 128, 7]
  const stream = { order: /** @type {const} */ ('mix'), frame: 32 * 1024, blocks }
  const few = { ...stream, blocks: fewBlocks }
  const figures = await compare(
    [
      { name: 'socket', run: () => bareSocket(socketPath)(stream) },
      ...contestants(stream, (read) => docklineExec(socketPath, read)),
      { name: 'dockerode', run: () => dockerodeExec(socketPath)(few), mayFail: true },
    ],
    rounds,
  )
  const targets = { readables: 0.9, pipe: 0.9, iterate: 0.9 }
  yield* linesOf(figures, { of: '32 KiB frames', peer: 'socket', targets })
  yield* linesOf(figures, { of: '32 KiB frames', peer: 'dockerode', targets: {} })
}

/**
 * Dockline in each of its ways.
 * @param {import('./frames.mjs').Stream} stream
 * @param {(read: typeof READ[keyof typeof READ]) => import('./peers.mjs').Receive} through
 * @returns {import('./harness.mjs').Contestant[]}
 */
function contestants(stream, through) {
  const ways = /** @type {(keyof typeof WAYS)[]} */ (Object.keys(WAYS))
  return ways.map((way) => ({ name: way, run: () => through(READ[way])(stream) }))
}

/**
 * @param {import('./harness.mjs').Figures} figures
 * @param {{ of: string, peer: string, targets: Partial<Record<keyof typeof WAYS, number>> }} comparison
 * @returns {Generator<Line>}
 */
function* linesOf(figures, { of, peer, targets }) {
  for (const way of /** @type {(keyof typeof WAYS)[]} */ (Object.keys(WAYS))) {
    yield {
      what: `${of}: ${WAYS[way]}`,
      value: show(medianOf(figures, way), 'MB/s'),
      peer: `${peer} ${show(medianOf(figures, peer), 'MB/s')}`,
      ratio: ratioOf(figures, way, peer),
      target: targets[way],
    }
  }
}
