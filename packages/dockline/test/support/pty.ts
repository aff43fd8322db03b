import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import pty from '@lydell/node-pty'
import { hearing, letEnd, OVER, untilHeard } from './held-terminal.js'
import { PATIENCE_MS } from './patience.js'
import { Screen } from './screen.js'

const run = promisify(execFile)

/** What every pty on Unix has, and the typings leave out. */
type UnixPty = ReturnType<typeof pty.spawn> & { readonly ptsName: string; destroy(): void }

/**
 * Holds the terminal open as a person's shell does, and notes its settings before and after. The tests' own
 * line comes as the first argument, so that it may redirect.
 */
const SHELL = `
  stty -g > "$PTY_NOTES/before"
  line=$1; shift
  eval "$line"
  code=$?
  stty -g > "$PTY_NOTES/after"
  ${untilHeard('$PTY_NOTES')}`

export interface PtyOptions {
  readonly columns?: number
  readonly rows?: number
  /** How the shell runs the program, which is "$@". Default: just so. */
  readonly line?: string
  readonly env?: Readonly<Record<string, string>>
  /** Reads a little at a time, as a terminal far away does. */
  readonly slow?: boolean
  /**
   * Whether the terminal answers a program that asks for the place of the cursor. Default false: the shell of busybox asks at each
   * prompt, and echoes an answer that comes late in the output of the next command.
   */
  readonly answers?: boolean
}

/** A program on a terminal of its own. */
export interface PtyProgram {
  readonly screen: Screen
  /** Everything written to the terminal so far. */
  readonly output: string
  type(keys: string): void
  resize(columns: number, rows: number): void
  /** The exit code, once the program has ended. Rejects when it does not end. */
  ended(milliseconds?: number): Promise<number>
  /** The terminal's settings at this moment, as `stty -a` tells them. */
  settings(): Promise<string>
  /** The settings before and after the program, as `stty -g` tells them. */
  notes(): Promise<{ readonly before: string; readonly after: string }>
  /** Closes the terminal's window. */
  hangUp(): void
}

/** Keys by name. */
export const KEY = { enter: '\r', up: '\x1b[A', ctrlC: '\x03', ctrlD: '\x04', ctrlP: '\x10', ctrlQ: '\x11' }

/** Runs a program on a new terminal, which is gone after the test. */
export async function onPty(
  test: TestContext,
  program: readonly string[],
  { columns = 80, rows = 20, line = '"$@"', env = {}, slow = false, answers = false }: PtyOptions = {},
): Promise<PtyProgram> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-pty-'))
  const child = pty.spawn('/bin/sh', ['-c', SHELL, 'sh', line, ...program], {
    cols: columns,
    rows,
    name: 'xterm-256color',
    env: { ...process.env, PTY_NOTES: folder, ...env },
  }) as UnixPty
  const screen = new Screen(columns, rows, (data) => {
    if (answers) child.write(data)
  })
  const exit = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)))
  const left = exit.then(async (code) => {
    await screen.settled()
    return code
  })
  test.after(async () => {
    child.kill('SIGKILL')
    await exit
    await rm(folder, { recursive: true })
  })
  const written: string[] = []
  // Behind the last words may be an echo of what the terminal has answered.
  const hear = hearing(folder)
  child.onData((data) => {
    written.push(data)
    screen.write(data)
    hear(data)
    if (slow) takeABreath(child)
  })
  const note = async (name: string) => (await readFile(join(folder, name), 'utf8')).trim()
  return {
    screen,
    get output() {
      return written.join('').replace(OVER, '')
    },
    type: (keys) => child.write(keys),
    resize: (newColumns, newRows) => {
      screen.resize(newColumns, newRows)
      child.resize(newColumns, newRows)
    },
    ended: (milliseconds = PATIENCE_MS) =>
      within(left, milliseconds, () => `the program has ended. Its screen:\n${screen.lines().join('\n')}`),
    settings: async () => (await run('stty', ['-a', '-F', child.ptsName])).stdout,
    notes: async () => ({ before: await note('before'), after: await note('after') }),
    hangUp: () => {
      letEnd(folder)
      child.destroy()
    },
  }
}

function takeABreath(child: UnixPty): void {
  child.pause()
  setTimeout(() => child.resume(), 1)
}

/** The value of a promise that must settle in time. */
export async function within<T>(promise: Promise<T>, milliseconds: number, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${milliseconds} ms: ${what()}`)), milliseconds)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Looks again and again until it is so: for what no event tells, such as the end of a process that is not
 * our child.
 */
export async function until(
  isSo: () => boolean | Promise<boolean>,
  what: string,
  pauseMs = 10,
): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
  }
}

/** Between two looks that take a process each. */
const PROCESS_PAUSE_MS = 100

/** Waits until the terminal of a program is raw, or is cooked. Its parts are set one after the other. */
export async function isRaw({ settings }: PtyProgram, raw = true): Promise<void> {
  const isSo = async () => {
    const now = await settings()
    return ['-icanon', '-opost'].every((setting) => now.includes(setting) === raw)
  }
  await until(isSo, `raw mode is ${raw}`, PROCESS_PAUSE_MS)
}
