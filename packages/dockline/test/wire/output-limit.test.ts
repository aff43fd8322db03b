import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Container, InvalidArgumentError, OutputLimitError, TimeoutError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import {
  type Call,
  empty,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Scripts,
} from '../support/fake-engine.js'
import { RUNS_OUT_MS } from '../support/patience.js'

const TOO_MUCH = Buffer.concat([frame(1, 'one two '), frame(2, 'three')])

describe('exec with maxOutput', () => {
  it('rejects with the output up to there and the container, and closes the connection', async (test) => {
    const { engine, container } = await start(test, anExec())
    const error = await failureOf(container.exec('x', { maxOutput: 10 }))
    assert.ok(error instanceof OutputLimitError, String(error))
    const { stdout, stderr, output, limit, container: id } = error
    assert.deepEqual([stdout, stderr, output, limit, id], ['one two ', 'th', 'one two th', 10, 'c'])
    await engine.closed(1)
  })

  it('carries bytes when bytes were asked for', async (test) => {
    const { container } = await start(test, anExec())
    const error = await failureOf(container.exec('x', { maxOutput: 10, encoding: 'buffer' }))
    assert.ok(error instanceof OutputLimitError && Buffer.isBuffer(error.output), String(error))
  })
})

describe('run with maxOutput', () => {
  it('kills the container, and leaves it to be looked at', async (test) => {
    const { engine, client } = await start(test, aRun({ 'POST /containers/c1/kill': empty() }))
    const error = await failureOf(client.containers.run('alpine', 'x', { maxOutput: 3 }))
    assert.ok(error instanceof OutputLimitError, String(error))
    assert.deepEqual([error.output, error.container], ['one', 'c1'])
    assert.deepEqual(engine.calls.slice(4), ['POST /v1.51/containers/c1/kill'])
  })

  it('removes the container where that was asked for, and rejects when it is gone', async (test) => {
    const gone = { 'GET /containers/c1/json': json({ message: 'no such container' }, 404) }
    const { engine, client } = await start(test, aRun({ 'DELETE /containers/c1': empty(), ...gone }))
    const error = await failureOf(client.containers.run('alpine', 'x', { maxOutput: 3, remove: true }))
    assert.ok(error instanceof OutputLimitError, String(error))
    assert.deepEqual(engine.calls.slice(4), [
      'DELETE /v1.51/containers/c1?force=1&v=1',
      'GET /v1.51/containers/c1/json',
    ])
  })
})

describe('a timeout', () => {
  it('of an exec rejects with the output so far', async (test) => {
    const { container } = await start(test, anExec())
    const error = await failureOf(container.exec('x', { timeout: RUNS_OUT_MS }))
    assert.ok(error instanceof TimeoutError, String(error))
    const { stdout, stderr, output } = error
    assert.deepEqual([stdout, stderr, output], ['one two ', 'three', 'one two three'])
  })

  it('of a run rejects with the output so far, as bytes where bytes were asked for', async (test) => {
    const { client } = await start(test, aRun({}))
    const error = await failureOf(
      client.containers.run('alpine', 'x', { timeout: RUNS_OUT_MS, encoding: 'buffer' }),
    )
    assert.ok(error instanceof TimeoutError, String(error))
    assert.deepEqual([error.output, error.container], [Buffer.from('one two three'), 'c1'])
  })
})

it('a maxOutput that is no number of bytes is refused before anything is sent', async (test) => {
  const { engine, client, container } = await start(test, {})
  for (const call of [
    () => container.exec('x', { maxOutput: -1 }),
    () => client.containers.run('alpine', 'x', { maxOutput: '1k' } as object),
  ]) {
    const error = await failureOf(call())
    assert.ok(
      error instanceof InvalidArgumentError && /^maxOutput must be/.test(error.message),
      String(error),
    )
  }
  for (const call of [
    () => container.exec('x', { maxOutput: 1, detach: true }),
    () => client.containers.run('alpine', 'x', { maxOutput: 1, detach: true }),
  ])
    assert.match(String(await failureOf(call())), /maxOutput and detach exclude each other/)
  assert.deepEqual(engine.calls, [])
})

it('an answer that says itself that it is longer than a string can be is not read', async (test) => {
  const { client } = await start(test, {
    'GET /info': (call) => call.write(`HTTP/1.1 200 OK\r\nContent-Length: ${2 ** 40}\r\n\r\n{`),
  })
  const error = await failureOf(client.info())
  assert.match(String(error), /^LimitError: GET \/info answered with more than \d+ bytes, the most that one/)
})

/** A process that writes too much and does not end. */
const writeTooMuch = async (call: Call) => {
  await call.body()
  await call.upgrade(MULTIPLEXED, TOO_MUCH)
}

function anExec(): Scripts {
  return {
    'POST /containers/c/exec': json({ Id: 'e' }, 201),
    'POST /exec/e/start': writeTooMuch,
  }
}

function aRun(more: Scripts): Scripts {
  return {
    'POST /containers/create': json({ Id: 'c1' }, 201),
    'POST /containers/c1/attach': writeTooMuch,
    'POST /containers/c1/wait': (call) =>
      call.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'),
    'POST /containers/c1/start': empty(),
    ...more,
  }
}

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, scripts, { apiVersion: '1.51' })
  const client = engine.client(test)
  return { engine, client, container: new Container(client.api, { id: 'c' }) }
}
