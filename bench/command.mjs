// @ts-check
/**
 * The `dockline` command beside docker's own, on a real Engine: how long it takes to start, and to echo a key; and what a
 * long list takes, of an Engine that has one ready.
 */
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pty from '@lydell/node-pty'
import { median, show } from './harness.mjs'
import { BIN, dockerCommand, ENV, IMAGE, onEngine } from './real-engine.mjs'

/** Milliseconds that a start may take longer than docker's. Node itself takes 40 of them. */
const START_TARGET = 60
/** Of docker's. */
const KEY_TARGET = 1.1
/** Of docker's, for what a list takes above Node's own start. */
const LIST_TARGET = 1.5
const LISTED = [300, 4000]
/** Of what an empty program takes of the processor; a newer Node starts in less. */
const ABOVE_TARGET = Number.parseInt(process.versions.node, 10) < 22 ? 0.5 : 0.9
const run = promisify(execFile)

/** @typedef {{ host: string, docker: string, container: string }} Scene */

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* start({ quick }) {
  yield* withContainer(async function* (scene) {
    yield* startOf(scene, ['ps'], quick ? 5 : 21)
    yield await aboveEmptyOf(scene, quick ? 5 : 21)
    yield* startOf(scene, ['exec', scene.container, 'true'], quick ? 5 : 21)
  })
}

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* list({ quick }) {
  const docker = await dockerCommand()
  for (const length of LISTED) yield await listOf(docker, { length, rounds: quick ? 3 : 15 })
}

/**
 * @param {import('./harness.mjs').Setting} setting
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
export async function* echo({ quick }) {
  yield* withContainer(async function* (scene) {
    yield await echoOf(scene, quick ? 100 : 2000)
  })
}

/**
 * @param {(scene: Scene) => AsyncGenerator<import('./harness.mjs').Line>} measure
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
async function* withContainer(measure) {
  yield* onEngine(async function* ({ host, docker, client }) {
    const container = await client.containers.run(IMAGE, ['sleep', '3600'], { detach: true, init: true })
    try {
      yield* measure({ host, docker, container: container.id })
    } finally {
      await container.remove({ force: true })
    }
  })
}

/**
 * @param {Scene} scene
 * @param {readonly string[]} args
 * @param {number} rounds
 * @returns {AsyncGenerator<import('./harness.mjs').Line>}
 */
async function* startOf({ host, docker }, args, rounds) {
  /** @type {{ ours: number, bare: number, theirs: number }[]} */
  const turns = []
  for (let round = -1; round < rounds; round++) {
    const ours = await timed(process.execPath, [BIN, ...args], host)
    const bare = await timed(process.execPath, NOTHING, host)
    const theirs = await timed(docker, args, host)
    // The first round only fills the disk's cache.
    if (round >= 0) turns.push({ ours, bare, theirs })
  }
  const more = median(turns.map(({ ours, theirs }) => ours - theirs))
  yield {
    what: `dockline ${args[0]}, start to end`,
    value: show(median(turns.map(({ ours }) => ours)), 'ms'),
    peer: `docker ${show(median(turns.map(({ theirs }) => theirs)), 'ms')} (+${more.toFixed(0)} ms)`,
    measured: more,
    target: START_TARGET,
    atMost: true,
  }
  yield {
    what: `dockline ${args[0]}, above an empty program`,
    value: show(median(turns.map(({ ours, bare }) => ours - bare)), 'ms'),
    peer: `node -e 0 ${show(median(turns.map(({ bare }) => bare)), 'ms')}`,
    ratio: median(turns.map(({ ours, bare }) => (ours - bare) / bare)),
  }
}

/**
 * Measures the processor time that `ps` takes above an empty program.
 * @param {Scene} scene
 * @param {number} rounds
 * @returns {Promise<import('./harness.mjs').Line>}
 */
