// The exit code of an attached session comes in the answer of a wait, whose connection may be lost as well.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConnectionError, Container } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import {
  type Call,
  chunkedHead,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Script,
} from '../support/fake-engine.js'

const CREATED = { Status: 'created', Running: false, ExitCode: 0, StartedAt: '0001-01-01T00:00:00Z' }
const BEFORE = { Status: 'exited', Running: false, ExitCode: 4, StartedAt: '2020-01-01T00:00:01Z' }
const RUNNING = { Status: 'running', Running: true, StartedAt: '2020-01-01T00:00:02Z' }
const ENDED = { Status: 'exited', Running: false, ExitCode: 5, StartedAt: '2020-01-01T00:00:02Z' }

describe('an attached session whose wait loses its connection', () => {
  for (const [name, states, conditions] of [
    ['waits again for a container that runs', [RUNNING], ['not-running', 'not-running']],
    [
      'waits for the end when the container has begun since',
      [CREATED, RUNNING],
      ['next-exit', 'not-running'],
    ],
    ['waits again for a container that has not begun', [CREATED], ['next-exit', 'next-exit']],
    [
      'waits again for the next end of a container that has ended before',
      [BEFORE],
      ['next-exit', 'next-exit'],
    ],
    ['takes the exit code of a container that has ended since', [RUNNING, ENDED], ['not-running']],
    ['takes the exit code of a later run', [BEFORE, ENDED], ['next-exit']],
    [
      'takes an exit code that comes while it registers',
      [CREATED, CREATED, ENDED],
      ['next-exit', 'next-exit'],
    ],
  ] as const) {
    it(name, async (test) => {
      const { engine, container } = await start(test, { states })
      const session = await container.attach()
      assert.equal(await session.output.text(), 'all')
      assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
      const asked = engine.calls.filter((call) => call.includes('/wait'))
      assert.deepEqual(
        asked.map((call) => call.replace(/.*condition=/, '')),
        conditions,
      )
    })
  }

  for (const [name, gone] of [
    ['the container is gone', json({ message: 'no such container' }, 404)],
    ['the Engine cannot be asked', (call: Call) => void call.reset()],
  ] as const) {
    it(`rejects with the loss when ${name}`, async (test) => {
      const { container } = await start(test, { states: [RUNNING], gone })
      const session = await container.attach()
      const failures = [await failureOf(session.output.text()), await failureOf(session.exit)]
      for (const failure of failures) assert.ok(failure instanceof ConnectionError, String(failure))
    })
  }
})

interface Setup {
  /** What the Engine tells of the container, one after another, and the last of them from then on. */
  readonly states: readonly object[]
  /** What it tells after the first. */
  readonly gone?: Script
}

/** An Engine that ends the output when the second wait begins, or the container has ended. */
async function start(test: TestContext, { states, gone }: Setup) {
  let looks = 0
  let waits = 0
  let attached: Call | undefined
  const finish = async () => {
    const call = attached
    attached = undefined
    await call?.write(frame(1, 'all'))
    call?.socket.end()
  }
  const engine = await FakeEngine.start(
    test,
    {
      'GET /containers/c/json': async (call) => {
        const state = states[Math.min(looks++, states.length - 1)] as object
        await (looks > 1 && gone !== undefined ? gone : json({ Id: 'c', State: state }))(call)
        if (looks > 1 && (gone !== undefined || state === ENDED)) await finish()
      },
      'POST /containers/c/attach': async (call) => {
        attached = await call.upgrade(MULTIPLEXED)
      },
      'POST /containers/c/wait': async (call) => {
        waits += 1
        if (waits > 1) {
          await json({ StatusCode: 5 })(call)
          return finish()
        }
        await call.takeOver().write(chunkedHead('application/json'))
        await call.reset()
      },
    },
    { apiVersion: '1.47', tcp: true },
  )
  return { engine, container: new Container(engine.client(test).api, { id: 'c' }) }
}
