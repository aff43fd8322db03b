import assert from 'node:assert/strict'
import { once } from 'node:events'
import { buffer, text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { ApiError, ConflictError, ConnectionError, NotFoundError, ProtocolError } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  FakeEngine,
  json,
  MULTIPLEXED,
  RAW,
  type Script,
  upgradeHead,
} from '../support/fake-engine.js'

describe('an upgrade', () => {
  it('asks for one, with the JSON before it', async (test) => {
    const { engine, client } = await start(test, (call) => ended(call, RAW))
    const { socket, contentType } = await client.api.exec.start('e', { Tty: true, ConsoleSize: [24, 80] })
    await text(socket)
    const { method, target, headers, body } = engine.last
    assert.equal(`${method} ${target}`, 'POST /v1.56/exec/e/start')
    assert.equal(contentType, RAW)
    assert.deepEqual(JSON.parse(body.toString()), { Tty: true, ConsoleSize: [24, 80], Detach: false })
    assert.deepEqual(
      [headers.connection, headers.upgrade, headers['content-type'], headers['content-length']],
      ['Upgrade', 'tcp', 'application/json', String(body.length)],
    )
  })

  it('asks for one without a body', async (test) => {
    const { engine, client } = await start(test, (call) => ended(call, MULTIPLEXED))
    const query = {
      stream: true,
      stdin: false,
      stdout: true,
      stderr: true,
      logs: false,
      detachKeys: 'ctrl-x',
    }
    const { socket, contentType } = await client.api.containers.attach('x', query)
    await text(socket)
    const { method, target, headers } = engine.last
    assert.equal(
      `${method} ${target}`,
      'POST /v1.56/containers/x/attach?stream=1&stdin=0&stdout=1&stderr=1&logs=0&detachKeys=ctrl-x',
    )
    assert.deepEqual(
      [headers.connection, headers.upgrade, headers['content-length']],
      ['Upgrade', 'tcp', '0'],
    )
    assert.equal(contentType, MULTIPLEXED)
  })

  it('loses nothing that comes with the header', async (test) => {
    const early = Buffer.from('early\0bytes\r\n\r\n')
    const { client } = await start(test, async (call) => {
      await call.upgrade(RAW, early)
      await call.write('late')
      call.socket.end()
    })
    const { socket } = await client.api.containers.attach('x', {})
    assert.deepEqual(await buffer(socket), Buffer.concat([early, Buffer.from('late')]))
  })

  it('takes a header that comes byte by byte', async (test) => {
    const { client } = await start(test, async (call) => {
      await call.body()
      call.takeOver()
      call.socket.setNoDelay(true)
      for (const byte of Buffer.from(`${upgradeHead(RAW)}x`)) await call.write(Buffer.from([byte]))
      call.socket.end()
    })
    const { socket, contentType } = await client.api.containers.attach('x', {})
    assert.equal(contentType, RAW)
    assert.equal(await text(socket), 'x')
  })

  it('carries bytes both ways, and the end of one way leaves the other open', async (test) => {
    const heard = deferred<Buffer>()
    const { client } = await start(test, async (call) => {
      await call.upgrade(RAW)
      heard.resolve(await call.rest())
      await call.write('heard you')
      call.socket.end()
    })
    const { socket } = await client.api.containers.attach('x', {})
    const input = Buffer.from([0, 1, 2, 0xff])
    socket.end(input)
    assert.deepEqual(await heard.promise, input)
    assert.equal(await text(socket), 'heard you')
  })

  for (const [name, reply, type, explanation] of [
    [
      'JSON',
      json({ message: 'container x is not running' }, 409),
      ConflictError,
      'container x is not running',
    ],
    ['text without length', plainNotFound, NotFoundError, 'No such container: x'],
    ['nothing', answer(500, {}), ApiError, 'Status'],
  ] as readonly (readonly [string, Script, typeof ApiError, string])[]) {
    it(`that is refused with ${name} is a ${type.name}`, async (test) => {
      const { client } = await start(test, reply)
      const error = await failureOf(client.api.containers.attach('x', {}))
      assert.ok(error instanceof type)
      assert.equal(error.explanation, explanation)
    })
  }

  it('that is answered with 200 is a ProtocolError and closes the connection', async (test) => {
    const { engine, client } = await start(test, (call) =>
      call.takeOver().write('HTTP/1.1 200 OK\r\n\r\nhello'),
    )
    const error = await failureOf(client.api.containers.attach('x', {}))
    assert.ok(error instanceof ProtocolError)
    assert.match(error.message, /answered without an upgrade \(does a proxy .* drop the Upgrade header\?\)$/)
    await engine.allClosed()
  })

  it('whose connection is reset is a ConnectionError to its reader', async (test) => {
    const upgraded = deferred<Call>()
    const { client } = await start(test, async (call) => upgraded.resolve(await call.upgrade(RAW)), {
      tcp: true,
    })
    const { socket } = await client.api.containers.attach('x', {})
    const failure = failureOf(text(socket))
    const call = await upgraded.promise
    socket.write('go')
    await call.read()
    await call.reset()
    assert.ok((await failure) instanceof ConnectionError)
    assert.ok((await failureOf(text(socket))) instanceof ConnectionError, 'also for one who comes later')
  })

  it('ends with its signal, whether or not somebody reads it', async (test) => {
    const { engine, client } = await start(test, (call) => void call.upgrade(RAW))
    const reason = new Error('enough')
    for (const read of [true, false]) {
      const abort = new AbortController()
      const { socket } = await client.api.containers.attach('x', {}, { signal: abort.signal })
      const failure = read ? failureOf(text(socket)) : undefined
      abort.abort(reason)
      if (failure !== undefined) assert.equal(await failure, reason)
      else {
        await once(socket, 'close').catch(() => {})
        assert.equal(socket.errored, reason)
      }
    }
    await engine.allClosed()
  })

  it('is not ended by a signal that aborts after it was closed', async (test) => {
    const { client } = await start(test, (call) => ended(call, RAW))
    const abort = new AbortController()
    const { socket } = await client.api.containers.attach('x', {}, { signal: abort.signal })
    await text(socket)
    if (!socket.closed) await once(socket, 'close')
    abort.abort()
    assert.equal(socket.errored, null)
  })

  it('is not timed once it is there', async (test) => {
    const upgraded = deferred<Call>()
    const { client } = await start(test, async (call) => {
      if (call.request.path === '/info') call.takeOver()
      else upgraded.resolve(await call.upgrade(RAW))
    })
    const { socket } = await client.api.containers.attach('x', {}, { timeout: 500 })
    await failureOf(client.info({ timeout: 500 }))
    const call = await upgraded.promise
    await call.write('still here')
    call.socket.end()
    assert.equal(await text(socket), 'still here')
  })
})

async function ended(call: Call, contentType: string): Promise<void> {
  await call.upgrade(contentType)
  call.socket.end()
}

/** As the Engine writes it by hand when it has taken the connection over. */
async function plainNotFound(call: Call): Promise<void> {
  await call.body()
  await call
    .takeOver()
    .write(`HTTP/1.1 404 Not Found\r\nContent-Type: ${RAW}\r\n\r\nNo such container: x\r\n`)
  call.socket.end()
}

async function start(test: TestContext, reply: Script, options: { readonly tcp?: boolean } = {}) {
  const engine = await FakeEngine.start(test, { '*': reply }, options)
  return { engine, client: engine.client(test, { apiVersion: '1.56' }) }
}
