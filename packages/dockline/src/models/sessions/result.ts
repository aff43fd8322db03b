import { Readable, type Writable } from 'node:stream'
import { InvalidArgumentError, StreamError } from '../../errors.js'
import {
  type ByteSource,
  type Collected,
  type Collection,
  isByteSource,
  isSpent,
  readableOf,
} from '../../stream/index.js'
import { type Convert, invalidKind, oneOf } from '../options/values.js'
import type { KillOption } from './kill/kill-option.js'
import type { Session } from './session.js'

/** The input of a process, at once or in pieces. The process reads its end. */
export type Input = string | Uint8Array | ByteSource

/** What a command did. */
export interface CommandResult<Text extends string | Buffer = string> extends Collected<Text> {
  readonly exitCode: number
}

export type Encoding = 'utf8' | 'buffer'

/** Types ctrl-d: a tty has no other way to say that the input is over. */
const END_OF_TRANSMISSION = '\x04'
const NEWLINE = 0x0a

/** Refuses another encoding of the output than the two. */
export const checkEncoding: Convert<Encoding> = oneOf('utf8', 'buffer')

/** The options that need a caller who waits for the end of the command. */
export interface StayingOptions {
  readonly input?: Input | undefined
  readonly maxOutput?: number | undefined
  readonly kill?: KillOption | undefined
  readonly encoding?: Encoding | undefined
  readonly reject?: boolean | undefined
}

/** Refuses beside `detach` the options that need somebody who stays. `ended` is what `kill` would end. */
export function refuseBesideDetach(options: StayingOptions, ended: string): void {
  const { input, maxOutput, kill, encoding, reject } = options
  const refuse = (name: string, task: string): never => {
    throw new InvalidArgumentError(`${name} and detach exclude each other: nobody stays to ${task}`)
  }
  if (input !== undefined) refuse('input', 'write the input')
  if (maxOutput !== undefined) refuse('maxOutput', 'read the output')
  if (encoding !== undefined) refuse('encoding', 'read the output')
  if (reject !== undefined) refuse('reject', 'see the exit code')
  if (kill) refuse('kill', `end the ${ended}`)
}

/**
 * Feeds the input and collects the output of a session, both at once. A source that fails ends the session, and so does an
 * output that is too long.
 */
export async function converse(
  session: Session,
  input: Input | undefined,
  collection: Collection,
): Promise<Collected<string | Buffer>> {
  const collected = collectOrClose(session, collection)
  if (input === undefined) return collected
  const failure = feed(session, input)
  const [output, error] = await Promise.all([collected, failure])
  if (error !== undefined) throw error
  return output
}

/** The exit code of a process that runs to its end: detach keys in the input do not end the session. */
export async function exitCodeOf(session: Session): Promise<number> {
  const { exitCode, detached } = await session.exit
  if (!detached) return exitCode
  throw new StreamError('the input had the detach keys in it: the command was left and goes on', {
    hint: 'a tty takes them for a wish to leave; other ones can be set with detachKeys',
  })
}

/** The same output as text or as bytes. */
function encodeOutput(collected: Collected, encoding: Encoding): Collected<string | Buffer> {
  if (encoding === 'buffer') return collected
  const { stdout, stderr, output } = collected
  const text = stdout.toString('utf8')
  // A large output without stderr is not made to text twice.
  const all = output === stdout ? text : output.toString('utf8')
  return { stdout: text, stderr: stderr.toString('utf8'), output: all }
}

async function collectOrClose(session: Session, collection: Collection) {
  try {
    return encodeOutput(await session.output.gather(collection), collection.encoding)
  } catch (error) {
    session.close()
    throw error
  }
}

/** Refuses what is no input of a command. */
export const checkInput: Convert<Input> = (input, option) => {
  if (typeof input === 'string' || isBytes(input)) return input
  if (isSpent(input))
    throw new InvalidArgumentError(`${option} is a stream that somebody reads already, or has read`)
  if (Array.isArray(input)) input.forEach(checkPiece)
  if (isByteSource(input)) return input
  return invalidKind(option, 'a string, bytes, a stream, or an iterable of strings or bytes', input)
}

/** Resolves with the source's own failure. That the process stopped reading is its right, and no failure. */
async function feed(session: Session, input: Input): Promise<unknown> {
  const source = sourceOf(input).on('error', () => {})
  try {
    await Promise.race([pour(source, session), closed(session.stdin)])
  } catch (error) {
    session.close()
    return error
  } finally {
    // Nobody waits for that: a generator has to come to its next piece before it can be ended.
    source.destroy()
  }
}

function sourceOf(input: Input): Readable {
  return typeof input === 'string' || isBytes(input) ? Readable.from([input]) : readableOf(input)
}

async function pour(source: Readable, { tty, stdin }: Session): Promise<void> {
  let last = NEWLINE
  for await (const piece of source) {
    const bytes = bytesOf(piece)
    last = bytes.at(-1) ?? last
    if (!stdin.write(bytes)) await drained(stdin)
  }
  stdin.end(tty ? endOfInput(last) : undefined)
}

function bytesOf(piece: unknown): Uint8Array {
  checkPiece(piece)
  return typeof piece === 'string' ? Buffer.from(piece) : piece
}

function checkPiece(piece: unknown): asserts piece is string | Uint8Array {
  if (typeof piece !== 'string' && !isBytes(piece)) invalidKind('input', 'made of strings or bytes', piece)
}

/** In the middle of a line, ctrl-d sends off what there is of it: only the next one is the end. */
function endOfInput(last: number): string {
  return last === NEWLINE ? END_OF_TRANSMISSION : END_OF_TRANSMISSION.repeat(2)
}

/** Resolves when there is room again. */
function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => stdin.once('drain', resolve))
}

/** Resolves when the process no longer reads. */
function closed(stdin: Writable): Promise<void> {
  return new Promise((resolve) => (stdin.closed ? resolve() : stdin.once('close', resolve)))
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array
}
