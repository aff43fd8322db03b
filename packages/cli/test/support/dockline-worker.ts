// Runs dockline again and again in one thread: what it says is compared, and not how a process starts.
import { Readable, Writable } from 'node:stream'
import { parentPort } from 'node:worker_threads'
import { exitCodeOf, explain } from '../../dist/errors.js'
import { dockline } from '../../dist/program.js'
import type { Ended } from './dockline.js'

/** What a thread is asked for. */
export interface Asked {
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
  /** What it reads from stdin. */
  readonly input: string | Uint8Array
}

class Captured extends Writable {
  readonly #chunks: Buffer[] = []

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk)
    done()
  }

  get text(): string {
    return Buffer.concat(this.#chunks).toString()
  }
}

parentPort?.on('message', async ({ args, env, input }: Asked) => {
  const [stdout, stderr] = [new Captured(), new Captured()]
  replaceStreams({ stdin: Readable.from([Buffer.from(input)], { objectMode: false }), stdout, stderr })
  replaceEnvironment(env)
  process.emitWarning = (warning: string | Error) => void stderr.write(`WARNING: ${warning}\n`)
  const exitCode = await run(args, stderr)
  const ended: Ended = { exitCode, signal: null, stdout: stdout.text, stderr: stderr.text }
  parentPort?.postMessage(ended)
})

/** As main.ts does it. */
async function run(args: readonly string[], stderr: Writable): Promise<number> {
  try {
    return await dockline(args)
  } catch (error) {
    stderr.write(`${explain(error)}\n`)
    return exitCodeOf(error)
  }
}

function replaceStreams(streams: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(streams)) {
    Object.defineProperty(process, name, { value, configurable: true })
  }
}

function replaceEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name]
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value
}
