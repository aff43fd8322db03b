// Engines behind an HTTP proxy.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect, promisify } from 'node:util'
import { path } from '#src/doors/api.js'
import {
  type ClientOptions,
  ConnectionError,
  Container,
  DockerClient,
  TimeoutError,
  TlsError,
} from '#src/index.js'
import { certificates } from '../support/certificates.js'
import { aConnectProxy, aTlsFront, ESTABLISHED, type Pem } from '../support/connect-proxy.js'
import { everyCut } from '../support/every-cut.js'
import { failureOf } from '../support/failure.js'
import { FakeEngine, frame, json, MULTIPLEXED, responseHead, type Scripts } from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

const run = promisify(execFile)
const PROGRAM = fileURLToPath(new URL('../support/proxied-program.js', import.meta.url))

/** Nobody here knows the way to it: the proxy does. */
const HOST = 'tcp://engine.test:2375'
const SECRET = 'p@ss:word/ö'
const ENCODED = Buffer.from(`me:${SECRET}`).toString('base64')

describe('an Engine behind a proxy', PATIENT, () => {
  it('is asked in a tunnel as it would be without one', async (test) => {
    const { engine, proxy, client } = await start(test, { 'GET /info': json({ ID: 'x' }) })
    assert.equal((await client.info()).ID, 'x')
    assert.deepEqual(proxy.asked, [
      { method: 'CONNECT', target: 'engine.test:2375', headers: { host: 'engine.test:2375' } },
    ])
    const { method, target, headers } = engine.last
    assert.deepEqual([method, target, headers.host], ['GET', '/v1.56/info', 'engine.test:2375'])
  })

  it('is described with its proxy', async (test) => {
    const { proxy, client } = await start(test)
    assert.equal(client.address, HOST)
    assert.deepEqual(client.describe().proxy, { address: `http://${proxy.host}`, reason: 'HTTP_PROXY' })
  })

  it('is asked again in the same tunnel', async (test) => {
    const { proxy, client } = await start(test, { 'GET /info': json({}) })
    for (let calls = 0; calls < 5; calls++) await client.info()
    assert.equal(proxy.asked.length, 1)
    await client.close()
    await proxy.allClosed()
  })

  it('is asked in as many tunnels as there are calls at once', async (test) => {
    const { proxy, client } = await start(test, { 'GET /info': json({}) })
    await Promise.all(Array.from({ length: 20 }, () => client.info()))
    assert.equal(proxy.asked.length, 20)
  })

  it('is asked for by its address in brackets where that is of IPv6', async (test) => {
    const { proxy, client } = await start(test, { 'GET /info': json({}) }, { host: 'tcp://[fd00::1]:5' })
    await client.info()
    const [asked] = proxy.asked
    assert.deepEqual([asked?.target, asked?.headers.host], ['[fd00::1]:5', '[fd00::1]:5'])
  })

  it('runs a command, whose stdin is half-closed while its output still arrives', async (test) => {
    const { client } = await start(test, ECHO)
    await echoes(client)
  })

  it('is reached through the proxy of the option, though it is this machine', async (test) => {
    const { engine, proxy, client } = await start(
      test,
      { 'GET /info': json({}) },
      { host: 'tcp://localhost:7', env: { NO_PROXY: '*' }, proxy: 'option' },
    )
    await client.info()
    assert.deepEqual([proxy.asked[0]?.target, engine.last.headers.host], ['localhost:7', 'localhost:7'])
  })

  it('lets a process end that has asked it', async (test) => {
    const { proxy } = await start(test, { 'GET /info': json({ ID: 'x' }) })
    const env = { PATH: process.env.PATH, HTTP_PROXY: `http://${proxy.host}` }
    const { stdout } = await run(process.execPath, [PROGRAM, HOST], { env, ...PATIENT })
    assert.equal(stdout, 'x\n')
    assert.ok(proxy.asked.length > 0)
    await proxy.allClosed()
  })
})

