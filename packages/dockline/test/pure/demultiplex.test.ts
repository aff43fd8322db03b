import assert from 'node:assert/strict'
import { PassThrough, Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { demultiplex } from '#src/doors/syntax.js'
import { ProtocolError, StreamError } from '#src/index.js'
import { everyCut } from '../support/every-cut.js'
import { failureOf } from '../support/failure.js'
import { frame } from '../support/fake-engine.js'

describe('demultiplex', () => {
  it('writes stdout and stderr apart, cut anywhere, and does not end them', async () => {
    const bytes = Buffer.concat([frame(1, 'one '), frame(2, 'err'), frame(1, 'two')])
    for (const cut of everyCut(bytes)) {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()]
      await demultiplex(Readable.from(cut), stdout, stderr)
      assert.deepEqual([stdout.writableEnded, stderr.writableEnded], [false, false])
      assert.deepEqual([await text(stdout.end()), await text(stderr.end())], ['one two', 'err'])
    }
  })

  it('waits for a slow destination', async () => {
    let held = 0
    const slow = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => {
        held = Math.max(held, slow.writableLength)
        setImmediate(done)
      },
    })
    const source = Readable.from(Array.from({ length: 500 }, () => frame(1, 'x'.repeat(1000))))
    await demultiplex(source, slow)
    // Pieces that come together are joined, up to 64 KiB and the last one.
    assert.ok(held <= 80 * 1024, `${held} bytes waited`)
  })

  it('rejects for a frame that is cut short, an error of the Engine and bytes that are no frames', async () => {
    const whole = frame(1, 'whole')
    const sink = new PassThrough().resume()
    const rejected = (bytes: Buffer) => failureOf(demultiplex(Readable.from([bytes]), sink))
    assert.ok((await rejected(whole.subarray(0, 10))) instanceof StreamError)
    assert.match(String(await rejected(Buffer.concat([whole, frame(3, 'disk full')]))), /disk full/)
    assert.ok((await rejected(Buffer.from('a tty'))) instanceof ProtocolError)
  })

  it('closes the source when its signal aborts', async () => {
    const source = new PassThrough()
    const reason = new Error('enough')
    const leaving = new AbortController()
    const work = demultiplex(source, new PassThrough(), undefined, { signal: leaving.signal })
    leaving.abort(reason)
    assert.equal(await failureOf(work), reason)
    assert.equal(source.destroyed, true)
  })
})
