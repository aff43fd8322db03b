// @ts-check
/**
 * Measures the cost of much data in the `dockline` command beside docker's, on a real Engine: a file copied out of a container, an
 * image saved, a log printed. Both write into memory, so that no disk is measured.
 */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { median, show } from './harness.mjs'
import { BIN, ENV, IMAGE, onEngine } from './real-engine.mjs'

/** Of docker's wall clock and of its processor time. */
const TARGET = 1.2
const MEMORY = '/dev/shm'
const LINE =
  'a log line as they come, of a hundred bytes: with a time, a level, and then what happened, in full ...'
const run = promisify(execFile)

/** @typedef {import('./real-engine.mjs').Scene} Scene */
/** @typedef {import('./harness.mjs').Line} Line */
/** @typedef {import('./harness.mjs').Setting} Setting */
/** @typedef {{ wall: number, processor: number }} Cost milliseconds */

/**
 * @param {Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* cp({ quick }) {
  const size = quick ? 50e6 : 1e9
  yield* onEngine(async function* (scene) {
    const container = await withFile(scene, size)
    const args = (/** @type {string} */ output) => ['cp', `${container.id}:/file`, output]
    yield* linesOf(`cp of ${show(size / 1e6, 'MB')}`, scene, { args, size, rounds: quick ? 1 : 5 })
    await container.remove({ force: true })
  })
}

/**
 * @param {Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* save({ quick }) {
  const size = quick ? 50e6 : 500e6
  yield* onEngine(async function* (scene) {
    const container = await withFile(scene, size)
    const image = await container.commit({ repository: 'dockline-bench', tag: 'large' })
    const args = (/** @type {string} */ output) => ['save', '-o', output, 'dockline-bench:large']
    yield* linesOf(`save of ${show(size / 1e6, 'MB')}`, scene, { args, size, rounds: quick ? 1 : 5 })
    await container.remove({ force: true })
    await image.remove({ force: true })
  })
}

/**
 * @param {Setting} setting
 * @returns {AsyncGenerator<Line>}
 */
export async function* logs({ quick }) {
  const size = quick ? 5e6 : 100e6
  yield* onEngine(async function* (scene) {
    const script = `yes '${LINE}' | head -c ${size}`
    const container = await scene.client.containers.run(IMAGE, ['sh', '-c', script], { detach: true })
    await container.wait()
    const args = () => ['logs', container.id]
    const toFile = { args, size, rounds: quick ? 1 : 5 }
    yield* linesOf(`logs of ${show(size / 1e6, 'MB')}, to a file`, scene, { ...toFile, into: '>' })
    yield* linesOf(`logs of ${show(size / 1e6, 'MB')}, to a pipe`, scene, { ...toFile, into: '| cat >' })
    await container.remove({ force: true })
  })
}

/**
 * A container with a file that does not compress.
 * @param {Scene} scene
 * @param {number} size
 */
async function withFile({ client }, size) {
  const script = `head -c ${size} /dev/urandom > /file`
  const container = await client.containers.run(IMAGE, ['sh', '-c', script], { detach: true })
  await container.wait()
  return container
}

/**
 * @typedef {object} Task
 * @property {(output: string) => readonly string[]} args of the command
 * @property {number} size how many bytes have to arrive, at least
 * @property {number} rounds
 * @property {string} [into] how the shell leads stdout to the output; without it, the command writes the file itself
 */

/**
 * @param {string} what
 * @param {Scene} scene
 * @param {Task} task
 * @returns {AsyncGenerator<Line>}
 */
async function* linesOf(what, { host, docker }, { rounds, ...task }) {
  /** @type {{ ours: Cost, theirs: Cost }[]} */
  const turns = []
  for (let round = -1; round < rounds; round++) {
    const ours = await costOf([process.execPath, BIN], host, task)
    const theirs = await costOf([docker], host, task)
    // The first round only fills the disk's cache.
    if (round >= 0 || rounds === 1) turns.push({ ours, theirs })
  }
  for (const [kind, word] of /** @type {const} */ ([
    ['wall', 'wall clock'],
    ['processor', 'processor'],
  ])) {
    yield {
      what: `dockline ${what}: ${word}`,
      value: show(median(turns.map(({ ours }) => ours[kind])), 'ms'),
      peer: `docker ${show(median(turns.map(({ theirs }) => theirs[kind])), 'ms')}`,
      ratio: median(turns.map(({ ours, theirs }) => ours[kind] / theirs[kind])),
      target: TARGET,
      atMost: true,
    }
  }
}

/**
 * Measures one run in a shell, because only a shell reports the processor time of its commands. Rejects when bytes are missing.
 * @param {readonly string[]} command
 * @param {string} host
 * @param {Omit<Task, 'rounds'>} task
 * @returns {Promise<Cost>}
 */
async function costOf(command, host, { args, size, into }) {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'dockline-bench-'))
  try {
    const output = join(folder, 'output')
    const redirection = into === undefined ? '' : `${into}"$OUTPUT"`
    const script = `TIMEFORMAT='%3R %3U %3S'; { time "$@" 2>&3; } 3>/dev/null ${redirection}`
    const env = { ...ENV, DOCKER_HOST: host, LC_ALL: 'C', OUTPUT: output }
    const { stderr } = await run('bash', ['-c', script, 'bash', ...command, ...args(output)], { env })
    const { size: arrived } = await stat(output)
    if (arrived < size * 0.99) throw new Error(`${command.at(-1)} gave ${arrived} bytes instead of ${size}`)
    const [wall = 0, user = 0, system = 0] = stderr.trim().split(' ').map(Number)
    return { wall: wall * 1000, processor: (user + system) * 1000 }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
