import { type Duplex, type Readable, Writable } from 'node:stream'
import { InvalidArgumentError } from '../errors.js'
import type { CallOptions } from '../http/index.js'
import { OutputStream } from '../stream/index.js'
import { type BridgeOptions, bridge } from './bridge.js'
import type { WebSocketLike } from './bridge-websocket.js'
import { checkSize, type TerminalSize } from './terminal-size.js'

export { checkSize, type TerminalSize }

/** How a session ended: with its process, or before it. */
export type SessionExit =
  | { readonly exitCode: number; readonly detached: false }
  | { readonly exitCode: undefined; readonly detached: true }

/** What a session is made of; exec and attach differ in the two functions. */
export interface SessionParts {
  readonly socket: Duplex
  readonly multiplexed: boolean
  readonly tty: boolean
  readonly stdin: boolean
  /** Whether the end of stdin may be told to the Engine. It must not be for a tty: that would detach. */
  readonly halfClose: boolean
  readonly resize: (size: TerminalSize, options?: CallOptions) => Promise<void>
  /** How the process ended; asked once, when the output has ended. */
  readonly ended: () => Promise<SessionExit>
  /** Called once, when the session is over or given up. */
  readonly release: () => void
}

/** How long the Engine may take to read what was written before a detach, in milliseconds. */
const DETACH_PATIENCE = 500

const DETACHED: SessionExit = { exitCode: undefined, detached: true }

/**
 * A running process and the connection to it, from `container.spawn()` and `container.attach()`. As with Node's child
 * processes, a process whose output nobody reads is held back once the buffers are full.
 */
export class Session {
  /** Whether a terminal is on the other side: then the output is one raw stream. */
  readonly tty: boolean
  /**
   * The process's stdin. `end()` half-closes the connection: the process reads its end, and output still arrives. With a
   * tty nothing is half-closed, since the Engine would detach; write '\x04' where a person would type ctrl-d.
   */
  readonly stdin: Writable
  /** Everything it writes. See also `stdout` and `stderr`. */
  readonly output: OutputStream
  /**
   * The connection itself, to be looked at or tuned. Its bytes are read through `output`. After an attach with `ws: true`
   * it is the content of the messages.
   */
  readonly socket: Duplex
  /**
   * The exit code, once the process has ended and all its output has arrived (read or not). `detached` when the session
   * ended before the process did. Rejects when the connection was lost or the signal aborted.
   */
  readonly exit: Promise<SessionExit>
  readonly #parts: SessionParts
  #closed = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.tty = parts.tty
    this.socket = parts.socket
    this.stdin = parts.stdin ? stdinOf(parts) : closedStdin()
    const { socket: stream, multiplexed } = parts
    this.output = new OutputStream(async () => ({ stream, multiplexed, confirm: () => this.exit }))
    this.exit = this.#settle()
    this.exit.catch(() => {})
  }

  /** Only what it writes to stdout, as a Readable; with a tty that is everything. */
  get stdout(): Readable {
    return this.output.stdout
  }

  /** Only what it writes to stderr, as a Readable. */
  get stderr(): Readable {
    return this.output.stderr
  }

  /** Tells the terminal its new size. Rejects with InvalidArgumentError without a tty. */
  async resize(size: TerminalSize, options?: CallOptions): Promise<void> {
    if (!this.tty) throw new InvalidArgumentError('resize needs a session with a tty')
    await this.#parts.resize(checkSize(size), options)
  }

  /** Connects it to what people look at, and resolves with `exit`: see `bridge`. The output is read by that. */
  connect(peer: Duplex | WebSocketLike, options?: BridgeOptions): Promise<SessionExit> {
    return bridge(this, peer, options)
  }

  /** Leaves the process alone and closes the connection; `exit` then resolves as detached. */
  close(): void {
    this.#closed = true
    this.output.cancel()
    this.socket.destroy()
    this.#parts.release()
  }

  /** As `close`, but what was written to stdin until now still reaches the process: an Engine drops it at a close. */
  async detach(): Promise<void> {
    this.#closed = true
    this.stdin.end(() => this.socket.end())
    const timer = setTimeout(() => this.close(), DETACH_PATIENCE)
    await this.exit
    clearTimeout(timer)
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close()
  }

  async #settle(): Promise<SessionExit> {
    try {
      await this.output.begin()
      return this.#closed ? DETACHED : await this.#parts.ended()
    } catch (error) {
      if (this.#closed) return DETACHED
      throw error
    } finally {
      this.socket.destroy()
      this.#parts.release()
    }
  }
}

function stdinOf({ socket, halfClose }: SessionParts): Writable {
  const stdin = new Writable({
    write: (chunk, _encoding, done) => socket.write(chunk, done),
    final: (done) => (halfClose ? socket.end(done) : done()),
  })
  // A process may end before it has read everything. The writer is told, but nobody has to listen.
  stdin.on('error', () => {})
  socket.once('close', () => stdin.destroy())
  return stdin
}

function closedStdin(): Writable {
  const stdin = new Writable({
    write: (_chunk, _encoding, done) =>
      done(new InvalidArgumentError('this session was opened without stdin')),
  })
  stdin.on('error', () => {})
  return stdin
}
