import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Writable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { describe, it, type TestContext } from 'node:test'
import { ApiError, ConnectionError, type DockerClient, ProtocolError } from '#src/index.js'
import { everyCut } from '../support/every-cut.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  chunkedHead,
  FakeEngine,
  json,
  type Script,
} from '../support/fake-engine.js'

const HEAD = chunkedHead('application/x-tar')
const SMALL = Buffer.concat([Buffer.from(HEAD), chunk('one'), chunk('two'), chunk()])
const EXPORT = 'GET /containers/c/export'

/** Over a socket and over a port: these are read into memory of our own, and not by Node's parser. */
for (const tcp of [false, true]) {
  describe(`a large answer over ${tcp ? 'TCP' : 'a socket'}`, () => {
    it('is the content of its chunks, for every cut of the bytes', async (test) => {
      const cuts = [...everyCut(SMALL)]
      let turn = 0
      const { client } = await start(test, tcp, async (call) => {
        for (const part of cuts[turn++] ?? []) await call.write(part)
      })
      for (const _cut of cuts) assert.equal(await text(await exported(client)), 'onetwo')
    })

    it('arrives whole when it is larger than everything on the way', async (test) => {
      const piece = Buffer.alloc(100_003, 'a large answer ')
      const { client } = await start(test, tcp, async (call) => {
        await call.write(HEAD)
        for (let index = 0; index < 100; index++) await call.write(chunk(piece))
        await call.write(chunk())
      })
      const arrived = await buffer(await exported(client))
      assert.equal(arrived.length, piece.length * 100)
      assert.ok(arrived.subarray(-piece.length).equals(piece))
    })

    it('has a connection of its own, which ends with it', async (test) => {
      const { client, engine } = await start(test, tcp, (call) => void call.write(SMALL))
      await text(await exported(client))
      const { connection, headers } = engine.last
      assert.equal(headers.connection, 'close')
      await engine.closed(connection)
      await client.ping()
      assert.equal(engine.requests.filter((request) => request.connection === connection).length, 1)
    })
  })
}

describe('a large answer', () => {
  it('comes behind any number of interim answers', async (test) => {
    const interim = Buffer.from('HTTP/1.1 102 Processing\r\n\r\n'.repeat(50_000))
    const { client } = await start(test, false, (call) => void call.write(Buffer.concat([interim, SMALL])))
    assert.equal(await text(await exported(client)), 'onetwo')
  })

  it('holds the Engine back until it is read', async (test) => {
    const piece = chunk(Buffer.alloc(256 * 1024))
    let sent = 0
    const over = deferred<void>()
    const { client } = await start(test, false, async (call) => {
      await call.write(HEAD)
      for (; sent < 200; sent++) await call.write(piece)
      await call.write(chunk())
      over.resolve()
    })
    const stream = await exported(client)
    let length = 0
    let most = 0
    const slow = new Writable({
      write(bytes: Buffer, _encoding, done) {
        length += bytes.length
        most = Math.max(most, sent * 256 * 1024 - length)
        setImmediate(done)
      },
    })
    await pipeline(stream, slow)
    await over.promise
    assert.equal(length, 200 * 256 * 1024)
    assert.ok(most < 4 * 1024 * 1024, `${most} bytes were on their way`)
  })

  it('is read after the head alone, and after interim heads', async (test) => {
    const next = deferred<void>()
    const { client } = await start(test, false, async (call) => {
      await call.write(`HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n${HEAD}`)
      await next.promise
      await call.write(Buffer.concat([chunk('late'), chunk()]))
    })
    const stream = await exported(client)
    const read = text(stream)
    next.resolve()
    assert.equal(await read, 'late')
  })

  for (const [what, script] of Object.entries<Script>({
    'has a length': answer(200, {}, 'onetwo'),
    'ends with its connection': async (call) => {
      await call.takeOver().write('HTTP/1.1 200 OK\r\n\r\nonetwo')
      call.socket.end()
    },
  })) {
    it(`may be one that ${what}`, async (test) => {
      const { client } = await start(test, false, script)
      assert.equal(await text(await exported(client)), 'onetwo')
    })
  }

  it('is an error in the words of the Engine, with and without chunks', async (test) => {
    const words = JSON.stringify({ message: 'no such container: c' })
    const head = HEAD.replace('200 Status', '404 Not Found')
    const inChunks = Buffer.concat([Buffer.from(head), chunk(words), chunk()])
    for (const script of [
      json({ message: 'no such container: c' }, 404),
      (call: Call) => void call.write(inChunks),
    ]) {
      const { client } = await start(test, false, script)
      const error = await failureOf(exported(client))
      assert.ok(error instanceof ApiError)
      assert.match(error.message, /no such container: c/)
    }
  })

  for (const [where, part] of Object.entries({
    'in its head': HEAD.slice(0, 40),
    'before its body': HEAD,
    'in a size': `${HEAD}1`,
    'in a chunk': `${HEAD}6\r\none`,
    'between two chunks': `${HEAD}3\r\none\r\n`,
    'before its last line': `${HEAD}3\r\none\r\n0\r\n`,
  })) {
    it(`rejects when the connection is lost ${where}`, async (test) => {
      const { client } = await start(test, false, async (call) => {
        await call.write(part)
        call.cut()
      })
      const error = await failureOf(exported(client).then(text))
      assert.ok(error instanceof ConnectionError, String(error))
      assert.match(error.message, /the connection was lost before the answer was complete$/)
    })
  }

  it('rejects when its body is not made of chunks', async (test) => {
    const { client, engine } = await start(
      test,
      false,
      (call) => void call.takeOver().write(`${HEAD}no chunk`),
    )
    const error = await failureOf(exported(client).then(text))
    assert.ok(error instanceof ProtocolError, String(error))
    await engine.closed(1)
  })

  it('closes its connection when it is left, aborted, or its client is closed', async (test) => {
    const reason = new Error('enough')
    for (const leave of [
      async (client: DockerClient) => {
        for await (const _piece of await exported(client)) break
      },
      async (client: DockerClient) => {
        const controller = new AbortController()
        const stream = await (await client.containers.ref('c')).export({ signal: controller.signal })
        await once(stream, 'data')
        const failed = failureOf(text(stream))
        controller.abort(reason)
        assert.equal(await failed, reason)
      },
      async (client: DockerClient) => {
        const failed = failureOf(exported(client).then(text))
        await client.ping()
        await client.close()
        assert.ok((await failed) instanceof ConnectionError)
      },
    ]) {
      const { client, engine } = await start(test, false, async (call) => {
        await call.takeOver().write(Buffer.concat([Buffer.from(HEAD), chunk('one')]))
      })
      await client.ping()
      await leave(client)
      await engine.closed(1)
    }
  })

  it('is given up before its head', async (test) => {
    const asked = deferred<void>()
    const { client, engine } = await start(test, false, (call) => {
      call.takeOver()
      asked.resolve()
    })
    const controller = new AbortController()
    const failed = failureOf(client.containers.ref('c').export({ signal: controller.signal }))
    await asked.promise
    controller.abort(new Error('enough'))
    assert.match(String(await failed), /enough/)
    await engine.closed(1)
  })
})

async function start(test: TestContext, tcp: boolean, script: Script) {
  const engine = await FakeEngine.start(test, { [EXPORT]: script }, { tcp })
  return { engine, client: engine.client(test) }
}

function exported(client: DockerClient) {
  return client.containers.ref('c').export()
}
