import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ServiceSpec } from '#src/doors/api.js'
import { ApiError, InvalidArgumentError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const WEB = {
  ID: 's1',
  Version: { Index: 20 },
  Spec: {
    Name: 'web',
    Labels: { tier: 'web' },
    TaskTemplate: { ContainerSpec: { Image: 'nginx', Env: ['A=1'] }, ForceUpdate: 4, Runtime: 'container' },
    Mode: { Replicated: { Replicas: 2 } },
  },
}
const SCRIPTS: Scripts = {
  'GET /services/s1': json(WEB),
  'POST /services/s1/update': json({ Warnings: ['unpinned'] }),
}
const STALE = json({ message: 'rpc error: code = Unknown desc = update out of sequence' }, 500)

describe('a service', () => {
  it('is found, listed with its status, and removed', async (test) => {
    const engine = await FakeEngine.start(test, {
      ...SCRIPTS,
      'GET /services': json([{ ...WEB, ServiceStatus: { RunningTasks: 1 } }]),
      'DELETE /services/s1': empty(200),
    })
    const { services } = engine.client(test)
    const [listed] = await services.list({ status: true, filters: { name: 'web' } })
    assert.deepEqual(listed?.attrs.ServiceStatus, { RunningTasks: 1 })
    await (await services.get('s1', { insertDefaults: true })).remove()
    const filters = encodeURIComponent('{"name":{"web":true}}')
    assert.deepEqual(engine.calls, [
      `GET /v1.56/services?status=1&filters=${filters}`,
      'GET /v1.56/services/s1?insertDefaults=1',
      'DELETE /v1.56/services/s1',
    ])
  })

  it('changes what is given and keeps the rest', async (test) => {
    const { engine, service } = await aService(test)
    const authFrom = 'previous-spec'
    assert.deepEqual(await service.update({ env: ['A=2'], authFrom }), { warnings: ['unpinned'] })
    assert.deepEqual(engine.calls, [
      'GET /v1.56/services/s1',
      'POST /v1.56/services/s1/update?version=20&registryAuthFrom=previous-spec',
    ])
    const { TaskTemplate: template, ...others } = WEB.Spec
    const TaskTemplate = { ...template, ContainerSpec: { Image: 'nginx', Env: ['A=2'] } }
    assert.deepEqual(bodyOf(engine), { ...others, TaskTemplate })
    assert.equal(service.version, 20)
  })

  it('starts anew by its counter, or by a number', async (test) => {
    const { engine, service } = await aService(test)
    await service.forceUpdate()
    assert.equal(bodyOf(engine).TaskTemplate?.ForceUpdate, 5)
    await service.update({ forceUpdate: 0 })
    assert.equal(bodyOf(engine).TaskTemplate?.ForceUpdate, 0)
    await service.update({ forceUpdate: false })
    assert.equal(bodyOf(engine).TaskTemplate?.ForceUpdate, 4)
    await service.update({ forceUpdate: true, spec: { Name: 'web' }, image: 'x' })
    assert.deepEqual(bodyOf(engine), {
      Name: 'web',
      TaskTemplate: { ContainerSpec: { Image: 'x' }, ForceUpdate: 5 },
    })
  })

  it('scales, and changes nothing else', async (test) => {
    const { engine, service } = await aService(test)
    await service.scale(0)
    assert.deepEqual(bodyOf(engine), { ...WEB.Spec, Mode: { Replicated: { Replicas: 0 } } })
    assert.ok((await failureOf(service.scale(1.5))) instanceof InvalidArgumentError)
    assert.equal(engine.calls.length, 2)
  })

  it('that is global does not scale', async (test) => {
    const { engine, service } = await aService(test, {
      'GET /services/s1': json({ ...WEB, Spec: { Mode: { Global: {} } } }),
    })
    assert.match(String(await failureOf(service.scale(3))), /InvalidArgumentError.*global/)
    assert.equal(engine.calls.length, 1)
  })

  it('goes back to the spec before', async (test) => {
    const { engine, service } = await aService(test)
    await service.rollback()
    assert.equal(engine.calls.at(-1), 'POST /v1.56/services/s1/update?version=20&rollback=previous')
    assert.deepEqual(bodyOf(engine), WEB.Spec)
  })

  it('is inspected and merged anew when it has changed meanwhile, but not for ever', async (test) => {
    let index = 20
    const { engine, service } = await aService(test, {
      'GET /services/s1': (call) => {
        index += 1
        return json({
          ...WEB,
          Version: { Index: index },
          Spec: { ...WEB.Spec, Labels: { index: String(index) } },
        })(call)
      },
      'POST /services/s1/update': (call) => (index < 23 ? STALE : json({ Warnings: null }))(call),
    })
    assert.deepEqual(await service.update({ image: 'x' }), { warnings: [] })
    assert.deepEqual(bodyOf(engine).Labels, { index: '23' })
    assert.equal(engine.calls.length, 6)
    index = Number.NEGATIVE_INFINITY
    const error = await failureOf(service.scale(3))
    assert.ok(error instanceof ApiError && error.status === 500)
    assert.equal(engine.calls.length, 6 + 20)
  })

  it('is not tried again after other errors', async (test) => {
    const { engine, service } = await aService(test, {
      'POST /services/s1/update': json({ message: 'invalid spec' }, 400),
    })
    assert.match(String(await failureOf(service.update({ image: 'x' }))), /invalid spec/)
    assert.equal(engine.calls.length, 2)
  })

  it('refuses a bad change before it asks', async (test) => {
    const { engine, service } = await aService(test)
    const bad = [{ imagee: 'x' }, { replicas: -1 }, { forceUpdate: -1 }, { authFrom: 'x' }, { env: 3 }]
    for (const options of bad) {
      assert.ok((await failureOf(service.update(options as object))) instanceof InvalidArgumentError)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('stops when its signal aborts', async (test) => {
    const { service } = await aService(test, { 'POST /services/s1/update': () => new Promise(() => {}) })
    const controller = new AbortController()
    const updating = service.update({ image: 'x', signal: controller.signal })
    controller.abort(new Error('enough'))
    assert.match(String(await failureOf(updating)), /enough/)
  })

  it('tells its tasks', async (test) => {
    const { engine, service } = await aService(test, { 'GET /tasks': json([{ ID: 't1', Slot: 1 }]) })
    const tasks = await service.tasks({ filters: { 'desired-state': 'running' } })
    assert.deepEqual(
      tasks.map(({ id, slot }) => [id, slot]),
      [['t1', 1]],
    )
    const filters = encodeURIComponent('{"desired-state":{"running":true},"service":{"s1":true}}')
    assert.equal(engine.calls.at(-1), `GET /v1.56/tasks?filters=${filters}`)
  })
})

/** The service, with nothing asked so far. */
async function aService(test: TestContext, scripts: Scripts = {}) {
  const engine = await FakeEngine.start(test, { ...SCRIPTS, 'GET /services': json([WEB]), ...scripts })
  const [service] = await engine.client(test).services.list()
  assert.ok(service)
  engine.requests.length = 0
  return { engine, service }
}

function bodyOf(engine: FakeEngine): ServiceSpec {
  return JSON.parse(String(engine.last.body))
}
