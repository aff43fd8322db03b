import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProtocolError, StreamError } from '#src/index.js'
import { FrameDecoder, type Source } from '#src/stream/index.js'
import { everyCut } from '../support/every-cut.js'
import { frame } from '../support/fake-engine.js'

interface Decoded {
  readonly stdout: string
  readonly stderr: string
  /** Source and bytes in their order, neighbours of one source joined. */
  readonly runs: readonly string[]
  readonly failure: Error | undefined
}

const SENTENCE = Buffer.concat([
  frame(1, 'one '),
  frame(2, 'err '),
  frame(0, 'two '),
  frame(1, ''),
  frame(1, 'thréé'),
  frame(2, ''),
  frame(2, 'or'),
])

type Way = 'decode' | 'decodeRuns' | 'decodeApart'
const WAYS: readonly Way[] = ['decode', 'decodeRuns', 'decodeApart']

describe('FrameDecoder', () => {
  for (const way of WAYS) {
    it(`${way} tells stdout (types 0 and 1) from stderr (type 2), cut anywhere`, () => {
      for (const cut of everyCut(SENTENCE)) {
        const { stdout, stderr, runs, failure } = decode(cut, way)
        assert.deepEqual(
          { stdout, stderr, failure },
          { stdout: 'one two thréé', stderr: 'err or', failure: undefined },
        )
        if (way !== 'decodeApart') {
          assert.deepEqual(runs, ['stdout:one ', 'stderr:err ', 'stdout:two thréé', 'stderr:or'])
        }
      }
    })

    it(`${way} gives what came before the Engine's error and then fails with its text, cut anywhere`, () => {
      const bytes = Buffer.concat([frame(1, 'before'), frame(3, 'disk fûll\n'), frame(1, 'after')])
      for (const cut of everyCut(bytes)) {
        const { stdout, failure } = decode(cut, way)
        assert.equal(stdout, 'before')
        assert.ok(failure instanceof StreamError)
        assert.equal(failure.code, 'ERR_DOCKER_STREAM')
        assert.match(failure.message, /reported an error in the stream: disk fûll$/)
      }
    })
  }

  it('has the bytes that are no frame, from the first of them on, cut anywhere', () => {
    const raw = 'plain text of a tty\n'
    for (const cut of everyCut(Buffer.concat([frame(1, 'framed'), Buffer.from(raw)]))) {
      const decoder = new FrameDecoder()
      let [framed, rest] = ['', '']
      for (const bytes of cut) {
        if (decoder.failure !== undefined) rest += bytes
        else {
          for (const { data } of decoder.decode(bytes)) framed += data
          rest += decoder.rest
        }
      }
      assert.deepEqual([framed, rest], ['framed', raw])
      assert.ok(decoder.failure instanceof ProtocolError)
    }
  })

  it('counts frames of stdin as stderr when it is asked to', () => {
    const [chunk] = new FrameDecoder({ stdin: 'stderr' }).decode(frame(0, 'x'))
    assert.equal(chunk?.source, 'stderr')
  })

  it('passes a frame of 20 MiB on piece by piece, without keeping it', () => {
    const decoder = new FrameDecoder()
    const header = frame(1)
    header.writeUInt32BE(20 * 1024 * 1024, 4)
    assert.deepEqual(decoder.decode(header), [])
    const piece = Buffer.alloc(64 * 1024, 'x')
    for (let sent = 0; sent < 20 * 1024 * 1024; sent += piece.length) {
      const [chunk, ...more] = decoder.decode(piece)
      assert.equal(more.length, 0)
      assert.equal(chunk?.data.buffer, piece.buffer, 'the piece itself is handed on, not a copy')
      assert.equal(chunk?.data.length, piece.length)
    }
    decoder.end()
    assert.equal(decoder.failure, undefined)
    assert.equal(decoder.decode(frame(2, 'next'))[0]?.source, 'stderr')
  })

  it('takes a length with its highest bit set for a large number', () => {
    const header = frame(2)
    header.writeUInt32BE(0xffff_ffff, 4)
    const decoder = new FrameDecoder()
    assert.deepEqual(decoder.decode(Buffer.concat([header, Buffer.from('abc')])), [
      { source: 'stderr', data: Buffer.from('abc') },
    ])
    assert.equal(decoder.failure, undefined)
  })

  it('refuses a first byte that begins no frame as soon as it is here', () => {
    for (const byte of [4, 0x0d, 0x41, 0xff]) {
      const decoder = new FrameDecoder()
      assert.deepEqual(decoder.decode(Buffer.from([byte])), [])
      assert.ok(decoder.failure instanceof ProtocolError)
      assert.match(decoder.failure.message, new RegExp(`cannot begin with byte ${byte} .*tty`))
    }
  })

  it('refuses a header whose padding is not zero, cut anywhere', () => {
    for (const position of [1, 2, 3]) {
      const bad = frame(1, 'x')
      bad[position] = 1
      for (const cut of everyCut(Buffer.concat([frame(1, 'good'), bad]))) {
        const { stdout, failure } = decode(cut, 'decode')
        assert.equal(stdout, 'good')
        assert.ok(failure instanceof ProtocolError)
      }
    }
  })

  it('calls a stream that ends inside a header or a payload truncated', () => {
    const whole = Buffer.concat([frame(1, 'abc'), frame(2, 'defg')])
    const complete = new Set([0, 11, whole.length])
    for (let length = 0; length <= whole.length; length++) {
      const { failure } = decode([whole.subarray(0, length)], 'decode')
      if (complete.has(length)) assert.equal(failure, undefined, `complete at ${length}`)
      else assert.equal((failure as StreamError).code, 'ERR_DOCKER_STREAM_TRUNCATED', `cut at ${length}`)
    }
  })

  it('gives the text of an error frame that was cut short', () => {
    const { failure } = decode([frame(3, 'out of space').subarray(0, 14)], 'decode')
    assert.match(String(failure), /StreamError: .*: out of$/)
  })

  it('says so when an error frame has no text', () => {
    assert.match(String(decode([frame(3)], 'decode').failure), /\(no text\)$/)
  })

  it('keeps no more than 64 KiB of an error', () => {
    const { failure } = decode(everyThousand(frame(3, 'e'.repeat(200_000))), 'decode')
    const kept = /e+$/.exec(failure?.message ?? '')?.[0].length
    assert.equal(kept, 64 * 1024)
  })

  it('decodes nothing more after a failure', () => {
    const decoder = new FrameDecoder()
    decoder.decode(frame(3, 'over'))
    const { failure } = decoder
    assert.deepEqual(decoder.decode(frame(1, 'late')), [])
    decoder.end()
    assert.equal(decoder.failure, failure)
  })
})

