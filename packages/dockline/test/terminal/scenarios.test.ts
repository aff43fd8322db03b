// The forty scenarios of dockerpty, each with the end of the program asserted.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Container, CreateOptions } from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  onEveryEngine,
  onNewestEngine,
  type TestEngine,
} from '../support/engines.js'
import { executing, starting, startingExec } from '../support/plans.js'
import { KEY, type PtyOptions } from '../support/pty.js'
import { endsCleanly, isRaw, type Program, runProgram } from '../support/terminal.js'
import type { PlanOptions } from '../support/terminal-program.js'

const PROMPT = '/ #'
const WITH_TTY: CreateOptions = { tty: true, interactive: true }
const WITH_STDIN: CreateOptions = { interactive: true, stdinOnce: true }
/** Shows the last line of a file, and goes on for ever. */
const TAIL = ['tail', '-n1', '-f', '/etc/passwd']
const TAIL_TO_STDERR = ['sh', '-c', 'tail -n1 -f /etc/passwd 1>&2']
/** A shell that reads a pipe: no terminal of its own, and no prompt. */
const PIPED_SHELL = ['sh', '-c', 'cat | sh']

type Case = (test: TestContext) => Promise<void>

/** A shell on a terminal: how to get one, and what is to be asserted when it has ended. */
interface Shell {
  open(test: TestContext, size?: PtyOptions): Promise<Program>
}

describe('the scenarios of dockerpty', { concurrency: 3 }, () => {
  onEveryEngine((engine) => {
    describe('start, with a tty', () => interactiveTerminal(engine))
    describe('exec, with a tty', () => execInteractiveTerminal(engine))
  })
  // Without a tty there is neither a size nor a detach key: the live tests of attach and exec ask both Engines for the rest.
  onNewestEngine((engine) => {
    describe('start, with stdin and no tty', () => interactiveStdin(engine))
    describe('start, without stdin', () => nonInteractive(engine))
    describe('exec, with stdin', () => execInteractiveStdin(engine))
    describe('exec, without stdin', () => execNonInteractive(engine))
  })
})

function interactiveTerminal(engine: TestEngine): void {
  const aShell = (test: TestContext, options: CreateOptions = {}) =>
    aContainer(test, engine, ['/bin/sh'], { ...WITH_TTY, ...options })
  const open = async (test: TestContext, size?: PtyOptions) =>
    runProgram(test, starting(engine, await aShell(test)), size)
  shellScenarios({ open })

  it('attaches to a container whose logs cannot be read', async (test) => {
    const container = await aShell(test, { logDriver: 'none' })
    const program = await runProgram(test, starting(engine, container))
    await program.screen.endsWith(PROMPT)
    await leaveShell(program)
  })

  it('ends when the shell is left, and the container has stopped then', async (test) => {
    const container = await aShell(test)
    const program = await runProgram(test, starting(engine, container))
    await program.screen.endsWith(PROMPT)
    program.type(`exit${KEY.enter}`)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
    assert.equal(await isRunning(container), false)
  })

  it('ends at the detach keys, and the container goes on', async (test) => {
    const container = await aShell(test)
    const program = await runProgram(test, starting(engine, container))
    await program.screen.endsWith(PROMPT)
    program.type(KEY.enter)
    await program.screen.endsWith(PROMPT, PROMPT)
    await detach(program)
    assert.equal(await isRunning(container), true)
  })

  it('can be attached again, and the shell remembers', async (test) => {
    const container = await aShell(test)
    const first = await runProgram(test, starting(engine, container))
    await first.screen.endsWith(PROMPT)
    first.type(`uname${KEY.enter}`)
    await first.screen.endsWith(`${PROMPT} uname`, 'Linux', PROMPT)
    await detach(first)
    const second = await runProgram(test, starting(engine, container))
    await joins(second, container)
    second.type(KEY.enter)
    await second.screen.endsWith(PROMPT)
    second.type(KEY.up + KEY.enter)
    await second.screen.endsWith(`${PROMPT} uname`, 'Linux', PROMPT)
    await leaveShell(second)
  })

  it('ends when the process ends at once', async (test) => {
    const container = await aContainer(test, engine, ['/bin/true'], WITH_TTY)
    const { notes } = await endsCleanly(await runProgram(test, starting(engine, container)))
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
  })

  it('joins a container that runs already', async (test) => {
    const container = await aShell(test)
    await container.start()
    const program = await runProgram(test, starting(engine, container))
    await joins(program, container)
    program.type(KEY.enter)
    await program.screen.endsWith(PROMPT)
    await leaveShell(program)
  })
}

