// Attaching to what runs, to what does not, and to what is just about to end.
import assert from 'node:assert/strict'
import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { type Container, DockerClient } from '#src/index.js'
import { start, type TerminalResult } from '#src/terminal/index.js'
import { aContainer, aRunningContainer, onEveryEngine, type TestEngine } from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'
import { starting } from '../support/plans.js'
import { aProxy, type Verdict } from '../support/proxy.js'
import { KEY, until, within } from '../support/pty.js'
import { endsCleanly, isRaw, runProgram } from '../support/terminal.js'
import { timesOf } from '../support/times.js'

const PROMPT = '/ #'
const WITH_TTY = { tty: true, interactive: true }
const WITH_STDIN = { interactive: true, stdinOnce: true }
/** Often enough to meet what happens rarely. */
const MANY = timesOf(5)

describe('start', { concurrency: 4 }, () => onEveryEngine(joining))

function joining(engine: TestEngine): void {
  it('starts a container that has run before, and returns its exit code', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo once more; exit 7'])
    for (let time = 1; time <= 2; time++) {
      const { result, output } = await startHere(container)
      assert.deepEqual(result, { exitCode: 7, detached: false })
      assert.equal(output, 'once more\n')
    }
  })

  it('joins a container that runs, and returns its exit code', async (test) => {
    const container = await aRunningContainer(test, engine, ['sh'], WITH_TTY)
    const program = await runProgram(test, starting(engine, container))
    await isRaw(program)
    program.type(`exit 7${KEY.enter}`)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 7, detached: false })
  })

  it('makes a program draw its screen again, though the size is the one it had', async (test) => {
    const sized = 'until [ "$(stty size 2>&1)" = "20 80" ]; do sleep 0.1; done'
    const draw = "trap 'echo the screen is $(stty size)' WINCH; echo ready; while :; do sleep 0.1; done"
    const container = await aContainer(test, engine, ['sh', '-c', `${sized}; ${draw}`], WITH_TTY)
    const first = await runProgram(test, starting(engine, container))
    await first.screen.shows('ready')
    first.type(KEY.ctrlP + KEY.ctrlQ)
    await endsCleanly(first)
    const second = await runProgram(test, starting(engine, container))
    await second.screen.shows('the screen is 20 80')
    second.type(KEY.ctrlP + KEY.ctrlQ)
    await endsCleanly(second)
  })

  it('returns the exit code of a container that the Engine removes', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo gone; exit 5'], { remove: true })
    const { result, output } = await startHere(container)
    assert.deepEqual(result, { exitCode: 5, detached: false })
    assert.equal(output, 'gone\n')
  })

  it('shows what was written before with logs: true, and not otherwise', async (test) => {
    const container = await aRunningContainer(test, engine, ['sh', '-c', 'echo before; cat'], WITH_STDIN)
    await until(async () => (await container.logs().text()) === 'before\n', 'it has been written')
    const [all, fresh] = [
      await runProgram(test, starting(engine, container, { logs: true })),
      await runProgram(test, starting(engine, container)),
    ]
    await all.screen.endsWith('before')
    // Two who read: each line typed is echoed by one terminal and answered to both.
    fresh.type(`hello${KEY.enter}`)
    await fresh.screen.endsWith('hello', 'hello')
    await all.screen.endsWith('before', 'hello')
    assert.deepEqual(fresh.screen.lines(), ['hello', 'hello'])
    await container.kill()
    await Promise.all([endsCleanly(all), endsCleanly(fresh)])
  })

  it('shares a container between two terminals', async (test) => {
    const container = await aContainer(test, engine, ['sh'], WITH_TTY)
    const one = await runProgram(test, starting(engine, container))
    await one.screen.endsWith(PROMPT)
    const other = await runProgram(test, starting(engine, container))
    await isRaw(other)
    one.type(`echo from one${KEY.enter}`)
    await other.screen.shows(/^from one$/m)
    other.type(`echo from the other${KEY.enter}`)
    await one.screen.shows(/^from the other$/m)
    one.type(KEY.ctrlP + KEY.ctrlQ)
    assert.deepEqual((await endsCleanly(one)).notes.result, { detached: true })
    other.type(`exit 3${KEY.enter}`)
    assert.deepEqual((await endsCleanly(other)).notes.result, { exitCode: 3, detached: false })
  })

  it('ends with the process also where the input ends before, and stdin stays open', async (test) => {
    const command = ['sh', '-c', 'read line; sleep 1; echo "got $line"; exit 7']
    const container = await aContainer(test, engine, command, { interactive: true, stdinOnce: false })
    const program = await runProgram(test, starting(engine, container), { line: 'echo hi | "$@"' })
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 7, detached: false })
    assert.match(program.output, /got hi/)
  })

  it('refuses a container that is paused, and names what to do', async (test) => {
    const container = await aRunningContainer(test, engine)
    await engine.client.api.http.empty({ method: 'POST', path: `/containers/${container.id}/pause` as never })
    await assert.rejects(startHere(container), /paused container, unpause it first/)
  })

  for (const tty of [false, true]) {
    const having = tty ? 'with' : 'without'
    it(`is complete each of ${MANY} times a process ends at once, ${having} a tty`, async (test) => {
      const container = await aContainer(test, engine, ['echo', 'x'], { tty, interactive: tty })
      const program = await runProgram(test, { ...starting(engine, container), times: MANY })
      const { notes } = await endsCleanly(program, 5 * PATIENCE_MS)
      assert.deepEqual(notes.results, Array(MANY).fill({ exitCode: 0, detached: false }))
      assert.equal(program.output.split('x\r\n').length - 1, MANY)
    })
  }

  it('ends when the container ends while it is being joined', async (test) => {
    const { container, proxy } = await heldAtAttach(test, engine)
    const joined = startHere(container)
    await proxy.asked(/\/attach\?/)
    await engine.client.containers.get(container.id).then((same) => same.kill())
    await container.wait()
    proxy.release()
    const { result } = await within(joined, PATIENCE_MS, () => 'start returns')
    assert.deepEqual(result, { exitCode: 137, detached: false })
  })
}

/** Attaches without a terminal, in this process. */
async function startHere(container: Container): Promise<{ result: TerminalResult; output: string }> {
  const stdout = new PassThrough()
  const output = text(stdout)
  const result = await start(container, { stdin: Readable.from([]), stdout, stderr: stdout })
  stdout.end()
  return { result, output: await output }
}

/** A container that runs, behind a proxy that lets attach through only when told. */
async function heldAtAttach(test: TestContext, engine: TestEngine) {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const { id } = await aRunningContainer(test, engine, ['sleep', '600'], { init: false })
  const proxy = await aProxy(test, engine.host, async (request): Promise<Verdict> => {
    if (request.includes('/attach?')) await released
    return 'pass'
  })
  const client = new DockerClient({ host: proxy.host })
  return { container: await client.containers.get(id), proxy: Object.assign(proxy, { release }) }
}
