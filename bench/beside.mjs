// @ts-check
/**
 * `node --expose-gc bench/beside.mjs FOLDER [WORDS]`: this build of the library beside the one of another checkout, in one process and
 * in turns of random order; only those lines that have the words. A ratio is this build's rate by the other's, with the interval that holds its median at 95 %.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DockerClient } from 'dockline'
import { compare, medianOf, show, startEngine } from './harness.mjs'
import { docklineExec, docklineLogs, READ } from './peers.mjs'
import { callsPerSecond } from './ping.mjs'

/** @typedef {typeof DockerClient} Library */
/** @typedef {{ what: string, unit: string, measure: (library: Library) => Promise<number> }} Measured */

const ROUNDS = 41
const CALLS = 1000
const WIDTHS = [52, 14, 14, 8]

const [folder = '', only = ''] = process.argv.slice(2)
const other = await import(pathToFileURL(entryOf(resolve(folder, 'packages/dockline'))).href)
const engine = await startEngine()
try {
  print(['what', 'this build', 'the other', 'ratio', ''])
  for (const measured of [...streams(engine.socketPath), ...pings(engine.socketPath)])
    if (measured.what.includes(only)) print(await cellsOf(measured))
} finally {
  engine.stop()
}

/**
 * @param {string} folder of the package
 * @returns {string} the file that a program imports
 */
function entryOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const door = exports['.'].import ?? exports['.']
  return join(folder, door.default)
}

/**
 * @param {string} socketPath
 * @returns {Measured[]}
 */
function streams(socketPath) {
  const ways = /** @type {(keyof typeof READ)[]} */ (Object.keys(READ))
  const of = /** @type {const} */ ([
    ['100 B frames, 3:1 at random', docklineExec, { order: 'mix', frame: 100, blocks: 64 }],
    ['100 B frames, in turn', docklineExec, { order: 'turn', frame: 100, blocks: 64 }],
    ['100 B frames of a log', docklineLogs, { order: 'mix', frame: 100, blocks: 32 }],
    ['32 KiB frames', docklineExec, { order: 'mix', frame: 32 * 1024, blocks: 96 }],
  ])
  return of.flatMap(([what, receive, stream]) =>
    ways.map((way) => ({
      what: `${what}: ${way}`,
      unit: 'MB/s',
      measure: (library) => receive(socketPath, READ[way], library)(stream),
    })),
  )
}

/**
 * @param {string} socketPath
 * @returns {Measured[]}
 */
function pings(socketPath) {
  return [1, 32].map((atOnce) => ({
    what: `client.ping(), ${atOnce} at a time`,
    unit: '/s',
    async measure(library) {
      const client = new library({ host: `unix://${socketPath}`, env: {} })
      const rate = await callsPerSecond(() => client.ping(), { calls: CALLS, atOnce })
      await client.close()
      return rate
    },
  }))
}

/** @param {Measured} measured */
async function cellsOf({ what, unit, measure }) {
  const contestants = [
    { name: 'this', run: () => measure(DockerClient) },
    { name: 'other', run: () => measure(other.DockerClient) },
  ]
  const figures = await compare(contestants, ROUNDS)
  const theirs = figures.get('other') ?? []
  const ratios = (figures.get('this') ?? []).map((figure, round) => figure / (theirs[round] ?? Number.NaN))
  const rates = ['this', 'other'].map((name) => show(medianOf(figures, name), unit))
  return [what, ...rates, ...ofMedian(ratios)]
}

/**
 * The median, and the interval that holds it at 95 %, by the binomial distribution of ranks.
 * @param {readonly number[]} numbers
 */
function ofMedian(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const reach = Math.ceil(0.98 * Math.sqrt(sorted.length))
  const [from, middle, to] = [-reach, 0, reach].map(
    (shift) => sorted[(sorted.length >> 1) + shift] ?? Number.NaN,
  )
  return [middle?.toFixed(2) ?? '', `${from?.toFixed(2)} to ${to?.toFixed(2)}`]
}

/** @param {readonly string[]} cells */
function print(cells) {
  process.stdout.write(
    `${cells
      .map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0))
      .join(' ')
      .trimEnd()}\n`,
  )
}
