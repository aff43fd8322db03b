// @ts-check
/** What the canned Engine sends, made alike in both processes so that the receiver knows how much must arrive. */

const HEADER_LENGTH = 8
const STDOUT = 1
const STDERR = 2
/** Bytes of payload in a block; a stream is a number of these. */
const BLOCK = 1024 * 1024

/** @typedef {'mix' | 'turn'} Order `mix`: 3 of stdout to 1 of stderr at random; `turn`: strictly in turn */

/**
 * A stream to be sent. Its name travels as the id of a container or exec.
 * @typedef {object} Stream
 * @property {Order} order
 * @property {number} frame payload bytes of each frame
 * @property {number} blocks
 */

/** @param {Stream} stream */
export function nameOf({ order, frame, blocks }) {
  return `${order}-${frame}-${blocks}`
}

/**
 * @param {string} name
 * @returns {Stream}
 */
export function streamOf(name) {
  const [order, frame, blocks] = name.split('-')
  return { order: /** @type {Order} */ (order), frame: Number(frame), blocks: Number(blocks) }
}

/**
 * One block: frames as the Engine writes them, and how many bytes of each source are in it.
 * @param {Pick<Stream, 'order' | 'frame'>} stream
 */
export function blockOf({ order, frame }) {
  const count = Math.floor(BLOCK / frame)
  const bytes = Buffer.alloc(count * (HEADER_LENGTH + frame), 'a log line as they come. ')
  const apart = { stdout: 0, stderr: 0 }
  const random = randomNumbers()
  for (let index = 0; index < count; index++) {
    const isStderr = order === 'turn' ? index % 2 === 1 : random() < 0.25
    const at = index * (HEADER_LENGTH + frame)
    bytes.fill(0, at, at + HEADER_LENGTH)
    bytes[at] = isStderr ? STDERR : STDOUT
    bytes.writeUInt32BE(frame, at + 4)
    bytes[at + HEADER_LENGTH + frame - 1] = 0x0a
    apart[isStderr ? 'stderr' : 'stdout'] += frame
  }
  return { bytes, ...apart }
}

/**
 * What a receiver of the stream must have counted.
 * @param {Stream} stream
 */
export function expected(stream) {
  const { bytes, stdout, stderr } = blockOf(stream)
  const { blocks } = stream
  return { wire: bytes.length * blocks, stdout: stdout * blocks, stderr: stderr * blocks }
}

/** The same numbers in every process: a linear congruential generator. */
function randomNumbers() {
  let state = 42
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
