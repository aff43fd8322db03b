// The same typed to docker and to dockline: the same screen, the same exit code, and the terminal as it was.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { withoutDocker } from '../support/docker-command.js'
import { onNewestEngine, type TestEngine } from '../support/engines.js'
import {
  aPrompt,
  type CommandProgram,
  isRaw,
  KEY,
  type Reaching,
  reach,
  UNMOVED,
  WAYS,
  type Way,
} from '../support/terminal.js'

interface Scenario {
  readonly name: string
  readonly ways?: readonly Way[]
  readonly command: readonly string[]
  readonly reaching?: Reaching
  /** What a person does there. */
  readonly does?: (program: CommandProgram, way: Way) => Promise<void>
}

const SHELL = ['sh']
const NO_STDIN: Reaching = { tty: false, stdin: false }

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a shell is left with a code',
    command: SHELL,
    does: async (program) => {
      await aPrompt(program)
      program.type(`echo "he"re; exit 7${KEY.enter}`)
    },
  },
  {
    name: 'a shell is left with the detach keys',
    command: SHELL,
    does: async (program) => {
      await aPrompt(program)
      await isRaw(program)
      program.type(`${KEY.ctrlP}${KEY.ctrlQ}`)
    },
  },
  {
    name: 'a shell is left with detach keys of its own',
    command: SHELL,
    reaching: { flags: ['--detach-keys', 'ctrl-x,x'] },
    does: async (program) => {
      await aPrompt(program)
      await isRaw(program)
      program.type('\x18x')
    },
  },
  {
    name: 'keys stay raw when the output goes through a pipe',
    command: SHELL,
    reaching: { line: '"$@" | cat' },
    does: async (program) => {
      await aPrompt(program)
      await isRaw(program)
      program.type(`exit 7${KEY.enter}`)
    },
  },
  { name: 'a pipe is read to its end', command: ['cat'], reaching: { tty: false, line: 'echo hi | "$@"' } },
  {
    name: 'what is typed without a tty is read by the line',
    command: ['cat'],
    reaching: { tty: false },
    does: async (program) => {
      await isRaw(program, false)
      program.type(`hi${KEY.enter}`)
      await program.screen.endsWith('hi', 'hi')
      program.type(KEY.ctrlD)
    },
  },
  { name: 'a closed stdin is at its end', command: ['cat'], reaching: { tty: false, line: '"$@" <&-' } },
  {
    name: '-it without a terminal is refused',
    ways: ['run', 'exec', 'attach'],
    command: ['cat'],
    reaching: { line: '"$@" </dev/null' },
  },
  {
    name: 'a tty without stdin has its size',
    // The size goes to the Engine by a connection of its own, and may come after the start.
    command: ['sh', '-c', "until stty size 2>&1 | grep '^[1-9]'; do sleep 0.05; done"],
    reaching: { stdin: false },
  },
  {
    name: 'output and errors both arrive',
    command: ['sh', '-c', 'echo out; sleep 0.2; echo err >&2'],
    reaching: NO_STDIN,
  },
  {
    name: 'a signal that kills it makes the code',
    ways: ['exec'],
    command: ['sh', '-c', 'kill -TERM $$'],
  },
  {
    name: 'a command that is not there',
    ways: ['exec', 'start'],
    command: ['no-such-command'],
    reaching: { columns: 400 },
  },
  {
    name: 'ctrl-c without a tty goes to the process',
    ways: ['run', 'attach'],
    command: ['sh', '-c', 'trap "echo got; exit 9" INT; echo ready; while :; do sleep 0.1; done'],
    reaching: { ...NO_STDIN, line: UNMOVED },
    does: async (program) => {
      await program.screen.shows('ready')
      program.type(KEY.ctrlC)
    },
  },
  {
    name: 'the third ctrl-c ends the command itself',
    ways: ['run', 'attach'],
    command: ['sh', '-c', 'trap "echo got" INT; echo ready; while :; do sleep 0.1; done'],
    reaching: { ...NO_STDIN, line: UNMOVED },
    does: async (program) => {
      await program.screen.shows('ready')
      for (const time of [1, 2]) {
        program.type(KEY.ctrlC)
        await program.screen.shows(new RegExp(`(got[\\s\\S]*){${time}}`))
      }
      program.type(KEY.ctrlC)
    },
  },
]

onNewestEngine((engine) => {
  describe('as docker', { skip: withoutDocker, concurrency: 2 }, () => {
    for (const scenario of SCENARIOS) {
      for (const way of scenario.ways ?? WAYS) {
        it(`${way}: ${scenario.name}`, async (test) => {
          const theirs = await play(test, engine, way, scenario, 'docker')
          assert.deepEqual(await play(test, engine, way, scenario, 'dockline'), theirs)
        })
      }
    }
  })
})

async function play(
  test: TestContext,
  engine: TestEngine,
  way: Way,
  { command, reaching, does }: Scenario,
  by: 'docker' | 'dockline',
) {
  const { program, container } = await reach(test, engine, way, command, { ...reaching, shares: true, by })
  await does?.(program, way)
  const exitCode = await program.ended()
  const { before, after } = await program.notes()
  const state = await container().then(
    ({ status }) => status,
    () => 'there is none',
  )
  return { exitCode, restored: before === after, state, screen: program.screen.lines() }
}
