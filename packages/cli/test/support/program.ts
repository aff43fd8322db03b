import { Readable, Writable } from 'node:stream'
import { exitCodeOf, explain } from '../../dist/errors.js'
import { dockline } from '../../dist/program.js'
import { NO_ENGINE, NOWHERE } from './nowhere.js'

/** How a run of the program in this process ended, and what it wrote. */
export interface Run {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Default: an Engine that is not there. '' leaves it to the words of the command line. */
  readonly host?: string
  /** What stdin has. Default: nothing. */
  readonly input?: string
  /** How wide the output is. Default: not known, as of a pipe. */
  readonly columns?: number
}

class Captured extends Writable {
  readonly isTTY = false
  text = ''

  constructor(readonly columns: number) {
    super()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk
    done()
  }
}

/** Runs `dockline` in this process, with no settings: what it says is looked at, and not how a process starts. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { host = NO_ENGINE, input = '', columns = 0 } = options
  const engine = host === '' ? [] : ['-H', host]
  const [stdout, stderr] = [new Captured(columns), new Captured(columns)]
  const stdin = Readable.from(input === '' ? [] : [Buffer.from(input)])
  const ending = dockline([...engine, '--config', NOWHERE, ...args], { stdin, stdout, stderr })
  // As main.ts does it.
  const exitCode = await ending.catch((error) => {
    stderr.write(`${explain(error)}\n`)
    return exitCodeOf(error)
  })
  return { exitCode, stdout: stdout.text, stderr: stderr.text }
}
