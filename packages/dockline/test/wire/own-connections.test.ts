import assert from 'node:assert/strict'
import { connect, createServer } from 'node:net'
import { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { path } from '#src/doors/api.js'
import {
  type ClientOptions,
  ConnectionError,
  DockerClient,
  InvalidArgumentError,
  TimeoutError,
} from '#src/index.js'
import { askedEndpoint } from '#src/transport/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { FakeEngine, json } from '../support/fake-engine.js'

const NOWHERE_SOCKET = 'unix:///nowhere/docker.sock'
const INFO = { 'GET /info': json({ ID: 'x' }) }

/** Lets bytes through, and has none of the methods of a socket. */
function throughSocket(host: string): Duplex {
  const socket = connect({ path: host.slice('unix://'.length), allowHalfOpen: true })
  const through = new Duplex({
    read: () => socket.resume(),
    write: (bytes, _encoding, done) => void socket.write(bytes, () => done()),
    final: (done) => void socket.end(done),
    destroy: (error, done) => done(socket.destroy() && error),
  })
  socket.on('data', (bytes) => through.push(bytes) || socket.pause())
  socket.on('end', () => through.push(null))
  socket.on('error', (error) => through.destroy(error))
  return through
}

describe("a connection that is opened in a way of one's own", () => {
  it('carries calls and upgrades, and is kept for the next call', async (test) => {
    const engine = await FakeEngine.start(test, {
      ...INFO,
      'POST /exec/x/start': async (call) => {
        await call.upgrade('text/plain', Buffer.from('hello'))
        call.socket.end()
      },
    })
    let dials = 0
    const dial = async () => {
      dials += 1
      return throughSocket(engine.host)
    }
    const client = new DockerClient({ dial, env: {} })
    test.after(() => client.close())
    assert.equal((await client.info()).ID, 'x')
    assert.equal((await client.info()).ID, 'x')
    const { socket } = await client.api.http.upgrade({ method: 'POST', path: path`/exec/x/start` })
    assert.equal(await text(socket), 'hello')
    assert.ok(dials < 4, `${dials} connections for 4 calls`)
    assert.deepEqual([client.address, client.describe().tls], ['dial()', 'none'])
  })

  it('rejects the call with why it failed, and with what was given instead', async () => {
    const cause = Object.assign(new Error('no way'), { code: 'ECONNREFUSED' })
    const failing = new DockerClient({ dial: () => Promise.reject(cause), env: {} })
    const error = await failureOf(failing.info())
    assert.ok(error instanceof ConnectionError && error.cause === cause)
    const odd = new DockerClient({ dial: async () => 'socket' as never, env: {} })
    assert.match(String(await failureOf(odd.info())), /dial must be a function that gives a Duplex/)
  })

  it('may be given at once, before it is connected', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    const path = engine.host.slice('unix://'.length)
    for (const dial of [() => connect(path), () => throughSocket(engine.host), async () => connect(path)]) {
      const client = new DockerClient({ dial, env: {} })
      test.after(() => client.close())
      assert.equal((await client.info()).ID, 'x')
    }
  })

  it('rejects the call when it cannot connect, or throws', async () => {
    const throwing = (): Duplex => {
      throw Object.assign(new Error('no way'), { code: 'EACCES' })
    }
    for (const [dial, code] of [
      [() => connect('/nowhere/docker.sock'), 'ENOENT'],
      [throwing, 'EACCES'],
    ] as const) {
      const error = await failureOf(new DockerClient({ dial, env: {} }).info())
      assert.ok(error instanceof ConnectionError, String(error))
      assert.equal((error.cause as NodeJS.ErrnoException).code, code)
    }
  })

  it('is given up and closed when it does not connect in time', async () => {
    const never = Object.assign(new Duplex({ read() {}, write() {} }), { connecting: true })
    const client = new DockerClient({ dial: () => never, env: {}, connectTimeout: 50 })
    const error = await failureOf(client.info())
    assert.ok(error instanceof TimeoutError, String(error))
    assert.equal(error.timeout, 50)
    assert.ok(never.destroyed)
  })

  it('excludes a host and a context', () => {
    const dial = async () => throughSocket('')
    for (const beside of [{ host: 'tcp://box' }, { context: 'staging' }])
      assert.throws(() => new DockerClient({ dial, ...beside, env: {} }), InvalidArgumentError)
    assert.throws(
      () => new DockerClient({ dial: 5 } as unknown as ClientOptions),
      /dial must be a function, not 5/,
    )
  })

  it('is closed when it comes after the call was given up', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    let open = (_socket: Duplex) => {}
    const dial = () =>
      new Promise<Duplex>((resolve) => {
        open = resolve
      })
    const client = new DockerClient({ dial, env: {}, connectTimeout: 50 })
    assert.ok((await failureOf(client.info())) instanceof TimeoutError)
    const late = throughSocket(engine.host)
    const closed = new Promise((resolve) => late.once('close', resolve))
    open(late)
    await closed
  })

  it('is closed when it comes after the client was closed, also where nothing is sent over it', async (test) => {
    const engine = await FakeEngine.start(test)
    const dialled = deferred<Duplex>()
    const client = new DockerClient({ dial: () => dialled.promise, env: {} })
    const failure = failureOf(client.api.http.connect())
    client.close()
    const late = throughSocket(engine.host)
    const closed = new Promise((resolve) => late.once('close', resolve))
    dialled.resolve(late)
    assert.match(String(await failure), /the client for dial\(\) was closed/)
    await closed
  })
})

