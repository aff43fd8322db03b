import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { type Container, KillError, NotFoundError, type SpawnOptions } from '#src/index.js'
import { type KeeperArchitecture, keeperTar } from '#src/keeper/index.js'
import {
  aRunningContainer,
  aSharedContainer,
  commandsIn,
  LABEL,
  onEveryEngine,
  onNewestEngine,
  type TestEngine,
} from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENCE_MS, PATIENT } from '../support/patience.js'

/** How often each command is ended. */
const KILLS = Number(process.env.DOCKLINE_TEST_KILLS ?? 1)
const PATIENT_OFTEN = { timeout: KILLS * PATIENCE_MS }
const REASON = new Error('enough')
const LOOK_MS = 50
const LATER_KILL = { signal: 'SIGTERM', after: '100ms' } as const

/** Commands that are hard to end. Each writes a line when all its processes run. */
const COMMANDS = {
  'with a child': 'sleep 600 & echo ready; wait; echo',
  'that ignores SIGTERM': `trap '' TERM INT HUP; echo ready; while :; do sleep 600; done`,
  'with 200 children': 'i=0; while [ $i -lt 200 ]; do sleep 600 & i=$((i+1)); done; echo ready; wait',
  'with children in other sessions':
    'setsid sleep 600 & setsid setsid sleep 600 & sleep 0.2; echo ready; wait',
  'with children that have no environment': `env -i sh -c 'sleep 600 & sleep 600' & sleep 0.2; echo ready; wait`,
  'that has no environment any more, and a child': 'sleep 600 & echo ready; exec env -i sleep 600',
  'that never stops forking': 'echo ready; while :; do sleep 0.02 & done',
}

/** All of it at once. */
const HARDEST = [
  "trap '' TERM INT HUP",
  'i=0; while [ $i -lt 200 ]; do sleep 600 & i=$((i+1)); done',
  'setsid sleep 600 & setsid setsid sleep 600 &',
  "env -i sh -c 'sleep 600 & sleep 600' &",
  'sleep 0.2; echo ready; while :; do sleep 0.02 & done',
].join('\n')

onEveryEngine((engine) => {
  it(
    'an abort ends a command that resists, with all its children, before it rejects',
    PATIENT_OFTEN,
    async () => {
      const container = await aSharedContainer(engine)
      await abortOften(container, HARDEST, '1000')
    },
  )

  it(
    'an abort ends an exec in an image with one file, for a user without rights',
    PATIENT_OFTEN,
    async (test) => {
      const container = await aBareContainer(test, engine)
      for (let kills = 0; kills < KILLS; kills++) {
        const controller = new AbortController()
        const options = { input: never(), kill: true, signal: controller.signal }
        const failure = failureOf(container.exec(['/app', 'leash'], options))
        while ((await commandsBesideInit(container)).length < 2) await pause(LOOK_MS)
        controller.abort(REASON)
        assert.equal(await failure, REASON)
        assert.deepEqual(await commandsBesideInit(container), ['/app leash'])
      }
    },
  )

  it('ends the commands of a container that shares the processes of the host, and no other', async (test) => {
    const container = await aRunningContainer(test, engine, ['sleep', '6000'], { pid: 'host', init: false })
    const script = COMMANDS['with a child']
    await abortWhenReady(container, script, { kill: true })
    assert.deepEqual(await commandsBesideInit(container), ['sleep 6000'])
  })
})

