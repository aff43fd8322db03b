// What becomes of signals, whether someone typed them or sent them.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { onNewestEngine, type TestEngine } from '../support/engines.js'
import {
  aPrompt,
  type CommandProgram,
  endsWith,
  isRaw,
  KEY,
  type Reaching,
  reach,
  UNMOVED,
  until,
} from '../support/terminal.js'

const NO_TTY: Reaching = { tty: false, stdin: false, line: UNMOVED }
const PROXYING = ['run', 'attach', 'start'] as const
const SIGNALS = ['HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'TERM', 'TSTP', 'CONT'] as const
/** What is for the command itself, and not for the container. */
const KEPT = ['CHLD', 'PIPE', 'URG', 'WINCH'] as const

onNewestEngine((engine) => {
  describe('signals without a tty', { concurrency: 3 }, () => proxying(engine))
  describe('signals with a tty', { concurrency: 3 }, () => withTty(engine))
  describe('a command in the background', { concurrency: 2 }, () => background(engine))
})

/** Says each signal it gets, and ends with 9 at TERM. */
function listening(signals: readonly string[]): string[] {
  const traps = signals.map((name) => `trap 'echo got ${name}${name === 'TERM' ? '; exit 9' : ''}' ${name}`)
  return ['sh', '-c', `${traps.join('; ')}; echo ready; while :; do sleep 0.1; done`]
}

function proxying(engine: TestEngine): void {
  for (const way of PROXYING) {
    it(`${way} passes them on, in order, and ends as the process does`, async (test) => {
      const { program } = await reach(test, engine, way, listening(SIGNALS), NO_TTY)
      await program.screen.shows('ready')
      for (const name of [...SIGNALS.filter((each) => each !== 'TERM'), 'TERM']) {
        await program.signal(`SIG${name}` as NodeJS.Signals)
        await program.screen.shows(`got ${name}`)
      }
      await endsWith(program, 9)
    })

    it(`${way} keeps to itself what is meant for the command`, async (test) => {
      const { program } = await reach(test, engine, way, listening([...KEPT, 'TERM']), NO_TTY)
      await program.screen.shows('ready')
      // A pipe that breaks is no signal to Node, and the end of a child is the shell's own to hear of.
      for (const name of KEPT) await program.signal(`SIG${name}` as NodeJS.Signals)
      await program.signal('SIGTERM')
      await endsWith(program, 9)
      assert.doesNotMatch(program.output, /got (PIPE|URG|WINCH)/)
    })

    it(`${way} passes on what is typed: ctrl-c and ctrl-backslash`, async (test) => {
      const command = [
        'sh',
        '-c',
        `${listening(['QUIT'])[2]}`.replace(/^/, "trap 'echo got INT; exit 5' INT; "),
      ]
      const { program } = await reach(test, engine, way, command, NO_TTY)
      await program.screen.shows('ready')
      program.type('\x1c')
      await program.screen.shows('got QUIT')
      program.type(KEY.ctrlC)
      await endsWith(program, 5)
    })

    it(`${way} gives up at the third ctrl-c, and leaves the container running`, async (test) => {
      const { program, container } = await reach(test, engine, way, listening(['INT']), NO_TTY)
      await program.screen.shows('ready')
      for (const time of [1, 2]) {
        program.type(KEY.ctrlC)
        await program.screen.shows(new RegExp(`(got INT[\\s\\S]*){${time}}`))
      }
      program.type(KEY.ctrlC)
      await endsWith(program, 1)
      assert.match(program.output, /\r\ngot 3 SIGTERM\/SIGINTs, forcefully exiting\r\n/)
      assert.equal((await container()).status, 'running')
    })
  }

  for (const way of ['run', 'attach'] as const) {
    for (const [name, exitCode] of Object.entries({ HUP: 129, INT: 130, QUIT: 131, TERM: 143 })) {
      it(`${way} --sig-proxy=false ends at ${name} itself, and leaves the container running`, async (test) => {
        const flags = ['--sig-proxy=false']
        const { program, container } = await reach(test, engine, way, listening(SIGNALS), {
          ...NO_TTY,
          flags,
        })
        await program.screen.shows('ready')
        await program.signal(`SIG${name}` as NodeJS.Signals)
        await endsWith(program, exitCode)
        assert.doesNotMatch(program.output, /got/)
        assert.equal((await container()).status, 'running')
      })
    }
  }

  it('exec passes none on: ctrl-c ends the command, and the process goes on', async (test) => {
    const { program, container } = await reach(test, engine, 'exec', listening(['INT']), NO_TTY)
    await program.screen.shows('ready')
    program.type(KEY.ctrlC)
    await endsWith(program, 130)
    assert.doesNotMatch(program.output, /got INT/)
    const { Processes = [] } = await (await container()).top()
    assert.match(JSON.stringify(Processes), /got INT/)
  })
}

function withTty(engine: TestEngine): void {
  it('run -it passes them on as well', async (test) => {
    const { program } = await reach(test, engine, 'run', listening(['USR1', 'TERM']), { line: UNMOVED })
    await program.screen.shows('ready')
    await program.signal('SIGUSR1')
    await program.screen.shows('got USR1')
    await program.signal('SIGTERM')
    await endsWith(program, 9)
  })

  for (const way of ['exec', 'attach', 'start'] as const) {
    for (const [name, exitCode] of Object.entries({ HUP: 129, INT: 130, QUIT: 131, TERM: 143 })) {
      it(`${way} of a tty ends at ${name} itself, with the terminal restored`, async (test) => {
        const { program, container } = await reach(test, engine, way, ['sh'])
        await aPrompt(program)
        await isRaw(program)
        await program.signal(`SIG${name}` as NodeJS.Signals)
        await endsWith(program, exitCode)
        assert.equal((await container()).status, 'running')
      })
    }

    it(`${way} of a tty has the terminal restored while it is stopped, and goes on after it`, async (test) => {
      const { program } = await reach(test, engine, way, ['sh'], { inShell: '"$COMMAND"' })
      await aPrompt(program)
      await isRaw(program)
      await program.signal('SIGTSTP')
      await program.screen.shows('Stopped')
      await program.screen.endsWith('LOCAL>')
      await isRaw(program, false)
      assert.match(await program.settings(), /[^-]opost\b/)
      assert.equal(stateOf(await program.pid()), 'T')
      program.type(`echo in "between"${KEY.enter}`)
      await program.screen.shows(/^in between$/m)
      program.type(`fg${KEY.enter}`)
      await isRaw(program)
      // The shell draws its prompt again, on a screen that has shown other things meanwhile.
      await program.screen.endsWith('/ #')
      program.type(`exit 3${KEY.enter}`)
      await program.screen.endsWith('LOCAL>')
      await leaves(program, 3)
    })

    it(`${way} of a tty is raw again after a stop that it could not hear of`, async (test) => {
      const { program } = await reach(test, engine, way, ['sh'], { inShell: '"$COMMAND"' })
      await aPrompt(program)
      await isRaw(program)
      await program.signal('SIGSTOP')
      await program.screen.shows(/LOCAL>$/)
      program.type('stty sane; fg\n')
      // It is raw from before until the shell has done that, and has told what it goes on with.
      await program.screen.shows(/^ *LOCAL>"\$\{COMMAND\}"$/m)
      await isRaw(program)
      program.type(`echo still "here"; exit 3${KEY.enter}`)
      await program.screen.shows(/^still here$/m)
      await program.screen.endsWith('LOCAL>')
      await leaves(program, 3)
    })
  }
}

async function leaves(program: CommandProgram, exitCode: number): Promise<void> {
  program.type(`exit $?${KEY.enter}`)
  await endsWith(program, exitCode)
}

/** As ps shows it: T is stopped. */
function stateOf(pid: number): string | undefined {
  return /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
}

/** As docker: what wants the terminal stands still until it is given it, and what does not goes on. */
function background(engine: TestEngine): void {
  for (const way of ['exec', 'start'] as const) {
    it(`${way} with a tty waits in the background, and the shell keeps its terminal`, async (test) => {
      const { program } = await reach(test, engine, way, ['sh'], { inShell: '"$COMMAND" &' })
      const pid = await program.pid()
      await until(() => stateOf(pid) === 'T', 'it stands still')
      await isRaw(program, false)
      program.type(`echo the shell is "here"${KEY.enter}`)
      await program.screen.shows(/^(LOCAL>)?the shell is here$/m)
      program.type(`fg${KEY.enter}`)
      await program.screen.shows(/^\/ #/m)
      program.type(`exit 3${KEY.enter}`)
      await program.screen.endsWith('LOCAL>')
      await leaves(program, 3)
    })
  }

  for (const way of ['run', 'exec', 'attach', 'start'] as const) {
    it(`${way} without a terminal to read works in the background`, async (test) => {
      const command = ['sh', '-c', 'echo from "the" background']
      const inShell = '"$COMMAND" & wait'
      const { program } = await reach(test, engine, way, command, { tty: false, stdin: false, inShell })
      await program.screen.shows('from the background')
      await program.screen.endsWith('LOCAL>')
      program.type(`exit${KEY.enter}`)
      await program.ended()
    })
  }
}
