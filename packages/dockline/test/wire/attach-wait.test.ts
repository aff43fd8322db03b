// The exit code of an attached session comes in the answer of a wait, whose connection may be lost as well.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConnectionError, Container } from '#src/index.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
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
const REMOVING = { ...ENDED, Status: 'removing' }
/** It has ended, and its restart policy is about to start it again. */
const RESTARTING = { ...ENDED, Status: 'restarting', Running: true, Restarting: true }
const AGAIN = { ...RUNNING, StartedAt: '2020-01-01T00:00:03Z' }
const NONE = json({ message: 'no such container' }, 404)

/** The ways in which an answer that has begun is lost. */
const LOSSES: Readonly<Record<string, (call: Call) => Promise<void>>> = {
  'by a reset': (call) => call.reset(),
  'by an end without an answer': (call) => end(call, chunk()),
  'by an answer of something between': (call) => end(call, chunk('time is up'), chunk()),
}

async function end(call: Call, ...chunks: readonly Buffer[]): Promise<void> {
  await call.write(Buffer.concat(chunks))
  call.socket.end()
}

describe('an attached session whose wait is lost', () => {
  for (const [name, states, conditions] of [
    ['waits again for a container that runs', [RUNNING], ['not-running', 'not-running']],
    [
      'waits for the end of a container that has begun since',
      [CREATED, RUNNING],
      ['next-exit', 'not-running'],
    ],
    ['waits again for a container that has not begun', [CREATED], ['next-exit', 'next-exit']],
    ['waits for the next end of a container that has ended before', [BEFORE], ['next-exit', 'next-exit']],
    ['takes the exit code of a container that has ended since', [RUNNING, ENDED], ['not-running']],
    ['takes that of a container that is about to be restarted', [RUNNING, RESTARTING], ['not-running']],
    ['takes that of a container that is being removed', [RUNNING, REMOVING], ['not-running']],
    ['takes that of a later run', [BEFORE, ENDED], ['next-exit']],
    ['takes one that comes while it registers', [CREATED, CREATED, ENDED], ['next-exit', 'next-exit']],
  ] as const) {
    it(name, async (test) => {
      const { container, lose, conditionsOf } = await start(test, { looks: states })
      const session = await container.attach()
      await lose('by a reset')
      assert.equal(await session.output.text(), 'all')
      assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
      assert.deepEqual(conditionsOf(), conditions)
    })
  }

  for (const way of Object.keys(LOSSES)) {
    it(`${way} waits again`, async (test) => {
      const { container, lose } = await start(test, { looks: [RUNNING] })
      const session = await container.attach()
      await lose(way)
      assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
    })
  }

  it('waits again until the Engine has removed the container', async (test) => {
    const { container, lose, conditionsOf } = await start(test, { looks: [RUNNING, ENDED], remove: true })
    const session = await container.attach()
    await lose('by a reset')
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
    assert.deepEqual(conditionsOf(), ['removed', 'removed'])
  })

  it('has the exit code of a container that was removed before the next wait', async (test) => {
    const setup = { looks: [RUNNING, RUNNING, ENDED, NONE], again: NONE, remove: true }
    const { container, lose } = await start(test, setup)
    const session = await container.attach()
    await lose('by a reset')
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
  })

  it('has the exit code that the Engine tells of a container that is gone', async (test) => {
    const die = (ID: string, exitCode: string) =>
      JSON.stringify({ Type: 'container', Action: 'die', Actor: { ID, Attributes: { exitCode } } })
    const told = [die('other', '3'), die('c', '5')].join('\n')
    const events = answer(200, { 'Content-Type': 'application/json' }, told)
    const { container, lose } = await start(test, { looks: [RUNNING, NONE], events })
    const session = await container.attach()
    await lose('by a reset')
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
  })

  it('asks once more when the output has ended', async (test) => {
    const looks = [RUNNING, json({ message: 'try again' }, 503), ENDED]
    const { container, lose } = await start(test, { looks })
    const session = await container.attach()
    await lose('by a reset')
    assert.deepEqual(await session.exit, { exitCode: 5, detached: false })
  })

  for (const [name, gone] of [
    ['the container is gone', NONE],
    ['the container runs once more', AGAIN],
    ['the Engine cannot be asked', (call: Call) => void call.reset()],
  ] as const) {
    it(`rejects with the loss when ${name}`, async (test) => {
      const { container, lose } = await start(test, { looks: [RUNNING, gone] })
      const session = await container.attach()
      await lose('by a reset')
      for (const failure of [await failureOf(session.output.text()), await failureOf(session.exit)])
        assert.ok(failure instanceof ConnectionError, String(failure))
    })
  }

  it('rejects with the reason of its signal while it looks', async (test) => {
    const giving = new AbortController()
    const reason = new Error('enough')
    const looks = [RUNNING, () => giving.abort(reason)]
    const { container, lose } = await start(test, { looks })
    const session = await container.attach({ signal: giving.signal })
    await lose('by a reset')
    assert.equal(await failureOf(session.exit), reason)
  })
})

interface Setup {
  /** The states that the Engine tells, one for each look at the container, or scripts. The last one repeats. */
  readonly looks: readonly (object | Script)[]
  /** The answer to a second wait. Default: the exit code. */
  readonly again?: Script
  /** The answer to `GET /events`. Default: a refusal. */
  readonly events?: Script
  /** Whether the Engine removes the container after its end. Default: false. */
  readonly remove?: boolean
}

const UNFINISHED: readonly unknown[] = [RUNNING, CREATED, BEFORE]

/** An Engine that ends the output at a second wait, and at a later look, unless that tells of a run to come or under way. */
async function start(test: TestContext, setup: Setup) {
  const {
    looks,
    again = json({ StatusCode: 5 }),
    events = json({ message: 'no' }, 403),
    remove = false,
  } = setup
  const waits: Call[] = []
  const attached = deferred<Call>()
  let asked = 0
  const finish = async () => {
    const call = await attached.promise
    if (call.socket.writableEnded) return
    await call.write(frame(1, 'all'))
    call.socket.end()
  }
  const tell = (state: object) => json({ Id: 'c', State: state, HostConfig: { AutoRemove: remove } })
  const scripts = {
    'GET /containers/c/json': async (call: Call) => {
      const look = looks[Math.min(asked++, looks.length - 1)]
      await (typeof look === 'function' ? (look as Script) : tell(look as object))(call)
      if (asked > 1 && !UNFINISHED.includes(look)) await finish()
    },
    'GET /events': events,
    'POST /containers/c/attach': async (call: Call) => attached.resolve(await call.upgrade(MULTIPLEXED)),
    'POST /containers/c/wait': async (call: Call) => {
      if (waits.push(call) === 1) return call.takeOver().write(chunkedHead('application/json'))
      await again(call)
      await finish()
    },
  }
  const engine = await FakeEngine.start(test, scripts, { apiVersion: '1.47', tcp: true })
  return {
    container: new Container(engine.client(test).api, { id: 'c' }),
    lose: async (way: string) => LOSSES[way]?.(waits[0] as Call),
    conditionsOf: () =>
      engine.calls.filter((call) => call.includes('/wait')).map((call) => call.replace(/.*condition=/, '')),
  }
}
