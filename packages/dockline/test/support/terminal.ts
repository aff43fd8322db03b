import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onPty, type PtyOptions, type PtyProgram } from './pty.js'
import { MARKER, type Notes, type Plan } from './terminal-program.js'

export { isRaw } from './pty.js'

const PROGRAM = fileURLToPath(new URL('./terminal-program.js', import.meta.url))

/** The test program on a terminal, with its notes. */
export interface Program extends PtyProgram {
  programNotes(): Promise<Notes>
  /** Sends the program itself a signal. */
  signal(signal: NodeJS.Signals): Promise<void>
}

/** Runs the test program on a new terminal. */
export async function runProgram(test: TestContext, plan: Plan, options: PtyOptions = {}): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-program-'))
  test.after(() => rm(folder, { recursive: true }))
  const file = join(folder, 'notes')
  const env = { PROGRAM_NOTES: file, ...options.env }
  const pty = await onPty(test, [process.execPath, PROGRAM, JSON.stringify(plan)], { ...options, env })
  const programNotes = async () => parseNotes(await readFile(file, 'utf8').catch(() => ''))
  const signal = async (name: NodeJS.Signals) => {
    process.kill((await programNotes()).pid, name)
  }
  return Object.assign(Object.create(pty) as PtyProgram, { programNotes, signal })
}

/** What an end leaves behind, to be looked at further. */
export interface Ending {
  readonly notes: Notes
  readonly exitCode: number
}

/**
 * Asserts that the program ends by itself, with its terminal restored and nothing written after the call
 * settled.
 */
export async function endsCleanly(program: Program, milliseconds?: number): Promise<Ending> {
  const ending = await endsRestored(program, milliseconds)
  const { notes } = ending
  assert.deepEqual(notes.error, undefined)
  assert.equal(ending.exitCode, 0)
  assert.deepEqual(notes.settingsAfter, notes.settingsBefore)
  assert.deepEqual(notes.listenersAfter, notes.listenersBefore)
  assert.deepEqual(notes.warnings, [])
  assert.deepEqual(notes.resources, [])
  if (program.output.includes(MARKER)) assert.match(program.output.trimEnd(), /\[the call has settled\]$/)
  return ending
}

/** Asserts that the program ends, however it does, with its terminal as it was. */
export async function endsRestored(program: Program, milliseconds?: number): Promise<Ending> {
  const exitCode = await program.ended(milliseconds)
  const { before, after } = await program.notes()
  assert.equal(after, before)
  const notes = await program.programNotes()
  assert.ok(isOnAndOff(notes.raw), `raw mode was switched: ${notes.raw}`)
  return { exitCode, notes }
}

/** Each time once on, and once off. */
function isOnAndOff(raw: readonly boolean[]): boolean {
  return raw.length % 2 === 0 && raw.every((mode, index) => mode === (index % 2 === 0))
}

function parseNotes(text: string): Notes {
  const lists = { raw: [] as boolean[], warnings: [] as string[], results: [] as Notes['results'][number][] }
  const notes: Record<string, unknown> = { ...lists }
  for (const line of text.split('\n')) {
    if (line === '') continue
    for (const [name, value] of Object.entries(JSON.parse(line) as object)) {
      const list = lists[name as keyof typeof lists] as unknown[] | undefined
      if (list === undefined) notes[name] = value
      else list.push(value)
    }
  }
  return notes as unknown as Notes
}
