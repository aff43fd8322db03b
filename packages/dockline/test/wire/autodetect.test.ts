import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { detecting, withOffers } from '#src/config/index.js'
import { HttpClient, path } from '#src/doors/api.js'
import { ConnectionError, DockerClient } from '#src/index.js'
import { endpointOf } from '#src/transport/index.js'
import { temporaryFolder } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
import { FakeEngine } from '../support/fake-engine.js'

const skip = process.platform === 'win32' ? 'these sockets are those of Linux and macOS' : false
/** The one place that no variable moves. */
const lonely =
  skip || (existsSync('/run/podman/podman.sock') ? 'this machine has an Engine of its own' : false)
const PING = { method: 'HEAD', path: path`/_ping`, versioned: false } as const

/** Where each of them keeps its socket, below the home folder. */
const PLACES = {
  'rootless Docker': 'run/docker.sock',
  'Docker Desktop': '.docker/run/docker.sock',
  Colima: '.colima/work/docker.sock',
  OrbStack: '.orbstack/run/docker.sock',
  'Rancher Desktop': '.rd/docker.sock',
  Podman: 'run/podman/podman.sock',
}

describe('when nothing says where to connect', { skip }, () => {
  it('and nothing answers, the error names the sockets that are there', async (test) => {
    const { env, home } = await aHome()
    for (const place of Object.values(PLACES)) await anEngineAt(test, join(home, place))
    const error = await failureOf(ask(test, withOffers(nobody(home), env)))
    assert.ok(error instanceof ConnectionError)
    for (const [of, place] of Object.entries(PLACES)) {
      assert.ok(error.message.includes(`unix://${join(home, place)} of ${of}`), error.message)
    }
    assert.match(error.hint ?? '', /name it in DOCKER_HOST/)
  })

  it('and there are no other sockets, the error does not speak of them', { skip: lonely }, async (test) => {
    const { env, home } = await aHome()
    const error = await failureOf(ask(test, withOffers(nobody(home), env)))
    assert.doesNotMatch(String(error), /DOCKER_HOST/)
  })

  for (const [of, place] of Object.entries(PLACES)) {
    it(`autodetect finds ${of}`, async (test) => {
      const { env, home } = await aHome()
      const engine = await anEngineAt(test, join(home, place))
      const endpoint = detecting(nobody(home), env)
      await ask(test, endpoint)
      assert.equal(endpoint.address, `unix://${join(home, place)}`)
      assert.ok(engine.requests.length > 0)
    })
  }

  it('autodetect prefers the default socket', async (test) => {
    const { env, home } = await aHome()
    const standard = await FakeEngine.start(test)
    const other = await anEngineAt(test, join(home, PLACES.Podman))
    await ask(test, detecting(endpointOf(standard.host), env))
    assert.deepEqual([other.requests.length, standard.requests.length > 0], [0, true])
  })

  it('autodetect passes over a socket that takes connections and ends them', async (test) => {
    const { env, home } = await aHome()
    const dead = createServer((socket) => socket.end())
    await mkdir(join(home, 'run'))
    dead.listen(join(home, PLACES['rootless Docker']))
    await once(dead, 'listening')
    test.after(() => dead.close())
    await anEngineAt(test, join(home, PLACES.Podman))
    const endpoint = detecting(nobody(home), env)
    await ask(test, endpoint)
    assert.equal(endpoint.address, `unix://${join(home, PLACES.Podman)}`)
  })

  it('autodetect looks once for calls that come at the same time', async (test) => {
    const { env, home } = await aHome()
    const engine = await anEngineAt(test, join(home, PLACES.OrbStack))
    const http = anHttp(test, detecting(nobody(home), env))
    await Promise.all([http.headers(PING), http.headers(PING), http.headers(PING)])
    assert.equal(engine.requests.length, 4)
  })

  it('autodetect that finds nothing names what it tried, and finds an Engine that comes later', {
    skip: lonely,
  }, async (test) => {
    const { env, home } = await aHome()
    const http = anHttp(test, detecting(nobody(home), env))
    const error = await failureOf(http.headers(PING))
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /no Docker Engine answers at any of unix:/)
    await anEngineAt(test, join(home, PLACES.Podman))
    await http.headers(PING)
  })

  it('autodetect ends with the call that waits for it', async (test) => {
    const { env } = await aHome()
    const silent = createServer(() => {})
    const socket = join(await temporaryFolder(), 's')
    silent.listen(socket)
    await once(silent, 'listening')
    test.after(() => silent.close())
    const http = anHttp(test, detecting(endpointOf(`unix://${socket}`), env))
    const reason = new Error('enough')
    const abort = new AbortController()
    silent.once('connection', () => abort.abort(reason))
    assert.equal(await failureOf(http.headers({ ...PING, signal: abort.signal })), reason)
  })
})

describe('a client', { skip }, () => {
  it('does not look for sockets when something says where to connect', async (test) => {
    const { env, home } = await aHome()
    await anEngineAt(test, join(home, PLACES.Podman))
    await using client = new DockerClient({
      autodetect: true,
      env: { ...env, DOCKER_HOST: `unix://${home}/no` },
    })
    const error = await failureOf(client.ping())
    assert.match(String(error), /there is no such socket/)
    assert.doesNotMatch(String(error), /podman/)
  })

  it('is made without looking', async () => {
    const { env } = await aHome()
    const client = new DockerClient({ autodetect: true, env })
    assert.equal(client.describe().reason, "the platform's default")
  })
})

async function aHome(): Promise<{ home: string; env: Record<string, string> }> {
  const home = await temporaryFolder()
  return { home, env: { HOME: home, XDG_RUNTIME_DIR: join(home, 'run'), TMPDIR: join(home, 'tmp') } }
}

function nobody(home: string) {
  return endpointOf(`unix://${home}/nobody`)
}

/** The socket is a link to that of a scripted Engine. */
async function anEngineAt(test: TestContext, socket: string): Promise<FakeEngine> {
  const engine = await FakeEngine.start(test)
  await mkdir(dirname(socket), { recursive: true })
  await symlink(engine.host.replace('unix://', ''), socket)
  return engine
}

function anHttp(test: TestContext, endpoint: ReturnType<typeof endpointOf>): HttpClient {
  const http = new HttpClient({ endpoint })
  test.after(() => http.close())
  return http
}

async function ask(test: TestContext, endpoint: ReturnType<typeof endpointOf>): Promise<void> {
  await anHttp(test, endpoint).headers(PING)
}
