// @ts-check
/** `modem.demuxStream` of the drop-in beside dockerode's own, on the same bytes of the same socket. */
import { compare, medianOf, ratioOf, show } from './harness.mjs'
import { dockerodeExec } from './peers.mjs'

/** @typedef {import('./harness.mjs').Line} Line */

const ROUNDS = 5
const TARGET = 20

/**
 * Lines of 100 bytes. dockerode is given fewer of them, or it would take all the time.
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* demux({ socketPath, quick }) {
  const [blocks, fewBlocks, rounds] = quick ? [32, 1, 1] : [512, 32, ROUNDS]
  for (const order of /** @type {const} */ (['mix', 'turn'])) {
    const stream = { order, frame: 100, blocks }
    const figures = await compare(
      [
        { name: 'drop-in', run: () => dockerodeExec(socketPath, 'dockline-dockerode')(stream) },
        {
          name: 'dockerode',
          run: () => dockerodeExec(socketPath)({ ...stream, blocks: fewBlocks }),
          mayFail: true,
        },
      ],
      rounds,
    )
    yield {
      what: `demuxStream, 100 B frames, ${order === 'mix' ? '3:1 at random' : 'in turn'}`,
      value: show(medianOf(figures, 'drop-in'), 'MB/s'),
      peer: `dockerode ${show(medianOf(figures, 'dockerode'), 'MB/s')}`,
      ratio: ratioOf(figures, 'drop-in', 'dockerode'),
      target: TARGET,
    }
  }
}
