import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  ApiError,
  ConflictError,
  ConnectionError,
  DockerClient,
  ImageNotFoundError,
  NotFoundError,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  FakeEngine,
  json,
  responseHead,
  type Script,
} from '../support/fake-engine.js'

const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8' }
const HTML = { 'Content-Type': 'text/html' }

describe('the class of an error', () => {
  const inspect = ({ api }: DockerClient) => api.containers.inspect('x')
  const create = ({ api }: DockerClient) => api.containers.create({}, { Image: 'alpine' })
  for (const [status, words, call, type, code] of [
    [400, 'bad parameter', inspect, ApiError, 'ERR_DOCKER_API'],
    [401, 'unauthorized', inspect, ApiError, 'ERR_DOCKER_API'],
    [403, 'forbidden', inspect, ApiError, 'ERR_DOCKER_API'],
    [403, 'network n has active endpoints', inspect, ConflictError, 'ERR_DOCKER_CONFLICT'],
    [404, 'No such container: x', inspect, NotFoundError, 'ERR_DOCKER_NOT_FOUND'],
    [404, 'No such image: alpine:latest', create, ImageNotFoundError, 'ERR_DOCKER_IMAGE_NOT_FOUND'],
    [404, 'network back not found', create, NotFoundError, 'ERR_DOCKER_NOT_FOUND'],
    [
      404,
      'whatever',
      ({ api }) => api.images.inspect('a/b'),
      ImageNotFoundError,
      'ERR_DOCKER_IMAGE_NOT_FOUND',
    ],
    [409, 'the name is in use', create, ConflictError, 'ERR_DOCKER_CONFLICT'],
    [500, 'internal', inspect, ApiError, 'ERR_DOCKER_API'],
    [503, 'not a manager', inspect, ApiError, 'ERR_DOCKER_API'],
  ] as readonly (readonly [
    number,
    string,
    (client: DockerClient) => Promise<unknown>,
    typeof ApiError,
    string,
  ])[]) {
    it(`is ${type.name} for ${status} '${words}'`, async (test) => {
      const error = await errorOf(test, json({ message: words }, status), call)
      assert.ok(error instanceof type)
      assert.equal(error.constructor, type)
      assert.deepEqual(
        [error.name, error.code, error.status, error.explanation],
        [type.name, code, status, words],
      )
      assert.ok(error.message.startsWith(`${words} (`))
    })
  }
})

describe('an error', () => {
  it('has the body and the headers of the answer, and does not show them in logs', async (test) => {
    const reply = answer(
      500,
      { 'Content-Type': 'application/json', 'X-Id': 'token' },
      '{"message":"no","extra":[1]}',
    )
    const error = await errorOf(test, reply)
    assert.deepEqual(error.body, { message: 'no', extra: [1] })
    assert.equal(error.headers['x-id'], 'token')
    assert.doesNotMatch(inspect(error), /token|extra/)
    assert.equal((await errorOf(test, answer(500, PLAIN, 'plain words'))).body, 'plain words')
    assert.equal((await errorOf(test, answer(500, PLAIN))).body, undefined)
  })

  it('names method, path and status, and not the query', async (test) => {
    const call = ({ api }: DockerClient) => api.containers.delete('x', { force: true })
    const error = await errorOf(test, json({ message: 'no' }, 409), call)
    assert.deepEqual([error.method, error.path], ['DELETE', '/containers/x'])
    assert.equal(error.message, 'no (DELETE /containers/x answered 409)')
  })

  for (const [name, reply, explanation] of [
    ['the message of JSON', json({ message: 'wörds' }, 500), 'wörds'],
    [
      'the message that podman sends',
      json({ cause: 'c', message: 'podman says', response: 500 }, 500),
      'podman says',
    ],
    [
      "podman's cause when there is no message",
      json({ cause: 'the cause', message: '', response: 500 }, 500),
      'the cause',
    ],
    [
      'the detail of an error as streams have it',
      json({ errorDetail: { message: 'deep' }, error: 'flat' }, 500),
      'deep',
    ],
    ['JSON without message as it is', json({ code: 7 }, 500), '{"code":7}'],
    ['JSON whose message is no text as it is', json({ message: { a: 1 } }, 500), '{"message":{"a":1}}'],
    ['plain text', answer(500, PLAIN, 'just text\n'), 'just text'],
    ['the status line when there is no body', answer(500, {}), 'Status'],
    [
      'the title of a web page',
      answer(502, HTML, '<!doctype html><title> Bad Gateway </title>...'),
      'Bad Gateway',
    ],
    ['the heading of a web page', answer(502, HTML, '<html><h1>Oops</h1></html>'), 'Oops'],
    ['the status line of a page without words', answer(502, HTML, '<html></html>'), 'Status'],
    ['what there is of a message that was cut', cutBody('{"message":"half a mess', 100), 'half a mess'],
    ['what there is of a text that was cut', cutBody('half a te', 100), 'half a te'],
    ['the beginning of a very long text', answer(500, PLAIN, 'x'.repeat(10_000)), `${'x'.repeat(300)}…`],
  ] as const) {
    it(`tells ${name}`, async (test) => {
      const error = await errorOf(test, reply)
      assert.equal(error.explanation, explanation)
    })
  }

  it('hints at a proxy when a web page answers', async (test) => {
    const error = await errorOf(test, answer(502, HTML, '<html><title>Bad Gateway</title></html>'))
    assert.match(error.hint ?? '', /is unix:\/\/.* a Docker Engine, or a proxy before one\?/)
    assert.ok(error.message.endsWith(`(${error.hint})`))
  })

  it('has no hint when the Engine itself answers', async (test) => {
    assert.equal((await errorOf(test, json({ message: 'no' }, 500))).hint, undefined)
    assert.equal((await errorOf(test, answer(500, PLAIN, 'client version 1.12 is too old'))).hint, undefined)
  })

  it('is read no further than a megabyte of an endless body', async (test) => {
    let sent = 0
    const endless = async (call: Call) => {
      call.takeOver()
      await call.write(responseHead(500, { ...PLAIN, 'Transfer-Encoding': 'chunked' }))
      const piece = chunk(Buffer.alloc(256 * 1024, 'x'))
      while (sent < 1024 ** 3 && !call.socket.destroyed) {
        await Promise.race([call.write(piece), call.closed])
        sent += piece.length
      }
    }
    const error = await errorOf(test, endless)
    assert.equal(error.status, 500)
    assert.ok(sent < 16 * 1024 ** 2, `${sent} bytes were taken`)
  })

  it('of a TLS server that was spoken to without TLS says so', async (test) => {
    const reply = answer(400, {}, 'Client sent an HTTP request to an HTTPS server.\n')
    const error = await failureOf((await clientOf(test, reply)).info())
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /it wants TLS \(set DOCKER_TLS_VERIFY/)
  })

  it('leaves the connection to the next call', async (test) => {
    const engine = await FakeEngine.start(test, { '*': json({ message: 'no' }, 500) })
    const client = engine.client(test, { apiVersion: '1.56' })
    await failureOf(client.info())
    await failureOf(client.info())
    assert.equal(engine.connectionCount, 1)
  })

  for (const [verb, call] of [
    ['json', (client) => client.info()],
    ['text', ({ api }) => api.system.ping()],
    ['empty', ({ api }) => api.containers.start('x')],
    ['headers', ({ api }) => api.system.pingHead()],
    ['stream', ({ api }) => api.containers.logs('x', {})],
    ['lines', ({ api }) => api.system.events().next()],
    ['upgrade', ({ api }) => api.containers.attach('x', {})],
  ] as readonly (readonly [string, (client: DockerClient) => Promise<unknown>])[]) {
    it(`comes of the verb ${verb}`, async (test) => {
      assert.equal((await errorOf(test, answer(418, {}), call)).status, 418)
    })
  }
})

