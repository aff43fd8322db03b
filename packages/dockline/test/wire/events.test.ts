import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { EventMessage } from '#src/doors/api.js'
import {
  ApiError,
  ConnectionError,
  type EngineEvent,
  eventName,
  InvalidArgumentError,
  isEvent,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  empty,
  FakeEngine,
  json,
  responseHead,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'

const NANO = 1_000_000_000n
/** As a proxy answers that lets nothing through but events. */
const PROXY: Scripts = { '*': (call) => (call.request.path === '/_ping' ? PING : json({}, 403))(call) }
const PING = answer(200, { 'Api-Version': '1.56' })
const HEAD = responseHead(200, {
  'Content-Type': 'application/json',
  'Transfer-Encoding': 'chunked',
  Date: 'Fri, 02 Jan 2026 03:04:05 GMT',
})
const STARTED = BigInt(Date.parse('2026-01-02T03:04:05Z') / 1000) * NANO + 500_000_001n

interface Happening {
  readonly nano: bigint
  readonly text: string
}

/** As it stands on the wire: JSON has all digits of a nanosecond, also those that a number cannot hold. */
function happening(milliseconds: number, action: string, id = 'c'): Happening {
  const nano = STARTED + BigInt(milliseconds) * 1_000_000n
  const known = JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id }, scope: 'local' })
  const text = `${known.slice(0, -1)},"time":${nano / NANO},"timeNano":${nano}}\n`
  return { nano, text }
}

/** What an Engine remembers, told from the nanosecond on that is asked for; then the connection is cut, or kept. */
function telling(history: () => readonly Happening[], after: (call: Call) => void | Promise<void>): Script {
  return async (call) => {
    await call.body()
    const since = new URL(call.request.target, 'http://engine').searchParams.get('since')
    const [seconds = '0', fraction = ''] = (since ?? '0').split('.')
    const from = BigInt(seconds) * NANO + BigInt(fraction.padEnd(9, '0'))
    await call.write(HEAD)
    for (const { nano, text } of history()) if (nano >= from) await call.write(chunk(text))
    await after(call)
  }
}

describe('client.events', () => {
  it('refuses what is unknown, or no time', async (test) => {
    const { engine, client } = await start(test, {})
    const misspelt = { filter: {} } as object
    await assert.rejects(client.events(misspelt).next(), /unknown option 'filter', did you mean 'filters'/)
    await assert.rejects(client.events({ since: 'yesterday' }).next(), InvalidArgumentError)
    assert.deepEqual(engine.requests, [])
  })

  it('asks once, from when to when and for what', async (test) => {
    const { engine, client } = await start(test, { 'GET /events': telling(() => [], finish) })
    for await (const _ of client.events({
      since: new Date(5000),
      until: new Date(6000),
      filters: { type: 'container' },
    }));
    const filters = encodeURIComponent('{"type":{"container":true}}')
    const times = 'since=5.000000000&until=6.000000000'
    assert.deepEqual(engine.calls, [`GET /v1.51/events?${times}&filters=${filters}`])
  })

  it('rejects when the connection is lost', async (test) => {
    const { client } = await start(test, { 'GET /events': telling(() => [happening(1, 'start')], cut) })
    const seen: EngineEvent[] = []
    assert.ok((await failureOf(collect(client.events(), seen))) instanceof Error)
    assert.deepEqual(actions(seen), ['start'])
  })
})