function interactiveStdin(engine: TestEngine): void {
  const begin = async (test: TestContext, command: string[]) => {
    const container = await aContainer(test, engine, command, WITH_STDIN)
    return { container, program: await runProgram(test, starting(engine, container)) }
  }

  it('shows the output', async (test) => {
    const { container, program } = await begin(test, TAIL)
    await program.screen.endsWith(...(await lastUser(engine)))
    await endsWhenKilled(program, container)
  })

  it('sends what is typed', async (test) => {
    const { container, program } = await begin(test, ['cat'])
    program.type(`Hello World!${KEY.enter}`)
    await program.screen.endsWith('Hello World!', 'Hello World!')
    await endsWhenKilled(program, container)
  })

  it('shows the errors', async (test) => {
    const { program } = await begin(test, PIPED_SHELL)
    await writesToStderr(program)
    await endsAtEndOfInput(program)
  })

  it('shows output and errors in turn', async (test) => {
    const { program } = await begin(test, PIPED_SHELL)
    await writesToBoth(program)
    await endsAtEndOfInput(program)
  })

  it('closes the input at ctrl-d, and the container stops', async (test) => {
    const { container, program } = await begin(test, ['cat'])
    program.type(`Hello World!${KEY.enter}`)
    await program.screen.endsWith('Hello World!', 'Hello World!')
    await endsAtEndOfInput(program)
    assert.equal(await isRunning(container), false)
  })

  it('joins a container that runs already', async (test) => {
    const container = await aRunningContainer(test, engine, ['cat'], WITH_STDIN)
    const program = await runProgram(test, starting(engine, container))
    program.type(`Hello World!${KEY.enter}`)
    await program.screen.endsWith('Hello World!', 'Hello World!')
    await endsAtEndOfInput(program)
  })
}

function nonInteractive(engine: TestEngine): void {
  const shows =
    (command: string[]): Case =>
    async (test) => {
      const container = await aContainer(test, engine, command)
      const program = await runProgram(test, starting(engine, container))
      await program.screen.endsWith(...(await lastUser(engine)))
      await endsWhenKilled(program, container)
    }
  it('shows the output', shows(TAIL))
  it('shows the errors', shows(TAIL_TO_STDERR))

  it('ignores what is typed', async (test) => {
    const container = await aContainer(test, engine, TAIL)
    const program = await runProgram(test, starting(engine, container))
    const line = await lastUser(engine)
    await program.screen.endsWith(...line)
    program.type(`ignored${KEY.enter}`)
    await program.screen.endsWith(...line, 'ignored')
    assert.equal(await isRunning(container), true)
    await endsWhenKilled(program, container)
  })
}

function execInteractiveTerminal(engine: TestEngine): void {
  const begin = async (test: TestContext, command = ['/bin/sh'], size?: PtyOptions) => {
    const container = await aSharedContainer(engine)
    const id = await container.createExec(command, { tty: true })
    return { container, program: await runProgram(test, startingExec(engine, id), size) }
  }
  const open = async (test: TestContext, size?: PtyOptions) => (await begin(test, ['/bin/sh'], size)).program
  shellScenarios({ open })

  it('ends when the shell is left', async (test) => {
    const { container, program } = await begin(test)
    await program.screen.endsWith(PROMPT)
    program.type(`exit${KEY.enter}`)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
    assert.equal(await isRunning(container), true)
  })

  it('ends at the detach keys', async (test) => {
    const { program } = await begin(test)
    await program.screen.endsWith(PROMPT)
    await detach(program)
  })

  it('ends when the process ends at once', async (test) => {
    const { program } = await begin(test, ['/bin/true'])
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
  })

  it('makes and starts an exec in one call', async (test) => {
    const container = await aSharedContainer(engine)
    const program = await runProgram(test, executing(engine, container, ['/bin/sh']))
    await program.screen.endsWith(PROMPT)
    program.type(KEY.enter)
    await program.screen.endsWith(PROMPT, PROMPT)
    await leaveShell(program)
  })
}

function execInteractiveStdin(engine: TestEngine): void {
  const begin = async (test: TestContext, command: string[], options: PlanOptions) => {
    const container = await aSharedContainer(engine)
    return runProgram(test, executing(engine, container, command, options))
  }

  it('shows the output of a command that reads nothing', async (test) => {
    const command = ['sh', '-c', 'ls -1 / | tail -n 3']
    const program = await begin(test, command, { interactive: false })
    await program.screen.shows((await outputOf(engine, command)).join('\n'))
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
  })

  it('sends what is typed', async (test) => {
    const program = await begin(test, ['/bin/cat'], { tty: true })
    await typedIntoCat(program)
  })

  it('shows the errors', async (test) => {
    const program = await begin(test, PIPED_SHELL, { tty: false })
    await writesToStderr(program)
    await endsAtEndOfInput(program)
  })

  it('shows output and errors in turn', async (test) => {
    const program = await begin(test, PIPED_SHELL, { tty: false })
    await writesToBoth(program)
    await endsAtEndOfInput(program)
  })
}

function execNonInteractive(engine: TestEngine): void {
  const begin = async (test: TestContext, command: string[]) => {
    const container = await aRunningContainer(test, engine, ['cat'], WITH_STDIN)
    const plan = executing(engine, container, command, { interactive: false })
    return { container, program: await runProgram(test, plan) }
  }
  const shows =
    (command: string[]): Case =>
    async (test) => {
      const { container, program } = await begin(test, command)
      await program.screen.endsWith(...(await lastUser(engine)))
      await endsWhenKilled(program, container)
    }
  it('shows the output', shows(TAIL))
  it('shows the errors', shows(TAIL_TO_STDERR))

  it('ignores what is typed', async (test) => {
    const { container, program } = await begin(test, TAIL)
    const line = await lastUser(engine)
    await program.screen.endsWith(...line)
    program.type(`ignored${KEY.enter}`)
    await program.screen.endsWith(...line, 'ignored')
    assert.equal(await isRunning(container), true)
    await endsWhenKilled(program, container)
  })
}

