// Every way to an Engine does the same: the same suite over each of them.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import tls from 'node:tls'
import { DockerClient } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { aContainer, aRunningContainer, canStartEngines, type TestEngine } from '../support/engines.js'
import { executing } from '../support/plans.js'
import { KEY } from '../support/pty.js'
import { aRelay } from '../support/relay.js'
import { anSshd } from '../support/sshd.js'
import { endsCleanly, isRaw, runProgram } from '../support/terminal.js'
import { theTlsEngine } from '../support/tls-engine.js'

const skip = canStartEngines ? false : 'the throwaway Engines need Linux and root'
/** More than any buffer on the way holds. */
const LARGE = 8 * 1024 * 1024
const WAYS_AT_ONCE = 2

/** One way to an Engine, as a person's environment has it. */
type Way = Readonly<Record<string, string>>

type Ways = { 'a Unix socket': Way; 'TLS 1.2': Way; [name: string]: Way }

/**
 * Of an older Engine, those in which it has a part of its own. All other tests reach it over its socket, in which the relay
 * of TCP ends, and the tests of TLS reach it with TLS 1.2.
 */
const WAYS = {
  machine: ['TLS', 'ssh'],
  sid: ['a Unix socket', 'TCP', 'TLS', 'TLS 1.2', 'ssh'],
}

for (const [suite, names] of Object.entries(WAYS)) {
  it(`an Engine of ${suite}, reached in every way`, { skip, concurrency: WAYS_AT_ONCE }, async (test) => {
    const { 'TLS 1.2': oldTls, ...ways } = await waysTo(test, suite)
    const idle = await idleContainers(test, ways['a Unix socket'])
    const doAll = (name: string, way: Way) =>
      test.test(`does everything over ${name}`, { concurrency: 1 }, (each) => doesEverything(each, way, idle))
    const wanted = Object.entries(ways).filter(([name]) => names.includes(name))
    await Promise.all(wanted.map(([name, way]) => doAll(name, way)))
    // Alone, because the version is a setting of the whole process.
    if (names.includes('TLS 1.2')) await withTls12(() => doAll('TLS 1.2', oldTls))
  })
}

async function withTls12(work: () => Promise<void>): Promise<void> {
  const before = tls.DEFAULT_MAX_VERSION
  tls.DEFAULT_MAX_VERSION = 'TLSv1.2'
  try {
    await work()
  } finally {
    tls.DEFAULT_MAX_VERSION = before
  }
}

async function waysTo(test: TestContext, suite: string): Promise<Ways> {
  const { socket, host, certificates } = await theTlsEngine(suite)
  const [relay, sshd] = await Promise.all([
    aRelay(test, socket.slice('unix://'.length)),
    anSshd(test, socket),
  ])
  const encrypted = { DOCKER_HOST: host, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates.client }
  return {
    'a Unix socket': { DOCKER_HOST: socket },
    TCP: { DOCKER_HOST: `tcp://127.0.0.1:${relay.port}` },
    TLS: encrypted,
    'TLS 1.2': { ...encrypted, NODE_OPTIONS: '--tls-max-v1.2' },
    ssh: { DOCKER_HOST: 'ssh://box', PATH: `${sshd.path}:${process.env.PATH}` },
  }
}

/** Two that all ways share: an Engine lets nobody put into a container while somebody gets something out of it. */
interface Idle {
  readonly from: string
  readonly to: string
}

async function idleContainers(test: TestContext, way: Way): Promise<Idle> {
  const client = new DockerClient({ env: { ...process.env, ...way } })
  test.after(() => client.close())
  const engine = { host: client.address, client }
  const [from, to] = await Promise.all([aRunningContainer(test, engine), aRunningContainer(test, engine)])
  await from.exec(['sh', '-c', `head -c ${LARGE} /dev/urandom > /large`])
  return { from: from.id, to: to.id }
}

async function doesEverything(test: TestContext, way: Way, idle: Idle): Promise<void> {
  await using client = new DockerClient({ env: { ...process.env, ...way } })
  const engine = { host: client.address, client }
  for (const [what, run] of Object.entries(SUITE)) {
    await test.test(what, (each) => run(each, { engine, way, idle }))
  }
}

