// A window that is closed with a command in it: the command ends in order, and not with a native stack of Node.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import {
  APART,
  aContainer,
  aName,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  onEveryEngine,
  type TestEngine,
} from '../support/engines.js'
import { isRaw, onTerminal, until } from '../support/terminal.js'

/** Tells the command that the terminal is gone, as the shell of a person does, and notes how it ends. */
const TOLD = [
  'exec 3<&0; "$@" <&3 3<&- &',
  "trap 'kill -HUP $!' HUP",
  'while kill -0 $! 2> /dev/null; do wait $!; code=$?; done',
  'echo $code > "$ENDING"',
].join('\n')
/** The command finds out when it writes. */
const UNTOLD = 'trap : HUP; "$@"; echo $? > "$ENDING"'

const TALKING = ['sh', '-c', 'trap "exit 7" HUP; echo ready; while sleep 0.1; do echo more; done']
/** docker ends so as well: it could not write, the container ended by the same signal, or it did itself. */
const ENDINGS = ['1', '7', '129']

interface Row {
  /** The command, and the container it is about. */
  readonly words: (test: TestContext, engine: TestEngine) => Promise<readonly string[]>
  readonly raw?: boolean
  /** On the screen before the terminal is closed. Default: what the container says. */
  readonly shows?: string
}

const ROWS: Readonly<Record<string, Row>> = {
  run: { words: async (test, engine) => running(test, engine) },
  'run -it': { words: async (test, engine) => running(test, engine, '-it'), raw: true },
  'run --sig-proxy=false': { words: async (test, engine) => running(test, engine, '--sig-proxy=false') },
  exec: { words: async (test, engine) => ['exec', await ownIdle(test, engine), ...TALKING] },
  'exec -it': {
    words: async (test, engine) => ['exec', '-it', await ownIdle(test, engine), ...TALKING],
    raw: true,
  },
  attach: { words: async (test, engine) => ['attach', await talking(test, engine)], shows: 'more' },
  'attach to a tty': {
    words: async (test, engine) => ['attach', await talking(test, engine, { tty: true, interactive: true })],
    raw: true,
    shows: 'more',
  },
  'start -ai': {
    words: async (test, engine) => {
      const { id } = await aContainer(test, engine, TALKING, { tty: true, interactive: true })
      return ['start', '-ai', id]
    },
    raw: true,
  },
  'logs -f': { words: async (test, engine) => ['logs', '-f', await talking(test, engine)] },
  stats: { words: async (_test, engine) => ['stats', await idle(engine)], shows: 'CPU' },
  'stats --chart': {
    words: async (_test, engine) => ['stats', '--chart', await idle(engine)],
    shows: 'CPU',
  },
}

function running(test: TestContext, engine: TestEngine, ...flags: string[]): string[] {
  return ['run', '--rm', ...APART, '--name', aName(test, engine), ...flags, IMAGE, ...TALKING]
}

async function idle(engine: TestEngine): Promise<string> {
  return (await aSharedContainer(engine)).id
}

/** For what goes on in it after the test. */
async function ownIdle(test: TestContext, engine: TestEngine): Promise<string> {
  return (await aRunningContainer(test, engine)).id
}

async function talking(test: TestContext, engine: TestEngine, options = {}): Promise<string> {
  return (await aRunningContainer(test, engine, TALKING, options)).id
}

onEveryEngine((engine) => {
  describe('a terminal that is closed', { concurrency: 6 }, () => {
    for (const [name, row] of Object.entries(ROWS)) {
      it(`ends ${name} as its shell says`, async (test) => {
        const ending = await endingOf(test, engine, row, TOLD)
        assert.ok(ENDINGS.includes(ending), ending)
      })
    }

    for (const name of ['run', 'run -it', 'exec -it', 'logs -f']) {
      it(`ends ${name} at the next output when nobody says so`, async (test) => {
        assert.equal(await endingOf(test, engine, ROWS[name] as Row, UNTOLD), '1')
      })
    }
  })
})

/** The exit code, as a shell counts it: of an abort 134, and of a fault 139. */
async function endingOf(test: TestContext, engine: TestEngine, row: Row, line: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-ending-'))
  test.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'ending')
  const program = await onTerminal(test, engine, await row.words(test, engine), {
    line,
    env: { ENDING: file },
  })
  await program.screen.shows(row.shows ?? 'ready')
  if (row.raw) await isRaw(program)
  program.hangUp()
  const noted = () => readFile(file, 'utf8').catch(() => '')
  await until(async () => (await noted()).endsWith('\n'), 'the command has ended')
  return (await noted()).trim()
}
