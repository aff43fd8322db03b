import { Readable } from 'node:stream'
import { type ReadEntry, readTar } from '../../../archive/read-tar.js'
import { ContainerError } from '../../../errors.js'
import { type CallOptions, orAborted } from '../../../http/index.js'
import { Collection } from '../../../stream/index.js'
import { createExec, runExec, startExecSession } from '../../sessions/exec.js'
import { planExec } from '../../sessions/exec-options.js'
import { type CommandResult, converse, exitCodeOf } from '../../sessions/result.js'
import type { FilesTarget } from './stat.js'

/** A command of the container's own. */
export interface Inside extends Required<Pick<CallOptions, 'signal'>> {
  readonly command: readonly string[]
  /** Default: the user of the container. Never more rights than that: the command may have been tampered with. */
  readonly user?: string | number | undefined
  readonly input?: Readable | undefined
}

/** Words in English, which are looked into. */
const ENV = { LC_ALL: 'C' }

/** Runs a command in the container, and returns how it ended. */
export async function runInside(target: FilesTarget, inside: Inside): Promise<CommandResult> {
  const { command, user, input, signal } = inside
  const plan = planExec(command, { env: ENV, user, stdin: input !== undefined })
  const steps = { call: { signal, timeout: 0 } }
  await using session = await runExec(target, plan, steps)
  const collection = new Collection({ encoding: 'utf8', maxOutput: MOST_WORDS_BYTES })
  const output = await orAborted(converse(session, input, collection), signal)
  const result = { exitCode: await exitCodeOf(session), ...output } as CommandResult
  return result
}

/** The entries of a tar that a command in the container writes. */
export async function* readTarInside(
  target: FilesTarget,
  inside: Inside,
): AsyncGenerator<ReadEntry, void, undefined> {
  const { command, user, signal } = inside
  const plan = planExec(command, { env: ENV, user, stdin: false })
  const steps = { call: { signal, timeout: 0 } }
  const id = await createExec(target, plan, steps)
  await using session = await startExecSession({ api: target.api, id }, plan.start, steps)
  const stderr = beginningOf(session.stderr)
  const stdout = new Noted(session.stdout)
  try {
    yield* readTar(Readable.from(stdout, { objectMode: false }))
  } catch (error) {
    // No tar, or none that is complete, may come of a command that has failed, or that there is not.
    const { Running, ExitCode: exitCode } = await target.api.exec.inspect(id, { signal })
    if (Running || !exitCode) throw error
    throw failed(target, inside, { exitCode, stderr: await stderr, stdout: stdout.words })
  }
  const exitCode = await exitCodeOf(session)
  const words = await stderr
  if (exitCode !== 0 && !isOnlyChanged(words)) throw failed(target, inside, { exitCode, stderr: words })
}

/** So much of what a command has to say is read. */
const MOST_WORDS_BYTES = 1024 * 1024
const KEPT_CHARACTERS = 64 * 1024

/** Reads a stream to its end, and returns the beginning. A stream that breaks is the business of the one beside it. */
async function beginningOf(stream: Readable): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  try {
    for await (const piece of stream) text = (text + piece).slice(0, KEPT_CHARACTERS)
  } catch {}
  return text
}

/** Reads a stream that is a tar, or else the words of the Engine about a command that could not start. */
class Noted implements AsyncIterable<Buffer> {
  readonly #stream: Readable
  #first = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#stream = stream
  }

  /** Empty for a tar, which has zeros in its first block. */
  get words(): string {
    return this.#first.includes(0) ? '' : this.#first.toString()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for await (const piece of this.#stream) {
      if (this.#first.length === 0) this.#first = piece
      yield piece
    }
  }
}

/** GNU's tar has read a file to its end that somebody writes to. */
function isOnlyChanged(stderr: string): boolean {
  const lines = stderr.split('\n').filter((line) => line !== '')
  return (
    lines.length > 0 &&
    lines.every((line) => /: (?:file changed as we read it|File removed before we read it)$/.test(line))
  )
}

/** Where words have come, they say what it was: Engines end with these codes for other reasons too. */
function isMissingProgram(exitCode: number, words: string): boolean {
  const fits = exitCode === 126 || exitCode === 127
  return fits && (words === '' || /not found|no such file/i.test(words))
}

type Failure = Pick<CommandResult, 'exitCode' | 'stderr'> & Partial<Pick<CommandResult, 'stdout'>>

/** The error for a command that has ended with this. */
export function failed(
  target: FilesTarget,
  { command }: Inside,
  { exitCode, stderr, stdout = '' }: Failure,
): ContainerError {
  // Docker's Engine writes to stdout why there is no process.
  const words = stderr || stdout
  const details = { exitCode, command, container: target.id, stdout, stderr: words, output: words }
  if (!isMissingProgram(exitCode, words)) return new ContainerError(details)
  const program = command[0] ?? ''
  const hint = `a tmpfs is reached only by a program of the container, and its image has no ${program}`
  return new ContainerError({ ...details, hint })
}

/** Whether a command has failed because of a path that is not there. */
export function isMissingPath({ stderr }: Pick<CommandResult, 'stderr'>): boolean {
  return /No such file or directory|Not a directory/.test(stderr)
}
