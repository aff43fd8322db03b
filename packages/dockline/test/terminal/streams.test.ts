// What goes in and what comes out, whatever stdin and stdout are.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Container } from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  aSharedContainer,
  onEveryEngine,
  type TestEngine,
} from '../support/engines.js'
import { executing, starting } from '../support/plans.js'
import { aProxy } from '../support/proxy.js'
import { KEY } from '../support/pty.js'
import { endsCleanly, endsRestored, runProgram } from '../support/terminal.js'
import { MARKER } from '../support/terminal-program.js'

const WITH_STDIN = { interactive: true, stdinOnce: true }
const WITH_TTY = { tty: true, interactive: true }
/** More than all buffers on the way hold. */
const MEGABYTE = 1_000_000
/** Goes on for ever, and unlike `yes` it costs little as long as the container is there. */
const TALK = ['sh', '-c', 'while seq 5000; do sleep 0.1; done']

describe('the streams', { concurrency: 3 }, () => {
  onEveryEngine((engine) => {
    describe('of input', () => input(engine))
    describe('of output', () => output(engine))
    describe('share one connection', () => connections(engine))
  })
})

function input(engine: TestEngine): void {
  const table: readonly (readonly [string, string, number])[] = [
    ['a pipe', 'echo hi | "$@"', 3],
    ['a pipe of a megabyte', 'head -c 1000000 /dev/zero | "$@"', 1_000_000],
    ['an empty pipe', 'true | "$@"', 0],
    ['a file', 'echo hello > "$PTY_NOTES/in"; "$@" < "$PTY_NOTES/in"', 6],
    ['/dev/null', '"$@" < /dev/null', 0],
    ['closed', '"$@" 0<&-', 0],
  ]
  for (const [what, line, count] of table) {
    it(`ends for a container when stdin is ${what}`, async (test) => {
      const container = await aContainer(test, engine, ['wc', '-c'], WITH_STDIN)
      const program = await runProgram(test, starting(engine, container), { line })
      const { notes } = await endsCleanly(program)
      assert.deepEqual(notes.result, { exitCode: 0, detached: false })
      assert.deepEqual(program.screen.lines(), [`${count}`, MARKER])
    })

    it(`ends for an exec when stdin is ${what}`, async (test) => {
      const container = await aSharedContainer(engine)
      const program = await runProgram(test, executing(engine, container, ['wc', '-c']), { line })
      const { notes } = await endsCleanly(program)
      assert.deepEqual(notes.result, { exitCode: 0, detached: false })
      assert.deepEqual(program.screen.lines(), [`${count}`, MARKER])
    })
  }

  it('has what the terminal itself answers to a program', async (test) => {
    const container = await aSharedContainer(engine)
    const ask = "stty raw -echo; printf '\\033[6n'; dd bs=1 count=6 2>/dev/null | cat -v"
    const plan = executing(engine, container, ['sh', '-c', ask])
    const program = await runProgram(test, plan, { answers: true })
    await endsCleanly(program)
    assert.match(program.screen.lines()[0] ?? '', /^\^\[\[1;1R/)
  })

  it('is complete when 100 KB are pasted into a raw terminal', async (test) => {
    const container = await aSharedContainer(engine)
    const program = await runProgram(
      test,
      executing(engine, container, ['sh', '-c', 'stty -echo; echo ready; wc -c']),
    )
    await program.screen.shows('ready')
    program.type(`${'x'.repeat(79)}\n`.repeat(1280))
    program.type(KEY.ctrlD)
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.raw, [true, false])
    assert.match(program.output, /^102400\r$/m)
  })

  it('is complete when 100 KB are pasted where there is no tty', async (test) => {
    const container = await aContainer(test, engine, ['sh', '-c', 'echo ready; wc -c'], WITH_STDIN)
    const program = await runProgram(test, starting(engine, container), {
      line: 'stty -echo; "$@"; stty echo',
    })
    await program.screen.shows('ready')
    program.type(`${'x'.repeat(79)}\n`.repeat(1280))
    program.type(KEY.ctrlD)
    await endsCleanly(program)
    assert.match(program.output, /^102400\r$/m)
  })

  it('is left to whoever reads next when nobody may type', async (test) => {
    const container = await aSharedContainer(engine)
    const plan = executing(engine, container, ['true'], { interactive: false })
    const program = await runProgram(test, plan, { line: 'printf "one\\ntwo\\n" | { "$@"; cat; }' })
    await endsCleanlyThen(program, 'one', 'two')
  })

  it('does not hold up a process that reads nothing of it', async (test) => {
    const container = await aSharedContainer(engine)
    const program = await runProgram(test, executing(engine, container, ['true']), { line: 'yes | "$@"' })
    const { notes } = await endsCleanly(program)
    assert.deepEqual(notes.result, { exitCode: 0, detached: false })
  })
}

async function endsCleanlyThen(
  program: Awaited<ReturnType<typeof runProgram>>,
  ...after: string[]
): Promise<void> {
  const { exitCode } = await endsRestored(program)
  assert.equal(exitCode, 0)
  assert.deepEqual(program.screen.lines(), [MARKER, ...after])
}

function output(engine: TestEngine): void {
  const onBoth = ['sh', '-c', 'echo to stdout; echo to stderr >&2']
  const apart = '"$@" 2> "$PTY_NOTES/err"; echo; sed "s/^/stderr: /" "$PTY_NOTES/err"'

  for (const call of ['start', 'execCommand'] as const) {
    it(`goes to stdout and stderr without a tty (${call})`, async (test) => {
      const container = await aCallee(test, engine, call, onBoth)
      const plan =
        call === 'start' ? starting(engine, container) : executing(engine, container, onBoth, { tty: false })
      const program = await runProgram(test, plan, { line: apart })
      await endsRestored(program)
      assert.deepEqual(program.screen.lines(), ['to stdout', MARKER, '', 'stderr: to stderr'])
    })
  }

  it('goes to stdout with a tty', async (test) => {
    const container = await aContainer(test, engine, onBoth, WITH_TTY)
    const program = await runProgram(test, starting(engine, container), { line: apart })
    await endsRestored(program)
    assert.deepEqual(program.screen.lines(), ['to stdout', 'to stderr', MARKER])
  })

  it('may move the cursor down by a line feed alone', async (test) => {
    const command = ['sh', '-c', "stty raw; printf 'one\\ntwo\\r\\nthree\\r\\n'"]
    const container = await aContainer(test, engine, command, WITH_TTY)
    const program = await runProgram(test, starting(engine, container))
    await endsCleanly(program)
    assert.deepEqual(program.screen.lines(), ['one', '   two', 'three', MARKER])
  })

  for (const tty of [true, false]) {
    it(`of a megabyte is complete on a slow terminal, ${tty ? 'with' : 'without'} a tty`, async (test) => {
      const container = await aSharedContainer(engine)
      const command = ['sh', '-c', `head -c ${MEGABYTE} /dev/zero | tr '\\0' x; echo; echo the end`]
      const program = await runProgram(test, executing(engine, container, command, { tty }), { slow: true })
      const { notes } = await endsCleanly(program)
      assert.deepEqual(notes.result, { exitCode: 0, detached: false })
      assert.equal(program.output.indexOf('\r\nthe end\r\n'), MEGABYTE)
    })
  }

  it('may be cut off by who reads it, and the program ends', async (test) => {
    // What is left running is gone with its container.
    const container = await aRunningContainer(test, engine)
    const program = await runProgram(test, executing(engine, container, TALK), {
      line: '"$@" | head -n 2',
    })
    const { notes } = await endsRestored(program)
    assert.deepEqual(notes.error, undefined)
    assert.deepEqual(notes.result, { detached: true })
    assert.deepEqual(program.screen.lines(), ['1', '2'])
  })
}

function connections(engine: TestEngine): void {
  for (const call of ['start', 'execCommand'] as const) {
    it(`in ${call}, as a test that counts them sees`, async (test) => {
      const proxy = await aProxy(test, engine.host)
      const command = ['sh', '-c', 'cat; echo errors >&2']
      const container = await aCallee(test, engine, call, command)
      const plan = call === 'start' ? starting(proxy, container) : executing(proxy, container, command)
      const program = await runProgram(test, plan, { line: 'echo input | "$@"' })
      await endsCleanly(program)
      // Two pipes of the container: which of them the Engine reads first is not ours to say.
      assert.deepEqual(program.screen.lines().sort(), [MARKER, 'errors', 'input'])
      assert.equal(proxy.hijacked, 1)
      assert.equal(
        proxy.requests.filter((request) => /\/attach\?|\/exec\/\w+\/start$/.test(request)).length,
        1,
      )
    })
  }
}

/** What `start` runs is the container; what `execCommand` runs is a command in one. */
function aCallee(
  test: Parameters<typeof aContainer>[0],
  engine: TestEngine,
  call: 'start' | 'execCommand',
  command: readonly string[],
): Promise<Container> {
  return call === 'start' ? aContainer(test, engine, command, WITH_STDIN) : aSharedContainer(engine)
}
