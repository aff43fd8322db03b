import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { frame } from '#src/buildkit/grpc/frames.js'
import { decode, encode } from '#src/buildkit/protobuf/message.js'
import { BytesMessage } from '#src/buildkit/protobuf/session.js'
import { sshService } from '#src/buildkit/session/ssh.js'
import { temporaryFolder } from '../support/archives.js'
import { FakeBuildKit, type FakeCall } from '../support/fake-buildkit.js'
import { PATIENT } from '../support/patience.js'

const METHOD = 'moby.sshforward.v1.SSH/ForwardAgent'
const LIST_KEYS = 11
const SIGN = 13

describe('an ssh agent that a step of a build asks', PATIENT, () => {
  it('answers until the step has asked all', async (test) => {
    const { call, handled } = await forwarded(test, (agent) => {
      agent.on('data', (request) => agent.write(request))
    })
    ask(call, LIST_KEYS)
    const { value } = await call.messages().next()
    assert.deepEqual(Buffer.from(decode(BytesMessage, value as Buffer).data), request(LIST_KEYS))
    call.stream.end()
    call.stream.resume()
    assert.equal((await call.ended).status, '0')
    await handled
  })

  for (const [how, leave] of [
    ['ends', (agent: Socket) => agent.end()],
    ['cuts', (agent: Socket) => agent.destroy()],
  ] as const) {
    it(`ends the call when it ${how} its connection before it answers`, async (test) => {
      const { call, handled } = await forwarded(test, (agent) => {
        agent.once('data', () => leave(agent))
      })
      ask(call, LIST_KEYS)
      call.stream.resume()
      await call.ended
      await handled
    })

    it(`ends the call when it ${how} its connection after one answer`, async (test) => {
      const { call, handled } = await forwarded(test, (agent) => {
        agent.once('data', (data) => agent.write(data, () => leave(agent)))
      })
      ask(call, LIST_KEYS)
      const answers: Buffer[] = []
      for await (const message of call.messages())
        answers.push(Buffer.from(decode(BytesMessage, message).data))
      assert.deepEqual(answers, [request(LIST_KEYS)])
      await call.ended
      await handled
    })

    it(`ends the call when it ${how} its connection and has not read what it was asked`, async (test) => {
      const { call, handled, left } = await forwarded(test, (agent) => agent.pause())
      for (let count = 0; count < 40; count++) ask(call, SIGN, 'x'.repeat(100_000))
      call.stream.resume()
      leave(await left)
      await call.ended
      await handled
    })
  }

  it('is left when the Engine gives up, also while it reads nothing', async (test) => {
    const { call, handled, left } = await forwarded(test, (agent) => agent.pause())
    for (let count = 0; count < 40; count++) ask(call, SIGN, 'x'.repeat(100_000))
    const agent = await left
    call.stream.close(8)
    await handled
    agent.resume()
    if (!agent.closed) await once(agent, 'close')
  })

  it('is named when it is not there', async (test) => {
    const path = join(await temporaryFolder(), 'nobody')
    const { call } = callTo(test, path)
    call.stream.resume()
    const { status, message } = await call.ended
    assert.equal(status, '14')
    assert.match(message, /^the ssh agent at .*nobody: connect ENOENT/)
  })
})

/** A call that is passed on to an agent. `handled` resolves when nothing of it is under way any more. */
async function forwarded(test: TestContext, serve: (agent: Socket) => void) {
  const path = join(await temporaryFolder(), 'agent')
  const server = createServer((agent) => {
    agent.on('error', () => {})
    serve(agent)
  }).listen(path)
  await once(server, 'listening')
  const left = once(server, 'connection').then(([agent]) => agent as Socket)
  test.after(async () => {
    server.close()
    ;(await left).destroy()
  })
  return { ...callTo(test, path), left }
}

function callTo(test: TestContext, path: string): { call: FakeCall; handled: Promise<unknown> } {
  const forward = sshService(new Map([['default', path]]))[METHOD] ?? assert.fail()
  const { promise: handled, resolve } = withResolvers()
  const daemon = new FakeBuildKit(test, {
    [METHOD]: (call) => forward(call).finally(() => resolve(undefined)),
  })
  return { call: daemon.call(METHOD), handled }
}

function withResolvers() {
  let resolve: (value: unknown) => void = () => {}
  const promise = new Promise<unknown>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}

function ask(call: FakeCall, type: number, body = ''): void {
  call.stream.write(frame(encode(BytesMessage, { data: request(type, body) })))
}

function request(type: number, body = ''): Buffer {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from([type]), Buffer.from(body)])
  bytes.writeUInt32BE(bytes.length - 4)
  return bytes
}
