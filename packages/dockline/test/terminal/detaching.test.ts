// The detach keys leave the process running, and never reach it.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { type Container, DockerClient, InvalidArgumentError } from '#src/index.js'
import { execCommand, start, startExec } from '#src/terminal/index.js'
import { aContainer, aSharedContainer, onEveryEngine, type TestEngine } from '../support/engines.js'
import { executing, starting, startingExec } from '../support/plans.js'
import { aProxy } from '../support/proxy.js'
import { KEY, until } from '../support/pty.js'
import { endsCleanly, type Program, runProgram } from '../support/terminal.js'
import type { PlanOptions } from '../support/terminal-program.js'

/** Shows each byte that it is sent as soon as it is, as in `^P`. */
const SHOW_KEYS = [
  'sh',
  '-c',
  'stty raw -echo; echo ready; while dd bs=4k count=1 2>&- | cat -v; do echo; done',
]
const WITH_TTY = { tty: true, interactive: true }

describe('the detach keys', { concurrency: 3 }, () => onEveryEngine(detaching))

function detaching(engine: TestEngine): void {
  const begin = async (test: TestContext, options?: PlanOptions) => {
    const container = await aContainer(test, engine, SHOW_KEYS, WITH_TTY)
    const program = await runProgram(test, starting(engine, container, options))
    await program.screen.shows('ready')
    return { container, program }
  }

  it('leave a container running', async (test) => {
    const { container, program } = await begin(test)
    program.type(KEY.ctrlP + KEY.ctrlQ)
    await detached(program)
    assert.equal((await container.inspect()).State?.Running, true)
  })

  it('leave an exec running, with no exit code', async (test) => {
    const container = await aSharedContainer(engine)
    const id = await container.createExec(SHOW_KEYS, { tty: true })
    const program = await runProgram(test, startingExec(engine, id))
    await program.screen.shows('ready')
    program.type(KEY.ctrlP + KEY.ctrlQ)
    await detached(program)
    const { Running, ExitCode } = await engine.client.api.exec.inspect(id)
    assert.deepEqual({ Running, ExitCode }, { Running: true, ExitCode: null })
    const { stdout } = await container.exec(['ps'])
    assert.match(stdout, / dd bs=4k/)
  })

  it('are found when each comes by itself', async (test) => {
    const { program } = await begin(test)
    program.type(`first${KEY.ctrlP}`)
    await program.screen.shows('first')
    program.type(KEY.ctrlQ)
    await detached(program)
  })

  it('come after what was typed before them, and swallow what follows', async (test) => {
    const { container, program } = await begin(test)
    program.type(`before${KEY.ctrlP}${KEY.ctrlQ}after`)
    await detached(program)
    await until(async () => (await container.logs().text()).includes('before'), 'what was typed has arrived')
    assert.doesNotMatch(await container.logs().text(), /\^P|\^Q|after/)
  })

  it('are sent on when it was only the beginning of them', async (test) => {
    const { program } = await begin(test)
    program.type(KEY.ctrlP)
    program.type('a')
    await program.screen.shows('^Pa')
    program.type(KEY.ctrlP + KEY.ctrlQ)
    await detached(program)
  })

  it('are found behind a beginning of them', async (test) => {
    const { program } = await begin(test)
    program.type(KEY.ctrlP + KEY.ctrlP + KEY.ctrlQ)
    await detached(program)
  })

  it('can be others, and then the default ones are keys as any other', async (test) => {
    const { container, program } = await begin(test, { detachKeys: 'ctrl-x,x' })
    program.type(KEY.ctrlP + KEY.ctrlQ)
    await program.screen.shows('^P^Q')
    program.type('\x18y')
    await program.screen.shows('^Xy')
    program.type('\x18x')
    await detached(program)
    assert.equal((await container.inspect()).State?.Running, true)
  })

  it('can be others for an exec', async (test) => {
    const container = await aSharedContainer(engine)
    const program = await runProgram(
      test,
      executing(engine, container, SHOW_KEYS, { detachKeys: 'ctrl-x,x' }),
    )
    await program.screen.shows('ready')
    program.type(KEY.ctrlP + KEY.ctrlQ)
    await program.screen.shows('^P^Q')
    program.type('\x18x')
    await detached(program)
  })

  it('can be a single one', async (test) => {
    const { program } = await begin(test, { detachKeys: 'q' })
    program.type('abc')
    await program.screen.shows('abc')
    program.type('q')
    await detached(program)
  })

  it('mean nothing without a tty', async (test) => {
    const container = await aContainer(test, engine, ['cat', '-v'], { interactive: true, stdinOnce: true })
    const line = `printf 'a\\020\\021b\\n' | "$@"`
    const program = await runProgram(test, starting(engine, container), { line })
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
    assert.match(program.output, /^a\^P\^Qb\r\n/)
  })

  it('are sent on when the input ends in the middle of them', async (test) => {
    const container = await aContainer(test, engine, SHOW_KEYS, WITH_TTY)
    const program = await runProgram(test, starting(engine, container), { line: 'head -c 3 | "$@"' })
    await program.screen.shows('ready')
    program.type(`ab${KEY.ctrlP}${KEY.enter}`)
    await program.screen.shows(/\^P\s*\^D/)
    await container.kill()
    await endsCleanly(program)
  })

  it('are refused before anything is sent when they are none', async (test) => {
    const container = await aSharedContainer(engine)
    const id = await container.createExec(['true'])
    const proxy = await aProxy(test, engine.host)
    await using client = new DockerClient({ host: proxy.host })
    const distant: Container = await client.containers.get(container.id)
    const before = proxy.requests.length
    const options = { detachKeys: 'ctrl-pp' }
    const calls = [
      () => start(distant, options),
      () => execCommand(distant, 'true', options),
      () => startExec(client, id, options),
    ]
    for (const call of calls) await assert.rejects(call, InvalidArgumentError)
    assert.equal(proxy.requests.length, before)
  })
}

async function detached(program: Program): Promise<void> {
  const { notes } = await endsCleanly(program)
  assert.deepEqual(notes.result, { detached: true })
  assert.deepEqual(notes.raw, [true, false])
}
