import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  Container,
  InvalidArgumentError,
  InvalidVersionError,
  StreamError,
  TimeoutError,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { chunk, chunked, chunkedHead, FakeEngine, type Script } from '../support/fake-engine.js'

const sample = (total: number, system: number) => ({
  read: '2026-01-02T03:04:05Z',
  cpu_stats: { cpu_usage: { total_usage: total }, system_cpu_usage: system, online_cpus: 1 },
})
const line = (value: unknown) => `${JSON.stringify(value)}\n`

describe('container.stats', () => {
  it('is a stream that ends its connection when the loop is left', async (test) => {
    const second = { ...sample(150, 1100), precpu_stats: sample(100, 1000).cpu_stats }
    const { engine, container } = await start(test, async (call) => {
      await call.body()
      await call.write(chunkedHead('application/json'))
      await call.write(chunk(line(sample(100, 1000)) + line(second)))
    })
    const stats = container.stats()
    assert.deepEqual(engine.calls, [], 'nothing is sent before it is read')
    const seen: number[] = []
    for await (const { cpuPercent } of stats) {
      seen.push(cpuPercent)
      if (seen.length === 2) break
    }
    assert.deepEqual(seen, [0, 50])
    assert.deepEqual(engine.calls, ['GET /v1.51/containers/c/stats?stream=1'])
    await engine.allClosed()
  })

  it('is one measurement without the stream', async (test) => {
    const { engine, container } = await start(test, chunked('application/json', line(sample(1, 1))))
    const stats = await container.stats({ stream: false })
    assert.deepEqual(stats.raw, sample(1, 1))
    await container.stats({ oneShot: true })
    assert.deepEqual(engine.calls, [
      'GET /v1.51/containers/c/stats?stream=0',
      'GET /v1.51/containers/c/stats?stream=0&one-shot=1',
    ])
  })

  it('compares a one-shot with the one before', async (test) => {
    const samples = [sample(100, 1000), sample(125, 1100)].values()
    const { container } = await start(test, (call) =>
      chunked('application/json', line(samples.next().value))(call),
    )
    const previous = await container.stats({ oneShot: true })
    const { cpuPercent } = await container.stats({ oneShot: true, previous })
    assert.deepEqual([previous.cpuPercent, cpuPercent], [0, 25])
  })

  it('refuses what cannot be had together, and what is unknown', async (test) => {
    const { engine, container } = await start(test, chunked('application/json'))
    for (const [options, message] of [
      [{ stream: true, oneShot: true }, /exclude each other/],
      [{ stream: false, previous: {} }, /previous needs oneShot/],
      [{ one_shot: true }, /unknown option 'one_shot': it is called oneShot here/],
    ] as const) {
      const failure = await failureOf(firstOf(container.stats(options as object)))
      assert.ok(failure instanceof InvalidArgumentError)
      assert.match(failure.message, message)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('refuses a one-shot of an Engine that does not have it', async (test) => {
    const { engine, container } = await start(test, chunked('application/json'), '1.40')
    assert.ok((await failureOf(container.stats({ oneShot: true }))) instanceof InvalidVersionError)
    assert.deepEqual(engine.calls, [])
  })

  it('rejects when nothing was measured, or not in time', async (test) => {
    const nothing = await start(test, chunked('application/json'))
    assert.ok((await failureOf(nothing.container.stats({ stream: false }))) instanceof StreamError)
    const late = await start(test, (call) => call.write(chunkedHead('application/json')))
    const error = await failureOf(late.container.stats({ stream: false, timeout: 50 }))
    assert.ok(error instanceof TimeoutError)
    await late.engine.allClosed()
  })
})

async function start(test: TestContext, script: Script, apiVersion = '1.51') {
  const engine = await FakeEngine.start(test, { 'GET /containers/c/stats': script })
  const client = engine.client(test, { apiVersion })
  return { engine, container: new Container(client.api, { id: 'c' }) }
}

/** The one measurement, or the first of a stream. */
async function firstOf(stats: Promise<unknown> | AsyncIterable<unknown>): Promise<unknown> {
  if (!(Symbol.asyncIterator in stats)) return stats
  for await (const each of stats) return each
  return undefined
}
