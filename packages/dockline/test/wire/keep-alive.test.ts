import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { DockerClient } from '#src/index.js'
import { certificates } from '../support/certificates.js'
import { aConnectProxy, aTlsFront } from '../support/connect-proxy.js'
import { deferred } from '../support/failure.js'
import { type Call, chunkedHead, FakeEngine, json, RAW } from '../support/fake-engine.js'

const skip = process.platform === 'linux' ? false : 'reads the timers of Linux'

/** As /proc/net/tcp has it. */
const KEEP_ALIVE = '02'

/** What waits for words of the Engine that may never come. */
const WAITS: Readonly<Record<string, (client: DockerClient) => Promise<unknown>>> = {
  'GET /events': ({ api }) => api.system.events().next(),
  'GET /containers/c/logs': async ({ api }) => (await api.containers.logs('c', { follow: true })).stream,
  'GET /containers/c/stats': ({ api }) => api.containers.stats('c').next(),
  'POST /containers/c/wait': ({ api }) => api.containers.waitRegistered('c'),
  'POST /containers/c/attach': ({ api }) => api.containers.attach('c', { stream: true }),
  'POST /exec/e/start': ({ api }) => api.exec.start('e', {}),
  'POST /containers/c/stop': ({ api }) => api.containers.stop('c'),
}

describe('a connection of TCP', { skip }, () => {
  for (const [request, wait] of Object.entries(WAITS)) {
    it(`is kept alive while it waits for ${request}`, async (test) => {
      const { engine, asked } = await start(test, request)
      const client = engine.client(test)
      // Once with a connection of its own, and once with one from the pool.
      await client.api.http.version()
      wait(client).catch(() => {})
      const { socket } = await asked
      await isKeptAlive(socket.remotePort)
    })
  }

  it('is kept alive through a proxy, and with TLS, before anything was sent over it', async (test) => {
    const { engine, asked } = await start(test, 'GET /_ping')
    const proxy = await aConnectProxy(test, { to: engine.host })
    const env = { HTTPS_PROXY: `http://${proxy.host}`, HTTP_PROXY: `http://${proxy.host}` }
    const proxied = new DockerClient({ host: 'tcp://engine.test:2375', env })
    test.after(() => proxied.close())
    proxied.api.system.ping().catch(() => {})
    await asked
    await areKeptAlive(proxy.port)

    const encrypted = await start(test, 'GET /_ping')
    const made = await certificates(test)
    const pem = (name: string) => readFile(join(made.server, `server-${name}.pem`))
    const port = await aTlsFront(test, encrypted.engine.host, {
      cert: await pem('cert'),
      key: await pem('key'),
    })
    const host = `https://127.0.0.1:${port}`
    const client = new DockerClient({ host, env: {}, tls: { verify: false } })
    test.after(() => client.close())
    client.api.system.ping().catch(() => {})
    await encrypted.asked
    await areKeptAlive(port)
  })
})

async function start(test: TestContext, request: string) {
  const asked = deferred<Call>()
  const engine = await FakeEngine.start(
    test,
    {
      [request]: async (call) => {
        asked.resolve(call)
        if (/start|attach$/.test(request)) await call.upgrade(RAW)
        else await call.takeOver().write(request.includes('stop') ? '' : chunkedHead('application/json'))
      },
      'GET /info': json({}),
    },
    { tcp: true },
  )
  return { engine, asked: asked.promise }
}

async function isKeptAlive(localPort: number | undefined): Promise<void> {
  // While something is still to be acknowledged, another timer is told.
  for (;;) {
    const timer = (await connections()).find(({ local }) => local === localPort)?.timer
    if (timer === KEEP_ALIVE) return
    assert.notEqual(timer, undefined, 'the connection is there')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

async function areKeptAlive(remotePort: number): Promise<void> {
  const leading = (await connections()).filter(({ remote }) => remote === remotePort)
  assert.equal(leading.length, 1)
  await isKeptAlive(leading[0]?.local)
}

async function connections() {
  const [, ...lines] = (await readFile('/proc/self/net/tcp', 'utf8')).trim().split('\n')
  return lines.map((line) => {
    const [, local, remote, , , timer] = line.trim().split(/\s+/)
    const portOf = (address = '') => Number.parseInt(address.split(':')[1] ?? '', 16)
    return { local: portOf(local), remote: portOf(remote), timer: timer?.slice(0, 2) }
  })
}
