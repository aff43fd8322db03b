import assert from 'node:assert/strict'
import { type Duplex, PassThrough, Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { Makings } from '#src/http/making.js'
import { ConnectionError, type DockerClient, TimeoutError } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  empty,
  FakeEngine,
  json,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { RUNS_OUT_MS } from '../support/patience.js'

/** What makes something, what the Engine answers in the end, and what takes it away again. */
const MAKINGS: readonly (readonly [
  name: string,
  make: (client: DockerClient, signal: AbortSignal) => Promise<unknown>,
  request: string,
  reply: Script,
  removal: string,
])[] = [
  [
    'containers.create',
    ({ containers }, signal) => containers.create('busybox', 'true', { signal }),
    'POST /containers/create',
    json({ Id: 'c1' }, 201),
    'DELETE /v1.56/containers/c1?force=1&v=1',
  ],
  [
    'containers.run',
    ({ containers }, signal) => containers.run('busybox', 'true', { signal }),
    'POST /containers/create',
    json({ Id: 'c1' }, 201),
    'DELETE /v1.56/containers/c1?force=1&v=1',
  ],
  [
    'networks.create',
    ({ networks }, signal) => networks.create('n', { signal }),
    'POST /networks/create',
    json({ Id: 'n1' }, 201),
    'DELETE /v1.56/networks/n1',
  ],
  [
    'volumes.create without a name',
    ({ volumes }, signal) => volumes.create({ signal }),
    'POST /volumes/create',
    json({ Name: 'v1' }, 201),
    'DELETE /v1.56/volumes/v1',
  ],
  [
    'volumes.create with a name that is not there yet',
    ({ volumes }, signal) => volumes.create('v1', { signal }),
    'POST /volumes/create',
    json({ Name: 'v1' }, 201),
    'DELETE /v1.56/volumes/v1',
  ],
  [
    'services.create',
    ({ services }, signal) => services.create('busybox', 'true', { signal }),
    'POST /services/create',
    json({ ID: 's1' }, 201),
    'DELETE /v1.56/services/s1',
  ],
  [
    'secrets.create',
    ({ secrets }, signal) => secrets.create('s', 'x', { signal }),
    'POST /secrets/create',
    json({ ID: 's1' }, 201),
    'DELETE /v1.56/secrets/s1',
  ],
  [
    'configs.create',
    ({ configs }, signal) => configs.create('c', 'x', { signal }),
    'POST /configs/create',
    json({ ID: 'c1' }, 201),
    'DELETE /v1.56/configs/c1',
  ],
  [
    'plugins.create',
    ({ plugins }, signal) => plugins.create({ name: 'me/p', context: Buffer.alloc(1024), signal }),
    'POST /plugins/create',
    empty(),
    'DELETE /v1.56/plugins/me/p',
  ],
  [
    'plugins.create of a stream',
    ({ plugins }, signal) =>
      plugins.create({ name: 'p', context: Readable.from([Buffer.alloc(1024)]), signal }),
    'POST /plugins/create',
    empty(),
    'DELETE /v1.56/plugins/p',
  ],
  [
    'container.commit',
    async ({ containers }, signal) => (await containers.get('c')).commit({ signal }),
    'POST /commit',
    json({ Id: 'sha256:i' }, 201),
    'DELETE /v1.56/images/sha256%3Ai?noprune=1',
  ],
]

const ping = answer(200, { 'Api-Version': '1.56' })

const COMMON: Scripts = {
  'GET /containers/c/json': json({ Id: 'c' }),
  'GET /volumes/v1': json({ message: 'no such volume' }, 404),
}

describe('what is given up after it was sent', () => {
  for (const [name, make, request, reply, removal] of MAKINGS) {
    it(`is removed again: ${name}`, async (test) => {
      const { engine, client, asked, removed } = await start(test, request)
      const abort = new AbortController()
      const failure = failureOf(make(client, abort.signal))
      const call = await asked
      await call.body()
      const reason = new Error('enough')
      abort.abort(reason)
      assert.equal(await failure, reason, 'at once, before there is an answer')
      await reply(call)
      await removed
      assert.equal(engine.calls.at(-1), removal)
    })
  }

  it('is removed again after a timeout, and when the client is closed, which waits for that', async (test) => {
    for (const [options, give, type] of [
      [{ timeout: RUNS_OUT_MS }, () => {}, TimeoutError],
      [{}, (client: DockerClient) => client.close(), ConnectionError],
    ] as const) {
      const { engine, client, asked } = await start(test, 'POST /networks/create')
      const failure = failureOf(client.networks.create('n', options))
      const call = await asked
      await call.body()
      const closing = give(client)
      assert.ok((await failure) instanceof type)
      const closed = closing ?? client.close()
      await json({ Id: 'n1' }, 201)(call)
      await closed
      assert.equal(engine.calls.at(-1), 'DELETE /v1.56/networks/n1')
      await engine.allClosed()
    }
  })

  it('is left alone when it was not made, or was there before', async (test) => {
    const { engine, client, asked } = await start(test, 'POST /volumes/create', {
      'GET /volumes/v1': json({ Name: 'v1' }),
    })
    const abort = new AbortController()
    const failure = failureOf(client.volumes.create('v1', { signal: abort.signal }))
    const call = await asked
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await json({ Name: 'v1' }, 201)(call)
    await client.close()
    assert.deepEqual(engine.calls, ['GET /v1.56/volumes/v1', 'POST /v1.56/volumes/create'])

    const other = await start(test, 'POST /networks/create')
    const second = new AbortController()
    const refused = failureOf(other.client.networks.create('n', { signal: second.signal }))
    const conflict = await other.asked
    second.abort('enough')
    assert.equal(await refused, 'enough')
    await json({ message: 'n exists' }, 409)(conflict)
    await other.client.close()
    assert.deepEqual(other.engine.calls, ['POST /v1.56/networks/create'])
  })

  it('is removed by the low level too, but for a volume that may have been there', async (test) => {
    const { engine, client, asked } = await start(test, 'POST /containers/create')
    const abort = new AbortController()
    const failure = failureOf(client.api.containers.create({}, {}, { signal: abort.signal }))
    const call = await asked
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await json({ Id: 'c1' }, 201)(call)
    await client.close()
    assert.equal(engine.calls.at(-1), 'DELETE /v1.56/containers/c1?force=1&v=1')
  })

  it('is not sent any more when it is given up before', async (test) => {
    const { engine, client } = await start(test, 'POST /networks/create', {
      'HEAD /_ping': (call) => void call.takeOver(),
    })
    const failure = await failureOf(client.networks.create('n', { signal: AbortSignal.timeout(20) }))
    assert.equal((failure as Error).name, 'TimeoutError')
    await client.close()
    assert.deepEqual(engine.calls, [])
  })

  it('is not started when it is an exec', async (test) => {
    const { engine, client, asked } = await start(test, 'POST /containers/c/exec')
    const container = await client.containers.get('c')
    const abort = new AbortController()
    const failure = failureOf(container.exec('true', { signal: abort.signal }))
    const call = await asked
    abort.abort('enough')
    assert.equal(await failure, 'enough')
    await json({ Id: 'e1' }, 201)(call)
    await client.close()
    assert.ok(engine.calls.every((line) => !line.includes('/start')))
  })
})

describe('what was made and cannot be handed out', () => {
  it('is removed behind an abort, also when the client is closed at once', async (test) => {
    const abort = new AbortController()
    const { engine, client, removed } = await start(test, '', {
      'POST /containers/create': json({ Id: 'c1' }, 201),
      'GET /containers/c1/json': (call) => {
        call.takeOver()
        abort.abort('enough')
      },
    })
    assert.equal(
      await failureOf(client.containers.create('busybox', 'true', { signal: abort.signal })),
      'enough',
    )
    await Promise.all([client.close(), removed])
    assert.equal(engine.calls.at(-1), 'DELETE /v1.56/containers/c1?force=1&v=1')
  })
})

describe('a call that makes something', () => {
  it('keeps no connection once it is over, also when it was sent a second time over another', async () => {
    const makings = new Makings(new AbortController().signal)
    const connections = [new PassThrough(), new PassThrough()]
    const sent = async (_own: AbortSignal, onSent: (connection: Duplex) => void) => {
      for (const connection of connections) onSent(connection)
      assert.deepEqual([...makings.connections], connections.slice(1))
    }
    const what = 'POST /networks/create'
    await makings.make({ what, signal: undefined, timeoutMs: undefined, send: sent, undo: async () => {} })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(makings.connections.size, 0)
  })
})

/** An Engine that keeps one request waiting, and removes whatever it is asked to. */
async function start(test: TestContext, request: string, scripts: Scripts = {}) {
  const asked = deferred<Call>()
  const removed = deferred<void>()
  const remove: Script = async (call) => {
    await empty()(call)
    removed.resolve()
  }
  const engine: FakeEngine = await FakeEngine.start(test, {
    ...COMMON,
    [request]: (call) => asked.resolve(call.takeOver()),
    ...scripts,
    '*': (call) => {
      if (call.request.method === 'DELETE') return remove(call)
      return call.request.path === '/_ping' ? ping(call) : json({ message: 'page not found' }, 404)(call)
    },
  })
  return { engine, client: engine.client(test), asked: asked.promise, removed: removed.promise }
}