describe('no proxy is asked', () => {
  it('for an Engine on this machine', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /info': json({ ID: 'x' }) }, { tcp: true })
    const proxy = await aConnectProxy(test)
    const client = engine.client(test, { env: { HTTP_PROXY: proxy.host } })
    assert.equal((await client.info()).ID, 'x')
    assert.deepEqual([proxy.asked, client.describe().proxy], [[], undefined])
  })

  it('for an Engine that NO_PROXY has', async (test) => {
    const { proxy, client } = await start(test, {}, { env: { NO_PROXY: '.test' } })
    const error = await failureOf(client.info())
    assert.ok(error instanceof ConnectionError)
    assert.doesNotMatch(error.message, /proxy/)
    assert.deepEqual(proxy.asked, [])
  })

  it('for a Unix socket, be it by the option', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /info': json({ ID: 'x' }) })
    const proxy = await aConnectProxy(test)
    const client = engine.client(test, { proxy: proxy.host })
    assert.equal((await client.info()).ID, 'x')
    assert.deepEqual(proxy.asked, [])
  })
})

describe('user and password of a proxy', () => {
  const user = `me:${encodeURIComponent(SECRET)}`

  it('are told to the proxy, and not to the Engine', async (test) => {
    const { engine, proxy, client } = await start(test, { 'GET /info': json({}) }, { user })
    await client.info()
    assert.equal(proxy.asked[0]?.headers['proxy-authorization'], `Basic ${ENCODED}`)
    assert.equal(engine.last.headers['proxy-authorization'], undefined)
  })

  it('may be a user alone', async (test) => {
    const { proxy, client } = await start(test, { 'GET /info': json({}) }, { user: 'me' })
    await client.info()
    assert.equal(proxy.asked[0]?.headers['proxy-authorization'], `Basic ${btoa('me:')}`)
  })

  it('are never shown, by the client, its connections or an error', async (test) => {
    const { client } = await start(test, { 'GET /info': json({}) }, { user })
    const session = await client.api.http.stream({ method: 'GET', path: path`/info` })
    hidesSecret([client, client.describe(), session])
    for (const answer of [says('HTTP/1.1 407 p@ss:word\r\n\r\n'), says(`p@ss:word${ENCODED}`)]) {
      const proxy = await aConnectProxy(test, { answer })
      hidesSecret(await failureOf(clientOf(test, { proxy: `http://${user}@${proxy.host}` }).info()))
    }
    hidesSecret(await failureOf(clientOf(test, { proxy: `http://${user}@127.0.0.1:1` }).info()))
  })
})