function cutBody(text: string, length: number): Script {
  return async (call) => {
    await call.write(responseHead(500, { 'Content-Length': String(length) }) + text)
    call.cut()
  }
}

async function clientOf(test: TestContext, reply: Script): Promise<DockerClient> {
  const engine = await FakeEngine.start(test, { '*': reply })
  return engine.client(test, { apiVersion: '1.56' })
}

async function errorOf(
  test: TestContext,
  reply: Script,
  call: (client: DockerClient) => Promise<unknown> = (client) => client.info(),
): Promise<ApiError> {
  const error = await failureOf(call(await clientOf(test, reply)))
  assert.ok(error instanceof ApiError, String(error))
  return error
}

describe('the stack of an error', () => {
  const calls: Readonly<Record<string, (client: DockerClient) => Promise<unknown>>> = {
    ping: (client) => client.ping(),
    version: (client) => client.version(),
    list: (client) => client.containers.list(),
    get: (client) => client.containers.get('c'),
    create: (client) => client.containers.create('busybox', ['true'], { pull: 'never' }),
    run: (client) => client.containers.run('busybox', ['true'], { pull: 'never' }),
    'networks.create': (client) => client.networks.create('n'),
    'volumes.create': (client) => client.volumes.create('v'),
    pull: (client) => client.images.pull('busybox'),
    build: (client) => client.images.build({ remote: 'https://example.com/x.tar' }),
    'api.containers.create': ({ api }) => api.containers.create({}, { Image: 'busybox' }),
  }
  for (const [name, call] of Object.entries(calls)) {
    it(`leads to the call where no Engine answers: ${name}`, async () => {
      await using client = new DockerClient({ host: 'unix:///dockline/nowhere.sock' })
      const error = await failureOf(whereItIsCalled(() => call(client)))
      assert.ok(error instanceof ConnectionError)
      assert.match(error.stack ?? '', /whereItIsCalled/)
    })

    it(`leads to the call that the Engine refuses: ${name}`, async (test) => {
      const client = await clientOf(test, json({ message: 'refused' }, 500))
      const error = await failureOf(whereItIsCalled(() => call(client)))
      assert.ok(error instanceof ApiError, String(error))
      assert.match(error.stack ?? '', /whereItIsCalled/)
    })
  }

  it('is as short as the program wants its stacks, and leaves their limit as it was', async (test) => {
    const client = await clientOf(test, json({ message: 'refused' }, 500))
    const frames = Error.stackTraceLimit
    test.after(() => {
      Error.stackTraceLimit = frames
    })
    Error.stackTraceLimit = 1
    const error = await failureOf(client.containers.get('c'))
    assert.ok(error instanceof ApiError)
    assert.equal(Error.stackTraceLimit, 1)
    assert.equal((error.stack ?? '').match(/^ {4}at /gm)?.length, 1)
  })
})

async function whereItIsCalled(call: () => Promise<unknown>): Promise<unknown> {
  return await call()
}
