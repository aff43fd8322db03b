import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProtocolError } from '#src/index.js'
import { ChunkedDecoder } from '#src/stream/chunked.js'
import { everyCut } from '../support/every-cut.js'

const BODIES: Readonly<Record<string, readonly [wire: string, content: string]>> = {
  'chunks of any size': ['3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n', 'abc0123456789abcdef'],
  'sizes in upper case and with zeros': ['00A\r\n0123456789\r\n000\r\n\r\n', '0123456789'],
  'extensions and blanks behind a size': ['1;a=b\r\nx\r\n1 \t\r\ny\r\n0;last\r\n\r\n', 'xy'],
  'ends of lines in the content': ['4\r\n\r\n0\r\r\n0\r\n\r\n', '\r\n0\r'],
  'trailers behind the last chunk': ['1\r\nx\r\n0\r\nChecksum: 1\r\nMore: 0\r\n\r\n', 'x'],
  'no content': ['0\r\n\r\n', ''],
}

const WRONG: Readonly<Record<string, string>> = {
  'no size': '\r\n',
  'a size that is no number': 'xyz\r\n',
  'a size below zero': '-1\r\n',
  'a size with a sign': '+1\r\nx',
  'a size that is too large to count': `${'f'.repeat(14)}\r\n`,
  'a size without its end of line': '1\rx',
  'an extension that ends without a return': '1;a\nx',
  'content that is longer than its size': '1\r\nxy\r\n',
  'content that ends without a return': '1\r\nx\n',
  'a trailer that ends without a return': '0\r\na: b\n',
  'an end that is none': '0\r\n\rx',
}

describe('ChunkedDecoder', () => {
  for (const [what, [wire, content]] of Object.entries(BODIES)) {
    it(`reads ${what}, for every cut of the bytes`, () => {
      for (const parts of everyCut(Buffer.from(wire))) {
        const { decoder, body } = decode(parts)
        assert.equal(body, content)
        assert.ok(decoder.isOver)
      }
    })

    it(`never takes a beginning for the whole of ${what}`, () => {
      for (let length = 0; length < wire.length; length++)
        assert.ok(!decode([Buffer.from(wire.slice(0, length))]).decoder.isOver, `after ${length} bytes`)
    })
  }

  for (const [what, wire] of Object.entries(WRONG)) {
    it(`refuses ${what}, for every cut of the bytes`, () => {
      for (const parts of everyCut(Buffer.from(wire))) assert.throws(() => decode(parts), ProtocolError)
    })
  }

  it('ignores what follows the end', () => {
    assert.equal(decode([Buffer.from('1\r\nx\r\n0\r\n\r\nHTTP/1.1 200')]).body, 'x')
  })

  it('copies nothing', () => {
    const bytes = Buffer.from('3\r\nabc\r\n0\r\n\r\n')
    new ChunkedDecoder().decode(bytes, (piece) => assert.equal(piece.buffer, bytes.buffer))
  })
})

function decode(parts: readonly Buffer[]): { readonly decoder: ChunkedDecoder; readonly body: string } {
  const decoder = new ChunkedDecoder()
  let body = ''
  for (const part of parts) {
    decoder.decode(part, (piece) => {
      body += piece.toString('latin1')
    })
  }
  return { decoder, body }
}
