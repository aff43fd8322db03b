import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { NotFoundError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { chunked, FakeEngine, frame, json, MULTIPLEXED } from '../support/fake-engine.js'
import { all } from '../support/swarm.js'

const TASK = {
  ID: 't'.repeat(25),
  ServiceID: 's1',
  Slot: 2,
  NodeID: 'n1',
  DesiredState: 'running',
  Status: { State: 'running', ContainerStatus: { ContainerID: 'c1', PID: 1, ExitCode: 0 } },
}
const FAILED = {
  ID: 'failed',
  DesiredState: 'shutdown',
  Status: {
    State: 'failed',
    Err: 'task: non-zero exit (3)',
    ContainerStatus: { ContainerID: 'c2', ExitCode: 3 },
  },
}

describe('tasks', () => {
  it('are listed in one request, with their facts', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /tasks': json([TASK, FAILED, { ID: 'new' }]) })
    const { tasks } = engine.client(test)
    const [running, failed, unborn] = await tasks.list({ filters: { service: 'web' } })
    assert.deepEqual(
      [running?.state, running?.desiredState, running?.serviceId, running?.slot, running?.nodeId],
      ['running', 'running', 's1', 2, 'n1'],
    )
    assert.deepEqual([running?.containerId, running?.exitCode, running?.error], ['c1', undefined, undefined])
    assert.deepEqual(
      [failed?.state, failed?.exitCode, failed?.error],
      ['failed', 3, 'task: non-zero exit (3)'],
    )
    assert.deepEqual([unborn?.state, unborn?.containerId, unborn?.slot], [undefined, undefined, undefined])
    const filters = encodeURIComponent('{"service":{"web":true}}')
    assert.deepEqual(engine.calls, [`GET /v1.56/tasks?filters=${filters}`])
  })

  it('are found by id, and refreshed', async (test) => {
    let state = 'starting'
    const engine = await FakeEngine.start(test, {
      'GET /tasks/t1': (call) => json({ ID: 't1', Status: { State: state } })(call),
    })
    const { tasks } = engine.client(test)
    const task = await tasks.get('t1')
    state = 'running'
    assert.equal(task.state, 'starting')
    assert.equal((await task.reload()).state, 'running')
    assert.ok((await failureOf(tasks.get('nobody'))) instanceof NotFoundError)
  })

  it('tell their log with the replica of each line', async (test) => {
    const prefix = `2026-01-02T03:04:05.000000006Z com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=${TASK.ID}`
    const engine = await FakeEngine.start(test, {
      'GET /tasks': json([TASK]),
      [`GET /tasks/${TASK.ID}/logs`]: chunked(
        MULTIPLEXED,
        frame(1, `${prefix} a\n`),
        frame(2, `${prefix} b\n`),
      ),
      [`GET /tasks/${TASK.ID}`]: json(TASK),
      'GET /services/s1': json({ ID: 's1', Spec: { Name: 'web' } }),
      'GET /nodes/n1': json({ ID: 'n1', Description: { Hostname: 'box' } }),
    })
    const [task] = await engine.client(test).tasks.list()
    assert.ok(task)
    const about = {
      replica: 'web.2',
      node: 'box',
      task: TASK.ID,
      timestamp: undefined,
      time: undefined,
      attributes: {},
    }
    assert.deepEqual(await all(task.logs({ tail: 5 })), [
      { ...about, source: 'stdout', line: 'a' },
      { ...about, source: 'stderr', line: 'b' },
    ])
    assert.equal(
      engine.calls[1],
      `GET /v1.56/tasks/${TASK.ID}/logs?follow=0&stdout=1&stderr=1&timestamps=1&details=1&tail=5`,
    )
    assert.equal(engine.calls.length, 5)
  })
})