function decode(pieces: Iterable<Buffer>, way: Way): Decoded {
  const decoder = new FrameDecoder()
  const apart: Record<Source, Buffer[]> = { stdout: [], stderr: [] }
  const runs: { source: Source; data: Buffer[] }[] = []
  for (const bytes of pieces) {
    for (const { source, data } of decodeIn(decoder, bytes, way)) {
      apart[source].push(data)
      const last = runs.at(-1)
      if (last?.source === source) last.data.push(data)
      else runs.push({ source, data: [data] })
    }
  }
  decoder.end()
  return {
    stdout: Buffer.concat(apart.stdout).toString(),
    stderr: Buffer.concat(apart.stderr).toString(),
    runs: runs.map(({ source, data }) => `${source}:${Buffer.concat(data)}`),
    failure: decoder.failure,
  }
}

function decodeIn(decoder: FrameDecoder, bytes: Buffer, way: Way) {
  if (way !== 'decodeApart') return decoder[way](bytes)
  const { stdout, stderr } = decoder.decodeApart(bytes)
  return [
    ...(stdout === undefined ? [] : [{ source: 'stdout' as const, data: stdout }]),
    ...(stderr === undefined ? [] : [{ source: 'stderr' as const, data: stderr }]),
  ]
}

function* everyThousand(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}
