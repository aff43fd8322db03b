import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Http2Session } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { ConnectionLost, GrpcClient } from '#src/buildkit/grpc/client.js'
import { type Methods, serve } from '#src/buildkit/grpc/server.js'
import { ListWorkersResponse, SolveResponse } from '#src/buildkit/protobuf/control.js'
import { encode } from '#src/buildkit/protobuf/message.js'
import { DockerClient } from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { aConnection } from '../support/fake-buildkit.js'
import { PATIENT, RUNS_OUT_MS } from '../support/patience.js'
import { until } from '../support/pty.js'

const CONTROL = 'moby.buildkit.v1.Control'

it('builds where an Engine has neither /grpc nor /session, but speaks HTTP/2', PATIENT, async (test) => {
  const called: string[] = []
  const methods: Methods = {
    [`${CONTROL}/ListWorkers`]: (call) => call.send(encode(ListWorkersResponse, {})),
    [`${CONTROL}/Status`]: async () => {},
    [`${CONTROL}/Solve`]: async (call) => {
      called.push('Solve')
      await call.send(encode(SolveResponse, {}))
    },
    [`${CONTROL}/Session`]: async (call) => {
      called.push('Session')
      assert.ok(call.metadata('x-docker-expose-session-grpc-method').includes('/grpc.health.v1.Health/Check'))
      await new Promise((resolve) => call.signal.addEventListener('abort', resolve))
    },
  }
  const client = new DockerClient({ host: await anEngine(test, methods) })
  test.after(() => client.close())
  const outputs = { type: 'none' } as const
  await client.images.build({ dockerfileContent: 'FROM scratch\n', outputs, builder: 'buildkit' })
  assert.deepEqual(called.sort(), ['Session', 'Solve'])
})

describe('a connection to BuildKit that is watched', PATIENT, () => {
  it('is closed when nothing comes back', async (test) => {
    const [ours, theirs] = aConnection()
    const client = new GrpcClient(ours)
    test.after(() => client.close())
    theirs.resume()
    client.watch(50)
    await assert.rejects(client.unary('a.Service/Method', new Uint8Array()), ConnectionLost)
  })

  it('stays open however long a call takes, as long as pings are answered', async (test) => {
    const [ours, theirs] = aConnection()
    const serving = serve(theirs, {
      'a.Service/Method': async (call) => {
        for (let pings = 0; pings < 2; pings++) await once(call.stream.session as Http2Session, 'ping')
        await call.send(Buffer.from('answer'))
      },
    })
    const client = new GrpcClient(ours)
    test.after(() => {
      client.close()
      serving.close()
    })
    client.watch(RUNS_OUT_MS)
    assert.equal(String(await client.unary('a.Service/Method', new Uint8Array())), 'answer')
  })
})

it('answers the calls after one that BuildKit resets as it begins it', PATIENT, async (test) => {
  const [ours, theirs] = aConnection()
  const called: string[] = []
  const serving = serve(ours, {
    'a.Service/Reset': async () => void called.push('Reset'),
    'a.Service/Method': async () => void called.push('Method'),
  })
  test.after(() => serving.close())
  theirs.resume()
  theirs.write(
    Buffer.concat([
      Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      frameOf(SETTINGS, 0, Buffer.alloc(0)),
      frameOf(HEADERS, 1, headersOf('/a.Service/Reset')),
      frameOf(RST_STREAM, 1, Buffer.from([0, 0, 0, 8])),
      frameOf(HEADERS, 3, headersOf('/a.Service/Method')),
    ]),
  )
  await until(() => called.includes('Method'), 'the second call has come')
})

const [HEADERS, RST_STREAM, SETTINGS] = [1, 3, 4]

/** A frame of HTTP/2. Headers are all in one. */
function frameOf(type: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.from([0, 0, payload.length, type, type === HEADERS ? 4 : 0, 0, 0, 0, stream])
  return Buffer.concat([head, payload])
}

/** The headers of a call: POST over http to `x`, and the path. */
function headersOf(path: string): Buffer {
  return Buffer.concat([Buffer.from([0x83, 0x86, 0x01, 1, 0x78, 0x04, path.length]), Buffer.from(path)])
}

/** Tells the two protocols apart by the first bytes. */
async function anEngine(test: TestContext, methods: Methods): Promise<string> {
  const path = join(await temporaryFolder(), 'engine.sock')
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('readable', () => {
      const first: Buffer | null = socket.read()
      if (first === null) return
      if (first.toString('latin1').startsWith('PRI * HTTP/2.0')) {
        socket.unshift(first)
        serve(socket, methods)
      } else answerOldProtocol(socket, first)
    })
  })
  await new Promise<void>((resolve) => server.listen(path, resolve))
  test.after(() => server.close())
  return `unix://${path}`
}

function answerOldProtocol(socket: Socket, first: Buffer): void {
  const answer = (request: Buffer) => {
    const isPing = request.toString('latin1').includes('/_ping')
    const body = isPing ? '' : '{"message":"page not found"}'
    const type = 'Content-Type: application/json\r\nApi-Version: 1.55\r\nBuilder-Version: 2\r\n'
    socket.write(`HTTP/1.1 ${isPing ? 200 : 404} X\r\n${type}Content-Length: ${body.length}\r\n\r\n${body}`)
  }
  answer(first)
  socket.on('data', answer)
}
