import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { readPieces } from '#src/doors/syntax.js'
import { ConnectionError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { chunk, chunkedHead, FakeEngine, type Script } from '../support/fake-engine.js'

const HEAD = chunkedHead('application/x-tar')
/** Of no length that divides the memory of a connection, and each other than the one before. */
const PIECES = Array.from({ length: 100 }, (_, index) => Buffer.alloc(100_003, `the piece ${index} `))
const WHOLE = Buffer.concat(PIECES)
/** Shorter pieces of a connection have memory of their own. */
const SMALL_BYTES = 4096

for (const tcp of [false, true]) {
  describe(`readPieces, of a tar over ${tcp ? 'TCP' : 'a socket'}`, () => {
    it('gives all of it, from the same memory', async (test) => {
      const stream = await exported(test, sendAll, tcp)
      const copies: Buffer[] = []
      const memories = new Set<ArrayBufferLike>()
      await readPieces(stream, (piece) => {
        copies.push(Buffer.from(piece))
        if (piece.length >= SMALL_BYTES) memories.add(piece.buffer)
      })
      assert.ok(Buffer.concat(copies).equals(WHOLE))
      assert.ok(memories.size <= 2, `${memories.size} pieces of memory`)
    })
  })
}

describe('readPieces', () => {
  it('changes nothing that another reader of the stream keeps', async (test) => {
    const stream = await exported(test, sendAll)
    const kept: Buffer[] = []
    stream.on('data', (piece: Buffer) => kept.push(piece))
    await readPieces(stream, () => {})
    assert.ok(Buffer.concat(kept).equals(WHOLE))
  })

  it('gives all of it when it is paused at each piece', async (test) => {
    const stream = await exported(test, sendAll)
    const copies: Buffer[] = []
    await readPieces(stream, (piece) => {
      copies.push(Buffer.from(piece))
      stream.pause()
      setImmediate(() => stream.resume())
    })
    assert.ok(Buffer.concat(copies).equals(WHOLE))
  })

  it('rejects with what its callback throws, and closes the connection', async (test) => {
    const engine = await FakeEngine.start(test, { [EXPORT]: sendAll })
    const stream = await engine.client(test).containers.ref('c').export()
    const full = new Error('the disk is full')
    const failed = failureOf(
      readPieces(stream, () => {
        throw full
      }),
    )
    assert.equal(await failed, full)
    await engine.closed(engine.last.connection)
  })

  it('rejects when the connection is lost', async (test) => {
    const stream = await exported(test, async (call) => {
      await call.write(Buffer.concat([Buffer.from(HEAD), chunk('one')]))
      call.cut()
    })
    assert.ok((await failureOf(readPieces(stream, () => {}))) instanceof ConnectionError)
  })

  it('reads any other stream too', async () => {
    const texts: string[] = []
    await readPieces(Readable.from([Buffer.from('one'), Buffer.from('two')]), (piece) =>
      texts.push(piece.toString()),
    )
    assert.deepEqual(texts, ['one', 'two'])
  })
})

const EXPORT = 'GET /containers/c/export'

const sendAll: Script = async (call) => {
  await call.write(HEAD)
  for (const piece of PIECES) await call.write(chunk(piece))
  await call.write(chunk())
}

async function exported(test: TestContext, script: Script, tcp = false): Promise<Readable> {
  const engine = await FakeEngine.start(test, { [EXPORT]: script }, { tcp })
  return engine.client(test).containers.ref('c').export()
}
