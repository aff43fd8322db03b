// @ts-check
/** The `dockline` command beside docker's own, on a real Engine: how long it takes to start, and to echo a key. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pty from '@lydell/node-pty'
import { DockerClient } from 'dockline'
import * as engine from '../scripts/engine/index.mjs'
import { median, show } from './harness.mjs'

const BIN = fileURLToPath(new URL('../packages/cli/bin/dockline.cjs', import.meta.url))
const IMAGE = 'busybox:latest'
/** Milliseconds that a start may take longer than docker's. Node itself takes 40 of them. */
const START_TARGET = 60
const KEY_TARGET = 1.5
const run = promisify(execFile)

/**
 * Both get the same. Node 20 reads the certificates that NODE_EXTRA_CA_CERTS names before a program's first line: as long
 * again as it takes to start, and nothing that a program could change.
 */
const { NODE_EXTRA_CA_CERTS: _slow, ...ENV } = process.env

/** @typedef {{ host: string, docker: string, container: string }} Scene */

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* command({ quick }) {
  const given = process.env.DOCKER_HOST
  const name = `bench-${process.pid}`
  const host = given ?? (await engine.startEngine({ suite: 'sid', name })).host
  try {
    if (given === undefined) await engine.ensureImage(host)
    const client = new DockerClient({ host })
    const container = await client.containers.run(IMAGE, ['sleep', '3600'], { detach: true, init: true })
    try {
      const scene = { host, docker: await engine.dockerCommand(), container: container.id }
      yield await startOf(scene, ['ps'], quick ? 5 : 21)
      yield await startOf(scene, ['exec', container.id, 'true'], quick ? 5 : 21)
      yield await echoOf(scene, quick ? 100 : 1000)
    } finally {
      await container.remove({ force: true })
      await client.close()
    }
  } finally {
    if (given === undefined) await engine.stopEngine(name, { force: true })
  }
}

/**
 * @param {Scene} scene
 * @param {readonly string[]} args
 * @param {number} rounds
 * @returns {Promise<import('./harness.mjs').Line>}
 */
async function startOf({ host, docker }, args, rounds) {
  /** @type {{ ours: number, theirs: number }[]} */
  const pairs = []
  for (let round = -1; round < rounds; round++) {
    const ours = await timed(process.execPath, [BIN, ...args], host)
    const theirs = await timed(docker, args, host)
    // The first round only fills the disk's cache.
    if (round >= 0) pairs.push({ ours, theirs })
  }
  const more = median(pairs.map(({ ours, theirs }) => ours - theirs))
  return {
    what: `dockline ${args[0]}, start to end`,
    value: show(median(pairs.map(({ ours }) => ours)), 'ms'),
    peer: `docker ${show(median(pairs.map(({ theirs }) => theirs)), 'ms')} (+${more.toFixed(0)} ms)`,
    measured: more,
    target: START_TARGET,
    atMost: true,
  }
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} host
 */
async function timed(file, args, host) {
  const begin = performance.now()
  await run(file, [...args], { env: { ...ENV, DOCKER_HOST: host } })
  return performance.now() - begin
}

/**
 * @param {Scene} scene
 * @param {number} keys
 * @returns {Promise<import('./harness.mjs').Line>}
 */
async function echoOf({ host, docker, container }, keys) {
  const args = ['exec', '-it', container, 'sh', '-c', 'stty raw -echo; echo ready; exec cat']
  const ours = await aTerminal(process.execPath, [BIN, ...args], host)
  const theirs = await aTerminal(docker, args, host)
  /** @type {number[]} */
  const our = []
  /** @type {number[]} */
  const their = []
  // In turn, so that both meet the same weather.
  for (let key = -20; key < keys; key++) {
    const [one, other] = [await ours.echo(), await theirs.echo()]
    if (key < 0) continue
    our.push(one)
    their.push(other)
  }
  ours.end()
  theirs.end()
  const [mine, yours] = [median(our), median(their)]
  return {
    what: 'a key and its echo, dockline exec -it',
    value: show(mine * 1000, 'µs'),
    peer: `docker ${show(yours * 1000, 'µs')}`,
    ratio: mine / yours,
    target: KEY_TARGET,
    atMost: true,
  }
}

/**
 * A terminal in which every key comes back.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} host
 */
async function aTerminal(file, args, host) {
  const child = pty.spawn(file, [...args], { env: { ...ENV, DOCKER_HOST: host } })
  /** @type {(text: string) => void} */
  let hear = () => {}
  child.onData((text) => hear(text))
  const ready = new Promise((resolve) => {
    hear = (text) => text.includes('ready') && resolve(undefined)
  })
  await ready
  return {
    /** @returns {Promise<number>} milliseconds */
    echo: () =>
      new Promise((resolve) => {
        const begin = performance.now()
        hear = () => resolve(performance.now() - begin)
        child.write('x')
      }),
    end: () => child.kill(),
  }
}
