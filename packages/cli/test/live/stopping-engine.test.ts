// An Engine that is stopped ends its containers and tells those who wait. It takes no new questions then.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { anOwnEngine, canStartEngines, type OwnEngine } from '../../../dockline/dist-test/support/engines.js'
import { type Running, startDocker, startDockline } from '../support/dockline.js'
import { IMAGE } from '../support/engines.js'
import { withoutDocker } from '../support/tools.js'

const OBEDIENT = ['sh', '-c', 'trap "exit 5" TERM; while :; do echo up; sleep 0.1; done']
const CHATTY = ['sh', '-c', 'while :; do echo up; sleep 0.1; done']

const MORE_PIECES = 5

type StartCommand = typeof startDockline
type Begin = (engine: OwnEngine, start: StartCommand) => Promise<Running>

const commands: Readonly<Record<string, Begin>> = {
  run: async ({ host }, start) => start(host, ['run', IMAGE, ...OBEDIENT]),
  'run --rm': async ({ host }, start) => start(host, ['run', '--rm', IMAGE, ...OBEDIENT]),
  'run -t': async ({ host }, start) => start(host, ['run', '-t', IMAGE, ...OBEDIENT]),
  'start -a': async ({ host, client }, start) => {
    const { id } = await client.containers.create(IMAGE, OBEDIENT)
    return start(host, ['start', '-a', id])
  },
  attach: async (engine, start) => start(engine.host, ['attach', '--no-stdin', await aContainer(engine)]),
  exec: async (engine, start) => start(engine.host, ['exec', await aContainer(engine), ...CHATTY]),
}

const skip = withoutDocker || !canStartEngines

describe('the exit codes of the commands that follow a container,', { skip }, () => {
  for (const suite of ['machine', 'sid']) {
    it(`when the Engine of ${suite} is stopped, are those of docker`, async (test) => {
      const engine = await anOwnEngine(test, suite)
      const codes = await codesAfter(test, engine, () => process.kill(engine.pid, 'SIGTERM'))
      const [{ exec: theirs, ...docker }, { exec: ours, ...dockline }] = [codes.docker, codes.dockline]
      assert.deepEqual(dockline, docker)
      assert.deepEqual(new Set(Object.values(dockline)), new Set([5]))
      // An exec has to ask how it ended: it may be too late for that, and 255 says so.
      for (const code of [theirs, ours]) assert.ok(code === 137 || code === 255, `${code}`)
    })

    it(`when the Engine of ${suite} is killed, are those of docker`, async (test) => {
      const engine = await anOwnEngine(test, suite)
      const codes = await codesAfter(test, engine, () => engine.kill())
      assert.deepEqual(codes.dockline, codes.docker)
      assert.ok(!Object.values(codes.dockline).includes(0))
    })
  }
})

/** The exit code of each command that was under way when the Engine ended. */
async function codesAfter(test: TestContext, engine: OwnEngine, end: () => unknown) {
  const begun = await Promise.all([
    beginAll(test, engine, startDocker),
    beginAll(test, engine, startDockline),
  ])
  await end()
  const [docker, dockline] = await Promise.all(begun.map(codesOf))
  return { docker: docker ?? {}, dockline: dockline ?? {} }
}

async function beginAll(test: TestContext, engine: OwnEngine, start: StartCommand) {
  const all = Object.entries(commands).map(async ([name, begin]) => {
    const running = await begin(engine, start)
    test.after(() => running.process.kill('SIGKILL'))
    await untilUnderWay(running)
    return [name, running] as const
  })
  return Promise.all(all)
}

/** The first output may come before the answer to the start of its container, so this waits for more. `ended` reads all of it. */
async function untilUnderWay({ process: { stdout } }: Running): Promise<void> {
  for (let pieces = 0; stdout !== null && pieces < MORE_PIECES; pieces += 1) await once(stdout, 'readable')
}

async function codesOf(begun: Awaited<ReturnType<typeof beginAll>>): Promise<Record<string, number | null>> {
  const ended = begun.map(async ([name, { ended }]) => [name, (await ended).exitCode] as const)
  return Object.fromEntries(await Promise.all(ended))
}

async function aContainer({ client }: OwnEngine): Promise<string> {
  return (await client.containers.run(IMAGE, OBEDIENT, { detach: true })).id
}
