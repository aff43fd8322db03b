import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { InvalidArgumentError, StreamError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import {
  chunk,
  chunked,
  chunkedHead,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  RAW,
  type Script,
} from '../support/fake-engine.js'
import { all } from '../support/swarm.js'

const TIME = '2026-01-02T03:04:05.000000006Z'
const from = (task: string, node: string, text: string, source = 1) =>
  frame(
    source,
    `${TIME} com.docker.swarm.node.id=${node},com.docker.swarm.service.id=s1,com.docker.swarm.task.id=${task} ${text}`,
  )

describe('the log of a service', () => {
  it('tells the replica and the node of each line, and asks for each name once', async (test) => {
    const { engine, service } = await start(
      test,
      chunked(MULTIPLEXED, from('t1', 'n1', 'a\n'), from('t2', 'n1', 'b\n', 2), from('t1', 'n1', 'c\n')),
    )
    const lines = await all(service.logs())
    assert.deepEqual(
      lines.map(({ replica, node, task, source, line }) => [replica, node, task, source, line]),
      [
        ['web.1', 'box', 't1', 'stdout', 'a'],
        ['web.2', 'box', 't2', 'stderr', 'b'],
        ['web.1', 'box', 't1', 'stdout', 'c'],
      ],
    )
    assert.deepEqual(engine.calls, [
      'GET /v1.56/services/s1/logs?follow=0&stdout=1&stderr=1&timestamps=1&details=1',
      'GET /v1.56/tasks/t1',
      'GET /v1.56/services/s1',
      'GET /v1.56/nodes/n1',
      'GET /v1.56/tasks/t2',
    ])
  })

  it('is right for any cut of the bytes', async (test) => {
    const bytes = Buffer.concat([
      from('t1', 'n1', 'ä'.repeat(40)),
      from('t1', 'n1', 'end\n'),
      from('t2', 'n1', '\n'),
    ])
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, n) =>
      bytes.subarray(n * 7, n * 7 + 7),
    )
    const { service } = await start(test, chunked(MULTIPLEXED, ...pieces))
    const lines = await all(service.logs())
    assert.deepEqual(
      lines.map(({ replica, line }) => [replica, line]),
      [
        ['web.1', `${'ä'.repeat(40)}end`],
        ['web.2', ''],
      ],
    )
  })

  it('keeps the ids of what is gone, and names global tasks by their node', async (test) => {
    const { service } = await start(
      test,
      chunked(MULTIPLEXED, from('gone', 'n2', 'a\n'), from('everywhere', 'n2', 'b\n')),
      { mode: { Global: {} } },
    )
    const lines = await all(service.logs())
    assert.deepEqual(
      lines.map(({ replica, node }) => [replica, node]),
      [
        ['web.gone', 'n2'],
        ['web.n2', 'n2'],
      ],
    )
  })

  it('names the first task of a job by its slot, which the Engine leaves out', async (test) => {
    const bytes = [from('first', 'n1', 'a\n'), from('t1', 'n1', 'b\n')]
    const { service } = await start(test, chunked(MULTIPLEXED, ...bytes), { mode: { ReplicatedJob: {} } })
    const lines = await all(service.logs())
    assert.deepEqual(
      lines.map(({ replica }) => replica),
      ['web.0', 'web.1'],
    )
  })

  it('takes nothing that a container writes for the ids of another task', async (test) => {
    const forged =
      'com.docker.swarm.node.id=n9,com.docker.swarm.service.id=m,com.docker.swarm.task.id=t9 rest'
    const { engine, service } = await start(
      test,
      chunked(MULTIPLEXED, from('t1', 'n1', `asked for ${forged}\n`), from('t1', 'n1', 'next\n')),
    )
    const lines = await all(service.logs())
    assert.deepEqual(
      lines.map(({ replica, line }) => [replica, line]),
      [
        ['web.1', `asked for ${forged}`],
        ['web.1', 'next'],
      ],
    )
    assert.ok(!engine.calls.some((call) => /\/(?:t9|m|n9)$/.test(call)))
  })

  it('ends with an error when it is cut in the middle of a message', async (test) => {
    const { service } = await start(test, chunked(MULTIPLEXED, from('t1', 'n1', 'a\n').subarray(0, -1)))
    assert.ok((await failureOf(all(service.logs()))) instanceof StreamError)
  })

  it('rejects with what an Engine says in the middle of it, after the lines before', async (test) => {
    const { service } = await start(
      test,
      chunked(MULTIPLEXED, from('t1', 'n1', 'a\n'), frame(3, 'Error grabbing logs: node is down')),
    )
    const lines: string[] = []
    const error = await failureOf(
      (async () => {
        for await (const { line } of service.logs()) lines.push(line)
      })(),
    )
    assert.ok(error instanceof StreamError)
    assert.match(error.message, /node is down/)
    assert.deepEqual(lines, ['a'])
  })

  it('closes its connection when the loop is left, and when it is cancelled', async (test) => {
    const endless: Script = async (call) => {
      await call.body()
      call.takeOver()
      await call.write(
        Buffer.concat([Buffer.from(chunkedHead(MULTIPLEXED)), chunk(from('t1', 'n1', 'tick\n'))]),
      )
    }
    const { engine, service } = await start(test, endless)
    for await (const { line } of service.logs({ follow: true })) {
      assert.equal(line, 'tick')
      break
    }
    await engine.closed(engine.requests.find(({ path }) => path.endsWith('/logs'))?.connection ?? -1)
    await using logs = service.logs({ follow: true })
    let count = 0
    for await (const _line of logs) {
      count += 1
      logs.cancel()
    }
    assert.equal(count, 1)
  })

  it('is asked for with every option, and can be had raw', async (test) => {
    const { engine, service } = await start(test, chunked(MULTIPLEXED, frame(1, 'a\n'), frame(2, 'b\n')))
    const logs = service.logs({
      raw: true,
      follow: true,
      stderr: false,
      tail: 3,
      since: new Date(5000),
      timestamps: true,
      details: true,
    })
    assert.deepEqual(engine.calls, [])
    assert.equal(await logs.text(), 'a\nb\n')
    assert.deepEqual(engine.calls, [
      'GET /v1.56/services/s1/logs?follow=1&stdout=1&stderr=0&since=5.000000000&timestamps=1&details=1&tail=3',
    ])
  })

  it('has the time of each line when asked for', async (test) => {
    const ids = 'com.docker.swarm.node.id=n1,com.docker.swarm.service.id=s1,com.docker.swarm.task.id=t1'
    const { service } = await start(test, chunked(MULTIPLEXED, frame(1, `${TIME} ${ids},env=a%20b x\n`)))
    const [line] = await all(service.logs({ timestamps: true }))
    assert.deepEqual([line?.timestamp, line?.line, line?.attributes], [TIME, 'x', { env: 'a b' }])
  })

  it('refuses what cannot be right', async (test) => {
    const { engine, service } = await start(test, chunked(RAW))
    for (const options of [
      { stdout: false, stderr: false },
      { tail: -1 },
      { tail: 'some' },
      { until: new Date(3000) },
      { details: true },
    ]) {
      await assert.rejects(all(service.logs(options as object)), InvalidArgumentError)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('of tasks with a tty can only be had raw', async (test) => {
    const { engine, service } = await start(test, chunked(RAW, 'out\r\n'), { tty: true })
    await assert.rejects(all(service.logs()), /InvalidArgumentError.*tty.*raw: true/)
    assert.equal(await service.logs({ raw: true }).text(), 'out\r\n')
    assert.equal(engine.calls.length, 1)
  })

  it('is told from a raw one by the tty where the Engine calls everything raw', async (test) => {
    const { service } = await start(test, chunked(RAW, frame(1, 'out\n')), { apiVersion: '1.41' })
    assert.equal(await service.logs({ raw: true }).text(), 'out\n')
  })
})

async function start(test: TestContext, logs: Script, { tty = false, apiVersion = '1.56', mode = {} } = {}) {
  const spec = { Name: 'web', Mode: mode, TaskTemplate: { ContainerSpec: { TTY: tty } } }
  const engine = await FakeEngine.start(
    test,
    {
      'GET /services': json([{ ID: 's1', Spec: spec }]),
      'GET /services/s1': json({ ID: 's1', Spec: spec }),
      'GET /services/s1/logs': logs,
      'GET /tasks/t1': json({ ID: 't1', ServiceID: 's1', Slot: 1 }),
      'GET /tasks/t2': json({ ID: 't2', ServiceID: 's1', Slot: 2 }),
      'GET /tasks/first': json({ ID: 'first', ServiceID: 's1' }),
      'GET /tasks/everywhere': json({ ID: 'everywhere', ServiceID: 's1' }),
      'GET /nodes/n1': json({ ID: 'n1', Description: { Hostname: 'box' } }),
    },
    { apiVersion },
  )
  const [service] = await engine.client(test).services.list()
  assert.ok(service)
  engine.requests.length = 0
  return { engine, service }
}
