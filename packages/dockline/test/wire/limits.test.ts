import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { Container, type DockerClient, TimeoutError } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { chunked, empty, FakeEngine, frame, json, MULTIPLEXED, type Scripts } from '../support/fake-engine.js'
import { PATIENCE_MS, PATIENT } from '../support/patience.js'
import { keptBy } from '../support/signals.js'

interface Setting {
  readonly client: DockerClient
  readonly container: Container
}

const HEALTHY = {
  Id: 'c',
  State: { Running: true, Health: { Status: 'healthy' } },
  Config: { Healthcheck: { Test: ['CMD', 'true'] } },
}
const OWN = PATIENT

/** Calls that are timed as a whole, and the request that takes its time. */
const TIMED: Readonly<Record<string, readonly [slow: string, (setting: Setting) => Promise<unknown>]>> = {
  'container.stats': [
    'GET /containers/c/stats',
    ({ container }) => container.stats({ stream: false, ...OWN }),
  ],
  'container.waitHealthy': ['GET /containers/c/json', ({ container }) => container.waitHealthy(OWN)],
  'container.wait': ['POST /containers/c/wait', ({ container }) => container.wait(OWN)],
  'container.exec': ['POST /containers/c/exec', ({ container }) => container.exec(['true'], OWN)],
  'the first call, which asks for the version': ['HEAD /_ping', ({ client }) => client.version(OWN)],
}

const ANSWERS: Scripts = {
  'GET /containers/c/stats': chunked('application/json', '{}'),
  'GET /containers/c/json': json(HEALTHY),
  'POST /containers/c/wait': json({ StatusCode: 0 }),
  'POST /containers/c/exec': json({ Id: 'e' }, 201),
  'POST /exec/e/start': async (call) => {
    await call.upgrade(MULTIPLEXED)
    call.socket.end()
  },
  'GET /exec/e/json': json({ Running: false, ExitCode: 0 }),
  'HEAD /_ping': (call) => call.write('HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\n\r\n'),
  'GET /version': json({}),
}

describe('a timeout of a call', () => {
  for (const [name, [slow, call]] of Object.entries(TIMED)) {
    it(`goes before a shorter one of the client: ${name}`, async (test) => {
      const over = deferred<void>()
      const late: Scripts = {
        [slow]: async (request) => {
          await over.promise
          await ANSWERS[slow]?.(request)
        },
      }
      const { client, container } = await start(test, { ...ANSWERS, ...late })
      const result = call({ client, container })
      // Begun later, and with the limit of the client: by its end, that limit is over for the other one too.
      const error = await failureOf(client.info())
      assert.ok(error instanceof TimeoutError)
      assert.equal(error.timeout, 50)
      over.resolve()
      await result
    })
  }

  it('that is none leaves the calls it is made of to the limit of the client', async (test) => {
    const { container } = await start(test, {})
    for (const call of [container.stats({ stream: false }), container.waitHealthy(), container.wait()]) {
      const error = await failureOf(call)
      assert.ok(error instanceof TimeoutError, String(error))
      assert.equal(error.timeout, 50)
    }
  })
})

type Limits = { readonly signal?: AbortSignal; readonly timeout?: number }
type Limited = (setting: Setting, limits: Limits) => Promise<unknown>

/** Calls of several requests, and the one that is never answered. */
const SEVERAL: Readonly<Record<string, readonly [held: string, Limited]>> = {
  'containers.getOrCreate, which looks': [
    'GET /containers/web/json',
    ({ client }, limits) => client.containers.getOrCreate('web', 'busybox', ['true'], limits),
  ],
  'containers.getOrCreate, which makes': [
    'POST /containers/create',
    ({ client }, limits) => client.containers.getOrCreate('new', 'busybox', ['true'], limits),
  ],
  'networks.getOrCreate': ['GET /networks', ({ client }, limits) => client.networks.getOrCreate('n', limits)],
  'volumes.getOrCreate': ['GET /volumes/v', ({ client }, limits) => client.volumes.getOrCreate('v', limits)],
  'containers.sandbox': [
    'POST /containers/s/start',
    ({ client }, limits) => client.containers.sandbox('busybox', limits),
  ],
  'containers.create, which pulls': [
    'POST /images/create',
    ({ client }, limits) => client.containers.create('none', [], { pull: 'always', ...limits }),
  ],
  'containers.create, which looks': [
    'GET /containers/s/json',
    ({ client }, limits) => client.containers.create('busybox', [], limits),
  ],
  'containers.run, which pulls': [
    'POST /images/create',
    ({ client }, limits) => client.containers.run('none', [], { detach: true, pull: 'always', ...limits }),
  ],
  'containers.run, which starts': [
    'POST /containers/s/start',
    ({ client }, limits) => client.containers.run('busybox', [], { detach: true, ...limits }),
  ],
  'containers.run, which looks': [
    'GET /containers/s/json',
    ({ client }, limits) => client.containers.run('busybox', [], { detach: true, ...limits }),
  ],
  'container.exec, which starts': [
    'POST /exec/e/start',
    ({ container }, limits) => container.exec(['true'], { detach: true, ...limits }),
  ],
  'container.readFile': [
    'GET /containers/c/archive',
    ({ container }, limits) => container.readFile('/f', limits),
  ],
  'container.readFiles': [
    'GET /containers/c/archive',
    ({ container }, limits) => container.readFiles('/*', limits),
  ],
  'container.exists': [
    'HEAD /containers/c/archive',
    ({ container }, limits) => container.exists('/f', limits),
  ],
  'container.mkdir': ['PUT /containers/c/archive', ({ container }, limits) => container.mkdir('/d', limits)],
  'container.writeFiles': [
    'PUT /containers/c/archive',
    ({ container }, limits) => container.writeFiles('/', { f: 'x' }, limits),
  ],
}

