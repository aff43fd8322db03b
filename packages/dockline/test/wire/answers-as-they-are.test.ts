import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { encodedPath, path } from '#src/doors/api.js'
import { ConnectionError, InvalidArgumentError, TimeoutError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { answer, chunk, chunkedHead, empty, FakeEngine, json } from '../support/fake-engine.js'

describe('an answer as it is', () => {
  it('tells a status that others take for success or failure', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /containers/x/start': empty(304),
      'GET /info': json({ message: 'no' }, 500),
    })
    const { http } = engine.client(test).api
    const started = await http.answer({ method: 'POST', path: path`/containers/x/start`, versioned: false })
    assert.deepEqual([started.status, await text(started.stream)], [304, ''])
    const failed = await http.answer({ method: 'GET', path: path`/info` })
    assert.deepEqual([failed.status, failed.headers['content-type']], [500, 'application/json'])
    assert.equal(await text(failed.stream), '{"message":"no"}')
    assert.equal(failed.socket, undefined)
  })

  it('is the connection where the Engine upgrades, and the plain answer where it does not', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /exec/up/start': async (call) => {
        await call.upgrade('text/plain', Buffer.from('early '))
        await call.write(await call.rest())
        call.socket.end()
      },
      'POST /exec/down/start': answer(200, {}, 'plain'),
    })
    const { http } = engine.client(test).api
    const up = await http.answer({ method: 'POST', path: path`/exec/up/start`, upgrade: 'tcp' })
    assert.equal(up.status, 101)
    assert.ok(up.socket)
    up.socket.end('typed')
    assert.equal(await text(up.socket), 'early typed')
    const down = await http.answer({ method: 'POST', path: path`/exec/down/start`, upgrade: 'tcp' })
    assert.deepEqual([down.status, down.socket, await text(down.stream)], [200, undefined, 'plain'])
  })

  it('takes a path and a query that are written already', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /v5.0.0/libpod/info': json({}) })
    const { http } = engine.client(test).api
    await http.answer({
      method: 'GET',
      path: encodedPath('/v5.0.0/libpod/info'),
      query: 'a=b%20c&a=true',
      versioned: false,
    })
    assert.equal(engine.last.target, '/v5.0.0/libpod/info?a=b%20c&a=true')
    for (const wrong of ['', 'info', '/a b', '/a?b', '/ü', '/a\r\nHost: x'])
      assert.throws(() => encodedPath(wrong), InvalidArgumentError)
  })

  it("has errors of the stream in Node's words, and those before it in ours", async (test) => {
    const engine = await FakeEngine.start(test, {
      'GET /events': async (call) => {
        await call.write(Buffer.concat([Buffer.from(chunkedHead('text/plain')), chunk('part')]))
        call.cut()
      },
      'GET /info': (call) => call.cut(),
    })
    const { http } = engine.client(test).api
    const { stream } = await http.answer({ method: 'GET', path: path`/events` })
    const cut = (await failureOf(text(stream))) as NodeJS.ErrnoException
    assert.equal(cut.code, 'ECONNRESET')
    assert.ok((await failureOf(http.answer({ method: 'GET', path: path`/info` }))) instanceof ConnectionError)
  })

  it('is given up when the connection is silent for too long, before and in the midst of it', async (test) => {
    const engine = await FakeEngine.start(test, {
      'GET /info': (call) => call.closed,
      'GET /events': async (call) => {
        await call.write(Buffer.concat([Buffer.from(chunkedHead('text/plain')), chunk('part')]))
        await call.closed
      },
    })
    const { http } = engine.client(test).api
    const silent = { method: 'GET', idleTimeout: 100, versioned: false } as const
    const before = await failureOf(http.answer({ ...silent, path: path`/info` }))
    assert.ok(before instanceof TimeoutError && before.timeout === 100)
    const { stream } = await http.answer({ ...silent, path: path`/events` })
    assert.ok((await failureOf(text(stream))) instanceof TimeoutError)
  })

  it('is aborted by the signal of the call', async (test) => {
    const engine = await FakeEngine.start(test, {
      'POST /exec/x/start': async (call) => {
        await call.upgrade()
        await call.closed
      },
    })
    const reason = new Error('enough')
    const leaving = new AbortController()
    const { socket } = await engine.client(test).api.http.answer({
      method: 'POST',
      path: path`/exec/x/start`,
      upgrade: 'tcp',
      signal: leaving.signal,
    })
    assert.ok(socket)
    leaving.abort(reason)
    assert.equal(await failureOf(text(socket)), reason)
  })
})