describe('client.events with resume', () => {
  it('goes on after every cut, with none missed and none twice', async (test) => {
    const all = ['create', 'attach', 'start', 'die', 'destroy'].map((name, n) => happening(n * 300, name))
    let connections = 0
    const { engine, client } = await start(test, {
      ...PROXY,
      'GET /events': telling(
        () => all.slice(0, ++connections),
        (call) => (connections < all.length ? cut(call) : undefined),
      ),
    })
    assert.deepEqual(actions(await take(client.events({ resume: true }), all.length)), [
      'create',
      'attach',
      'start',
      'die',
      'destroy',
    ])
    assert.equal(engine.calls.filter((call) => call.includes('/events')).length, all.length)
    assert.match(engine.calls[1] ?? '', /since=1767323045(\.5\d*)?$/, 'it begins at the time of the Engine')
  })

  it('tells apart what happens in one nanosecond', async (test) => {
    const together = [happening(1, 'die', 'a'), happening(1, 'die', 'b'), happening(1, 'die', 'a')]
    const late = happening(1, 'stop', 'a')
    let connections = 0
    const { client } = await start(test, {
      ...PROXY,
      'GET /events': telling(
        () => (++connections === 1 ? together.slice(0, 2) : [...together, late, happening(2, 'end')]),
        (call) => (connections === 1 ? cut(call) : undefined),
      ),
    })
    const seen = await take(client.events({ resume: true }), 5)
    assert.deepEqual(
      seen.map(({ Action, Actor }) => `${Action} ${Actor.ID}`),
      ['die a', 'die b', 'die a', 'stop a', 'end c'],
    )
  })

  it('misses nothing that the Engine tells late and out of order', async (test) => {
    let connections = 0
    const { client } = await start(test, {
      ...PROXY,
      'GET /events': telling(
        () =>
          ++connections === 1 ? [happening(50, 'second')] : [happening(40, 'first'), happening(50, 'second')],
        (call) => (connections === 1 ? cut(call) : undefined),
      ),
    })
    assert.deepEqual(actions(await take(client.events({ resume: true }), 2)), ['second', 'first'])
  })

  it('follows a clock that is set back, with none missed and none twice', async (test) => {
    const all = [happening(3_600_000, 'ahead'), happening(0, 'back'), happening(1, 'missed')]
    let connections = 0
    const { engine, client } = await start(test, {
      ...PROXY,
      'GET /events': telling(
        () => all.slice(0, ++connections < 3 ? 2 : 3),
        (call) => (connections < 3 ? cut(call) : undefined),
      ),
    })
    assert.deepEqual(actions(await take(client.events({ resume: true }), 3)), ['ahead', 'back', 'missed'])
    for (const call of engine.calls.slice(-2)) assert.match(call, /since=1767323044\.5/)
  })

  it('knows where to go on when the connection is lost before the first event', async (test) => {
    let connections = 0
    const { engine, client } = await start(test, {
      ...PROXY,
      'GET /events': telling(
        () => (++connections < 3 ? [] : [happening(-505, 'before'), happening(5, 'start')]),
        (call) => (connections < 3 ? cut(call) : undefined),
      ),
    })
    assert.deepEqual(actions(await take(client.events({ resume: true }), 1)), ['start'])
    assert.deepEqual(engine.calls, [
      'GET /v1.51/events',
      'GET /v1.51/events?since=1767323045',
      'GET /v1.51/events?since=1767323045',
    ])
  })

  it('goes on when the Engine answers with a 500 meanwhile', async (test) => {
    let connections = 0
    const { client } = await start(test, {
      ...PROXY,
      'GET /events': (call) =>
        ++connections === 2
          ? json({ message: 'starting' }, 503)(call)
          : telling(
              () => [happening(1, 'start'), ...(connections > 2 ? [happening(2, 'die')] : [])],
              (each) => (connections > 2 ? undefined : cut(each)),
            )(call),
    })
    assert.deepEqual(actions(await take(client.events({ resume: true }), 2)), ['start', 'die'])
  })

  it('judges by the clock of the Engine whether until has come', async (test) => {
    // It is 2026-01-02T03:04:05 for the Engine, and much later here.
    const until = new Date('2026-01-02T03:05:00Z')
    let connections = 0
    const engine = await FakeEngine.start(test, {
      'GET /events': async (call) => {
        await call.body()
        connections += 1
        const date = connections === 1 ? 'Fri, 02 Jan 2026 03:04:05 GMT' : 'Fri, 02 Jan 2026 03:05:00 GMT'
        const { text } = happening(connections, `event ${connections}`)
        const head = responseHead(200, { 'Transfer-Encoding': 'chunked', Date: date })
        await call.write(Buffer.concat([Buffer.from(head), chunk(text), chunk()]))
      },
    })
    const seen: string[] = []
    for await (const event of engine.client(test).events({ resume: true, until })) seen.push(event.Action)
    assert.deepEqual(seen, ['event 1', 'event 2'])
  })

  it('goes on with an Engine that ended the answer well, unless until has come', async (test) => {
    let connections = 0
    const { client } = await start(test, {
      '*': empty(200),
      'GET /events': telling(() => (++connections < 2 ? [] : [happening(1, 'start')]), finish),
    })
    const seen = await take(
      client.events({ resume: true, since: new Date(5000), until: Date.now() + 3_600_000 }),
      1,
    )
    assert.deepEqual(actions(seen), ['start'])
    const before = connections
    assert.deepEqual(
      actions(await take(client.events({ resume: true, since: new Date(5000), until: new Date(6000) }), 9)),
      ['start'],
    )
    assert.equal(connections, before + 1)
  })

  it('rejects when there is no Engine at first, or it refuses', async (test) => {
    const { engine, client } = await start(test, {
      ...PROXY,
      'GET /events': json({ message: 'invalid filter' }, 400),
    })
    const refused = await failureOf(take(client.events({ resume: true }), 1))
    assert.ok(refused instanceof ApiError)
    await engine.stop()
    for (const since of [undefined, new Date(5000)]) {
      const error = await failureOf(take(client.events({ resume: true, since }), 1))
      assert.ok(error instanceof ConnectionError)
    }
  })

  it('stops at an abort, with its reason, also between two attempts', async (test) => {
    const reason = new Error('enough')
    const controller = new AbortController()
    let connections = 0
    const { client } = await start(test, {
      ...PROXY,
      'GET /events': (call) => {
        if (++connections === 1) return telling(() => [], cut)(call)
        if (connections === 3) setImmediate(() => controller.abort(reason))
        return call.cut()
      },
    })
    const events = client.events({ resume: true, signal: controller.signal })
    assert.equal(await failureOf(take(events, 1)), reason)
  })

  it('stops when the client is closed', async (test) => {
    const { client } = await start(test, {
      ...PROXY,
      'GET /events': (call) => {
        setImmediate(() => client.close())
        return telling(() => [], cut)(call)
      },
    })
    const error = await failureOf(take(client.events({ resume: true }), 1))
    assert.ok(error instanceof ConnectionError)
    assert.match(error.message, /was closed/)
  })

  it('closes the connection when the loop is left', async (test) => {
    const { engine, client } = await start(test, {
      ...PROXY,
      'GET /events': telling(
        () => [happening(1, 'start')],
        () => {},
      ),
    })
    for await (const _ of client.events({ resume: true })) break
    await engine.closed(engine.connectionCount - 1)
  })
})

