import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { ConnectionError, InvalidArgumentError, type StatsSnapshot } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import { type FakeContainer, FakeContainers } from '../support/fake-containers.js'
import { type Call, FakeEngine } from '../support/fake-engine.js'

describe('client.stats', () => {
  it('gives snapshots of all containers that run, with the usage since the snapshot before', async (test) => {
    const { engine, containers, client } = await start(test, ['a', 'b'])
    const snapshots = client.stats({ filters: { label: 'x' }, interval: 20 })
    const first = snapshots.next()
    await containers.areMeasured(2)
    await first
    await containers.measured(100, 1000)
    assert.deepEqual(await until(snapshots, 2, 0), ['a 0', 'b 0'])
    await containers.measured(150, 1100)
    await containers.measured(200, 1200)
    assert.deepEqual(await until(snapshots, 2, 50), ['a 50', 'b 50'])
    assert.match(
      decodeURIComponent(engine.calls[1] ?? ''),
      /containers\/json\?all=1&filters=\{"label":\{"x":true\}\}/,
    )
    await snapshots.return?.()
    await engine.allClosed()
  })

  it('has containers as they come and go, also over a lost connection', async (test) => {
    const { containers, client } = await start(test, ['a'])
    const snapshots = client.stats({ interval: 20 })
    const first = snapshots.next()
    await containers.areMeasured(1)
    await containers.measured(0, 1000)
    await first
    await containers.start('b', [])
    await containers.areMeasured(2)
    await containers.measured(10, 1100)
    assert.deepEqual(await until(snapshots, 2), ['a', 'b'])
    await containers.end('a')
    assert.deepEqual(await until(snapshots, 1), ['b'])
    await containers.start('c', [])
    containers.cut()
    assert.deepEqual(await until(snapshots, 0), [])
    const measuring = containers.areMeasured(2).then(() => containers.measured(20, 1200))
    assert.deepEqual(await until(snapshots, 2), ['b', 'c'])
    await measuring
    await snapshots.return?.()
  })

  for (const filters of [undefined, { name: 'web' }]) {
    const how = filters === undefined ? '' : ', where names are asked for'
    it(`has the name of a container that was renamed before its start${how}`, async (test) => {
      const listed = deferred<void>()
      const { containers, client } = await start(test, ['a'], ({ request }) => {
        if (request.path === '/containers/json' && request.target.includes('%22id%22')) listed.resolve()
      })
      const snapshots = client.stats({ interval: 20, filters })
      const first = snapshots.next()
      await containers.areMeasured(1)
      await containers.measured(0, 1000)
      await first
      const made: FakeContainer = { id: 'b', name: 'old_web', state: 'created', log: [] }
      containers.containers.set('b', made)
      await containers.report({ Action: 'create', Actor: { ID: 'b', Attributes: { name: 'old_web' } } })
      await listed.promise
      made.name = 'web'
      await containers.report({ Action: 'rename', Actor: { ID: 'b', Attributes: { name: 'web' } } })
      made.state = 'running'
      await containers.report({ Action: 'start', Actor: { ID: 'b', Attributes: { name: 'web' } } })
      await containers.areMeasured(2)
      await containers.measured(10, 1100)
      assert.deepEqual(await until(snapshots, 2), ['a', 'web'])
      await snapshots.return?.()
    })
  }

  it('adds no listener of each container to one signal', async (test) => {
    const add = test.mock.method(EventTarget.prototype, 'addEventListener')
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`)
    const { engine, containers, client } = await start(test, names)
    const snapshots = client.stats({ interval: 20 })
    const first = snapshots.next()
    await containers.areMeasured(20)
    await containers.measured(0, 1000)
    await first
    const signals = new Set(add.mock.calls.map((call) => call.this as EventTarget))
    const counts = [...signals].map((signal) => getEventListeners(signal, 'abort').length)
    assert.ok(Math.max(...counts) < 20, `${Math.max(...counts)}`)
    await snapshots.return?.()
    await engine.allClosed()
  })

  it('does not wait for ever for the first measurement', async (test) => {
    const { client } = await start(test, ['a'])
    for await (const { containers } of client.stats({ interval: 20 })) {
      assert.deepEqual(containers, [])
      break
    }
  })

  it('rejects when the Engine cannot be reached at the beginning, when the signal aborts and when the client closes', async (test) => {
    const { engine, client } = await start(test, ['a'])
    const abort = new AbortController()
    const aborted = client.stats({ interval: 10, signal: abort.signal })
    await aborted.next()
    abort.abort('enough')
    assert.equal(await failureOf(aborted.next()), 'enough')
    const closed = client.stats({ interval: 10 })
    await closed.next()
    await client.close()
    assert.ok((await failureOf(closed.next())) instanceof ConnectionError)
    await engine.stop()
    assert.ok((await failureOf(engine.client(test).stats().next())) instanceof ConnectionError)
  })

  it('refuses wrong options before anything is sent', async (test) => {
    const { engine, client } = await start(test, [])
    for (const interval of [0, -1, 'soon', Number.NaN, 2 ** 31])
      await assert.rejects(client.stats({ interval }).next(), InvalidArgumentError)
    await assert.rejects(client.stats({ stream: true } as object).next(), /unknown option 'stream'/)
    assert.deepEqual(engine.calls, [])
  })
})

async function start(
  test: TestContext,
  running: readonly string[],
  onAnswered: (call: Call) => void = () => {},
) {
  const containers = new FakeContainers()
  for (const id of running) await containers.start(id, [])
  const engine = await FakeEngine.start(test, {
    '*': async (call) => {
      await containers.script(call)
      onAnswered(call)
    },
  })
  return { engine, containers, client: engine.client(test, { apiVersion: '1.51' }) }
}

/** The first snapshot of so many containers, and of such a usage where that is given. */
async function until(
  snapshots: AsyncGenerator<StatsSnapshot>,
  count: number,
  cpuPercent?: number,
): Promise<string[]> {
  for (;;) {
    const { value } = await snapshots.next()
    const { containers }: StatsSnapshot = value
    const fits = cpuPercent === undefined || containers.every((each) => each.cpuPercent === cpuPercent)
    if (containers.length === count && fits) return told(value, cpuPercent !== undefined)
  }
}

function told({ containers }: StatsSnapshot, withUsage = true): string[] {
  return containers.map(
    ({ container, cpuPercent }) => `${container.name}${withUsage ? ` ${cpuPercent}` : ''}`,
  )
}