interface Reached {
  readonly engine: TestEngine
  readonly way: Way
  readonly idle: Idle
}

type Step = (test: TestContext, reached: Reached) => Promise<void>

const SUITE: Readonly<Record<string, Step>> = {
  async 'lists, twenty times at once'(_test, { engine: { client } }) {
    const lists = await Promise.all(Array.from({ length: 20 }, () => client.containers.list({ all: true })))
    assert.equal(lists.length, 20)
  },

  async 'carries 1 MiB through the stdin of an exec, and half-closes it'(_test, { engine, idle }) {
    const container = await engine.client.containers.get(idle.from)
    const input = randomBytes(1024 * 1024)
    const { stdout } = await container.exec(['cat'], { input, encoding: 'buffer' })
    assert.ok(stdout.equals(input))
  },

  async 'has the output and the exit code of a command that leaves most of its input'(
    _test,
    { engine, idle },
  ) {
    const container = await engine.client.containers.get(idle.from)
    const input = Buffer.alloc(LARGE, 'z')
    const { stdout, exitCode } = await container.exec(['sh', '-c', 'head -c 3; exit 5'], { input })
    assert.deepEqual([stdout, exitCode], ['zzz', 5])
  },

  async 'follows logs until the container ends'(test, { engine }) {
    const container = await aRunningContainer(
      test,
      engine,
      ['sh', '-c', 'read line; echo "got $line"; echo oops >&2'],
      { interactive: true },
    )
    const logs = container.logs({ follow: true }).demux()
    const session = await container.attach()
    session.stdin.end('a line\n')
    const { stdout, stderr } = await logs
    assert.deepEqual([stdout.toString(), stderr.toString()], ['got a line\n', 'oops\n'])
  },

  async 'attaches before the start, and loses nothing'(test, { engine }) {
    const container = await aContainer(test, engine, ['sh', '-c', 'cat; echo end >&2; exit 7'], {
      interactive: true,
      stdinOnce: true,
    })
    const session = await container.attach()
    await container.start()
    session.stdin.end('first\nlast\n')
    const { stdout, stderr } = await session.output.demux()
    assert.deepEqual([stdout.toString(), stderr.toString()], ['first\nlast\n', 'end\n'])
    assert.deepEqual(await session.exit, { exitCode: 7, detached: false })
  },

  async 'carries a large archive out and in again'(_test, { engine, idle }) {
    const { api, containers } = engine.client
    const [from, to] = await Promise.all([containers.get(idle.from), containers.get(idle.to)])
    const folder = `/tmp/${randomUUID()}`
    await to.exec(['mkdir', folder])
    const { stream } = await api.containers.getArchive(from.id, { path: '/large' })
    await api.containers.putArchive(to.id, { path: folder }, stream)
    const sums = [from.exec(['sha256sum', '/large']), to.exec(['sha256sum', `${folder}/large`])]
    const [sent, received] = await Promise.all(sums)
    assert.equal(received?.stdout.split(' ')[0], sent?.stdout.split(' ')[0])
  },

  async 'builds with BuildKit: a large file goes in and comes out'(_test, { engine: { client } }) {
    const large = randomBytes(LARGE)
    const dest = await temporaryFolder()
    await client.images.build({
      builder: 'buildkit',
      dockerfileContent: 'FROM scratch\nCOPY large /\n',
      files: { large },
      outputs: { type: 'local', dest },
    })
    assert.ok((await readFile(join(dest, 'large'))).equals(large))
  },

  async 'is the terminal of a container'(test, { engine, way, idle }) {
    const container = await engine.client.containers.get(idle.from)
    const { DOCKER_HOST: host = '' } = way
    const program = await runProgram(test, executing({ host }, container, ['sh']), {
      env: way,
      columns: 91,
      rows: 23,
    })
    await isRaw(program)
    // The size goes by a connection of its own, and may come a moment after the keys.
    program.type(`until stty size | grep '23 91'; do sleep 0.1; done; exit 5${KEY.enter}`)
    const { notes } = await endsCleanly(program)
    assert.equal(notes.result?.exitCode, 5)
  },
}