describe('an event', () => {
  it('is known by type and by name, whatever is behind the colon', () => {
    const event: EventMessage = { Type: 'container', Action: 'exec_create: sh -c "a: b"', Actor: { ID: 'c' } }
    assert.equal(eventName(event), 'exec_create')
    assert.equal(eventName({}), '')
    assert.ok(isEvent(event, 'container'))
    assert.ok(isEvent(event, 'container', 'die', 'exec_create'))
    assert.ok(!isEvent(event, 'container', 'die'))
    assert.ok(!isEvent(event, 'network'))
  })
})

function cut(call: Call): void {
  call.cut()
}

async function finish(call: Call): Promise<void> {
  await call.write(chunk())
}

async function collect(events: AsyncIterable<EngineEvent>, seen: EngineEvent[]): Promise<void> {
  for await (const event of events) seen.push(event)
}

async function take(events: AsyncIterable<EngineEvent>, count: number): Promise<EngineEvent[]> {
  const seen: EngineEvent[] = []
  for await (const event of events) if (seen.push(event) === count) break
  return seen
}

function actions(events: readonly EngineEvent[]): string[] {
  return events.map(({ Action }) => Action)
}

async function start(test: TestContext, scripts: Readonly<Record<string, Script>>) {
  const engine = await FakeEngine.start(test, scripts)
  return { engine, client: engine.client(test, { apiVersion: '1.51' }) }
}
