// However a session ends, the terminal is as it was.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import type { OutputStream } from '#src/index.js'
import {
  aContainer,
  anOwnEngine,
  aRunningContainer,
  aSharedContainer,
  canStartEngines,
  onNewestEngine,
  type TestEngine,
} from '../support/engines.js'
import { PATIENCE_MS } from '../support/patience.js'
import { executing, starting } from '../support/plans.js'
import { aProxy } from '../support/proxy.js'
import { KEY, type PtyOptions, until, within } from '../support/pty.js'
import { endsCleanly, endsRestored, isRaw, type Program, runProgram } from '../support/terminal.js'
import { MARKER, type Plan } from '../support/terminal-program.js'

const PROMPT = '/ #'
const WITH_TTY = { tty: true, interactive: true }
/** A shell with a prompt draws it again when it hears of the size, and output is an error where no terminal is left. */
const SILENT_SHELL = 'echo ready; while read -r line; do eval "$line"; done'
/** What a shell makes of a program that a signal ended. */
const ENDED_BY = {
  SIGHUP: 128 + 1,
  SIGINT: 128 + 2,
  SIGQUIT: 128 + 3,
  SIGABRT: 128 + 6,
  SIGALRM: 128 + 14,
  SIGTERM: 128 + 15,
  SIGSYS: 128 + 31,
} as const

describe('the terminal', { concurrency: 3 }, () => {
  onNewestEngine((engine) => {
    describe('is raw', () => rawMode(engine))
    describe('is restored', () => restoring(engine))
  })
  describe('is restored when the Engine dies', { skip: !canStartEngines }, dyingEngine)
})

function rawMode(engine: TestEngine): void {
  const begin = async (test: TestContext, tty: boolean, options: PtyOptions) => {
    const container = await aContainer(test, engine, ['cat'], { tty, interactive: true, stdinOnce: true })
    return { container, program: await runProgram(test, starting(engine, container), options) }
  }

  it('when both sides are terminals', async (test) => {
    const { program } = await begin(test, true, {})
    await isRaw(program)
    const settings = await program.settings()
    for (const off of ['-icanon', '-echo', '-isig', '-ixon', '-icrnl', '-opost'])
      assert.match(settings, new RegExp(`\\s${off}\\b`))
    program.type(`seen${KEY.enter}`)
    await program.screen.endsWith('seen', 'seen')
    program.type(KEY.ctrlD)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [true, false])
  })

  it('not when the container has no tty', async (test) => {
    const { program } = await begin(test, false, {})
    await echoesHere(program)
  })

  it('not when stdout goes to a file', async (test) => {
    const { program } = await begin(test, true, { line: '"$@" > "$PTY_NOTES/out"; cat "$PTY_NOTES/out"' })
    program.type(`hello${KEY.enter}`)
    await program.screen.endsWith('hello')
    program.type(KEY.ctrlD)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [])
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
    // Typed here, and what went to the file: the tty's echo and what cat wrote.
    assert.deepEqual(program.screen.lines(), ['hello', 'hello', 'hello', MARKER])
  })

  it('with raw: true also when stdout goes to a file', async (test) => {
    const container = await aContainer(test, engine, ['cat'], WITH_TTY)
    const line = '"$@" > "$PTY_NOTES/out"; cat "$PTY_NOTES/out"'
    const program = await runProgram(test, starting(engine, container, { raw: true }), { line })
    await isRaw(program)
    program.type(`hello${KEY.enter}${KEY.ctrlD}`)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [true, false])
    assert.deepEqual(program.screen.lines(), ['hello', 'hello', MARKER])
  })

  it('not with raw: false', async (test) => {
    const container = await aContainer(test, engine, ['cat'], WITH_TTY)
    const program = await runProgram(test, starting(engine, container, { raw: false }))
    program.type(`hello${KEY.enter}`)
    await program.screen.endsWith('hello', 'hello', 'hello')
    program.type(KEY.ctrlD)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [])
  })

  it('not when stdin comes from a pipe', async (test) => {
    const { program } = await begin(test, true, { line: 'echo hello | "$@"' })
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [])
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
    assert.deepEqual(program.screen.lines(), ['hello', 'hello', MARKER])
  })

  it('not when nobody may type', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo ready; exec sleep 600'], WITH_TTY)
    const program = await runProgram(test, starting(engine, container, { interactive: false }))
    await program.screen.shows('ready')
    assert.match(await program.settings(), /\sicanon\b/)
    await container.kill()
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [])
    assert.equal(notes.result?.exitCode, 137)
  })

  it('not with NORAW in the environment', async (test) => {
    const { program } = await begin(test, true, { env: { NORAW: '1' } })
    program.type(`hello${KEY.enter}`)
    // Once from this terminal, once from the one over there, once from cat.
    await program.screen.endsWith('hello', 'hello', 'hello')
    program.type(KEY.ctrlD)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [])
  })
}