describe('on the newest Engine', () =>
  onNewestEngine((engine) => {
    for (const [name, script] of Object.entries(COMMANDS)) {
      it(`an abort ends a command ${name}`, PATIENT_OFTEN, async () => {
        await abortOften(await aSharedContainer(engine), script)
      })
    }

    it('session.kill() sends any signal, and the command goes on if it likes', async () => {
      const container = await aSharedContainer(engine)
      const script = `trap 'echo heard' USR1; echo ready; while :; do sleep 0.1; done`
      await using session = await container.spawn(['sh', '-c', script], { kill: true, stderr: false })
      const lines = session.output.lines()
      assert.equal((await lines.next()).value?.line, 'ready')
      await session.kill('USR1')
      assert.equal((await lines.next()).value?.line, 'heard')
      await session.kill()
      assert.deepEqual(await session.exit, { exitCode: 137, detached: false })
    })

    it('the end of an await using ends the command', async () => {
      const container = await aSharedContainer(engine)
      {
        await using session = await container.spawn(['sleep', '600'], { kill: true })
        void session
      }
      assert.deepEqual(await commandsBesideInit(container), ['sleep 6000'])
    })

    it('leaves alone what a command has left behind that ended by itself', async () => {
      const container = await aSharedContainer(engine)
      const script = 'sleep 60 >/dev/null 2>&1 & echo $!; exit 3'
      const { exitCode, stdout } = await container.exec(['sh', '-c', script], {
        kill: true,
        timeout: PATIENCE_MS,
      })
      assert.equal(exitCode, 3)
      assert.deepEqual(await commandsBesideInit(container), ['sleep 6000', 'sleep 60'])
      await container.exec(['sh', '-c', `kill ${stdout}`], { reject: true })
    })

    it('takes the end of the container for the end of the command', async (test) => {
      const container = await aRunningContainer(test, engine)
      const session = await container.spawn(['sleep', '600'], { kill: true })
      await container.kill()
      await container.wait()
      await session.kill()
      // An Engine may forget the exec with its container, and then nobody knows the exit code.
      const ended = await session.exit.catch((error: unknown) => error)
      assert.ok(ended instanceof NotFoundError || !(ended instanceof Error), String(ended))
    })

    it('rejects with KillError for a paused container', async (test) => {
      const container = await aRunningContainer(test, engine)
      const session = await container.spawn(['sh', '-c', 'echo ready; sleep 600'], { kill: true })
      assert.equal((await session.output.lines().next()).value?.line, 'ready')
      await container.pause()
      const error = await failureOf(session.kill())
      assert.ok(error instanceof KillError && /is paused/.test(error.message), String(error))
      await container.unpause()
      await session.kill()
      assert.deepEqual(await commandsBesideInit(container), ['sleep 600'])
    })

    it('leaves no container of its own', PATIENT, async () => {
      const filters = { label: 'dockline.keeper' }
      while ((await engine.client.containers.list({ all: true, filters })).length > 0) await pause(LOOK_MS)
    })
  }))

/** Ends a command once or often, in both ways, and looks whether anything is left of it. */
async function abortOften(container: Container, script: string, user?: string): Promise<void> {
  for (let kills = 0; kills < KILLS; kills++) {
    const kill = kills % 2 === 0 ? LATER_KILL : true
    assert.equal(await abortWhenReady(container, script, { kill, user }), REASON)
    assert.deepEqual(await commandsBesideInit(container), ['sleep 6000'])
  }
}

/** Runs a script, aborts it once it is ready, and returns the error that its session ends with. */
async function abortWhenReady(container: Container, script: string, options: SpawnOptions): Promise<unknown> {
  const controller = new AbortController()
  const settings = { ...options, signal: controller.signal, stdin: false }
  const session = await container.spawn(['sh', '-c', script], settings)
  assert.equal((await session.output.lines().next()).value?.line, 'ready')
  controller.abort(REASON)
  return failureOf(session.exit)
}

async function commandsBesideInit(container: Container): Promise<string[]> {
  return (await commandsIn(container)).filter((command) => !/docker-init/.test(command))
}

/** A container of an image that has one program, no shell, and whatever else could be in the way of a helper. */
async function aBareContainer(test: TestContext, engine: TestEngine): Promise<Container> {
  const { Arch } = await engine.client.version()
  const changes = [
    'ENTRYPOINT ["/app"]',
    'CMD ["leash"]',
    'USER 1000:1000',
    'WORKDIR /nowhere',
    'VOLUME /data',
    'HEALTHCHECK --interval=1s CMD ["/nothing"]',
  ]
  const image = await engine.client.images.import(keeperTar(Arch as KeeperArchitecture, 'app'), { changes })
  const container = await engine.client.containers.create(image.id, undefined, {
    labels: { [LABEL]: '' },
    network: 'host',
    interactive: true,
    readOnly: true,
    capDrop: ['ALL'],
  })
  test.after(async () => {
    await container.remove({ force: true, volumes: true })
    await image.remove()
  })
  await container.start()
  return container
}

/** Input that never comes. */
async function* never(): AsyncGenerator<string> {
  await new Promise(() => {})
}
