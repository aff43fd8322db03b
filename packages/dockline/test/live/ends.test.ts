// What ends first is not what has ended: connections, outputs and processes.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import {
  type Container,
  ContainerError,
  type CreateOptions,
  DockerClient,
  type Session,
  StreamError,
} from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  onEveryEngine,
  type TestEngine,
} from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { waitFor } from '../support/patience.js'
import { anEndingRelay } from '../support/relay.js'

const MEGABYTE = 1_000_000
const DETACHED = { exitCode: undefined, detached: true }
/** Writes, waits to be told by a file, and goes on. */
const GO = 'until [ -e /tmp/go ]; do sleep 0.1; done'

onEveryEngine((engine) => {
  describe('a process that closes its own outputs', { concurrency: true }, () => {
    const command = ['sh', '-c', 'echo out; exec >&- 2>&-; sleep 1; exit 7']

    it('ends a run with its exit code', async () => {
      const options = { remove: true, reject: false } as const
      const { exitCode, stdout } = await engine.client.containers.run('busybox', command, options)
      assert.deepEqual([exitCode, stdout], [7, 'out\n'])
    })

    it('ends an exec with its exit code', async () => {
      const container = await aSharedContainer(engine)
      const { exitCode, stdout } = await container.exec(command)
      assert.deepEqual([exitCode, stdout], [7, 'out\n'])
    })
  })

  describe('a connection that something between ends', { concurrency: true }, () => {
    it('of a container that writes on rejects, with the exit code', async (test) => {
      const { session, container, end } = await cut(test, ['sh', '-c', `echo one; ${GO}; echo two; exit 7`])
      const reading = failureOf(session.output.text())
      await end()
      await go(container)
      for (const error of [await reading, await failureOf(session.exit)]) {
        assert.ok(error instanceof StreamError, String(error))
        assert.equal(error.exitCode, 7)
      }
    })

    it('of a container that writes on rejects after a reset as well, with the exit code', async (test) => {
      const command = ['sh', '-c', `echo one; ${GO}; echo two; exit 7`]
      const { session, container, reset } = await cut(test, command, { tcp: true })
      const reading = failureOf(session.output.text())
      await reset()
      await go(container)
      for (const error of [await reading, await failureOf(session.exit)]) {
        assert.ok(error instanceof StreamError, String(error))
        assert.equal(error.exitCode, 7)
      }
    })

    it('of a run that is reset rejects with the exit code', async (test) => {
      const relay = await anEndingRelay(test, engine.host, { tcp: true })
      await using client = new DockerClient({ host: relay.host })
      const name = `reset-${randomUUID()}`
      const running = failureOf(
        client.containers.run('busybox', ['sh', '-c', `echo one; ${GO}; exit 7`], { name, remove: true }),
      )
      const container = await waitFor(() => runningOf(engine, name))
      relay.reset()
      await go(container)
      const error = await running
      // To Node, some resets are ends. Then nothing is known to be lost when all of the log has come.
      assert.ok(error instanceof StreamError || error instanceof ContainerError, String(error))
      assert.equal(error.exitCode, 7)
    })

    it('of a container that writes no more has its exit code', async (test) => {
      const { session, container, end } = await cut(test, ['sh', '-c', `echo one; ${GO}; exit 7`])
      const reading = session.output.text()
      await end()
      await go(container)
      assert.deepEqual(await session.exit, { exitCode: 7, detached: false })
      assert.equal(await reading, 'one\n')
    })

    describe('before a container has begun', () => {
      const speaker = ['sh', '-c', 'echo one; sleep 0.2; exit 7']
      const silent = ['sh', '-c', 'sleep 1; exit 7']

      it('rejects, with the exit code, when the container writes something', async (test) => {
        const error = await failureOf(runUnheard(test, speaker))
        assert.ok(error instanceof StreamError, String(error))
        assert.equal(error.exitCode, 7)
      })

      it('has the exit code of a container that writes nothing', async (test) => {
        assert.deepEqual(await runUnheard(test, silent), { exitCode: 7, detached: false })
      })

      it('rejects where nobody can look at what was written', async (test) => {
        const error = await failureOf(runUnheard(test, speaker, { logDriver: 'none' }))
        assert.ok(error instanceof StreamError, String(error))
      })

      it('does not take the exit code of the run before for that of the next', async (test) => {
        const command = ['sh', '-c', 'if [ -e /ran ]; then exit 7; fi; echo before; touch /ran']
        const container = await aContainer(test, engine, command)
        await container.start()
        await container.wait()
        const { session, distant } = await attachUnheard(test, container)
        await distant.start()
        assert.deepEqual(await session.exit, { exitCode: 7, detached: false })
      })
    })

    it('still takes what is written to its input', async (test) => {
      const command = ['sh', '-c', 'read line; [ "$line" = hello ] && exit 7']
      const container = await aRunningContainer(test, engine, command, { interactive: true, init: false })
      const { session } = await attachUnheard(test, container)
      session.stdin.write('hello\n')
      assert.deepEqual(await session.exit, { exitCode: 7, detached: false })
    })

    describe('of an exec rejects, with the exit code: nothing keeps what it writes', () => {
      // Docker notes another code for a process that writes when its connection is gone.
      for (const [way, tcp] of [
        ['ended', false],
        ['reset', true],
      ] as const) {
        it(`when its connection is ${way}`, async (test) => {
          const container = await aRunningContainer(test, engine)
          const relay = await anEndingRelay(test, engine.host, { tcp })
          await using client = new DockerClient({ host: relay.host })
          const distant = await client.containers.get(container.id)
          const session = await distant.spawn(['sh', '-c', `read line; echo one; ${GO}; echo two; exit 7`])
          const shown = once(session.socket, 'data')
          session.stdin.write('begin\n')
          await shown
          if (tcp) relay.reset()
          else relay.end()
          await go(container)
          const error = await failureOf(session.exit)
          assert.ok(error instanceof StreamError, String(error))
          assert.equal(error.exitCode, 7)
        })
      }

      it('but for a process that Docker gives up, because both its outputs fail', async (test) => {
        const container = await aRunningContainer(test, engine)
        const relay = await anEndingRelay(test, engine.host, { tcp: true })
        await using client = new DockerClient({ host: relay.host })
        const distant = await client.containers.get(container.id)
        const tick = 'echo one; echo one >&2; sleep 0.1'
        const session = await distant.spawn(['sh', '-c', `while :; do ${tick}; done`], { stdin: false })
        const shown = once(session.socket, 'data')
        await shown
        relay.reset()
        const error = await failureOf(session.exit)
        assert.ok(error instanceof StreamError, String(error))
        assert.equal(error.exitCode, undefined)
      })

      it('when nothing is on its stdin, with a tty as well', async (test) => {
        const container = await aRunningContainer(test, engine)
        const relay = await anEndingRelay(test, engine.host, { tcp: true })
        await using client = new DockerClient({ host: relay.host })
        const distant = await client.containers.get(container.id)
        const command = ['sh', '-c', `trap 'exit 7' HUP; echo one; ${GO}; exit 7`]
        const session = await distant.spawn(command, { tty: true, stdin: false })
        await once(session.socket, 'data')
        relay.reset()
        await go(container)
        const error = await failureOf(session.exit)
        assert.ok(error instanceof StreamError, String(error))
        assert.equal(error.exitCode, 7)
      })
    })
  })

  it('the detach keys leave an exec running', async () => {
    const container = await aSharedContainer(engine)
    const id = await container.createExec(['cat'], { tty: true, detachKeys: 'ctrl-x,x' })
    const session = await engine.client.startExec(id)
    session.stdin.write('\x18x')
    assert.deepEqual(await session.exit, DETACHED)
    const { Running, ExitCode } = await engine.client.api.exec.inspect(id)
    assert.deepEqual([Running, ExitCode], [true, null])
  })

  describe('what was written before a detach arrives, however late it is read', { concurrency: true }, () => {
    const reader = (raw: string) => [
      'sh',
      '-c',
      `${raw}echo ready; sleep 1; head -c ${MEGABYTE} | wc -c >/tmp/n; sleep 60`,
    ]

    for (const tty of [false, true]) {
      const raw = tty ? 'stty raw -echo; ' : ''
      it(`in a container ${tty ? 'with' : 'without'} a tty`, async (test) => {
        const settings = { tty, interactive: true, stdinOnce: false }
        const container = await aContainer(test, engine, reader(raw), settings)
        const session = await container.attach()
        const leaving = leaveWith(session, container)
        await container.start()
        await leaving
      })

      it(`in an exec ${tty ? 'with' : 'without'} a tty`, async (test) => {
        const container = await aRunningContainer(test, engine)
        await leaveWith(await container.spawn(reader(raw), { tty }), container)
      })
    }

    it('or the detach rejects, where nobody can tell', async (test) => {
      const container = await aRunningContainer(test, engine, ['sleep', '60'], {
        interactive: true,
        stdinOnce: true,
      })
      const session = await container.attach()
      session.stdin.write(Buffer.alloc(MEGABYTE))
      await assert.rejects(session.detach({ timeout: 500 }), /before the detach took longer than 500 ms/)
      assert.deepEqual(await session.exit, DETACHED)
    })
  })

  it("the end of stdin is the end of the container's, unless it was made to keep it", async (test) => {
    for (const [options, text, exit] of [
      [{}, 'x', { exitCode: 0, detached: false }],
      [{ stdinOnce: false }, undefined, DETACHED],
    ] as const) {
      const container = await aContainer(test, engine, ['cat'], { interactive: true, ...options })
      await using session = await container.attach()
      await container.start()
      session.stdin.end('x')
      const output = await session.output.text()
      if (text !== undefined) assert.equal(output, text)
      assert.deepEqual(await session.exit, exit)
    }
  })

  it('lasts until the exit where that was asked, and what keeps its stdin is not left', async (test) => {
    const command = ['sh', '-c', 'read line; echo "got $line"; sleep 1; exit 7']
    const container = await aRunningContainer(test, engine, command, { interactive: true, stdinOnce: false })
    await using session = await container.attach({ untilExit: true })
    session.stdin.end('hi\n')
    assert.equal(await session.output.text(), 'got hi\n')
    assert.deepEqual(await session.exit, { exitCode: 7, detached: false })
  })

  async function runUnheard(test: TestContext, command: readonly string[], options: CreateOptions = {}) {
    const { session, distant } = await attachUnheard(test, await aContainer(test, engine, command, options))
    await distant.start()
    return session.exit
  }

  /** A session whose connection has ended as soon as it was there. */
  async function attachUnheard(test: TestContext, container: Container) {
    const relay = await anEndingRelay(test, engine.host)
    const client = new DockerClient({ host: relay.host })
    test.after(() => client.close())
    const distant = await client.containers.get(container.id)
    const session = await distant.attach()
    const ended = once(session.socket, 'end')
    relay.end()
    await ended
    return { session, distant }
  }

  /** A started container whose connection has brought its first line, and what ends that. */
  async function cut(test: TestContext, command: readonly string[], way: { readonly tcp?: boolean } = {}) {
    const container = await aContainer(test, engine, command)
    const relay = await anEndingRelay(test, engine.host, way)
    const client = new DockerClient({ host: relay.host })
    test.after(() => client.close())
    const session = await (await client.containers.get(container.id)).attach()
    const shown = once(session.socket, 'data')
    await container.start()
    const end = async () => {
      await shown
      const ended = once(session.socket, 'end')
      relay.end()
      await ended
    }
    const reset = async () => {
      await shown
      relay.reset()
    }
    return { session, container, end, reset }
  }
})

/** The container of that name, once it runs. */
async function runningOf({ client }: TestEngine, name: string): Promise<Container | undefined> {
  const found = await client.containers.get(name).catch(() => undefined)
  return found?.attrs.State?.Running ? found : undefined
}

/** Lets it go on, once whoever looks at its log has had the time to be there: when the log is followed, that is. */
async function go(container: Container): Promise<void> {
  await container.exec(['sh', '-c', 'sleep 1; touch /tmp/go'])
}

async function leaveWith(session: Session, container: Container): Promise<void> {
  // A tty takes so much at once only when it is raw.
  await once(session.socket, 'data')
  session.stdin.write(Buffer.alloc(MEGABYTE, 'x'))
  await session.detach()
  assert.deepEqual(await session.exit, DETACHED)
  const { stdout } = await container.exec(['sh', '-c', 'until [ -s /tmp/n ]; do sleep 0.1; done; cat /tmp/n'])
  assert.equal(stdout.trim(), `${MEGABYTE}`)
}
