// @ts-check
/** A build of two lines, all of it in the cache, from start to end: `dockline build` beside docker's own with buildx. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import * as engine from '../scripts/engine/index.mjs'
import { median, show } from './harness.mjs'

const BIN = fileURLToPath(new URL('../packages/cli/bin/dockline.cjs', import.meta.url))
/** Of docker's. */
const TARGET = 1.3
const run = promisify(execFile)

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* buildCommand({ quick }) {
  const buildx = await findBuildx()
  const given = process.env.DOCKER_HOST
  const name = `bench-${process.pid}`
  const host = given ?? (await engine.startEngine({ suite: 'sid', name })).host
  const folder = await mkdtemp(join(tmpdir(), 'dockline-bench-'))
  try {
    await engine.ensureImage(host)
    await prepare(folder, buildx)
    const docker = await engine.dockerCommand()
    yield await warm({ host, folder, docker, rounds: quick ? 5 : 21 })
  } finally {
    await rm(folder, { recursive: true, force: true })
    if (given === undefined) await engine.stopEngine(name, { force: true })
  }
}

/** The plugin of docker: one that is named, or that of the Engine's own suite. */
async function findBuildx() {
  return process.env.DOCKLINE_BENCH_BUILDX ?? (await engine.buildxCommand())
}

/**
 * @param {string} folder
 * @param {string} buildx
 */
async function prepare(folder, buildx) {
  await mkdir(join(folder, 'cli-plugins'))
  await symlink(buildx, join(folder, 'cli-plugins/docker-buildx'))
  await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:latest\nRUN echo warm\n')
}

/**
 * @param {{ host: string, folder: string, docker: string, rounds: number }} scene
 * @returns {Promise<import('./harness.mjs').Line>}
 */
async function warm({ host, folder, docker, rounds }) {
  const { NODE_EXTRA_CA_CERTS: _slow, ...env } = process.env
  /** @param {string} file @param {readonly string[]} args */
  const timed = async (file, args) => {
    const begin = performance.now()
    await run(file, [...args, folder], { env: { ...env, DOCKER_HOST: host, DOCKER_CONFIG: folder } })
    return performance.now() - begin
  }
  /** @type {{ ours: number, theirs: number }[]} */
  const turns = []
  for (let round = -1; round < rounds; round++) {
    const ours = await timed(process.execPath, [BIN, 'build', '-t', 'dockline-bench'])
    const theirs = await timed(docker, ['build', '-t', 'dockline-bench'])
    // The first round fills the caches.
    if (round >= 0) turns.push({ ours, theirs })
  }
  const what = 'dockline build of two lines, warm, start to end'
  const value = show(median(turns.map(({ ours }) => ours)), 'ms')
  return {
    what,
    value,
    peer: `docker ${show(median(turns.map(({ theirs }) => theirs)), 'ms')}`,
    ratio: median(turns.map(({ ours, theirs }) => ours / theirs)),
    target: TARGET,
    atMost: true,
  }
}