describe('a host that a function gives', () => {
  it('is asked for at the first call, and no more while it can be reached', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    let asked = 0
    const host = async () => {
      asked += 1
      return engine.host
    }
    const client = new DockerClient({ host, env: {} })
    test.after(() => client.close())
    assert.deepEqual([asked, client.address], [0, 'host()'])
    await Promise.all([client.info(), client.info()])
    await client.info()
    assert.deepEqual([asked, client.address], [1, engine.host])
  })

  it('is asked for anew after it could not be reached', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    const hosts = [NOWHERE_SOCKET, engine.host]
    const client = new DockerClient({ host: () => hosts.shift() ?? '', env: {} })
    test.after(() => client.close())
    assert.ok((await failureOf(client.info())) instanceof ConnectionError)
    assert.equal((await client.info()).ID, 'x')
  })

  it('rejects the call when the function fails, or gives no host', async () => {
    const failing = new DockerClient({ host: () => Promise.reject(new Error('ask me later')), env: {} })
    assert.match(String(await failureOf(failing.info())), /ask me later/)
    const odd = new DockerClient({ host: () => 5 as unknown as string, env: {} })
    assert.match(String(await failureOf(odd.info())), /host must be a function that gives a string/)
  })

  it('rejects the call when the address has a path, which would be another Engine', async () => {
    const client = new DockerClient({ host: () => 'tcp://gateway:2375/engine-7', env: {} })
    const error = await failureOf(client.info())
    assert.ok(error instanceof InvalidArgumentError, String(error))
    assert.match(error.message, /host as a function must give an address without a path/)
  })

  it('is taken again after an address that was refused', async (test) => {
    const engine = await FakeEngine.start(test, INFO)
    const hosts = [NOWHERE_SOCKET, 'tcp://gateway:2375/engine-7', engine.host]
    const client = new DockerClient({ host: () => hosts.shift() ?? '', env: {} })
    test.after(() => client.close())
    for (const error of [ConnectionError, InvalidArgumentError])
      assert.ok((await failureOf(client.info())) instanceof error)
    assert.equal((await client.info()).ID, 'x')
  })

  it('is closed with the client, and so are those before it', async () => {
    const closed: string[] = []
    const hosts = ['one', 'two', 'one']
    const endpoint = askedEndpoint(
      () => hosts.shift() ?? '',
      (address) => ({
        ...{ address, hostHeader: '', basePath: '' },
        dial: () => Promise.reject(new Error(address)),
        close: () => void closed.push(address),
      }),
    )
    for (const host of ['one', 'two', 'one'])
      await assert.rejects(async () => endpoint.dial(undefined), { message: host })
    endpoint.close?.()
    assert.deepEqual(closed, ['one', 'two'])
  })
})

describe('the limit for connecting', () => {
  it('ends a handshake that never does, and leaves a slow answer alone', async (test) => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    test.after(() => silent.close())
    const { port } = silent.address() as { port: number }
    const encrypted = new DockerClient({ host: `https://127.0.0.1:${port}`, connectTimeout: 50, env: {} })
    const error = await failureOf(encrypted.info())
    assert.ok(error instanceof TimeoutError && error.timeout === 50, String(error))
    await encrypted.close()
    const slow = await FakeEngine.start(test, {
      'GET /info': async (call) => {
        await new Promise((resolve) => setTimeout(resolve, 150))
        await json({ ID: 'late' })(call)
      },
    })
    assert.equal((await slow.client(test, { connectTimeout: 50 }).info()).ID, 'late')
  })

  it('is a number of milliseconds', () => {
    assert.throws(() => new DockerClient({ connectTimeout: -1, env: {} }), {
      message: "connectTimeout must be 0 or more milliseconds or a string such as '10s', not -1",
    })
  })
})
