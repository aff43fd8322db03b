import { Readable, type Writable } from 'node:stream'
import { InvalidArgumentError } from '../errors.js'
import type { OutputStream } from '../stream/index.js'
import type { Session } from './session.js'

/** What goes to a process's stdin; its end is told to the process. */
export type Input = string | Uint8Array | Readable

/** What a command did. */
export interface CommandResult<Text extends string | Buffer = string> {
  readonly exitCode: number
  readonly stdout: Text
  readonly stderr: Text
  /** stdout and stderr as they came. */
  readonly output: Text
}

export type Encoding = 'utf8' | 'buffer'

/** Types ctrl-d: a tty has no other way to say that the input is over. */
const END_OF_TRANSMISSION = '\x04'

/** Keeps a source from failing unheard before it is read, and lets go of it in the end, read or not. */
export function holdInput(input: Input | undefined, { detach = false } = {}): Disposable {
  if (detach && input !== undefined) {
    throw new InvalidArgumentError('input and detach exclude each other: nobody stays to write the input')
  }
  const source = input instanceof Readable ? input.on('error', () => {}) : undefined
  return { [Symbol.dispose]: () => void source?.destroy() }
}

/** Feeds the input and collects the output of a session, both at once. A source that fails ends the session. */
export async function converse(
  session: Session,
  input: Input | undefined,
): Promise<{ stdout: Buffer; stderr: Buffer; output: Buffer }> {
  const collected = collectOrClose(session, session.output)
  if (input === undefined) return collected
  const failure = feed(session, input)
  const [output, error] = await Promise.all([collected, failure])
  if (error !== undefined) throw error
  return output
}

/** The same output as text or as bytes. */
export function encodeOutput<T extends { stdout: Buffer; stderr: Buffer; output: Buffer }>(
  { stdout, stderr, output }: T,
  encoding: Encoding,
): { stdout: string | Buffer; stderr: string | Buffer; output: string | Buffer } {
  if (encoding === 'buffer') return { stdout, stderr, output }
  return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8'), output: output.toString('utf8') }
}

async function collectOrClose(session: Session, output: OutputStream) {
  try {
    return await output.collect()
  } catch (error) {
    session.close()
    throw error
  }
}

/** Resolves with the source's own failure. That the process stopped reading is its right, and no failure. */
async function feed(session: Session, input: Input): Promise<unknown> {
  const source = input instanceof Readable ? input : Readable.from([input])
  const { stdin } = session
  let over = false
  const stop = () => {
    over = true
    source.destroy()
  }
  stdin.once('close', stop)
  try {
    for await (const chunk of source) if (!stdin.write(chunk)) await drained(stdin)
    finishInput(session)
  } catch (error) {
    if (over) return undefined
    session.close()
    return error
  } finally {
    stdin.off('close', stop)
  }
}

/** Resolves when there is room again, or nobody left to write to. */
function drained(stdin: Writable): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stdin.off('drain', done).off('close', done)
      resolve()
    }
    stdin.once('drain', done).once('close', done)
  })
}

function finishInput({ tty, stdin }: { tty: boolean; stdin: Writable }): void {
  stdin.end(tty ? END_OF_TRANSMISSION : undefined)
}
