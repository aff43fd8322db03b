// Programs that draw on the whole screen: drawn right, again after a change of the size, and left without a trace.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { onNewestEngine, type TestEngine } from '../support/engines.js'
import { type CommandProgram, endsWith, KEY, reach, WAYS, type Way } from '../support/terminal.js'

const ESCAPE = '\x1b'
const COLUMNS = 70
const ROWS = 16

onNewestEngine((engine) => {
  for (const way of WAYS) describe(`${way} of`, { concurrency: 2 }, () => programs(engine, way))
})

function programs(engine: TestEngine, way: Way): void {
  /** The program, in a shell that says so before and after it. */
  const draws = async (test: TestContext, command: string) => {
    const script = `${prepare(command)}; echo before; ${command}; echo "after with $?"; exit 4`
    const { program } = await reach(test, engine, way, ['sh', '-c', script], {
      columns: COLUMNS,
      rows: ROWS,
      shares: true,
    })
    return program
  }

  it('vi draws its screen, edits, follows the size and gives the screen back', async (test) => {
    const program = await draws(test, 'vi /tmp/vi-lines')
    await looks(program, [...lines(1, ROWS - 1), /^- \/tmp\/vi-lines 1\/200 0%/])
    // To line 100, and a word more at its end.
    program.type('100GA edited')
    await looks(program, [...lines(93, 99), 'line 100 edited', ...lines(101, 107), /^I \/tmp\/vi-lines/])
    program.type(ESCAPE)
    await program.screen.shows(/^- \/tmp\/vi-lines \[[Mm]odified\] 100\/200/m)
    program.resize(90, 24)
    await program.screen.shows(/^line 100 edited$[\s\S]*^line 114$/m)
    program.type('1G')
    await looks(program, [...lines(1, 23), /^- \/tmp\/vi-lines \[[Mm]odified\] 1\/200/i])
    program.resize(COLUMNS, 10)
    await looks(program, [...lines(1, 9), /^- \/tmp\/vi-lines \[[Mm]odified\] 1\/200/i])
    program.type(`:wq${KEY.enter}`)
    await program.screen.shows('after with 0')
    await endsWith(program, 4)
    assert.doesNotMatch(program.screen.last(2).join('\n'), /line \d+/)
  })

  it('less shows page after page, follows the size and gives the screen back', async (test) => {
    const program = await draws(test, 'less /tmp/less-lines')
    await looks(program, [...lines(1, ROWS - 1), /lines/])
    program.type(' ')
    await looks(program, [...lines(ROWS, 2 * ROWS - 2), /lines|:/])
    program.type('G')
    await program.screen.shows(/^line 199\nline 200\n[\s\S]*END/m)
    program.resize(50, 20)
    program.type('g')
    await looks(program, [...lines(1, 19), /lines|:/])
    program.type('q')
    await program.screen.shows('after with 0')
    await endsWith(program, 4)
  })

  it('top draws the processes again and again, and is left with a key', async (test) => {
    const program = await draws(test, 'top -d 1')
    await program.screen.shows(
      /^Mem: \d+K used[\s\S]*^CPU:[\s\S]*^Load average:[\s\S]*^ +PID +PPID USER[\s\S]*top -d 1/m,
    )
    program.resize(100, 30)
    program.type('M')
    await program.screen.shows(/^Mem: [\s\S]*top -d 1/m)
    program.type('q')
    await program.screen.shows('after with 0')
    await endsWith(program, 4)
  })
}

/**
 * Two hundred lines to look at, once the size of the terminal has arrived. They are in a file of the program's own, because
 * programs share a container.
 */
function prepare(command: string): string {
  const [name] = command.split(' ')
  const sized = `until [ "$(stty size)" = "${ROWS} ${COLUMNS}" ]; do sleep 0.1; done`
  return `${sized}; seq 200 | sed "s/^/line /" > /tmp/${name}-lines`
}

function lines(from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`)
}

/** Waits until the last lines of the screen are these. */
async function looks(program: CommandProgram, expected: readonly (string | RegExp)[]): Promise<void> {
  const escaped = expected.map((line) =>
    typeof line === 'string' ? `^${line}$` : `^.*?(?:${line.source}).*$`,
  )
  await program.screen.shows(new RegExp(`${escaped.join('\\n')}\\n*(?![\\s\\S])`, 'im'))
}
