// What becomes of an attached session whose output the Engine does not end.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ApiError, Container } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  type Call,
  chunk,
  chunkedHead,
  FakeEngine,
  frame,
  json,
  MULTIPLEXED,
  type Script,
} from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

const RUNNING = { Status: 'running', Running: true, StartedAt: '2020-01-01T00:00:01Z' }
const EXITED = { Status: 'exited', Running: false, ExitCode: 4, StartedAt: '2020-01-01T00:00:01Z' }
const CREATED = { Status: 'created', Running: false, ExitCode: 0, StartedAt: '0001-01-01T00:00:00Z' }
/** As long as a session waits for the output of a container that has ended. */
const SILENCE = 3000
/** What ends in silence would otherwise never end. */
const SOON = PATIENT

describe('container.attach', () => {
  for (const logs of [false, true]) {
    it(
      `that came a moment too late ends in silence, ${logs ? 'after' : 'without'} the replay`,
      SOON,
      async (test) => {
        const { container, attached, exit } = await start(test, { states: [RUNNING] })
        const session = await container.attach({ logs })
        if (logs) await (await attached).write(frame(1, 'before'))
        await exit(5)
        await whileTimePasses(test, session.exit)
        assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
        assert.equal(await session.output.text(), logs ? 'before' : '')
      },
    )
  }

  it('takes for silence only when there is nothing to read, however late it looks', SOON, async (test) => {
    const { container, attached, exit } = await start(test, { states: [RUNNING] })
    const session = await container.attach({ logs: true })
    const reading = session.output.text()
    await exit(5)
    const call = await attached
    for (let piece = 0; piece < 50; piece += 1) {
      // When the timer goes off, the piece has come and could not be read yet: as after a time when nothing could run.
      call.socket.write(frame(1, 'piece'))
      test.mock.timers.tick(SILENCE)
      await nextTurn()
    }
    call.socket.end()
    assert.equal(await reading, 'piece'.repeat(50))
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
  })

  for (const [name, state, early] of [
    ['it has shown that it was in time', RUNNING, 'early, '],
    ['it was attached to before its start', CREATED, ''],
  ] as const) {
    it(`waits for the end of the output as long as it takes where ${name}`, SOON, async (test) => {
      const { container, attached, exit } = await start(test, { states: [state] })
      const session = await container.attach()
      const reading = session.output.text()
      const call = await attached
      await call.write(frame(1, early))
      await exit(5)
      await minutesPass(test)
      await call.write(frame(1, 'late'))
      call.socket.end()
      assert.equal(await reading, `${early}late`)
      assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
    })
  }

  describe('of a container that has ended', () => {
    for (const [name, second] of [
      ['is not started', json({ Id: 'c', State: EXITED })],
      ['is gone', json({ message: 'No such container: c' }, 404)],
    ] as const) {
      it(`and ${name} is over after the replay, with its exit code`, SOON, async (test) => {
        const { container, attached } = await start(test, { states: [EXITED], second })
        const session = await container.attach({ logs: true })
        await (await attached).write(frame(1, 'before'))
        await whileTimePasses(test, session.exit)
        assert.deepEqual(await session.exit, { exitCode: 4, detached: false })
        assert.equal(await session.output.text(), 'before')
      })
    }

    for (const logs of [true, false]) {
      it(`goes on with its next run ${logs ? 'after' : 'without'} the replay`, SOON, async (test) => {
        const again = { ...RUNNING, StartedAt: '2020-01-01T00:00:02Z' }
        const { engine, container, attached, exit } = await start(test, { states: [EXITED, again] })
        const session = await container.attach({ logs })
        const reading = session.output.text()
        const call = await attached
        if (logs) await call.write(frame(1, 'before, '))
        await minutesPass(test)
        await call.write(frame(1, 'again'))
        await exit(5)
        call.socket.end()
        assert.equal(await reading, logs ? 'before, again' : 'again')
        assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
        assert.ok(engine.calls.includes('POST /v1.47/containers/c/wait?condition=next-exit'))
      })
    }

    it('fails when the Engine does not tell whether it was started', SOON, async (test) => {
      const second = json({ message: 'broken' }, 500)
      const { container } = await start(test, { states: [EXITED], second })
      const session = await container.attach({ logs: true })
      await whileTimePasses(test, session.exit)
      assert.ok((await failureOf(session.exit)) instanceof ApiError)
    })
  })
})

interface Setup {
  /** What it is when it is looked at, one time after the other; the last one from there on. */
  readonly states: readonly object[]
  /** Answers whoever looks again. */
  readonly second?: Script
}

/** A container, and a time that passes only when the test says so. */
async function start(test: TestContext, { states, second }: Setup) {
  const attached = deferred<Call>()
  const waiting = deferred<Call>()
  let looks = 0
  const engine = await FakeEngine.start(
    test,
    {
      'GET /containers/c/json': (call) => {
        const state = states[Math.min(looks++, states.length - 1)]
        return (looks > 1 && second !== undefined ? second : json({ Id: 'c', State: state }))(call)
      },
      'POST /containers/c/attach': async (call) => attached.resolve(await call.upgrade(MULTIPLEXED)),
      'POST /containers/c/wait': async (call) => {
        await call.takeOver().write(chunkedHead('application/json'))
        waiting.resolve(call)
      },
    },
    { apiVersion: '1.47' },
  )
  const container = new Container(engine.client(test).api, { id: 'c' })
  test.mock.timers.enable({ apis: ['setTimeout'] })
  const exit = async (code: number) => {
    await (await waiting.promise).write(Buffer.concat([chunk(`{"StatusCode":${code}}`), chunk()]))
  }
  return { engine, container, attached: attached.promise, exit }
}

/** Until it settles; the connections that are made meanwhile have some turns for that. */
async function whileTimePasses(test: TestContext, promise: Promise<unknown>): Promise<void> {
  let settled = false
  const settle = () => {
    settled = true
  }
  promise.then(settle, settle)
  while (!settled) {
    await nextTurn()
    test.mock.timers.tick(SILENCE / 10)
  }
}

/** Enough for whatever could happen to have happened. */
async function minutesPass(test: TestContext): Promise<void> {
  for (let turn = 0; turn < 500; turn += 1) {
    await nextTurn()
    test.mock.timers.tick(SILENCE / 10)
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