const OF_SEVERAL: Scripts = {
  ...ANSWERS,
  'GET /containers/json': json([]),
  'POST /containers/s/start': empty(),
  'GET /info': json({ Architecture: 'x86_64', OSType: 'linux' }),
  'GET /version': json({ Arch: 'amd64', Os: 'linux' }),
  'GET /images/busybox/json': json({ Id: 'i', Config: {} }),
  'POST /containers/create': json({ Id: 's' }, 201),
  'PUT /containers/s/archive': json({}),
  'POST /containers/s/attach': async (call) => void (await call.upgrade(MULTIPLEXED)),
  'DELETE /containers/s': json({}),
}

describe('a call of several requests', () => {
  for (const [name, [held, call]] of Object.entries(SEVERAL)) {
    it(
      `is given up in the midst of them, by its signal and by its timeout: ${name}`,
      PATIENT,
      async (test) => {
        const asked = deferred<void>()
        const hold: Scripts = {
          ...OF_SEVERAL,
          [held]: async (request) => {
            asked.resolve()
            await request.closed
          },
          '*': json({ message: 'no such thing' }, 404),
        }
        const { client, container } = await start(test, hold, PATIENCE_MS)
        const controller = new AbortController()
        const reason = new Error('enough')
        const given = failureOf(call({ client, container }, { signal: controller.signal }))
        await Promise.race([asked.promise, given.then((error) => assert.fail(String(error)))])
        controller.abort(reason)
        assert.equal(await given, reason)
        const error = await failureOf(call({ client, container }, { timeout: 50 }))
        assert.ok(error instanceof TimeoutError, String(error))
        assert.equal(error.timeout, 50)
      },
    )
  }
})

describe('a signal for many calls', () => {
  it('keeps nothing of those that are over', async (test) => {
    const line = frame(1, 'line\n')
    const { client, container } = await start(
      test,
      {
        ...ANSWERS,
        'GET /containers/c/logs': chunked(MULTIPLEXED, line, line),
        'POST /containers/c/attach': async (call) => void (await call.upgrade(MULTIPLEXED)),
        'GET /events': chunked('application/json', '{"Type":"container","Action":"die","time":1}'),
        'GET /containers/missing/logs': json({ message: 'no such container' }, 404),
      },
      PATIENCE_MS,
    )
    const { signal } = new AbortController()
    const missing = new Container(client.api, { id: 'missing' })
    await client.version({ signal })
    await container.exec(['true'], { signal })
    await container.waitHealthy({ signal })
    assert.equal(await container.logs({ signal }).text(), 'line\nline\n')
    for await (const _ of container.logs({ signal })) break
    await failureOf(missing.logs({ signal }).text())
    for await (const _ of client.events({ signal, since: new Date(1000), resume: true })) break
    const session = await container.attach({ signal })
    session.close()
    await once(session.socket, 'close')
    assert.equal(keptBy(signal), 0)
  })
})

async function start(test: TestContext, scripts: Scripts, timeout = 50) {
  const engine = await FakeEngine.start(test, { '*': (call) => void call.takeOver(), ...scripts })
  const pinned = scripts['HEAD /_ping'] === ANSWERS['HEAD /_ping'] ? { apiVersion: '1.51' } : {}
  const client = engine.client(test, { ...pinned, timeout })
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}
