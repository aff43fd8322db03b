// @ts-check
/** `node --expose-gc memory-probe.mjs SOCKET WAY FRAME BLOCKS` receives slowly and prints how far memory swung. */
import { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pathToFileURL } from 'node:url'
import { DockerClient } from 'dockline'
import { expected, nameOf } from './frames.mjs'

/** @typedef {import('dockline').OutputStream} OutputStream */

/** The reader rests after this many bytes: some 100 MB/s, where the Engine could give 1 to 2 GB/s. */
const GULP = 256 * 1024
const REST = 2
/** Memory is looked at once for this many bytes. */
const SAMPLE = 4 * 1024 * 1024
/** Until then, pools fill and code is compiled. */
const WARM_UP = 1 / 8

/** Reads slowly and watches the memory meanwhile. */
class SlowReader extends Writable {
  bytes = 0
  /** @type {{ rss: number, heap: number }[]} */
  samples = []
  #gulped = 0
  #unsampled = 0

  /**
   * @param {Buffer} chunk
   * @param {unknown} _encoding
   * @param {() => void} done
   * @override
   */
  _write(chunk, _encoding, done) {
    if (this.take(chunk)) done()
    else setTimeout(done, REST)
  }

  /**
   * Whether it can take more at once.
   * @param {Buffer} chunk
   */
  take({ length }) {
    this.bytes += length
    this.#sample(length)
    this.#gulped += length
    if (this.#gulped < GULP) return true
    this.#gulped = 0
    return false
  }

  /** @param {number} length */
  #sample(length) {
    this.#unsampled += length
    if (this.#unsampled < SAMPLE) return
    this.#unsampled = 0
    const { rss, heapUsed, external } = process.memoryUsage()
    this.samples.push({ rss, heap: heapUsed + external })
  }
}

/** @type {Record<string, (output: OutputStream, reader: SlowReader) => Promise<void>>} */
export const WAYS = {
  iterate: async (output, reader) => {
    for await (const { data } of output) {
      if (!reader.take(data)) await new Promise((resolve) => setTimeout(resolve, REST))
    }
  },
  pipe: (output, reader) => output.pipe(reader, reader, { end: true }),
  stdout: (output, reader) => pipeline(output.stdout, reader),
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await main()

async function main() {
  const [socketPath, way = '', frame, blocks] = process.argv.slice(2)
  const stream = { order: /** @type {const} */ ('mix'), frame: Number(frame), blocks: Number(blocks) }
  const client = new DockerClient({ host: `unix://${socketPath}`, env: {} })
  const session = await client.startExec(nameOf(stream))
  const reader = new SlowReader()
  const begin = performance.now()
  globalThis.gc?.()
  await WAYS[way]?.(session.output, reader)
  const { stdout, stderr } = expected(stream)
  const wanted = way === 'stdout' ? stdout : stdout + stderr
  if (reader.bytes !== wanted) throw new Error(`${way} got ${reader.bytes} bytes instead of ${wanted}`)
  const steady = reader.samples.slice(reader.samples.length * WARM_UP)
  const seconds = (performance.now() - begin) / 1000
  process.stdout.write(JSON.stringify({ rss: swing(steady, 'rss'), heap: swing(steady, 'heap'), seconds }))
  await client.close()
}

/**
 * Half the way between the lowest and the highest, in MB.
 * @param {SlowReader['samples']} samples
 * @param {'rss' | 'heap'} kind
 */
function swing(samples, kind) {
  const all = samples.map((sample) => sample[kind])
  return (Math.max(...all) - Math.min(...all)) / 2 / 1e6
}