/** What is alike for the shell of a container and for one that exec starts. */
function shellScenarios({ open }: Shell): void {
  const scenario = (name: string, play: (program: Program) => Promise<void>, size?: PtyOptions) =>
    it(name, async (test) => {
      const program = await open(test, size)
      await program.screen.endsWith(PROMPT)
      await play(program)
      await leaveShell(program)
    })
  const types = async (program: Program, command: string, ...shown: string[]) => {
    program.type(`${command}${KEY.enter}`)
    await program.screen.endsWith(`${PROMPT} ${command}`, ...shown, PROMPT)
  }
  const small = { columns: 70, rows: 20 }

  scenario('shows the prompt', async () => {})
  scenario('echoes what is typed', async (program) => {
    program.type('whoami')
    await program.screen.endsWith(`${PROMPT} whoami`)
    program.type(KEY.enter)
    await program.screen.endsWith(`${PROMPT} whoami`, 'root', PROMPT)
  })
  scenario('shows the output of a command', (program) => types(program, 'uname', 'Linux'))
  scenario('shows the errors of a command', async (program) => {
    program.type(`ls blah${KEY.enter}`)
    await program.screen.shows(/^ls: blah: .+\n\/ #$/m)
  })
  scenario('has the size of the terminal', (program) => showsSize(program, '20 70'), small)
  scenario(
    'follows a change of the size',
    async (program) => {
      program.resize(100, 30)
      await showsSize(program, '30 100')
    },
    small,
  )
  scenario(
    'ends up with the last of many sizes',
    async (program) => {
      for (const [columns, rows] of [
        [90, 35],
        [80, 30],
        [70, 25],
        [60, 20],
        [105, 28],
      ] as const) {
        program.resize(columns, rows)
      }
      await showsSize(program, '28 105')
    },
    small,
  )
}

/** A new size takes a moment to arrive: the shell waits for it, and would wait for ever. */
async function showsSize(program: Program, size: string): Promise<void> {
  program.type(
    `until [ "$(stty size 2>&1)" = "${size}" ]; do sleep 0.1; done; echo size is $(stty size)${KEY.enter}`,
  )
  await program.screen.shows(new RegExp(`^size is ${size}$`, 'm'))
}

async function leaveShell(program: Program): Promise<void> {
  program.type(`exit${KEY.enter}`)
  const { notes } = await endsCleanly(program)
  assert.equal(notes.result?.detached, false)
}

async function detach(program: Program): Promise<void> {
  program.type(KEY.ctrlP + KEY.ctrlQ)
  const { notes } = await endsCleanly(program)
  assert.deepEqual(notes.result, { detached: true })
}

async function endsAtEndOfInput(program: Program): Promise<void> {
  program.type(KEY.ctrlD)
  const { notes } = await endsCleanly(program)
  assert.deepEqual(notes.result, { exitCode: 0, detached: false })
}

async function endsWhenKilled(program: Program, container: Container): Promise<void> {
  await container.kill()
  const { notes } = await endsCleanly(program)
  assert.deepEqual(notes.result, { exitCode: 137, detached: false })
}

async function typedIntoCat(program: Program): Promise<void> {
  program.type(`Hello World!${KEY.enter}`)
  await program.screen.endsWith('Hello World!', 'Hello World!')
  await endsAtEndOfInput(program)
}

async function writesToStderr(program: Program): Promise<void> {
  program.type(`echo 'Hello World!' 1>&2${KEY.enter}`)
  await program.screen.endsWith("echo 'Hello World!' 1>&2", 'Hello World!')
}

async function writesToBoth(program: Program): Promise<void> {
  program.type(`echo 'Hello World!'${KEY.enter}`)
  await program.screen.endsWith("echo 'Hello World!'", 'Hello World!')
  program.type(`echo 'Hello Universe!' 1>&2${KEY.enter}`)
  await program.screen.endsWith("echo 'Hello Universe!' 1>&2", 'Hello Universe!')
}

/** A container that runs shows nothing by itself; the terminal is raw once it is connected. */
async function joins(program: Program, container: Container): Promise<void> {
  assert.equal(await isRunning(container), true)
  await isRaw(program)
}

async function isRunning(container: Container): Promise<boolean> {
  return (await container.inspect()).State?.Running === true
}

/** What a command writes, which depends on the version of the image. */
async function outputOf(engine: TestEngine, command: readonly string[]): Promise<string[]> {
  const { stdout } = await (await aSharedContainer(engine)).exec(command)
  return stdout.trimEnd().split('\n')
}

const lastUser = (engine: TestEngine) => outputOf(engine, ['tail', '-n1', '/etc/passwd'])
