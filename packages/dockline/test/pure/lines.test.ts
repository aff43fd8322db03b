import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LineDecoder } from '#src/stream/index.js'
import { everyCut } from '../support/every-cut.js'

describe('LineDecoder', () => {
  for (const [name, text, lines] of [
    ['ends lines at \\n', 'a\nbc\n', ['a', 'bc']],
    ['ends lines at \\r\\n', 'a\r\nbc\r\n', ['a', 'bc']],
    ['keeps empty lines', '\n\r\n\nx\n', ['', '', '', 'x']],
    ['gives a last line that nothing ended', 'a\nrest', ['a', 'rest']],
    ['keeps a \\r inside a line', '10%\r20%\r30%\ndone\n', ['10%\r20%\r30%', 'done']],
    ['keeps characters of two, three and four bytes whole', 'ä€😀\n日本\n', ['ä€😀', '日本']],
    ['has nothing to give of nothing', '', []],
  ] as const) {
    it(`${name}, cut anywhere`, () => {
      for (const cut of everyCut(Buffer.from(text))) assert.deepEqual(decode(cut), lines)
    })
  }

  it('shows half a character at the end as the replacement character', () => {
    assert.deepEqual(decode([Buffer.from('a\n€').subarray(0, 4)]), ['a', '\ufffd'])
  })

  it('passes on a line without end in parts of 1 MiB', () => {
    const decoder = new LineDecoder()
    const piece = Buffer.alloc(64 * 1024, 'x')
    const parts: string[] = []
    for (let sent = 0; sent < 40; sent++) parts.push(...decoder.decode(piece))
    assert.deepEqual(
      parts.map(({ length }) => length),
      [1024 * 1024, 1024 * 1024],
    )
    assert.deepEqual(decoder.decode(Buffer.from('end\n')), [`${'x'.repeat(512 * 1024)}end`])
  })

  it('loses nothing where a long line is parted', () => {
    for (const text of [`${'x'.repeat(1024 * 1024 - 1)}\r😀`, `${'x'.repeat(1024 * 1024 - 1)}😀y`]) {
      const parts = decode([Buffer.from(text)])
      assert.ok(parts.join('') === text)
      assert.ok(Buffer.from(parts[0] ?? '').toString() === parts[0], 'no character is torn apart')
    }
  })
})

function decode(pieces: Iterable<Buffer>): string[] {
  const decoder = new LineDecoder()
  const lines: string[] = []
  for (const bytes of pieces) lines.push(...decoder.decode(bytes))
  return [...lines, ...decoder.end()]
}