async function echoesHere(program: Program): Promise<void> {
  program.type(`hello${KEY.enter}`)
  await program.screen.endsWith('hello', 'hello')
  assert.match(await program.settings(), /\sicanon\b/)
  assert.match(await program.settings(), /\secho\b/)
  program.type(KEY.ctrlD)
  const { notes } = await endsCleanly(program)
  assert.deepEqual(notes.raw, [])
}

function restoring(engine: TestEngine): void {
  /** A shell on the terminal, which is raw. */
  const aShell = async (test: TestContext, plan: Partial<Plan> = {}) => {
    const container = await aContainer(test, engine, ['sh'], WITH_TTY)
    const program = await runProgram(test, { ...starting(engine, container), ...plan })
    await program.screen.endsWith(PROMPT)
    await isRaw(program)
    return { container, program }
  }

  it('after an exit code that is not 0', async (test) => {
    const { program } = await aShell(test)
    program.type(`exit 7${KEY.enter}`)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 7, detached: false })
    assert.deepEqual(notes.raw, [true, false])
  })

  it('after a start that fails, and the program ends at once', async (test) => {
    const container = await aContainer(test, engine, ['no-such-command'], WITH_TTY)
    const program = await runProgram(test, starting(engine, container))
    const { exitCode, notes } = await endsRestored(program)
    assert.equal(exitCode, 70)
    assert.match(notes.error?.code ?? '', /^ERR_DOCKER_/)
    assert.match(notes.error?.message ?? '', /no-such-command/)
    assert.deepEqual(notes.raw, [true, false])
    assert.deepEqual(notes.settingsAfter, notes.settingsBefore)
    assert.deepEqual(notes.listenersAfter, notes.listenersBefore)
  })

  it('after an exec of a command that is not there, and the program ends by itself', async (test) => {
    const container = await aSharedContainer(engine)
    const program = await runProgram(test, executing(engine, container, ['no-such-command']))
    await program.screen.shows(MARKER)
    const { notes } = await endsCleanly(program)
    assert.ok([126, 127].includes(notes.result?.exitCode ?? 0), `exit code ${notes.result?.exitCode}`)
    assert.match(program.output, /no-such-command/)
    assert.deepEqual(notes.raw, [true, false])
  })

  it('after an abort, which rejects with the reason and leaves the container running', async (test) => {
    const { container, program } = await aShell(test, { onSignal: 'abort' })
    await program.signal('SIGUSR2')
    const { exitCode, notes } = await endsRestored(program)
    assert.equal(exitCode, 70)
    assert.equal(notes.error?.message, 'the caller has had enough')
    assert.deepEqual(notes.settingsAfter, notes.settingsBefore)
    assert.deepEqual(notes.listenersAfter, notes.listenersBefore)
    assert.match(program.output.trimEnd(), /\[the call has settled\]$/)
    assert.equal((await container.inspect()).State?.Running, true)
  })

  for (const [signal, code] of Object.entries(ENDED_BY)) {
    it(`when ${signal} ends the program, and leaves the container running`, async (test) => {
      const { container, program } = await aShell(test)
      await program.signal(signal as NodeJS.Signals)
      const { exitCode, notes } = await endsRestored(program)
      assert.equal(exitCode, code)
      assert.deepEqual(notes.raw, [true, false])
      assert.equal(notes.settledAt, undefined)
      assert.equal((await container.inspect()).State?.Running, true)
    })
  }

  it('when the program is left by process.exit', async (test) => {
    const { program } = await aShell(test, { onSignal: 'exit' })
    await program.signal('SIGUSR2')
    const { exitCode, notes } = await endsRestored(program)
    assert.equal(exitCode, 3)
    assert.deepEqual(notes.raw, [true, false])
  })

  it('when an exception elsewhere ends the program', async (test) => {
    const { program } = await aShell(test, { onSignal: 'throw' })
    await program.signal('SIGUSR2')
    const { exitCode, notes } = await endsRestored(program)
    assert.equal(exitCode, 1)
    assert.deepEqual(notes.raw, [true, false])
    assert.match(program.output, /a mistake elsewhere in the program/)
    // The stack is shown line under line, not as stairs.
    assert.match(program.output, /mistake elsewhere in the program\r\n/)
  })

  it('or gone, and then the program ends and the container goes on', async (test) => {
    const { container, program } = await aShell(test)
    const { pid } = await program.programNotes()
    program.hangUp()
    await until(() => !isAlive(pid), 'the program has ended')
    assert.equal((await container.inspect()).State?.Running, true)
  })

  it('and when it is gone, nothing is typed into the container in its place', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', SILENT_SHELL], WITH_TTY)
    const program = await runProgram(test, { ...starting(engine, container), survivesHangUp: true })
    await program.screen.shows('ready')
    await isRaw(program)
    const { pid } = await program.programNotes()
    program.hangUp()
    await until(async () => (await program.programNotes()).stdinEnded === true, 'stdin has ended')
    const { output, stdin } = await container.attach()
    stdin.write('echo still here\n')
    await within(hears(output, 'still here'), PATIENCE_MS, () => 'the shell answers')
    assert.equal((await container.inspect()).State?.Running, true)
    await container.kill()
    await until(() => !isAlive(pid), 'the program has ended')
  })

  it('or gone, and the program that goes on without it ends as it wants to', async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'dockline-lost-'))
    test.after(() => rm(folder, { recursive: true }))
    const file = join(folder, 'code')
    const container = await aContainer(test, engine, ['sh', '-c', SILENT_SHELL], WITH_TTY)
    const plan = { ...starting(engine, container), survivesHangUp: true }
    // The shell hears of the end of the terminal as well.
    const line = `trap : HUP; "$@"; echo $? > ${file}`
    const program = await runProgram(test, plan, { line })
    await program.screen.shows('ready')
    await isRaw(program)
    program.hangUp()
    await until(async () => (await program.programNotes()).stdinEnded === true, 'stdin has ended')
    await container.kill()
    const code = () => readFile(file, 'utf8').catch(() => '')
    await until(async () => (await code()).endsWith('\n'), 'the program has ended')
    const notes = await program.programNotes()
    assert.equal((await code()).trim(), '0', JSON.stringify(notes.error))
    assert.equal(notes.result?.exitCode, 137)
  })

  it('after a connection that breaks while the container starts', async (test) => {
    const container = await aContainer(test, engine, ['sh'], WITH_TTY)
    const proxy = await aProxy(test, engine.host, (request) => (request.endsWith('/start') ? 'hold' : 'pass'))
    const program = await runProgram(test, starting(proxy, container))
    await proxy.asked(/\/start$/)
    proxy.cut()
    const { exitCode, notes } = await endsRestored(program)
    assert.equal(exitCode, 70)
    assert.equal(notes.error?.code, 'ERR_DOCKER_CONNECTION')
    assert.deepEqual(notes.raw, [true, false])
    assert.deepEqual(notes.settingsAfter, notes.settingsBefore)
  })

  it('after each of many calls, without a listener more', async (test) => {
    const container = await aSharedContainer(engine)
    const program = await runProgram(test, { ...executing(engine, container, ['true']), times: 12 })
    const { notes } = await endsCleanly(program)
    assert.equal(notes.results.length, 12)
    assert.ok(notes.results.every(({ exitCode }) => exitCode === 0))
  })

  it('after a first call, and a second one has the keyboard again', async (test) => {
    const container = await aSharedContainer(engine)
    const plan = executing(engine, container, ['sh', '-c', 'read -r line; echo "read $line"'])
    const program = await runProgram(test, { ...plan, times: 2 })
    for (const [call, word] of ['one', 'two'].entries()) {
      await until(async () => (await program.programNotes()).raw.length === 2 * call + 1, 'it is raw')
      program.type(`${word}${KEY.enter}`)
      await program.screen.shows(`read ${word}`)
    }
    await endsCleanly(program)
  })
}

async function hears(output: OutputStream, answer: string): Promise<void> {
  for await (const { line } of output.lines()) if (line.trim() === answer) return
  assert.fail(`the output ended without '${answer}'`)
}

function dyingEngine(): void {
  it('during start and execCommand, which reject', async (test) => {
    const engine = await anOwnEngine(test)
    const container = await aRunningContainer(test, engine, ['sh'], WITH_TTY)
    const plans = { start: starting(engine, container), execCommand: executing(engine, container, ['sh']) }
    const programs = Object.entries(plans).map(async ([call, plan]) => {
      const program = await runProgram(test, plan)
      await isRaw(program)
      program.type(`echo connected${KEY.enter}`)
      await program.screen.shows(/^connected$/m)
      return [call, program] as const
    })
    const connected = await Promise.all(programs)
    await engine.kill()
    for (const [call, program] of connected) {
      const { exitCode, notes } = await endsRestored(program)
      assert.equal(exitCode, 70, call)
      assert.equal(notes.error?.code, 'ERR_DOCKER_CONNECTION', call)
      assert.deepEqual(notes.raw, [true, false], call)
      assert.deepEqual(notes.settingsAfter, notes.settingsBefore, call)
    }
  })
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