describe('a proxy that', PATIENT, () => {
  const NEVER: readonly [what: string, answer: (client: Socket) => void, says: RegExp][] = [
    [
      'wants a user',
      says('HTTP/1.1 407 Authenticate\r\nContent-Length: 3\r\n\r\nno!'),
      /answered 407 Proxy Authentication Required \(give it a user and a password in HTTP_PROXY, as in http:/,
    ],
    ['forbids it', says('HTTP/1.0 403 No\r\n\r\n'), /answered 403 Forbidden \(.*connect to port 2375\?\)$/],
    [
      'cannot reach it',
      says('HTTP/1.1 502\r\n\r\n'),
      /answered 502 Bad Gateway \(can it reach engine\.test:2375\?\)$/,
    ],
    [
      'knows no CONNECT',
      says('HTTP/1.1 405 No\r\n\r\n'),
      /answered 405 Method Not Allowed \(is it an HTTP proxy/,
    ],
    ['switches protocols', says('HTTP/1.1 101 Ok\r\n\r\n'), /answered 101 Switching Protocols/],
    ['moves elsewhere', says('HTTP/1.1 302 \r\nLocation: /\r\n\r\n'), /answered 302 Found/],
    ['has a status of its own', says('HTTP/1.1 799 ?\r\n\r\n'), /answered 799 \(/],
    ['speaks ssh', says('SSH-2.0-OpenSSH_9.6\r\n'), /did not answer with HTTP/],
    ['wants TLS', says('\x15\x03\x01\0\x02\x02\x46'), /did not answer with HTTP \(.*does it want TLS\?\)/],
    ['speaks another HTTP', says('HTTP/2 200\r\n\r\n'), /did not answer with HTTP/],
    ['has no status', says('HTTP/1.1 OK\r\n'), /did not answer with HTTP/],
    ['has too long a status', says('HTTP/1.1 2000\r\n'), /did not answer with HTTP/],
    [
      'has too much to say',
      says(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(16 * 1024)}`),
      /answered with a head of more than 16384 bytes/,
    ],
    [
      'has too much to say, and an end to it',
      says(`HTTP/1.1 200 OK\r\nX: ${'x'.repeat(16 * 1024)}\r\n\r\n`),
      /answered with a head of more than 16384 bytes/,
    ],
    ['never stops', endless, /answered with a head of more than 16384 bytes/],
    ['closes at once', (client) => client.end(), /closed the connection before it answered/],
    [
      'closes in the middle of its head',
      (client) => client.end('HTTP/1.1 200 OK\r\nX'),
      /closed the connection before it answered/,
    ],
    [
      'breaks the connection',
      (client) => client.resetAndDestroy(),
      /(closed|broke) the connection before it answered/,
    ],
  ]
  for (const [what, answer, words] of NEVER) {
    it(`${what} is told by its name, and let go`, async (test) => {
      const { proxy, client } = await start(test, {}, { answer })
      const error = await failureOf(client.info())
      assert.ok(error instanceof ConnectionError, String(error))
      assert.equal(error.address, HOST)
      assert.match(error.message, words)
      const told = `cannot talk to the Docker Engine at ${HOST}: the proxy ${proxy.host}, from HTTP_PROXY, `
      assert.ok(error.message.startsWith(told), error.message)
      await proxy.allClosed()
    })
  }

  it('does not want that user is told so', async (test) => {
    const { client } = await start(test, {}, { user: 'me:x', answer: says('HTTP/1.1 407 No\r\n\r\n') })
    assert.match(`${await failureOf(client.info())}`, /are user and password right in HTTP_PROXY\?/)
  })

  it('is not there is told so', async (test) => {
    const error = await failureOf(clientOf(test, { env: { HTTP_PROXY: '127.0.0.1:1' } }).info())
    assert.ok(error instanceof ConnectionError)
    assert.match(
      error.message,
      /the proxy 127\.0\.0\.1:1, from HTTP_PROXY, cannot be reached: .*ECONNREFUSED.* \(check HTTP_PROXY\)$/,
    )
  })

  it('answers in whatever pieces loses nothing of what follows', async (test) => {
    const body = '{"ID":"\\r\\n","Name":"ö"}'
    const answer = `${responseHead(200, { 'Content-Length': `${Buffer.byteLength(body)}` })}${body}`
    for (const head of [ESTABLISHED, 'HTTP/1.0 204 \nX: \n y\n\n']) {
      for (const pieces of everyCut(Buffer.from(head + answer))) {
        const proxy = await aConnectProxy(test, { answer: (client) => sends(client, pieces) })
        const client = clientOf(test, { proxy: proxy.host })
        assert.deepEqual(await client.info(), { ID: '\r\n', Name: 'ö' })
        await client.close()
      }
    }
  })

  it('has as much to say as it may', async (test) => {
    const head = `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(16 * 1024 - 24)}\r\n\r\n`
    assert.equal(head.length, 16 * 1024)
    const early = `${responseHead(200, { 'Content-Length': '2' })}{}`
    const { client } = await start(test, {}, { answer: says(head + early) })
    assert.deepEqual(await client.info(), {})
  })
})

describe('a proxy that says nothing', PATIENT, () => {
  it('is let go by an abort, with its reason', async (test) => {
    const { proxy, client } = await start(test, {}, { answer: () => {} })
    const controller = new AbortController()
    const failure = failureOf(client.info({ signal: controller.signal }))
    await proxy.nextAsked()
    const reason = new Error('enough')
    controller.abort(reason)
    assert.equal(await failure, reason)
    await proxy.allClosed()
  })

  it('is let go by a timeout', async (test) => {
    const { proxy, client } = await start(test, {}, { answer: () => {} })
    assert.ok((await failureOf(client.info({ timeout: 50 }))) instanceof TimeoutError)
    await proxy.allClosed()
  })

  it('is let go by close()', async (test) => {
    const { proxy, client } = await start(test, {}, { answer: () => {} })
    const failure = failureOf(client.info())
    await proxy.nextAsked()
    await client.close()
    assert.ok((await failure) instanceof ConnectionError)
    await proxy.allClosed()
  })

  it('is let go after as long as any host', async (test) => {
    const { proxy, client } = await start(test, {}, { answer: () => {} })
    test.mock.timers.enable({ apis: ['setTimeout'] })
    const failure = failureOf(client.info())
    await proxy.nextAsked()
    test.mock.timers.tick(10_000)
    const error = await failure
    assert.ok(error instanceof ConnectionError, String(error))
    assert.match(error.message, /the proxy 127\.\S+, from HTTP_PROXY, did not answer within 10000 ms$/)
    await proxy.allClosed()
  })
})

it('through a proxy, TLS', PATIENT, async (test) => {
  const made = await certificates(test)
  const files = { ca: join(made.client, 'ca.pem'), cert: join(made.client, 'cert.pem') }
  const tls = { ...files, key: join(made.client, 'key.pem'), servername: 'localhost' }
  const pem: Pem = {
    cert: await readFile(join(made.server, 'server-cert.pem')),
    key: await readFile(join(made.server, 'server-key.pem')),
  }
  /** An Engine that speaks TLS, behind a proxy that may speak TLS as well. */
  const startTls = async (each: TestContext, options: { readonly pem?: Pem } = {}) => {
    const engine = await FakeEngine.start(each, ECHO)
    const port = await aTlsFront(each, engine.host, pem)
    return aConnectProxy(each, { to: `tcp://127.0.0.1:${port}`, ...options })
  }

  await test.test('is with the Engine, which HTTPS_PROXY is for', async (each) => {
    const proxy = await startTls(each)
    const client = clientOf(each, { host: 'https://engine.test', tls, env: { HTTPS_PROXY: proxy.host } })
    await echoes(client)
    assert.equal(proxy.asked[0]?.target, 'engine.test:2376')
    assert.deepEqual(
      [client.describe().tls, client.describe().proxy],
      ['verified', { address: `http://${proxy.host}`, reason: 'HTTPS_PROXY' }],
    )
    await client.close()
    await proxy.allClosed()
  })

  await test.test('is checked against the name of the Engine', async (each) => {
    const proxy = await startTls(each)
    const client = clientOf(each, { tls: { ca: files.ca }, proxy: proxy.host })
    const error = await failureOf(client.info())
    assert.ok(error instanceof TlsError, String(error))
    assert.match(error.message, /at tcp:\/\/engine\.test:2375: its certificate is for another host/)
    await proxy.allClosed()
  })

  await test.test('that cannot be set up leaves no tunnel behind', PATIENT, async (each) => {
    const proxy = await startTls(each)
    // The key of somebody else, which is found out when it is first used.
    const key = join(made.stranger, 'key.pem')
    const client = clientOf(each, { tls: { ...tls, key }, proxy: proxy.host })
    const error = await failureOf(client.info())
    assert.ok(error instanceof TlsError, String(error))
    assert.match(error.message, /the ca, cert or key cannot be used/)
    await proxy.allClosed()
  })

  await test.test('is given up by an abort when the Engine says nothing', PATIENT, async (each) => {
    const proxy = await aConnectProxy(each, { answer: says(ESTABLISHED) })
    const client = clientOf(each, { tls, proxy: proxy.host })
    const controller = new AbortController()
    const failure = failureOf(client.info({ signal: controller.signal }))
    await proxy.nextAsked()
    const reason = new Error('enough')
    controller.abort(reason)
    assert.equal(await failure, reason)
    await proxy.allClosed()
  })

  await test.test('may be with the proxy as well, one in the other', async (each) => {
    const proxy = await startTls(each, { pem })
    const client = clientOf(each, { tls, proxy: `https://localhost:${proxy.port}` })
    await echoes(client)
    await client.close()
    await proxy.allClosed()
  })

  await test.test('may be with the proxy alone', async (each) => {
    const engine = await FakeEngine.start(each, { 'GET /info': json({ ID: 'x' }) })
    const proxy = await aConnectProxy(each, { to: engine.host, pem })
    const env = {
      PATH: process.env.PATH,
      HTTP_PROXY: `https://localhost:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: files.ca,
    }
    const { stdout } = await run(process.execPath, [PROGRAM, HOST], { env, ...PATIENT })
    assert.equal(stdout, 'x\n')
    await proxy.allClosed()
  })

  await test.test('with a proxy that nobody trusts tells it nothing', async (each) => {
    const proxy = await startTls(each, { pem })
    const client = clientOf(each, { proxy: `https://me:${SECRET_IN_URL}@localhost:${proxy.port}` })
    const error = await failureOf(client.info())
    assert.ok(error instanceof ConnectionError, String(error))
    assert.match(
      error.message,
      /the proxy localhost:\d+, from the proxy option, cannot be reached: .*certificate/,
    )
    assert.deepEqual(proxy.asked, [])
    hidesSecret(error)
  })
})

const SECRET_IN_URL = encodeURIComponent(SECRET)

/** A container with a process that gives back its stdin once that has ended. */
const ECHO: Scripts = {
  'POST /containers/c/exec': json({ Id: 'e' }, 201),
  'POST /exec/e/start': async (call) => {
    await call.body()
    await call.upgrade(MULTIPLEXED, frame(2, 'go '))
    const input = await call.rest()
    await call.write(frame(1, input))
    call.socket.end()
  },
  'GET /exec/e/json': json({ ID: 'e', Running: false, ExitCode: 3 }),
}

async function echoes(client: DockerClient): Promise<void> {
  const input = 'x'.repeat(1024 * 1024)
  const result = await new Container(client.api, { id: 'c' }).exec(['cat'], { input })
  assert.deepEqual([result.exitCode, result.stderr, result.stdout === input], [3, 'go ', true])
}

interface Setup extends Pick<ClientOptions, 'host'> {
  readonly env?: Readonly<Record<string, string>>
  /** What is before the @ in HTTP_PROXY. */
  readonly user?: string
  /** Named by the option and not by HTTP_PROXY. */
  readonly proxy?: 'option'
  readonly answer?: (client: Socket) => void | Promise<void>
}

/** An Engine behind a proxy. */
async function start(
  test: TestContext,
  scripts: Scripts = {},
  { host = HOST, env, user, proxy: by, answer }: Setup = {},
) {
  const engine = await FakeEngine.start(test, scripts)
  const proxy = await aConnectProxy(test, { to: engine.host, ...(answer && { answer }) })
  const url = `http://${user === undefined ? '' : `${user}@`}${proxy.host}`
  const client = clientOf(test, {
    host,
    env: by === 'option' ? { ...env } : { HTTP_PROXY: url, ...env },
    ...(by === 'option' && { proxy: url }),
  })
  return { engine, proxy, client }
}

function clientOf(test: Pick<TestContext, 'after'>, options: ClientOptions): DockerClient {
  const client = new DockerClient({ host: HOST, env: {}, apiVersion: '1.56', ...options })
  test.after(() => client.close())
  return client
}

function says(text: string): (client: Socket) => void {
  return (client) => void client.write(text, 'latin1')
}

function endless(client: Socket): void {
  client.write('HTTP/1.1 200 OK\r\n')
  const more = () => {
    if (!client.destroyed) client.write('X: x\r\n'.repeat(100), more)
  }
  more()
}

/** Each piece in a write of its own, and so that the other side may read it by itself. */
async function sends(client: Socket, pieces: readonly Buffer[]): Promise<void> {
  client.setNoDelay(true)
  for (const piece of pieces) {
    await new Promise<void>((resolve) => client.write(piece, () => setImmediate(resolve)))
  }
}

function hidesSecret(value: unknown): void {
  const shown = inspect(value, { depth: Number.POSITIVE_INFINITY, showHidden: true })
  for (const secret of [SECRET, SECRET_IN_URL, ENCODED, 'p@ss']) assert.ok(!shown.includes(secret), shown)
}
