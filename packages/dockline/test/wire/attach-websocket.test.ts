import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import {
  ConflictError,
  ConnectionError,
  Container,
  InvalidArgumentError,
  InvalidVersionError,
  ProtocolError,
  StreamError,
} from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { type Call, chunked, chunkedHead, FakeEngine, json, type Script } from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'
import { BINARY, CLOSE, clientFrames, closeFrame, serverFrame } from '../support/websocket-frames.js'

const EXITED = chunked('application/json', '{"StatusCode":5}')
const RUNNING: Script = (call) => call.takeOver().write(chunkedHead('application/json'))

describe('container.attach with ws', () => {
  it('is a session over the WebSocket endpoint', async (test) => {
    const { engine, container } = await start(test, says(serverFrame(BINARY, 'out, err'), closeFrame(1000)))
    const session = await container.attach({ ws: true, logs: true, detachKeys: 'ctrl-x' })
    assert.equal(await session.output.text(), 'out, err')
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
    assert.deepEqual(engine.calls.slice(1), [
      'GET /v1.47/containers/c/attach/ws?stream=1&stdin=1&stdout=1&stderr=1&logs=1&detachKeys=ctrl-x',
      'POST /v1.47/containers/c/wait?condition=not-running',
    ])
    await attachmentClosed(engine)
  })

  it('asks an Engine of before API 1.42 for nothing it does not know', async (test) => {
    const { engine, container } = await start(test, says(closeFrame(1000)), { apiVersion: '1.41' })
    const session = await container.attach({ ws: true })
    await session.exit
    assert.equal(engine.calls[1], 'GET /v1.41/containers/c/attach/ws?stream=1&logs=0')
  })

  for (const option of ['stdin', 'stdout', 'stderr'] as const) {
    it(`refuses ${option}: false before API 1.42, where everything is connected`, async (test) => {
      const { engine, container } = await start(test, says(closeFrame(1000)), { apiVersion: '1.41' })
      const error = await failureOf(container.attach({ ws: true, [option]: false }))
      assert.ok(error instanceof InvalidVersionError)
      assert.match(error.message, new RegExp(`the option ${option} of GET .* needs API 1.42`))
      assert.equal(engine.calls.length, 1)
    })
  }

  it('takes what comes with the header', async (test) => {
    const early = Buffer.concat([serverFrame(BINARY, 'early'), closeFrame(1000)])
    const { container } = await start(test, (call) => void call.upgrade(undefined, early))
    const session = await container.attach({ ws: true })
    assert.equal(await session.output.text(), 'early')
  })

  it('writes messages, and ends stdin with a close frame that leaves the output open', async (test) => {
    const heard = deferred<Buffer>()
    const { container } = await start(test, async (call) => {
      await call.upgrade()
      const parts: Buffer[] = []
      const over = () => clientFrames(Buffer.concat(parts)).at(-1)?.opcode === CLOSE
      while (parts.length === 0 || !over()) parts.push((await call.read()) ?? Buffer.alloc(0))
      heard.resolve(Buffer.concat(parts))
      await call.write(Buffer.concat([serverFrame(BINARY, '12\n'), closeFrame(1000)]))
    })
    const session = await container.attach({ ws: true })
    session.stdin.end('twelve bytes')
    assert.equal(await session.output.text(), '12\n')
    assert.deepEqual(
      clientFrames(await heard.promise).map(({ opcode, payload }) => [opcode, payload.toString('latin1')]),
      [
        [BINARY, 'twelve bytes'],
        [CLOSE, '\x03\xe8'],
      ],
    )
  })

  for (const [name, script, type, message] of [
    [
      'the connection ends without a close frame',
      says(serverFrame(BINARY, 'half')),
      StreamError,
      /^the connection ended before the process did, which then ended with exit code 5: output was lost$/,
    ],
    [
      'a message is cut short',
      says(serverFrame(BINARY, 'half').subarray(0, 4)),
      StreamError,
      /^the connection ended before the process did, which then ended with exit code 5: output was lost$/,
    ],
    [
      'something else is spoken',
      says(Buffer.from('HTTP/1.1 502 Bad Gateway\r\n\r\n')),
      ProtocolError,
      /the Engine sent what is no WebSocket/,
    ],
    ['it is closed as broken', says(closeFrame(1011, 'why')), StreamError, /with 1011: why/],
  ] as readonly (readonly [string, Script, new (...words: never[]) => Error, RegExp])[]) {
    it(`fails for reader and exit when ${name}`, async (test) => {
      const { engine, container } = await start(test, script)
      const session = await container.attach({ ws: true })
      for (const error of [await failureOf(session.output.text()), await failureOf(session.exit)]) {
        assert.ok(error instanceof type, String(error))
        assert.match(error.message, message)
      }
      await attachmentClosed(engine)
    })
  }

  for (const [name, cut] of [
    ['ends', (call) => call.socket.end()],
    ['is closed', (call) => call.cut()],
  ] as readonly (readonly [string, (call: Call) => void])[]) {
    it(
      `fails when the connection ${name} right after the 101, also for who writes`,
      PATIENT,
      async (test) => {
        const { container } = await start(test, async (call) => cut(await call.upgrade()))
        const session = await container.attach({ ws: true })
        session.stdin.write('too late')
        for (const error of [await failureOf(session.exit), await failureOf(session.output.text())]) {
          assert.ok(error instanceof StreamError || error instanceof ConnectionError, String(error))
        }
      },
    )
  }

  it('fails with the exit code when the connection is reset', async (test) => {
    const upgraded = deferred<Call>()
    const script: Script = async (call) => upgraded.resolve(await call.upgrade())
    const { container } = await start(test, script, { tcp: true })
    const session = await container.attach({ ws: true })
    session.stdin.write('go')
    const call = await upgraded.promise
    await call.read()
    await call.reset()
    const error = await failureOf(session.exit)
    assert.ok(error instanceof StreamError && error.cause instanceof ConnectionError)
    assert.equal(error.exitCode, 5)
  })

  it('is refused as any call is', async (test) => {
    const { container } = await start(test, json({ message: 'container c is dead' }, 409))
    assert.ok((await failureOf(container.attach({ ws: true }))) instanceof ConflictError)
  })

  it('is a ProtocolError when the answer is for somebody else', async (test) => {
    const head = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
    const { engine, container } = await start(test, (call) =>
      call.takeOver().write(`${head}Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n`),
    )
    const error = await failureOf(container.attach({ ws: true }))
    assert.ok(error instanceof ProtocolError)
    assert.match(error.message, /answered without the handshake of a WebSocket$/)
    await attachmentClosed(engine)
  })

  it('ends with its signal', async (test) => {
    const { engine, container } = await start(test, (call) => void call.upgrade(), { wait: RUNNING })
    const abort = new AbortController()
    const reason = new Error('enough')
    const session = await container.attach({ ws: true, signal: abort.signal })
    const reading = failureOf(session.output.text())
    abort.abort(reason)
    assert.equal(await reading, reason)
    assert.equal(await failureOf(session.exit), reason)
    await attachmentClosed(engine)
  })

  it('is let go by close, and by detach once what was typed has gone', async (test) => {
    for (const leave of ['close', 'detach'] as const) {
      const heard = deferred<Buffer>()
      const script: Script = async (call) => {
        await call.upgrade()
        heard.resolve((await call.read()) ?? Buffer.alloc(0))
        await call.write(closeFrame(1000))
      }
      const { engine, container } = await start(test, script, { wait: RUNNING })
      const session = await container.attach({ ws: true })
      if (leave === 'detach') session.stdin.write('typed')
      await session[leave]()
      assert.deepEqual(await session.exit, { exitCode: undefined, detached: true })
      if (leave === 'detach') assert.equal(clientFrames(await heard.promise)[0]?.payload.toString(), 'typed')
      if (!session.socket.closed) await once(session.socket, 'close')
      await attachmentClosed(engine)
    }
  })

  it('has no stdin where there is none', async (test) => {
    const { container } = await start(test, says(closeFrame(1000)), { openStdin: false })
    assert.ok((await failureOf(container.attach({ ws: true, stdin: true }))) instanceof InvalidArgumentError)
  })
})

interface Settings {
  readonly apiVersion?: string
  readonly tcp?: boolean
  readonly wait?: Script
  readonly openStdin?: boolean
}

async function start(test: TestContext, script: Script, settings: Settings = {}) {
  const { apiVersion = '1.47', tcp = false, wait = EXITED, openStdin = true } = settings
  const scripts = {
    'GET /containers/c/json': json({ Id: 'c', Config: { OpenStdin: openStdin }, State: { Running: true } }),
    'GET /containers/c/attach/ws': script,
    'POST /containers/c/wait': wait,
  }
  const engine = await FakeEngine.start(test, scripts, { apiVersion, tcp })
  const client = engine.client(test)
  return { engine, container: new Container(client.api, { id: 'c' }) }
}

/** Says this, and no more. */
function says(...frames: readonly Buffer[]): Script {
  return async (call) => {
    await call.upgrade()
    await call.write(Buffer.concat(frames))
    call.socket.end()
  }
}

/** Whether the connection is let go, whatever others there are. */
async function attachmentClosed(engine: FakeEngine): Promise<void> {
  const attached = engine.requests.find(({ path }) => path.endsWith('/attach/ws'))
  await engine.closed(attached?.connection ?? -1)
}
