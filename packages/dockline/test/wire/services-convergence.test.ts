import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ConvergenceProgress } from '#src/doors/types.js'
import { InvalidArgumentError, NotFoundError, ServiceError, TimeoutError } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { FakeEngine, json } from '../support/fake-engine.js'
import { all } from '../support/swarm.js'

/** What the Engine tells at one look. */
interface Look {
  readonly states: readonly string[]
  readonly update?: { readonly State: string; readonly Message?: string }
}

const SPEC = { Name: 'web', Mode: { Replicated: { Replicas: 2 } } }
const UPDATING = { State: 'updating', Message: 'update in progress' }

describe('waiting for a service to converge', () => {
  it('tells each change, and ends when as many run as should', async (test) => {
    const { engine, service } = await start(test, [
      { states: ['preparing', 'new'] },
      { states: ['preparing', 'new'] },
      { states: ['running', 'starting'] },
      { states: ['running', 'running'] },
    ])
    const seen = await all(service.convergence({ monitor: 0 }))
    const about = { updateState: undefined, message: undefined, problems: [] }
    assert.deepEqual(seen, [
      { phase: 'progressing', running: 0, desired: 2, ...about },
      { phase: 'progressing', running: 1, desired: 2, ...about },
      { phase: 'converged', running: 2, desired: 2, ...about },
    ])
    const filters = encodeURIComponent('{"service":{"s1":true},"_up-to-date":{"true":true}}')
    const looks = engine.calls.filter((call) => call.startsWith('GET /v1.56/tasks'))
    assert.deepEqual(looks, Array(4).fill(`GET /v1.56/tasks?filters=${filters}`))
  })

  it('is not sure before the tasks have run for a while, and begins anew when one fails', async (test) => {
    const well = { states: ['running', 'running'] }
    const { service } = await start(test, [well, { states: ['running', 'failed'] }, well, well, well])
    const phases: string[] = []
    const last = await service.waitConverged({ monitor: 300, onProgress: ({ phase }) => phases.push(phase) })
    assert.deepEqual(phases, ['verifying', 'progressing', 'verifying', 'converged'])
    assert.equal(last.phase, 'converged')
  })

  it('takes the time to be sure from the service', async (test) => {
    const { service } = await start(test, [{ states: ['running', 'running'] }], {
      UpdateConfig: { Monitor: 1e6 },
    })
    const seen = await all(service.convergence())
    assert.deepEqual([seen.at(0)?.phase, seen.at(-1)?.phase], ['verifying', 'converged'])
  })

  for (const [state, message] of [
    ['paused', 'its update has paused: task failed'],
    ['rollback_paused', 'its rollback has paused: task failed'],
  ] as const) {
    it(`rejects when it is ${state}`, async (test) => {
      const { service } = await start(test, [
        { states: ['running', 'new'], update: UPDATING },
        { states: ['running', 'new'], update: { State: state, Message: 'task failed' } },
      ])
      const error = await failureOf(service.waitConverged())
      assert.ok(error instanceof ServiceError && error.code === 'ERR_DOCKER_SERVICE')
      assert.deepEqual([error.service, error.state, error.explanation], ['web', state, message])
    })
  }

  const back = {
    states: ['running', 'running'],
    update: { State: 'rollback_completed', Message: 'rollback completed' },
  }

  it('rejects when the Engine has gone back by itself, once that is over', async (test) => {
    const begun = { State: 'rollback_started', Message: 'update rolled back due to failure of task x' }
    const { engine, service } = await start(test, [
      { states: ['running', 'new'], update: UPDATING },
      { states: ['running', 'running'], update: begun },
      back,
    ])
    const error = await failureOf(service.waitConverged({ monitor: 0 }))
    assert.ok(error instanceof ServiceError)
    assert.match(error.message, /web: it was rolled back: update rolled back due to failure of task x/)
    assert.equal(error.state, 'rollback_completed')
    assert.equal(engine.calls.filter((call) => call.includes('/tasks')).length, 3)
  })

  it('rejects also when the beginning of that was over between two looks', async (test) => {
    const { service } = await start(test, [{ states: ['new', 'new'], update: UPDATING }, back])
    assert.ok((await failureOf(service.waitConverged({ monitor: 0 }))) instanceof ServiceError)
  })

  it('is content with a rollback that was asked for, and with one of the past', async (test) => {
    const asked = { State: 'rollback_started', Message: 'manually requested rollback' }
    const { service } = await start(test, [
      { states: ['new', 'new'], update: UPDATING },
      { states: ['running', 'new'], update: asked },
      back,
    ])
    assert.equal((await service.waitConverged({ monitor: 0 })).updateState, 'rollback_completed')
    const old = await start(test, [back])
    assert.equal((await old.service.waitConverged({ monitor: 0 })).phase, 'converged')
  })

  it('says how far it has come when the time is over', async (test) => {
    const { service } = await start(test, [{ states: ['running', 'pending'] }])
    const error = await failureOf(service.waitConverged({ timeout: 250 }))
    assert.ok(error instanceof TimeoutError && error.timeout === 250)
    assert.match(error.message, /service web \(1 of 2 tasks are where they should be: no suitable node\)/)
  })

  it('has a limit of its own, whatever that of the client', async (test) => {
    const over = deferred<void>()
    const engine = await FakeEngine.start(test, {
      'GET /services': json([{ ID: 's1', Spec: SPEC }]),
      'GET /services/s1': async (call) => {
        await over.promise
        await json({ ID: 's1', Spec: SPEC })(call)
      },
      'GET /tasks': json(['running', 'running'].map(taskOf)),
      'GET /nodes': json([{ ID: 'n1', Status: { State: 'ready' } }]),
      'GET /info': (call) => void call.takeOver(),
    })
    const client = engine.client(test, { apiVersion: '1.56', timeout: 50 })
    const [service] = await client.services.list()
    const waiting = service?.waitConverged({ monitor: 0, timeout: 60_000 })
    // Begun later, and with the limit of the client: by its end, that limit is over for the other one too.
    assert.ok((await failureOf(client.info())) instanceof TimeoutError)
    over.resolve()
    assert.equal((await waiting)?.phase, 'converged')
  })

  it('ends with the reason of its signal, and asks nothing after that', async (test) => {
    const { engine, service } = await start(test, [{ states: ['new', 'new'] }])
    const controller = new AbortController()
    const onProgress = (_progress: ConvergenceProgress) => controller.abort(new Error('enough'))
    assert.match(
      String(await failureOf(service.waitConverged({ signal: controller.signal, onProgress }))),
      /enough/,
    )
    assert.equal(engine.calls.length, 3)
  })

  it('ends when the service is gone', async (test) => {
    const { service } = await start(test, [])
    assert.ok((await failureOf(service.waitConverged())) instanceof NotFoundError)
  })

  it('refuses a time that cannot be right', async (test) => {
    const { service } = await start(test, [{ states: [] }])
    assert.ok((await failureOf(service.waitConverged({ monitor: -1 }))) instanceof InvalidArgumentError)
    assert.ok((await failureOf(service.waitConverged({ timeout: -1 }))) instanceof InvalidArgumentError)
    const unknown = { interval: 3 } as object
    assert.ok((await failureOf(service.waitConverged(unknown))) instanceof InvalidArgumentError)
  })
})

/** An Engine that tells one look after the other, and the last one for ever. */
async function start(test: TestContext, looks: readonly Look[], more = {}) {
  const spec = { ...SPEC, ...more }
  let index = -1
  const engine = await FakeEngine.start(test, {
    'GET /services': json([{ ID: 's1', Spec: spec }]),
    'GET /services/s1': (call) => {
      index = Math.min(index + 1, looks.length - 1)
      if (index < 0) return json({ message: 'service s1 not found' }, 404)(call)
      return json({ ID: 's1', Spec: spec, UpdateStatus: looks[index]?.update })(call)
    },
    'GET /tasks': (call) => json(looks[index]?.states.map(taskOf))(call),
    'GET /nodes': json([{ ID: 'n1', Status: { State: 'ready' } }]),
  })
  const [service] = await engine.client(test).services.list()
  assert.ok(service)
  engine.requests.length = 0
  return { engine, service }
}

function taskOf(state: string, slot: number) {
  const Err = state === 'pending' ? 'no suitable node' : ''
  return { ID: `t${slot}`, Slot: slot, NodeID: 'n1', DesiredState: 'running', Status: { State: state, Err } }
}
