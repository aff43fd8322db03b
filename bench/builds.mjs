// @ts-check
/**
 * Measures builds beside buildx of the same Engine: contexts of many files and of a large one, sent for the first time and
 * again, and the memory that it takes. Only the step that sends the context counts, and the processor time of the command.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { buildxCommand } from '../scripts/engine/index.mjs'
import { median, show } from './harness.mjs'
import { BIN, ENV, onEngine } from './real-engine.mjs'

const run = promisify(execFile)
/** Of buildx's. */
const [TRANSFER_TARGET, PROCESSOR_TARGET] = [1, 0.8]
const MEMORY_TARGET_MB = 150
/** The most memory that the largest file may take above that of a large one. */
const FLAT_TARGET_MB = 20
const FILE_BYTES = 2100
const FILES_PER_FOLDER = 200
/** The time between two looks at the memory of a command. The system keeps the highest value. */
const LOOK_MS = 25

const KINDS = /** @type {const} */ (['cold', 'unchanged'])

/** @typedef {import('./real-engine.mjs').Scene} Scene */
/** @typedef {import('./harness.mjs').Line} Line */
/** @typedef {{ transfer: number, processor: number }} Cost milliseconds */
/** @typedef {{ ours: readonly string[], theirs: readonly string[] }} Commands */
/** @typedef {{ scene: Scene, commands: Commands, rounds: number }} Bench */

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* build({ quick }) {
  const [many, large] = quick ? [2000, 50e6] : [20_000, 2 ** 30]
  const commands = await commandsOf()
  yield* onEngine(async function* (scene) {
    const bench = { scene, commands, rounds: quick ? 1 : 3 }
    yield* ofFolder(bench, (folder) => writeFiles(folder, many), `${many.toLocaleString('en-US')} files`)
    yield* ofFolder(bench, (folder) => writeFileOf(folder, large), `a file of ${show(large / 1e6, 'MB')}`)
  })
}

/**
 * The memory for many files, and for a file that is ten times as large as another.
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* buildMemory({ quick }) {
  const [many, large, largest] = quick ? [10_000, 50e6, 500e6] : [100_000, 5e8, 5e9]
  const commands = await commandsOf()
  yield* onEngine((scene) => memoryOf({ scene, commands, rounds: 1 }, { many, large, largest }))
}

/** @returns {Promise<Commands>} */
async function commandsOf() {
  return { ours: [process.execPath, BIN], theirs: [await buildxCommand()] }
}

/**
 * @param {Bench} bench
 * @param {(folder: string) => Promise<void>} fill
 * @param {string} what
 * @returns {AsyncGenerator<Line>}
 */
