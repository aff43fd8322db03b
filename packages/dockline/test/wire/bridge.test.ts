import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import type { WebSocketEvent } from '#src/doors/types.js'
import {
  ApiError,
  bridge,
  Container,
  InvalidArgumentError,
  ProtocolError,
  type Session,
  StreamError,
  type WebSocketLike,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { type Call, empty, FakeEngine, json, RAW, type Script } from '../support/fake-engine.js'
import { aWebTerminal } from '../support/web-terminal.js'

const DETACHED = { exitCode: undefined, detached: true }

describe('a session and a WebSocket', () => {
  it('carry output and input as bytes, then the exit, then a close', async (test) => {
    const { session, call } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    await call.write(Buffer.from([0xff, 0, 0x0a]))
    await browser.sees(/\xff\0\n/)
    browser.type('typed\r')
    assert.equal((await call.read())?.toString(), 'typed\r')
    call.socket.end('bye')
    assert.deepEqual(await done, { exitCode: 3, detached: false })
    assert.deepEqual(await browser.closed, [1000, ''])
    assert.equal(browser.output.toString('latin1'), '\xff\0\nbye')
    assert.deepEqual(browser.texts, ['{"exit":{"exitCode":3,"detached":false}}'])
  })

  it('miss nothing of what is typed before the session is there', async (test) => {
    const { session, call, engine } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const opening = deferred<Session>()
    const done = bridge(opening.promise, socket)
    const heard = times(socket, 'message', 3)
    browser.resize(100, 30)
    browser.type('one ')
    browser.type('two')
    await heard
    opening.resolve(session)
    assert.equal((await call.read())?.toString(), 'one two')
    await engine.asked('POST /v1.47/exec/e/resize?h=30&w=100')
    call.socket.end()
    await done
  })

  it('resize one at a time, and end at the last size', async (test) => {
    const { session, call, engine } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    for (let columns = 1; columns <= 50; columns++) browser.resize(columns, 10)
    await engine.asked('POST /v1.47/exec/e/resize?h=10&w=50')
    const resizes = engine.engine.calls.filter((made) => made.includes('resize'))
    assert.ok(resizes.length < 50, 'sizes that are over are left out')
    assert.equal(resizes.at(-1), 'POST /v1.47/exec/e/resize?h=10&w=50')
    call.socket.end()
    await done
  })

  it('ask again for the size of a terminal that is not there yet', async (test) => {
    let asked = 0
    const early = json({ message: 'cannot resize a stopped container' }, 409)
    const resize: Script = (call) => (++asked < 4 ? early(call) : empty(200)(call))
    const { session, call } = await aSession(test, { resize })
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    browser.resize(80, 24)
    while (asked < 4) await new Promise((resolve) => setImmediate(resolve))
    call.socket.end()
    assert.equal((await done).exitCode, 3)
  })

  it('have no size without a tty, and the end of stdin on request', async (test) => {
    const { session, call, engine } = await aSession(test, { tty: false })
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    browser.resize(80, 24)
    browser.type('all')
    browser.socket.send('{"end":true}')
    assert.equal((await call.rest()).toString(), 'all')
    call.socket.end()
    await done
    assert.ok(!engine.engine.calls.some((made) => made.includes('resize')))
  })

  for (const [name, message, words] of [
    ['text that is not JSON', 'secret typed as text', /text that is not JSON, and bytes .* binary messages/],
    ['JSON that is no request', '{"size":[80,24]}', /neither {"resize":.*} nor {"end":true}/],
    ['a number', '1', /neither/],
    ['two requests in one', '{"resize":{"columns":80,"rows":24},"end":true}', /neither/],
    ['no size', '{"resize":null}', /size.columns must be a whole number/],
    ['a size of nothing', '{"resize":{"columns":0,"rows":24}}', /size.columns must be .*, not 0/],
  ] as const) {
    it(`are parted by ${name}`, async (test) => {
      const { session, engine } = await aSession(test)
      const { socket, browser } = await aWebTerminal(test)
      const done = failureOf(session.connect(socket))
      browser.socket.send(message)
      const error = await done
      assert.ok(error instanceof ProtocolError)
      assert.match(error.message, words)
      assert.doesNotMatch(inspect(error), /secret typed/)
      const [code, reason] = await browser.closed
      assert.equal(code, 1007)
      assert.match(error.message, new RegExp(`^${reason.replace(/[{}()[\].]/g, '\\$&')}`))
      await engine.sessionClosed()
    })
  }

  it('are parted by what is said too early as well', async (test) => {
    const { session, engine } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const opening = deferred<Session>()
    const done = failureOf(bridge(opening.promise, socket))
    browser.socket.send('what?')
    assert.equal((await browser.closed)[0], 1007)
    opening.resolve(session)
    assert.ok((await done) instanceof ProtocolError)
    await engine.sessionClosed()
  })

  it('that are left by the browser close the session, once it has got what was typed', async (test) => {
    const { session, call, engine } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    browser.type('last')
    browser.socket.close()
    assert.deepEqual(await done, DETACHED)
    assert.equal((await call.rest()).toString(), 'last')
    await engine.sessionClosed()
  })

  it('that are left by the browser before the session is there close that', async (test) => {
    const { session, engine } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const opening = deferred<Session>()
    const done = bridge(opening.promise, socket)
    browser.socket.terminate()
    await once(socket, 'close')
    opening.resolve(session)
    assert.deepEqual(await done, DETACHED)
    await engine.sessionClosed()
  })

  it('may be kept for the next browser, which goes on where the last one left', async (test) => {
    const { session, call } = await aSession(test)
    const left: (readonly number[])[] = []
    for (const word of Array.from({ length: 12 }, (_none, index) => `word ${index};`)) {
      const { socket, browser } = await aWebTerminal(test)
      const done = session.connect(socket, { whenPeerLeaves: 'keep' })
      await call.write(word)
      await browser.sees(new RegExp(`^${word}$`))
      browser.socket.terminate()
      assert.deepEqual(await done, DETACHED)
      left.push(listeners(session))
    }
    for (const count of left) assert.deepEqual(count, left[0])
    const { socket, browser } = await aWebTerminal(test)
    call.socket.end('the end')
    await session.connect(socket, { whenPeerLeaves: 'keep' })
    await browser.closed
    assert.equal(browser.output.toString(), 'the end')
  })

  for (const [name, settings, breakDown] of [
    ['the connection is lost', { tcp: true }, (call: Call) => call.reset()],
    [
      'the exit code cannot be read',
      { state: json({ message: 'broken' }, 500) },
      async (call: Call) => void call.socket.end(),
    ],
  ] as const) {
    it(`may be kept for nobody when ${name}, which the next browser learns`, async (test) => {
      const { session, call } = await aSession(test, settings)
      const first = await aWebTerminal(test)
      const kept = session.connect(first.socket, { whenPeerLeaves: 'keep' })
      await call.write('shown')
      await first.browser.sees(/shown/)
      first.browser.socket.terminate()
      assert.deepEqual(await kept, DETACHED)
      await breakDown(call)
      const error = await failureOf(session.exit)
      while (!(session.stdout.closed && session.stderr.closed)) await nextTurn()
      const next = await aWebTerminal(test)
      assert.equal(await failureOf(session.connect(next.socket)), error)
      assert.deepEqual(await next.browser.closed, [1011, 'the session failed'])
    })
  }

  it('that lose the connection to the Engine tell the browser, and not why', async (test) => {
    const { session, call } = await aSession(test, { tcp: true })
    const { socket, browser } = await aWebTerminal(test)
    const done = failureOf(session.connect(socket))
    browser.type('x')
    await call.read()
    await call.reset()
    assert.ok((await done) instanceof StreamError)
    assert.deepEqual(await browser.closed, [1011, 'the session failed'])
  })

  it('that never get together tell the browser', async (test) => {
    const { engine } = await aSession(test)
    const { socket, browser } = await aWebTerminal(test)
    const container = new Container(engine.engine.client(test).api, { id: 'unknown' })
    assert.ok((await failureOf(bridge(container.spawn(['sh']), socket))) instanceof ApiError)
    assert.deepEqual(await browser.closed, [1011, 'the session failed'])
  })

  it('end with the signal, also before the session is there', async (test) => {
    for (const early of [true, false]) {
      const { session, engine } = await aSession(test)
      const { socket, browser } = await aWebTerminal(test)
      const abort = new AbortController()
      const opening = deferred<Session>()
      if (!early) opening.resolve(session)
      const done = failureOf(bridge(opening.promise, socket, { signal: abort.signal }))
      const reason = new Error('enough')
      abort.abort(reason)
      assert.equal(await done, reason)
      assert.equal((await browser.closed)[0], 1001)
      opening.resolve(session)
      await engine.sessionClosed()
    }
  })

  it('hold the browser back while the process does not read', async (test) => {
    const { session, call } = await aSession(test, { deaf: true })
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    const message = Buffer.alloc(64 * 1024, 'x')
    for (let sent = 0; sent < 512; sent++) browser.type(message)
    while (!socket.isPaused) await new Promise((resolve) => setImmediate(resolve))
    assert.ok(session.stdin.writableLength < 1024 * 1024, `${session.stdin.writableLength} bytes wait`)
    let read = 0
    call.socket.on('data', (bytes) => {
      read += bytes.length
      assert.ok(session.stdin.writableLength < 1024 * 1024, `${session.stdin.writableLength} bytes wait`)
      if (read === 512 * message.length) call.socket.end()
    })
    call.socket.resume()
    await done
    assert.equal(read, 512 * message.length)
  })

  it('hear the browser leave when the process has no stdin', async (test) => {
    const { session, engine } = await aSession(test, { stdin: false })
    const { socket, browser } = await aWebTerminal(test)
    const done = session.connect(socket)
    await nextTurn()
    browser.type('typed in vain')
    await times(socket, 'message', 1)
    browser.socket.close()
    assert.deepEqual(await done, DETACHED)
    await engine.sessionClosed()
  })

  for (const [name, end] of [
    ['is ended by the browser', (_session, say) => say(Buffer.from('{"end":true}'), false)],
    ['is destroyed', (session) => void session.stdin.destroy()],
  ] as const satisfies readonly [string, (session: Session, say: Say) => void][]) {
    it(`hear the browser leave when stdin ${name} while it is full`, async (test) => {
      const { session } = await aSession(test, { deaf: true })
      const { socket, browser } = await aWebTerminal(test)
      const done = session.connect(socket, { whenPeerLeaves: 'keep' })
      await nextTurn()
      // As messages that arrive together: the second one is heard although the first one is too much.
      const say: Say = (data, isBinary) => void socket.emit('message', data, isBinary)
      say(Buffer.alloc(1024 * 1024), true)
      assert.equal(socket.isPaused, true)
      end(session, say)
      browser.socket.close()
      assert.deepEqual(await done, DETACHED)
      session.close()
    })
  }

  it('hold the process back while the WebSocket has enough', async (test) => {
    const { session, call } = await aSession(test)
    const peer = new PlainPeer()
    const done = session.connect(peer, { highWaterMark: 1000 })
    await peer.listened
    peer.bufferedAmount = 1001
    await call.write('one')
    await once(session.stdout, 'pause')
    call.socket.end('two')
    peer.bufferedAmount = 500
    await done
    assert.deepEqual(peer.sent, ['one', 'two', '{"exit":{"exitCode":3,"detached":false}}'])
  })

  it('turn away a peer that goes on and cannot be held back', async (test) => {
    const { session } = await aSession(test, { deaf: true })
    const peer = new PlainPeer()
    const done = failureOf(session.connect(peer))
    for (let sent = 0; sent < 600 && peer.closedWith === undefined; sent++) {
      peer.say(new ArrayBuffer(64 * 1024))
      await new Promise((resolve) => setImmediate(resolve))
    }
    assert.match(String(await done), /the peer sent more than the process reads/)
    assert.equal(peer.closedWith, 4008, 'it takes no other codes')
    assert.ok(session.stdin.writableLength < 18 * 1024 * 1024)
  })

  it('are parted by a message that is no bytes', async (test) => {
    const { session } = await aSession(test)
    const peer = new PlainPeer()
    const done = failureOf(session.connect(peer))
    await peer.listened
    peer.say(new Blob(['x']))
    assert.match(String(await done), /neither text nor bytes/)
    assert.equal(peer.closedWith, 4003)
    assert.equal(peer.binaryType, 'arraybuffer')
    assert.equal(peer.listenerCount, 0)
  })

  it('wait until the WebSocket is open', async (test) => {
    const { session, call } = await aSession(test)
    const peer = new PlainPeer()
    peer.readyState = 0
    const done = session.connect(peer)
    call.socket.end('out')
    await peer.listened
    peer.readyState = 1
    peer.dispatchEvent(new Event('open'))
    await done
    assert.deepEqual(peer.sent, ['out', '{"exit":{"exitCode":3,"detached":false}}'])
  })

  it('are not connected to anything else', async (test) => {
    const { session } = await aSession(test)
    const { socket } = await aWebTerminal(test)
    for (const [peer, options, message] of [
      [{ send() {}, close() {} }, {}, /peer must be a Duplex or a WebSocket/],
      [socket, { highWaterMark: 0 }, /highWaterMark must be a number of bytes, not 0/],
      [socket, { whenPeerLeaves: 'stay' }, /whenPeerLeaves must be 'close' or 'keep', not 'stay'/],
      [socket, { highwatermark: 1 }, /highwatermark/],
    ] as const) {
      const error = await failureOf(session.connect(peer as never, options as never))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
    }
  })
})

describe('a session and a Duplex', () => {
  it('carry bytes both ways, each to its own end', async (test) => {
    const { session, call } = await aSession(test, { tty: false })
    const { here, there } = await aSocketPair(test)
    const done = session.connect(here)
    there.end('all there is')
    assert.equal((await call.rest()).toString(), 'all there is')
    call.socket.end(frameOf(1, 'heard'))
    assert.equal(await text(there), 'heard')
    assert.deepEqual(await done, { exitCode: 3, detached: false })
  })

  it('hold each other back', async (test) => {
    const { session, call } = await aSession(test)
    const { here, there } = await aSocketPair(test)
    const done = session.connect(here)
    const size = 8 * 1024 * 1024
    there.pause()
    const sent = call.write(Buffer.alloc(size)).then(() => call.socket.end())
    while (!here.writableNeedDrain) await new Promise((resolve) => setImmediate(resolve))
    assert.ok(here.writableLength < 1024 * 1024)
    assert.equal((await buffer(there)).length, size)
    await sent
    await done
  })

  it('that are left by the peer close the session, or keep it', async (test) => {
    const { session, call, engine } = await aSession(test)
    const first = await aSocketPair(test)
    const kept = session.connect(first.here, { whenPeerLeaves: 'keep' })
    await call.write('one')
    await once(first.there, 'data')
    first.here.destroy()
    assert.deepEqual(await kept, DETACHED)
    const second = await aSocketPair(test)
    const done = session.connect(second.here)
    await call.write('two')
    const [bytes] = await once(second.there, 'data')
    assert.equal(String(bytes), 'two')
    second.here.destroy(new Error('reset'))
    assert.deepEqual(await done, DETACHED)
    await engine.sessionClosed()
  })

  it('let go of a peer that still sends when the process has ended', async (test) => {
    const { session, call } = await aSession(test, { deaf: true })
    const { here, there } = await aSocketPair(test)
    const done = session.connect(here)
    there.resume().end(Buffer.alloc(8 * 1024 * 1024))
    while (here.readableLength === 0) await nextTurn()
    call.socket.end()
    assert.deepEqual(await done, { exitCode: 3, detached: false })
    await once(here, 'close')
  })

  it('let go of a peer that sends to a process without stdin', async (test) => {
    const { session, call } = await aSession(test, { stdin: false })
    const { here, there } = await aSocketPair(test)
    const done = session.connect(here)
    there.resume().end(Buffer.alloc(8 * 1024 * 1024))
    await once(here, 'end')
    call.socket.end()
    assert.deepEqual(await done, { exitCode: 3, detached: false })
    await once(here, 'close')
  })

  it('hear the peer leave when somebody else has ended stdin', async (test) => {
    const { session } = await aSession(test)
    const { here, there } = await aSocketPair(test)
    const done = session.connect(here, { whenPeerLeaves: 'keep' })
    there.write('some')
    await once(here, 'data')
    await once(session.stdin.end(), 'close')
    there.end('more')
    await once(here, 'end')
    here.destroy()
    assert.deepEqual(await done, DETACHED)
    session.close()
  })

  it('do not wait longer for a process that reads nothing than the signal and the time say', async (test) => {
    const reason = new Error('enough')
    for (const timeout of [undefined, 1]) {
      const { session, call, engine } = await aSession(test, { deaf: true })
      const { here, there } = await aSocketPair(test)
      const abort = new AbortController()
      const detach = session.detach.bind(session)
      const left = deferred<void>()
      session.detach = () => {
        left.resolve()
        return detach({ timeout })
      }
      const done = session.connect(here, { signal: abort.signal })
      there.end(Buffer.alloc(8 * 1024 * 1024))
      while (!session.stdin.writableNeedDrain) await nextTurn()
      here.destroy()
      await left.promise
      if (timeout === undefined) {
        abort.abort(reason)
        assert.equal(await failureOf(done), reason)
      } else assert.deepEqual(await done, DETACHED)
      call.socket.resume()
      await engine.sessionClosed()
    }
  })

  it('end with the signal, which closes both', async (test) => {
    const { session, engine } = await aSession(test)
    const peer = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    const abort = new AbortController()
    const done = failureOf(session.connect(peer, { signal: abort.signal }))
    abort.abort(new Error('enough'))
    assert.equal(await done, abort.signal.reason)
    assert.equal(peer.destroyed, true)
    await engine.sessionClosed()
  })
})

interface Settings {
  readonly tty?: boolean
  readonly stdin?: boolean
  readonly tcp?: boolean
  readonly resize?: Script
  /** The answer about the process, when its output has ended. */
  readonly state?: Script
  /** Reads nothing of what is typed. */
  readonly deaf?: boolean
}

/** A session whose process is the test: what is written to the call's socket is its output. */
async function aSession(test: TestContext, settings: Settings = {}) {
  const { tty = true, stdin, tcp = false, resize = empty(200), deaf = false } = settings
  const { state = json({ Running: false, ExitCode: 3 }) } = settings
  const started = deferred<Call>()
  const scripts = {
    'POST /containers/c/exec': json({ Id: 'e' }, 201),
    'POST /exec/e/start': async (call: Call) => {
      await call.upgrade(tty ? RAW : undefined)
      if (deaf) call.socket.removeAllListeners('data').pause()
      started.resolve(call)
    },
    'GET /exec/e/json': state,
    'POST /exec/e/resize': resize,
  }
  const engine = await FakeEngine.start(test, scripts, { tcp, apiVersion: '1.47' })
  const container = new Container(engine.client(test).api, { id: 'c' })
  const session = await container.spawn(['sh'], { tty, stdin })
  const asked = async (wanted: string) => {
    while (!engine.calls.includes(wanted)) await new Promise((resolve) => setImmediate(resolve))
  }
  const sessionClosed = () =>
    engine.closed(engine.requests.find(({ path }) => path === '/exec/e/start')?.connection ?? -1)
  return { session, call: await started.promise, engine: { engine, asked, sessionClosed } }
}

/** The two ends of a TCP connection. */
async function aSocketPair(test: TestContext): Promise<{ here: Socket; there: Socket }> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const there = connect({ host: '127.0.0.1', port, allowHalfOpen: true })
  const [here] = (await once(server, 'connection')) as [Socket]
  there.on('error', () => {})
  test.after(() => {
    here.destroy()
    there.destroy()
    server.close()
  })
  return { here, there }
}

