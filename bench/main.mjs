// @ts-check
/** `node --expose-gc bench/main.mjs [--quick] [--strict] [--only NAME]`; see README.md. */
import { parseArgs } from 'node:util'
import { buildCommand } from './build-command.mjs'
import { build, buildMemory } from './builds.mjs'
import { echo, list, start } from './command.mjs'
import { demux } from './demux.mjs'
import { startEngine } from './harness.mjs'
import { importCost } from './import.mjs'
import { kill } from './kill.mjs'
import { memory } from './memory.mjs'
import { ping } from './ping.mjs'
import { stats } from './stats.mjs'
import { largeFrames, logFrames, smallFrames } from './streams.mjs'
import { cp, logs, save } from './transfers.mjs'

/** @typedef {import('./harness.mjs').Line} Line */

/** @type {Record<string, (setting: import('./harness.mjs').Setting) => AsyncGenerator<Line>>} */
const BENCHES = {
  ...{ frames: smallFrames, demux, chunked: logFrames, large: largeFrames, ping, import: importCost, memory },
  ...{ start, list, echo, cp, save, logs, stats, kill },
  'build-command': buildCommand,
  build,
  'build-memory': buildMemory,
}
const WIDTHS = [66, 16, 30, 9, 10]

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, strict: { type: 'boolean' }, only: { type: 'string' } },
})
const names = options.only === undefined ? Object.keys(BENCHES) : [options.only]
const unknown = names.find((name) => !(name in BENCHES))
if (unknown === undefined) await main()
else {
  process.stderr.write(`there is no bench '${unknown}', only ${Object.keys(BENCHES).join(', ')}\n`)
  process.exitCode = 2
}

async function main() {
  const begin = performance.now()
  const engine = await startEngine()
  let missed = 0
  try {
    print(['what', 'dockline', 'compared with', 'ratio', 'target', ''])
    for (const name of names) {
      const setting = { socketPath: engine.socketPath, quick: options.quick === true }
      for await (const line of BENCHES[name]?.(setting) ?? []) {
        if (!isMet(line)) missed += 1
        print(cellsOf(line))
      }
    }
  } finally {
    engine.stop()
  }
  const seconds = Math.round((performance.now() - begin) / 1000)
  process.stdout.write(
    `\n${missed === 0 ? 'every target is met' : `${missed} targets MISSED`} (${seconds} s)\n`,
  )
  if (missed > 0 && options.strict) process.exitCode = 1
}

/** @param {Line} line */
function isMet({ ratio, measured = ratio, target, atMost = false }) {
  // A peer that failed has lost.
  if (target === undefined || measured === undefined) return true
  return atMost ? measured <= target : measured >= target
}

/** @param {Line} line */
function cellsOf(line) {
  const { what, value, peer, ratio, target, atMost = false } = line
  const verdict = target === undefined ? '' : isMet(line) ? 'ok' : 'MISSED'
  const shownRatio = ratio === undefined ? '' : ratio.toFixed(ratio >= 10 ? 0 : 2)
  const shownTarget = target === undefined ? '' : `${atMost ? '≤' : '≥'} ${target}`
  return [what, value, peer, shownRatio, shownTarget, verdict]
}

/** @param {readonly string[]} cells */
function print(cells) {
  const padded = cells.map((cell, index) =>
    index === 0 ? cell.padEnd(WIDTHS[0] ?? 0) : cell.padStart(WIDTHS[index] ?? 0),
  )
  process.stdout.write(`${padded.join(' ').trimEnd()}\n`)
}