async function aboveEmptyOf({ host }, rounds) {
  /** @type {{ more: number, bare: number }[]} */
  const turns = []
  for (let round = 0; round < rounds; round++) {
    const whole = await processorTime(process.execPath, [BIN, 'ps'], host)
    const bare = await processorTime(process.execPath, NOTHING, host)
    turns.push({ more: whole - bare, bare })
  }
  return {
    what: `dockline ps, CPU above an empty program of Node ${process.version}`,
    value: show(median(turns.map(({ more }) => more)), 'ms'),
    peer: `node -e 0 ${show(median(turns.map(({ bare }) => bare)), 'ms')}`,
    ratio: median(turns.map(({ more, bare }) => more / bare)),
    target: ABOVE_TARGET,
    atMost: true,
  }
}

/** A program of Node's that does nothing. */
const NOTHING = ['-e', '0']

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
 * What `ps -a` takes of the processor for a list of some length.
 * @param {string} docker
 * @param {{ length: number, rounds: number }} setting
 * @returns {Promise<import('./harness.mjs').Line>}
 */
async function listOf(docker, { length, rounds }) {
  const folder = mkdtempSync(join(tmpdir(), 'dockline-bench-'))
  const path = join(folder, 'engine.sock')
  const list = JSON.stringify(Array.from({ length }, (_, index) => aContainer(index)))
  const server = createServer((request, response) => {
    response.setHeader('Api-Version', '1.51')
    response.end(request.url?.includes('/containers/json') ? list : 'OK')
  }).listen(path)
  try {
    await once(server, 'listening')
    const host = `unix://${path}`
    /** @type {{ ours: number, theirs: number }[]} */
    const turns = []
    for (let round = -1; round < rounds; round++) {
      const whole = await processorTime(process.execPath, [BIN, 'ps', '-a'], host)
      const bare = await processorTime(process.execPath, NOTHING, host)
      const theirs = await processorTime(docker, ['ps', '-a'], host)
      if (round >= 0) turns.push({ ours: whole - bare, theirs })
    }
    return {
      what: `dockline ps -a of ${show(length, 'containers')}, CPU above an empty program`,
      value: show(median(turns.map(({ ours }) => ours)), 'ms'),
      peer: `docker ${show(median(turns.map(({ theirs }) => theirs)), 'ms')}`,
      ratio: median(turns.map(({ ours, theirs }) => ours / theirs)),
      target: LIST_TARGET,
      atMost: true,
    }
  } finally {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param {number} index */
function aContainer(index) {
  const id = index.toString(16).padStart(64, 'c')
  const port = { PrivatePort: 80, PublicPort: 8000 + index, Type: 'tcp' }
  return {
    Id: id,
    Names: [`/web-${index}`],
    Image: 'ghcr.io/me/app:1.2',
    ImageID: `sha256:${id}`,
    Command: '/bin/sh -c "while true; do sleep 1; done"',
    Created: 1_700_000_000 + index,
    Ports: [
      { IP: '0.0.0.0', ...port },
      { IP: '::', ...port },
    ],
    Labels: { 'com.docker.compose.project': 'app', 'com.docker.compose.service': 'web' },
    State: 'running',
    Status: 'Up 3 hours (healthy)',
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: { bridge: { NetworkID: id, EndpointID: id, IPAddress: '172.17.0.2' } } },
    Mounts: [
      { Type: 'volume', Name: 'data', Source: '/data', Destination: '/data', Driver: 'local', RW: true },
    ],
  }
}

/**
 * Milliseconds of the processor, in the program and the system: only a shell tells it of what it has run.
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string} host
 */
async function processorTime(file, args, host) {
  const script = 'TIMEFORMAT="%3U %3S"; time "$@" >&2'
  const { stderr } = await run('bash', ['-c', script, 'bash', file, ...args], {
    env: { ...ENV, DOCKER_HOST: host, LC_ALL: 'C' },
  })
  const [user = 0, system = 0] = (stderr.trimEnd().split('\n').at(-1) ?? '').split(' ').map(Number)
  return (user + system) * 1000
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
  // In turn and in any order, so that both meet the same weather.
  for (let key = -20; key < keys; key++) {
    const isFirst = Math.random() < 0.5
    const early = isFirst ? await ours.echo() : undefined
    const other = await theirs.echo()
    const one = early ?? (await ours.echo())
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
