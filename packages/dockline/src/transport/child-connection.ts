import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { Duplex } from 'node:stream'

/** Of what a process writes to stderr, the end is kept: that is where the reason is. */
const STDERR_TAIL = 4096
/** A process that does not end when asked is killed after this long. */
const PATIENCE_MS = 3000
/** How long the last words may take after the end: another process may hold the pipe open. */
const LAST_WORDS_MS = 500

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** Why it could not even be started. */
  readonly error: Error | undefined
  /** The end of what it wrote there. */
  readonly stderr: string
}

/**
 * Whether the process has its streams. Where this process may open no more files, `spawn` gives none, and reports the error
 * afterwards.
 */
export function hasStreams({ stdin }: { readonly stdin: unknown }): boolean {
  return stdin !== undefined
}

/** Resolves when the process has ended, with what it said. */
export function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_TAIL)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error, stderr }))
    child.once('exit', (code, signal) => {
      const tell = () => resolve({ code, signal, error: undefined, stderr })
      if (child.stderr.readableEnded) return tell()
      child.stderr.once('end', tell)
      setTimeout(tell, LAST_WORDS_MS).unref()
    })
  })
}

type Done = (error?: Error | null) => void

/** The stdin and stdout of a process as one connection. A process that fails fails the connection. */
export class ChildConnection extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #failure: (ended: Ended) => Error
  readonly #ended: Promise<Ended>

  constructor(child: ChildProcessWithoutNullStreams, failure: (ended: Ended) => Error) {
    super({ allowHalfOpen: true })
    this.#child = child
    this.#failure = failure
    this.#ended = endOf(child)
    child.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) child.stdout.pause()
    })
    child.stdout.once('end', () => this.#finish())
    // The writer gets the error by its own callback.
    child.stdin.on('error', () => {})
    // Its output and its end decide whether the connection keeps this process alive.
    unref(child.stdin)
    unref(child.stderr)
    this.#ended.then(({ error }) => {
      if (error !== undefined) this.#finish()
    })
  }

  override _read(): void {
    this.#child.stdout.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#child.stdin.write(chunk, this.#taken(done))
  }

  override _final(done: Done): void {
    const { stdin } = this.#child
    // Node tells nobody of the end of a pipe that was closed before.
    if (stdin.destroyed) this.#settle(done)
    else stdin.end(this.#taken(done))
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { stdin, stdout } = this.#child
    stdin.destroy()
    stdout.destroy()
    this.#child.kill('SIGTERM')
    unref(this.#child)
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS)
    timer.unref()
    this.#ended.then(() => clearTimeout(timer))
    done(error)
  }

  #taken(done: Done): Done {
    return (error) => (error ? this.#settle(done) : done())
  }

  /**
   * A pipe that is broken says nothing of the reason; the end of the process does. An end in order is that of the other side,
   * which may have answered before it had read all: its last bytes are still to be read.
   */
  #settle(done: Done): void {
    this.#ended.then((ended) => (isInOrder(ended) ? done() : done(this.#failure(ended))))
  }

  async #finish(): Promise<void> {
    const ended = await this.#ended
    if (this.destroyed) return
    if (isInOrder(ended)) this.push(null)
    else this.destroy(this.#failure(ended))
  }

  /** What node:http asks of a socket. */
  ref(): this {
    for (const handle of [this.#child, this.#child.stdout]) (handle as Partial<Handle>).ref?.()
    return this
  }

  unref(): this {
    for (const handle of [this.#child, this.#child.stdout]) unref(handle)
    return this
  }

  setNoDelay(): this {
    return this
  }

  setKeepAlive(): this {
    return this
  }

  setTimeout(): this {
    return this
  }
}

function isInOrder({ error, code }: Ended): boolean {
  return error === undefined && code === 0
}

interface Handle {
  ref(): void
  unref(): void
}

/** The streams of a process are sockets, which the types do not say. */
export function unref(handle: object): void {
  ;(handle as Partial<Handle>).unref?.()
}
