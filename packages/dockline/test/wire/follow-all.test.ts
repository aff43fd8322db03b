import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import {
  ApiError,
  ConnectionError,
  type ContainerLogLine,
  type FollowedLogs,
  InvalidArgumentError,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { FakeContainers } from '../support/fake-containers.js'
import { FakeEngine, json, type Scripts } from '../support/fake-engine.js'
import { err, out, stampOf } from '../support/fake-log.js'
import { waitFor } from '../support/patience.js'

describe('client.followAll', () => {
  it('gives the lines of all containers that run, and of those that start later, with who wrote them', async (test) => {
    const { engine, containers, client } = await start(test)
    await containers.start('a', [out(1, 'one\n')])
    const logs = client.followAll({ filters: { label: 'x' } })
    const lines = logs[Symbol.asyncIterator]()
    assert.deepEqual((await lines.next()).value, {
      source: 'stdout',
      line: 'one',
      timestamp: stampOf(1),
      time: new Date(stampOf(1)),
      attributes: {},
      isAfterGap: false,
      container: { id: 'a', name: 'a', labels: { of: 'a' }, image: 'i' },
    })
    await containers.start('b', [err(2, 'two\n')])
    assert.equal(await next(lines), 'b: two')
    const filters = engine.calls.filter((call) => call.includes('/containers/json')).map(decodeURIComponent)
    assert.match(filters[0] ?? '', /all=1&filters=\{"label":\{"x":true\}\}$/)
    assert.match(filters[1] ?? '', /"label":\{"x":true\},"id":\{"b":true\}/)
    await lines.return?.()
    await engine.allClosed()
  })

  it('takes a container that becomes healthy after its start, where healthy ones are asked for', async (test) => {
    const { engine, containers, client } = await start(test)
    const logs = client.followAll({ filters: { health: 'healthy' } })
    const lines = logs[Symbol.asyncIterator]()
    const first = next(lines)
    await waitFor(async () => engine.calls.find((call) => call.includes('/containers/json')))
    containers.containers.set('a', { id: 'a', state: 'running', log: [out(1, 'one\n')] })
    for (const Action of ['health_status: healthy', 'health_status: healthy'])
      await containers.report({ Action, Actor: { ID: 'a', Attributes: { name: 'a' } } })
    assert.equal(await first, 'a: one')
    assert.equal(engine.calls.filter((call) => call.includes('/a/logs')).length, 1)
    const [events = ''] = engine.calls.filter((call) => call.includes('/events')).map(decodeURIComponent)
    assert.match(events, /"health_status":true/)
    await lines.return?.()
  })

  it('gives what was written while the connection was lost, also by a container that nobody reports any more', async (test) => {
    const { containers, client } = await start(test)
    await containers.start('a', [out(1, 'one\n')])
    const logs = client.followAll()
    const lines = logs[Symbol.asyncIterator]()
    assert.equal(await next(lines), 'a: one')
    containers.containers.set('old', { id: 'old', state: 'exited', log: [out(1e9, 'of the time between\n')] })
    containers.containers.set('a', { id: 'a', state: 'exited', log: [out(1, 'one\n'), out(2, 'two\n')] })
    containers.cut()
    const rest = [await next(lines), await next(lines)]
    assert.deepEqual(rest.sort(), ['a: two', 'old: of the time between'])
    logs.cancel()
    assert.equal(await next(lines), 'the end')
  })

  it('goes on from a saved position: behind each line, and with what came meanwhile', async (test) => {
    const { containers, client } = await start(test)
    await containers.start('a', [out(1, 'one\n'), out(1, 'two\n'), out(2, 'three\n')])
    await containers.start('b', [])
    const first = client.followAll()
    assert.deepEqual(await take(first, 2), ['a: one', 'a: two'])
    const saved = JSON.parse(JSON.stringify(first.position))
    assert.deepEqual(Object.keys(saved.containers), ['a', 'b'])
    await containers.end('a', [out(3e9, 'last\n')])
    await containers.end('b', [out(3e9, 'only\n')])
    await containers.start('c', [out(4e9, 'new\n')])
    const second = client.followAll({ position: saved })
    assert.deepEqual((await take(second, 4)).sort(), ['a: last', 'a: three', 'b: only', 'c: new'])
    const third = client.followAll({ position: second.position })
    await containers.start('d', [out(5e9, 'newest\n')])
    assert.deepEqual(await take(third, 1), ['d: newest'])
  })

  it('asks for the last lines of a log once, and then goes on from the moment at which it began', async (test) => {
    const { engine, containers, client } = await start(test)
    await containers.start('a', [out(1, 'one\n')])
    await containers.start('b', [])
    const logs = client.followAll({ tail: 10 })
    const lines = logs[Symbol.asyncIterator]()
    const isFollowed = containers.isFollowedNext('b')
    assert.equal(await next(lines), 'a: one')
    await isFollowed
    assert.deepEqual(logs.position?.containers.b, { since: '1767323045' })
    await containers.end('b')
    await waitFor(
      async () => engine.calls.filter((call) => call.endsWith('/b/json')).length >= 2 || undefined,
    )
    await containers.start('b', [out(5e9, 'again\n')])
    assert.equal(await next(lines), 'b: again')
    const asked = engine.calls.filter((call) => call.includes('/b/logs'))
    assert.match(asked[0] ?? '', /tail=10/)
    assert.deepEqual(
      asked.slice(1).filter((call) => call.includes('tail=')),
      [],
    )
    assert.match(asked.at(-1) ?? '', /since=1767323045&/)
    await lines.return?.()
  })

  it('reads no more logs at a time than it may', async (test) => {
    const { engine, containers, client } = await start(test)
    for (const id of ['a', 'b', 'c'])
      containers.containers.set(id, { id, state: 'exited', log: [out(1, 'x\n')] })
    const position = { time: 1_767_323_040, containers: {} }
    const seen = await take(client.followAll({ connections: 1, position }), 3)
    assert.deepEqual(seen, ['a: x', 'b: x', 'c: x'])
    const logs = engine.requests.filter(({ path }) => path.endsWith('/logs'))
    assert.equal(new Set(logs.map(({ connection }) => connection)).size, 1)
  })

  it('holds each log back until its lines are taken', async (test) => {
    const { engine, containers, client } = await start(test)
    const long = 'x'.repeat(16_000)
    await containers.start(
      'a',
      Array.from({ length: 1000 }, (_, n) => out(n, `${long}\n`)),
    )
    const logs = client.followAll()
    for await (const _line of logs) {
      assert.deepEqual(logs.position?.containers.a?.stdout, { timestamp: stampOf(0), count: 1 })
      break
    }
    await engine.allClosed()
  })

  it('goes on when the log of one container cannot be read, and reports it', async (test) => {
    const { containers, client } = await start(test, {
      'GET /containers/silent/logs': json(
        { message: 'configured logging driver does not support reading' },
        500,
      ),
    })
    await containers.start('silent', [])
    await containers.start('a', [out(1, 'one\n')])
    const reports = new EventEmitter()
    const reported = once(reports, 'report')
    const onError = (error: unknown, { name }: { name: string }) => reports.emit('report', name, error)
    assert.deepEqual(await take(client.followAll({ onError }), 1, () => reported), ['a: one'])
    const [name, error] = await reported
    assert.equal(name, 'silent')
    assert.ok(error instanceof ApiError)
    assert.ok((await failureOf(take(client.followAll(), 2))) instanceof ApiError)
  })

  it('rejects when the Engine cannot be reached at the beginning, when the signal aborts and when the client closes', async (test) => {
    const { engine, containers, client } = await start(test)
    await containers.start('a', [out(1, 'one\n')])
    const abort = new AbortController()
    const aborted = client.followAll({ signal: abort.signal })
    assert.equal(await failureOf(take(aborted, 2, () => abort.abort('enough'))), 'enough')
    const closed = failureOf(take(client.followAll(), 2, () => client.close()))
    assert.ok((await closed) instanceof ConnectionError)
    await engine.stop()
    assert.ok((await failureOf(take(engine.client(test).followAll(), 1))) instanceof ConnectionError)
  })

  it('refuses wrong options before anything is sent', async (test) => {
    const { engine, client } = await start(test)
    for (const [options, message] of [
      [{ connections: 0 }, /connections must be a whole number from 1 on, not 0/],
      [{ onError: 1 }, /onError must be a function/],
      [{ filter: {} }, /did you mean 'filters'/],
      [{ stdout: false, stderr: false }, /stdout or stderr/],
      [{ position: {} }, /position must be the position of an earlier followAll/],
      [{ position: { time: 1, containers: { c: { stdout: 1 } } } }, /position\.containers\.c\.stdout/],
    ] as const) {
      const failure = await failureOf(take(client.followAll(options as object), 1))
      assert.ok(failure instanceof InvalidArgumentError, String(failure))
      assert.match(failure.message, message)
    }
    assert.deepEqual(engine.calls, [])
  })
})

async function start(test: TestContext, scripts: Scripts = {}) {
  const containers = new FakeContainers()
  const ping = json({}, 200)
  const engine = await FakeEngine.start(test, {
    ...scripts,
    '*': (call) => (call.request.path === '/_ping' ? ping : containers.script)(call),
  })
  return { engine, containers, client: engine.client(test, { apiVersion: '1.51' }) }
}

/** So many lines; `then` is called with the first. */
async function take(logs: FollowedLogs, count: number, then = (): unknown => undefined): Promise<string[]> {
  const seen: string[] = []
  for await (const line of logs) {
    if (seen.push(told(line)) === 1) await then()
    if (seen.length === count) break
  }
  return seen
}

function told({ container, line }: ContainerLogLine): string {
  return `${container.name}: ${line}`
}

async function next(lines: AsyncIterator<ContainerLogLine>): Promise<string> {
  const { value, done } = await lines.next()
  return done ? 'the end' : told(value)
}
