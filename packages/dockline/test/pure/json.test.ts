import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { ProtocolError, StreamError } from '#src/index.js'
import { JsonDecoder, jsonValues } from '#src/stream/index.js'
import { everyCut } from '../support/every-cut.js'

const VALUES = [
  { status: 'Pulling', id: 'añ😀' },
  { text: 'braces } ] { [ in a string', quote: 'say "}" \\', nested: { list: [1, [2, { a: null }]] } },
  [],
  { unicode: '\u2028\u0000' },
  {},
]
const [FIRST, ...OTHERS] = VALUES.map((value) => JSON.stringify(value))

describe('JsonDecoder', () => {
  for (const [name, text] of [
    ['one on each line', VALUES.map((value) => `${JSON.stringify(value)}\n`).join('')],
    ['lines that end in \\r\\n', VALUES.map((value) => `${JSON.stringify(value)}\r\n`).join('')],
    ['nothing between them', VALUES.map((value) => JSON.stringify(value)).join('')],
    ['a record separator before each', VALUES.map((value) => `\x1e${JSON.stringify(value)}\n`).join('')],
    ['a null before each', VALUES.map((value) => `null${JSON.stringify(value)}\n`).join('')],
    ['no newline after the last', [FIRST, ...OTHERS].join('\n')],
    [
      'white space within and around',
      VALUES.map((value) => `\t ${JSON.stringify(value, null, 2)} \n\n`).join(''),
    ],
  ] as const) {
    it(`reads values with ${name}, cut anywhere`, () => {
      for (const cut of everyCut(Buffer.from(text))) assert.deepEqual(decode(cut), VALUES)
    })
  }

  it('calls a stream that ends inside a value truncated', () => {
    const text = Buffer.from(`${FIRST}{"a":"}"}`)
    const complete = new Set([0, Buffer.byteLength(FIRST ?? ''), text.length])
    for (let length = 0; length <= text.length; length++) {
      const pieces = [text.subarray(0, length)]
      if (complete.has(length)) assert.doesNotThrow(() => decode(pieces))
      else assert.throws(() => decode(pieces), { code: 'ERR_DOCKER_STREAM_TRUNCATED' })
    }
  })

  for (const [name, text] of [
    ['a web page', '<html><body>504 Gateway Time-out</body></html>'],
    ['plain text', 'upstream connect error'],
    ['a value that is none', '{"a":nope}'],
    ['brackets that do not match', '{"a":1]'],
    ['an end without a beginning', ']'],
    ['a bare word', 'nothing'],
    ['half a null', 'nul nothing'],
    ['a value in a null', 'nu{}ll'],
  ] as const) {
    it(`refuses ${name} and quotes it`, () => {
      assert.throws(
        () => decode([Buffer.from(text)]),
        (error) => error instanceof ProtocolError && error.message.includes(text.slice(0, 20)),
      )
    })
  }

  it('quotes no more than the beginning of what it refuses', () => {
    assert.throws(
      () => decode([Buffer.from('x'.repeat(100_000))]),
      (error) => error instanceof ProtocolError && error.message.length < 200,
    )
  })

  it('gives the values before bytes that are none, cut anywhere', async () => {
    for (const cut of everyCut(Buffer.from('{"a":1}{"a":2}<html>'))) {
      const seen: unknown[] = []
      await assert.rejects(async () => {
        for await (const value of jsonValues(Readable.from(cut.filter(({ length }) => length > 0))))
          seen.push(value)
      }, ProtocolError)
      assert.deepEqual(seen, [{ a: 1 }, { a: 2 }])
    }
  })

  it('reads a value of 60 MB that comes in many pieces', () => {
    const text = 'x'.repeat(10_000)
    const decoder = new JsonDecoder<{ a: string[] }>()
    const piece = Buffer.from(`"${text}",`)
    for (const _none of decoder.decode(Buffer.from('{"a":['))) assert.fail('before its end')
    for (let sent = 0; sent < 6000; sent++) {
      for (const _none of decoder.decode(piece)) assert.fail('before its end')
    }
    const [value, ...more] = decoder.decode(Buffer.from('""]}{'))
    assert.deepEqual([value?.a.length, value?.a.at(-2), more], [6001, text, []])
  })

  it('makes of the text of a value what it is told to', () => {
    const decoder = new JsonDecoder({ parse: (text) => text })
    assert.deepEqual([...decoder.decode(Buffer.from('{"a": 1}\n[2] '))], ['{"a": 1}', '[2]'])
  })

  it('refuses a value that does not end within 128 MiB', () => {
    const decoder = new JsonDecoder()
    const piece = Buffer.alloc(1024 * 1024, 'x')
    assert.deepEqual([...decoder.decode(Buffer.from('{"a":"'))], [])
    assert.throws(() => {
      for (let sent = 0; sent < 130; sent++) for (const _value of decoder.decode(piece));
    }, ProtocolError)
  })
})

describe('jsonValues', () => {
  it('gives the values before an end that came too early, then fails', async () => {
    const seen: unknown[] = []
    await assert.rejects(async () => {
      for await (const value of jsonValues(Readable.from([Buffer.from('{"a":1}{"a"')]))) seen.push(value)
    }, StreamError)
    assert.deepEqual(seen, [{ a: 1 }])
  })

  it('destroys its source when the loop is left', async () => {
    const source = new Readable({ read() {} })
    source.push('{"a":1}{"a":2}')
    for await (const value of jsonValues(source)) {
      assert.deepEqual(value, { a: 1 })
      break
    }
    assert.equal(source.destroyed, true)
  })
})

function decode(pieces: Iterable<Buffer>): unknown[] {
  const decoder = new JsonDecoder()
  const values: unknown[] = []
  for (const bytes of pieces) values.push(...decoder.decode(bytes))
  decoder.end()
  return values
}
