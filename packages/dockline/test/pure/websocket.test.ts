import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { ProtocolError, StreamError } from '#src/index.js'
import { WebSocketStream } from '#src/stream/websocket.js'
import { everyCut } from '../support/every-cut.js'
import { failureOf } from '../support/failure.js'
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  clientFrames,
  closeFrame,
  PING,
  PONG,
  serverFrame,
  TEXT,
} from '../support/websocket-frames.js'

/** Everything that a server may do, and what it comes to. */
const CONVERSATION = [
  serverFrame(BINARY, 'binary '),
  serverFrame(PING, 'there?'),
  serverFrame(TEXT, Buffer.from([0xff, 0xfe, 0x20])),
  serverFrame(BINARY),
  serverFrame(BINARY, 'in ', 0),
  serverFrame(PING),
  serverFrame(CONTINUATION, 'three ', 0),
  serverFrame(PONG, 'unasked'),
  serverFrame(CONTINUATION, 'pieces '),
  serverFrame(BINARY, 'x'.repeat(300)),
]
const CONTENT = Buffer.concat([
  Buffer.from('binary '),
  Buffer.from([0xff, 0xfe, 0x20]),
  Buffer.from(`in three pieces ${'x'.repeat(300)}`),
])

describe('a WebSocket of the Engine', () => {
  it('is one stream of bytes, wherever it is cut', async () => {
    for (const pieces of everyCut(Buffer.concat([...CONVERSATION, closeFrame(1000)]))) {
      const server = new Server(pieces)
      assert.deepEqual(await buffer(server.stream), CONTENT)
    }
  })

  it('that ends before its close frame was cut short, wherever that is', async () => {
    const whole = Buffer.concat([...CONVERSATION, closeFrame(1000)])
    for (let at = 0; at < whole.length; at++) {
      const error = await failureOf(buffer(new Server([whole.subarray(0, at)]).stream))
      assert.ok(error instanceof StreamError)
      assert.equal(error.code, 'ERR_DOCKER_STREAM_TRUNCATED')
    }
  })

  it('may be large at once', async () => {
    const payload = randomBytes(1024 * 1024)
    const server = new Server([Buffer.concat([serverFrame(BINARY, payload), closeFrame(1000)])])
    assert.ok((await buffer(server.stream)).equals(payload))
  })

  it('answers pings, and the close with the same code', async () => {
    const server = new Server([...CONVERSATION, closeFrame(1000)])
    await buffer(server.stream)
    const frames = clientFrames(server.heard)
    assert.ok(frames.every(({ masked, final }) => masked && final))
    assert.deepEqual(
      frames.map(({ opcode, payload }) => [opcode, payload.toString('latin1')]),
      [
        [PONG, 'there?'],
        [PONG, ''],
        [CLOSE, '\x03\xe8'],
      ],
    )
  })

  it('may close without saying why', async () => {
    const server = new Server([serverFrame(BINARY, 'all'), serverFrame(CLOSE)])
    assert.equal((await buffer(server.stream)).toString(), 'all')
    assert.deepEqual(clientFrames(server.heard).at(-1)?.payload.length, 0)
  })

  for (const [code, reason, message] of [
    [1001, '', /the Engine closed the WebSocket with 1001$/],
    [1011, 'no memory', /the Engine closed the WebSocket with 1011: no memory$/],
  ] as const) {
    it(`that is closed with ${code} has failed`, async () => {
      const server = new Server([serverFrame(BINARY, 'some'), closeFrame(code, reason)])
      const error = await failureOf(buffer(server.stream))
      assert.ok(error instanceof StreamError)
      assert.match(error.message, message)
    })
  }

  for (const [name, bytes] of [
    ['a mask, which a server has not', Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5])],
    ['a reserved bit', serverFrame(BINARY, 'x', 0xc0)],
    ['an opcode that is none', serverFrame(3, 'x')],
    ['a continuation of nothing', serverFrame(CONTINUATION, 'x')],
    ['a message within a message', Buffer.concat([serverFrame(BINARY, 'x', 0), serverFrame(BINARY, 'y')])],
    ['a ping in pieces', serverFrame(PING, 'x', 0)],
    ['a ping that is too long', serverFrame(PING, 'x'.repeat(126))],
    ['a close of one byte', serverFrame(CLOSE, 'x')],
    ['a close code that nobody sends', closeFrame(1005)],
    ['a message larger than memory', Buffer.from([0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0])],
    ['a length that is no number', Buffer.from([0x82, 127, 255, 255, 255, 255, 0, 0, 0, 0])],
    ['HTTP', Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n')],
  ] as const) {
    it(`with ${name} is a ProtocolError, and is told so`, async () => {
      for (const pieces of [[bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
        const server = new Server([serverFrame(BINARY, 'good'), ...pieces], { open: true })
        const error = await failureOf(buffer(server.stream))
        assert.ok(error instanceof ProtocolError, String(error))
        assert.match(error.message, /^the Engine sent what is no WebSocket: /)
        assert.deepEqual(
          clientFrames(server.heard).map(({ opcode, payload }) => [opcode, payload.readUInt16BE()]),
          [[CLOSE, 1002]],
        )
        assert.equal(server.destroyed, true)
      }
    })
  }

  it('takes what is written in masked messages, and leaves it as it is', async () => {
    const server = new Server([], { open: true })
    const input = randomBytes(200_000)
    const before = Buffer.from(input)
    server.stream.end(input)
    await once(server.stream, 'finish')
    const frames = clientFrames(server.heard)
    assert.ok(input.equals(before))
    assert.ok(frames.every(({ masked, payload }) => masked && payload.length <= 65_536))
    const messages = frames.filter(({ opcode }) => opcode === BINARY)
    assert.ok(Buffer.concat(messages.map(({ payload }) => payload)).equals(input))
    assert.equal(frames.at(-1)?.opcode, CLOSE)
  })

  it('still gives what comes after its end was written, and sends nothing more', async () => {
    const server = new Server([], { open: true })
    server.stream.end('last words')
    await once(server.stream, 'finish')
    server.say(serverFrame(PING), serverFrame(BINARY, 'an answer'), closeFrame(1000))
    assert.equal((await buffer(server.stream)).toString(), 'an answer')
    assert.deepEqual(
      clientFrames(server.heard).map(({ opcode }) => opcode),
      [BINARY, CLOSE],
    )
  })

  it('holds back a server whose messages nobody reads', async () => {
    const server = new Server([], { open: true })
    const message = serverFrame(BINARY, Buffer.alloc(1024))
    server.stream.pause()
    let taken = 0
    while (server.readableFlowing && taken < 10_000) {
      server.say(message)
      await new Promise((resolve) => setImmediate(resolve))
      taken += 1
    }
    assert.ok(taken < 100, `${taken} KiB`)
    server.say(closeFrame(1000))
    assert.equal((await buffer(server.stream)).length, taken * 1024)
  })

  it('holds back a writer whose messages nobody takes', async () => {
    const server = new Server([], { open: true, deaf: true })
    server.stream.write(Buffer.alloc(1024 * 1024))
    assert.equal(server.stream.writableNeedDrain, true)
    assert.ok(server.writableLength <= 65_536 + 14, String(server.writableLength))
    server.listen()
    await once(server.stream, 'drain')
    assert.equal(Buffer.concat(clientFrames(server.heard).map(({ payload }) => payload)).length, 1024 * 1024)
  })

  it('does not lose the output when the writing fails after the Engine has closed', async () => {
    const server = new Server([serverFrame(BINARY, 'the end'), closeFrame(1000)], { open: true, deaf: true })
    server.stream.write('too late')
    server.stream.write('and this')
    await once(server.stream, 'readable')
    server.destroy(new Error('write EPIPE'))
    assert.equal((await buffer(server.stream)).toString(), 'the end')
  })
})

/** The connection, with a server at its other end that says what it is told to. */
class Server extends Duplex {
  readonly stream: WebSocketStream
  readonly #heard: Buffer[] = []
  readonly #open: boolean
  #deaf: boolean
  #taken: (() => void) | undefined

  constructor(pieces: readonly Buffer[], { open = false, deaf = false } = {}) {
    super()
    this.#open = open
    this.#deaf = deaf
    this.stream = new WebSocketStream(this)
    this.say(...pieces)
    if (!this.#open) this.push(null)
  }

  get heard(): Buffer {
    return Buffer.concat(this.#heard)
  }

  say(...pieces: readonly Buffer[]): void {
    for (const piece of pieces) if (piece.length > 0) this.push(piece)
  }

  listen(): void {
    this.#deaf = false
    this.#taken?.()
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#heard.push(chunk)
    if (this.#deaf) this.#taken = done
    else done()
  }
}
