// The four commands that put a person's terminal in front of a process, each on a real pty.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Container } from 'dockline'
import {
  isRaw,
  KEY,
  onPty,
  type PtyOptions,
  type PtyProgram,
  until,
} from '../../../dockline/dist-test/support/pty.js'
import { writeProgram } from '../../../dockline/dist-test/support/write-program.js'
import { DOCKER } from './docker-command.js'
import { BIN } from './dockline.js'
import {
  APART,
  aContainer,
  aName,
  aRunningContainer,
  aSharedContainer,
  IMAGE,
  type TestEngine,
} from './engines.js'

export { isRaw, KEY, type PtyOptions, until }

export const WAYS = ['run', 'exec', 'attach', 'start'] as const
export type Way = (typeof WAYS)[number]

export interface CommandLine extends PtyOptions {
  /** Which command to run. Default: dockline. */
  readonly by?: 'dockline' | 'docker'
  /** Runs it in a shell with job control, as a person has it: what to type there, with "$COMMAND" for the command. */
  readonly inShell?: string
}

export interface Reaching extends CommandLine {
  /** Whether the process has a terminal. Default true. */
  readonly tty?: boolean
  /** Whether what is typed goes to it. Default true. */
  readonly stdin?: boolean
  /** More flags for the command. */
  readonly flags?: readonly string[]
  /** Whether an exec goes into the shared container: it leaves that as it was, and nothing busy in it. Default false. */
  readonly shares?: boolean
}

/** The command on a terminal of its own. */
export interface CommandProgram extends PtyProgram {
  /** The process of the command itself, once it runs. */
  pid(): Promise<number>
  signal(name: NodeJS.Signals): Promise<void>
}

/** Runs `dockline` (or `docker`) with these words on a new terminal. */
export async function onTerminal(
  test: TestContext,
  { host }: TestEngine,
  words: readonly string[],
  { by = 'dockline', inShell, env, ...options }: CommandLine = {},
): Promise<CommandProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-command-'))
  test.after(() => rm(folder, { recursive: true }))
  const [file, script] = [join(folder, 'pid'), join(folder, 'command')]
  const command = by === 'docker' ? [DOCKER] : [process.execPath, BIN]
  const call = [...command, ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  writeProgram(script, `#!/bin/sh\necho $$ > ${file}\nexec ${call}\n`)
  const pty = await onPty(test, [script], {
    // An answer that comes after the command was stopped would be typed into the shell.
    ...(inShell === undefined ? {} : { line: 'PS1="LOCAL>" ENV= sh -i' }),
    ...options,
    env: { DOCKER_HOST: host, DOCKER_CLI_HINTS: 'false', COMMAND: script, ...env },
  })
  if (inShell !== undefined) {
    await pty.screen.endsWith('LOCAL>')
    pty.type(`${inShell}${KEY.enter}`)
  }
  const noted = () => readFile(file, 'utf8').catch(() => '')
  const pid = async () => {
    await until(async () => (await noted()).endsWith('\n'), 'the command runs')
    return Number(await noted())
  }
  const signal = async (name: NodeJS.Signals) => void process.kill(await pid(), name)
  return Object.assign(Object.create(pty) as PtyProgram, { pid, signal })
}

export interface Reached {
  readonly program: CommandProgram
  /** The container it runs in. Of `run`: once there is one. */
  container(): Promise<Container>
}

/** Starts the process on a new terminal, in one of the four ways. Nothing it writes is missed. */
export function reach(
  test: TestContext,
  engine: TestEngine,
  way: Way,
  command: readonly string[],
  reaching: Reaching = {},
): Promise<Reached> {
  return REACH[way](test, engine, command, reaching)
}

type Reach = (
  test: TestContext,
  engine: TestEngine,
  command: readonly string[],
  reaching: Reaching,
) => Promise<Reached>

const REACH: Readonly<Record<Way, Reach>> = { run, exec, attach, start }

async function run(...[test, engine, command, reaching]: Parameters<Reach>): Promise<Reached> {
  const { tty = true, stdin = true, flags = [], ...line } = reaching
  const name = aName(test, engine)
  const own = [...(stdin ? ['-i'] : []), ...(tty ? ['-t'] : []), ...APART, '--name', name, ...flags]
  const program = await onTerminal(test, engine, ['run', ...own, IMAGE, ...command], line)
  return { program, container: () => engine.client.containers.get(name) }
}

async function exec(...[test, engine, command, reaching]: Parameters<Reach>): Promise<Reached> {
  const { tty = true, stdin = true, flags = [], shares = false, ...line } = reaching
  const container = await (shares ? aSharedContainer(engine) : aRunningContainer(test, engine))
  const own = [...(stdin ? ['-i'] : []), ...(tty ? ['-t'] : []), ...flags]
  const program = await onTerminal(test, engine, ['exec', ...own, container.id, ...command], line)
  return { program, container: () => container.reload() }
}

/** Stays out of the way of the process, and lets it begin once there is someone to see it. */
const ONCE_SEEN = ['sh', '-c', 'until [ -e /seen ]; do sleep 0.1; done; exec "$@"', 'sh']

async function attach(...[test, engine, command, reaching]: Parameters<Reach>): Promise<Reached> {
  const { tty = true, stdin = true, flags = [], ...line } = reaching
  const options = { tty, interactive: stdin, stdinOnce: stdin, init: false }
  const container = await aRunningContainer(test, engine, [...ONCE_SEEN, ...command], options)
  const program = await onTerminal(test, engine, ['attach', ...flags, container.id], line)
  const watch = new AbortController()
  // It may refuse instead.
  const attached = whenAttached(engine, container, watch.signal).then(() => letBegin(container))
  await Promise.race([attached, program.ended().catch(() => {})])
  watch.abort()
  await attached.catch(() => {})
  return { program, container: () => container.reload() }
}

async function whenAttached({ client }: TestEngine, { id }: Container, signal: AbortSignal): Promise<void> {
  const since = new Date(Date.now() - 60_000)
  const filters = { container: [id], event: ['attach'] }
  for await (const _event of client.events({ since, filters, signal })) return
}

async function letBegin(container: Container): Promise<void> {
  await container.exec(['touch', '/seen']).catch(() => {})
}

async function start(...[test, engine, command, reaching]: Parameters<Reach>): Promise<Reached> {
  const { tty = true, stdin = true, flags = [], ...line } = reaching
  const container = await aContainer(test, engine, command, { tty, interactive: stdin, stdinOnce: stdin })
  const own = stdin ? ['-ai'] : ['-a']
  const program = await onTerminal(test, engine, ['start', ...own, ...flags, container.id], line)
  return { program, container: () => container.reload() }
}

/** Waits for the shell's prompt. */
export async function aPrompt({ screen }: PtyProgram): Promise<void> {
  await screen.shows(/^\/ # ?$/m)
}

/** Asserts that the command ends with this code, and its terminal is as it was. */
export async function endsWith(program: PtyProgram, exitCode: number, milliseconds?: number): Promise<void> {
  assert.equal(await program.ended(milliseconds), exitCode, program.screen.lines().join('\n'))
  await isRestored(program)
}

export async function isRestored(program: PtyProgram): Promise<void> {
  const { before, after } = await program.notes()
  assert.equal(after, before, 'the terminal is as it was before')
}

/** Keeps the shell around the command alive when ctrl-c is typed: that goes to both. */
export const UNMOVED = `trap : INT QUIT HUP TERM; "$@"`