async function* ofFolder({ scene, commands, rounds }, fill, what) {
  const folder = await aContext(fill)
  /** @type {Record<'cold' | 'unchanged', { ours: Cost, theirs: Cost }[]>} */
  const turns = { cold: [], unchanged: [] }
  try {
    for (let round = 0; round < rounds; round++) {
      const costs = {
        ours: await twice(scene, commands.ours, folder),
        theirs: await twice(scene, commands.theirs, folder),
      }
      for (const kind of KINDS) turns[kind].push({ ours: costs.ours[kind], theirs: costs.theirs[kind] })
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  for (const kind of KINDS) {
    // A file that is not sent takes no time that could be measured.
    if (turns[kind].some(({ theirs }) => theirs.transfer === 0)) continue
    yield lineOf(`build: ${what}, ${kind}`, turns[kind], { name: 'transfer', target: TRANSFER_TARGET })
    yield lineOf(`build: ${what}, ${kind}`, turns[kind], { name: 'processor', target: PROCESSOR_TARGET })
  }
}

/**
 * @param {string} what
 * @param {readonly { ours: Cost, theirs: Cost }[]} turns
 * @param {{ name: keyof Cost, target: number }} cost
 * @returns {Line}
 */
function lineOf(what, turns, { name, target }) {
  return {
    what: `${what}: ${name}`,
    value: show(median(turns.map(({ ours }) => ours[name])), 'ms'),
    peer: `buildx ${show(median(turns.map(({ theirs }) => theirs[name])), 'ms')}`,
    ratio: median(turns.map(({ ours, theirs }) => ours[name] / theirs[name])),
    target,
    atMost: true,
  }
}

/**
 * For the first time, which is when the Engine has nothing of it, and once more.
 * @param {Scene} scene
 * @param {readonly string[]} command
 * @param {string} folder
 */
async function twice(scene, command, folder) {
  for await (const _record of scene.client.buildCache.prune({ all: true }));
  return { cold: await costOf(scene, command, folder), unchanged: await costOf(scene, command, folder) }
}

const BUILD = ['build', '--no-cache', '--progress', 'plain', '-o', 'type=cacheonly']

/**
 * Measures one build in a shell, because only a shell reports the processor time of its commands.
 * @param {Scene} scene
 * @param {readonly string[]} command
 * @param {string} folder
 * @returns {Promise<Cost>}
 */
async function costOf({ host }, command, folder) {
  const script = `TIMEFORMAT='%3U %3S'; { time "$@" 2>&3; } 3>"$OUTPUT"`
  const output = join(folder, '..', `${process.pid}-bench-progress`)
  const env = { ...ENV, DOCKER_HOST: host, LC_ALL: 'C', OUTPUT: output }
  try {
    const { stderr } = await run('bash', ['-c', script, 'bash', ...command, ...BUILD, folder], { env })
    const [user = 0, system = 0] = stderr.trim().split(' ').map(Number)
    return { transfer: transferIn(readFileSync(output, 'utf8')), processor: (user + system) * 1000 }
  } finally {
    await rm(output, { force: true })
  }
}

/** @param {string} progress */
function transferIn(progress) {
  const [, number] = /^#(\d+) \[internal\] load build context$/m.exec(progress) ?? []
  const [, seconds] = new RegExp(`^#${number} DONE ([\\d.]+)s$`, 'm').exec(progress) ?? []
  if (seconds === undefined) throw new Error(`the context was not sent:\n${progress}`)
  return Number(seconds) * 1000
}

/**
 * @param {Bench} bench
 * @param {{ many: number, large: number, largest: number }} sizes
 * @returns {AsyncGenerator<Line>}
 */
async function* memoryOf({ scene, commands }, { many, large, largest }) {
  const measure = async (/** @type {(folder: string) => Promise<void>} */ fill) => {
    const folder = await aContext(fill)
    try {
      return {
        ours: await peakOf(scene, commands.ours, folder),
        theirs: await peakOf(scene, commands.theirs, folder),
      }
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
  const files = await measure((folder) => writeFiles(folder, many))
  yield memoryLine(`${many.toLocaleString('en-US')} files: memory`, files, MEMORY_TARGET_MB)
  const one = await measure((folder) => writeFileOf(folder, large))
  yield memoryLine(`a file of ${show(large / 1e6, 'MB')}: memory`, one)
  const ten = await measure((folder) => writeFileOf(folder, largest))
  yield memoryLine(`a file of ${show(largest / 1e6, 'MB')}: memory`, ten)
  const more = { ours: ten.ours - one.ours, theirs: ten.theirs - one.theirs }
  yield memoryLine('the difference of the two', more, FLAT_TARGET_MB)
}

/**
 * @param {string} what
 * @param {{ ours: number, theirs: number }} peaks
 * @param {number} [target]
 * @returns {Line}
 */
function memoryLine(what, { ours, theirs }, target) {
  return {
    what: `build: ${what}`,
    value: show(ours, 'MB'),
    peer: `buildx ${show(theirs, 'MB')}`,
    measured: ours,
    target,
    atMost: true,
  }
}

/**
 * The most memory that a command had, in MB.
 * @param {Scene} scene
 * @param {readonly string[]} command
 * @param {string} folder
 */
async function peakOf(scene, [file = '', ...args], folder) {
  for await (const _record of scene.client.buildCache.prune({ all: true }));
  const env = { ...ENV, DOCKER_HOST: scene.host }
  const child = spawn(file, [...args, ...BUILD, folder], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let peak = 0
  const looking = setInterval(() => {
    peak = Math.max(peak, memoryIn(child.pid))
  }, LOOK_MS)
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  clearInterval(looking)
  if (code !== 0) throw new Error(`${file} ended with ${code}:\n${said}`)
  return peak
}

/** @param {number | undefined} pid */
function memoryIn(pid) {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Number(kilobytes ?? 0) / 1024
  } catch {
    // It has ended.
    return 0
  }
}

/**
 * A context, all of which a step sees: nothing of it is copied.
 * @param {(folder: string) => Promise<void>} fill
 */
async function aContext(fill) {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-bench-'))
  await writeFile(
    join(folder, 'Dockerfile'),
    'FROM busybox:latest\nRUN --mount=type=bind,target=/context true\n',
  )
  await fill(folder)
  return folder
}

/**
 * @param {string} folder
 * @param {number} count
 */
async function writeFiles(folder, count) {
  const content = Buffer.alloc(FILE_BYTES, 'context ')
  for (let at = 0; at < count; at++) {
    const inner = join(folder, `folder-${Math.floor(at / FILES_PER_FOLDER)}`)
    if (at % FILES_PER_FOLDER === 0) await mkdir(inner)
    await writeFile(join(inner, `file-${at}`), content)
  }
}

/**
 * @param {string} folder
 * @param {number} size
 */
async function writeFileOf(folder, size) {
  const file = await open(join(folder, 'large'), 'w')
  // Nothing is on the disk of it, so that the disk is not what is measured.
  await file.truncate(size)
  await file.close()
}