/** A WebSocket as Deno's servers and browsers have it: no way to hold it back, and few codes to close with. */
class PlainPeer extends EventTarget implements WebSocketLike {
  readyState = 1
  binaryType = 'blob'
  bufferedAmount = 0
  readonly sent: string[] = []
  closedWith: number | undefined
  listenerCount = 0
  readonly listened = new Promise((resolve) => setImmediate(resolve))

  override addEventListener(type: string, listener: (event: WebSocketEvent) => void): void {
    super.addEventListener(type, listener as never)
    if (type !== 'error') this.listenerCount += 1
  }

  override removeEventListener(type: string, listener: (event: WebSocketEvent) => void): void {
    super.removeEventListener(type, listener as never)
    this.listenerCount -= 1
  }

  send(data: string | Uint8Array): void {
    this.sent.push(Buffer.from(data as Uint8Array).toString())
  }

  close(code = 1000): void {
    if (code !== 1000 && !(code >= 3000 && code < 5000)) throw new Error('InvalidAccessError')
    this.closedWith = code
  }

  say(data: unknown): void {
    this.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
}

type Say = (data: Buffer, isBinary: boolean) => void

function listeners({ stdin, stdout, stderr, socket }: Session): readonly number[] {
  return [stdin, stdout, stderr, socket].map((stream) =>
    stream.eventNames().reduce((sum, name) => sum + stream.listenerCount(name), 0),
  )
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function frameOf(type: number, payload: string): Buffer {
  return Buffer.concat([Buffer.from([type, 0, 0, 0, 0, 0, 0, payload.length]), Buffer.from(payload)])
}

function times(emitter: NodeJS.EventEmitter, event: string, count: number): Promise<void> {
  return new Promise((resolve) => {
    let seen = 0
    emitter.on(event, () => ++seen === count && resolve())
  })
}
