import { Socket } from 'node:net'
import { type Duplex, type Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { DockerError, InvalidArgumentError, StreamError } from '../../errors.js'
import { type CallOptions, deadline, orAborted } from '../../http/index.js'
import type { DetachMatcher } from '../../stream/detach-keys.js'
import { OutputStream } from '../../stream/index.js'
import { checkSignal } from '../../support/abort.js'
import { checkSize, type TerminalSize } from '../../support/terminal-size.js'
import { readCall } from '../base/call.js'
import { type BridgeOptions, bridge } from './bridge/bridge.js'
import type { WebSocketLike } from './bridge/bridge-websocket.js'

export { checkSize, type TerminalSize }

/** How a session ended: with its process, or before it because somebody left. */
export type SessionExit =
  | { readonly exitCode: number; readonly detached: false }
  | { readonly exitCode: undefined; readonly detached: true }

/**
 * How input still arrives when the connection is left. 'close': nothing is needed, the Engine has taken the input.
 * 'end': the Engine ends the connection once it has read ours to the end. 'read': the process reads the end of its
 * stdin; no event shows when, and an Engine drops at the close what the process has not read.
 */
export type Farewell = 'close' | 'end' | 'read'

/** What a session is made of; exec and attach differ in the functions. */
export interface SessionParts {
  readonly socket: Duplex
  readonly multiplexed: boolean
  readonly tty: boolean
  readonly stdin: boolean
  /** Whether the end of stdin may be sent to the Engine. For a tty it may not: that would detach. */
  readonly halfClose: boolean
  /** Looks for the detach keys in what is written; only with a tty. */
  readonly detachKeys: DetachMatcher | undefined
  readonly farewell: Farewell
  /** Whether the process runs by now, and so something takes what is written. */
  readonly isRunning: () => Promise<boolean>
  readonly resize: (size: TerminalSize, options?: CallOptions) => Promise<void>
  /** Sends a signal to the process. Undefined for an exec that was made without `kill`. */
  readonly kill: ((signal: string | number, call: CallOptions) => Promise<void>) | undefined
  /** Ends the process that is given up because of an error, and returns the error to reject with. */
  readonly giveUp?: ((reason: unknown) => Promise<unknown>) | undefined
  /**
   * How the process ended; asked once, when the output has ended. `inputEnded`: whether the end of stdin was sent. `heard`:
   * whether there was any output.
   */
  readonly ended: (inputEnded: boolean, heard: boolean) => Promise<SessionExit>
  /** Called once, when the session is over or given up. */
  readonly release: () => void
}

/** The time `detach` waits for a process that does not read. */
const DETACH_PATIENCE_MS = 30_000
/** The time another process, such as ssh, has to forward the input to the Engine. */
const FORWARDING_PATIENCE_MS = 500
/** The pipe to a process holds that much, whether it reads or not. */
const PIPE_LENGTH = 64 * 1024

/** The codes of errors of a connection that was cut. */
const CUTS = ['ERR_DOCKER_CONNECTION', 'ERR_DOCKER_STREAM_TRUNCATED']

const DETACHED: SessionExit = { exitCode: undefined, detached: true }

/**
 * A running process and the connection to it, from `container.spawn()` and `container.attach()`. A process
 * whose output nobody reads is held back once the buffers are full.
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
   * The connection, to be looked at or tuned: `output` reads it. With `ws: true` it is the content of the
   * messages.
   */
  readonly socket: Duplex
  /**
   * The exit code, when the process has ended and all output has arrived. `detached` if somebody left before: by `close()`,
   * `detach()`, leaving the loop over the output, the detach keys, or an end of `stdin` that ends the connection. Rejects if
   * output was lost, the connection broke or the signal aborted. The end of a connection does not count as the end of the
   * process.
   */
  readonly exit: Promise<SessionExit>
  readonly #parts: SessionParts
  readonly #input: Input | undefined
  /** The end of the output, for any reason. */
  readonly #ended: Promise<void>
  #left = false
  /** Whether the process has ended, or was ended. */
  #isOver = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.tty = parts.tty
    this.socket = parts.socket
    this.#input = parts.stdin ? new Input(parts, () => void this.detach().catch(() => {})) : undefined
    this.stdin = this.#input?.stdin ?? closedStdin()
    const { socket: stream, multiplexed } = parts
    this.output = new OutputStream(async () => ({
      stream,
      multiplexed,
      confirm: (failure) => this.#confirm(failure),
    }))
    this.#ended = this.output.begin()
    this.exit = this.#settle()
    this.exit.catch(() => {})
  }

  /** The stdout of the process as a Readable. With a tty, all of its output. */
  get stdout(): Readable {
    return this.output.stdout
  }

  /** The stderr of the process as a Readable. */
  get stderr(): Readable {
    return this.output.stderr
  }

  /** Sets the size of the terminal. Rejects with InvalidArgumentError without a tty. */
  async resize(size: TerminalSize, options: CallOptions = {}): Promise<void> {
    const call = readCall(options)
    if (!this.tty) throw new InvalidArgumentError('resize needs a session with a tty')
    await this.#parts.resize(checkSize(size), call)
  }

  /**
   * Sends a signal to the process, by name or number. Default: 'SIGKILL'. For an exec, also to its children, which needs `kill`
   * in the options of `spawn`; SIGKILL resolves when all are gone, or rejects with KillError. For an attached container: `POST
   * /containers/{id}/kill`.
   */
  async kill(signal: string | number = 'SIGKILL', options: CallOptions = {}): Promise<void> {
    checkSignal(options?.signal, 'the first argument names the signal that the process gets')
    const call = readCall(options)
    if (this.#parts.kill === undefined) {
      throw new InvalidArgumentError('kill needs a command that was started with kill: true')
    }
    await this.#parts.kill(signal, call)
  }

  /** Connects it to what people look at, and resolves with `exit`: see `bridge`. The output is read by that. */
  connect(peer: Duplex | WebSocketLike, options?: BridgeOptions): Promise<SessionExit> {
    return bridge(this, peer, options)
  }

  /** Leaves the process alone and closes the connection; `exit` then resolves as detached. */
  close(): void {
    this.#left = true
    this.output.cancel()
    this.socket.destroy()
    this.#parts.release()
  }

  /**
   * Closes the session, after what was written to stdin has reached the process. Rejects with TimeoutError if the process has
   * not read it within `timeout`. Default: 30 s.
   */
  async detach(options: CallOptions = {}): Promise<void> {
    const { signal, timeout = DETACH_PATIENCE_MS } = readCall(options)
    this.#left = true
    // The end comes after all output, so output that is not read is dropped.
    this.output.drain()
    try {
      using limit = deadline('writing the rest of stdin before the detach', signal, timeout)
      await orAborted(this.#bringInput(), limit.signal)
    } finally {
      this.close()
    }
    await this.exit
  }

  /** Closes the connection as `close` does. A process that was started with `kill` is ended, if it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { giveUp } = this.#parts
    this.close()
    if (giveUp === undefined || this.#isOver) return
    const failure = await giveUp(undefined)
    if (failure !== undefined) throw failure
  }

  /** Resolves when everything that was written is the process's, or the process has ended. */
  async #bringInput(): Promise<void> {
    const input = this.#input
    const { farewell, isRunning } = this.#parts
    if (input === undefined || input.written + input.stdin.writableLength === 0) return
    // A connection that ends has ended the writing; whether it broke is known from the output.
    await finished(input.stdin.end(), { readable: false }).catch(() => this.#ended)
    if (farewell === 'end') {
      this.socket.end()
      return this.#ended
    }
    if (farewell === 'read') {
      // Who looks while the session ends is stopped by that.
      const isTaken = input.written <= PIPE_LENGTH && (await isRunning().catch(() => false))
      return isTaken ? undefined : this.#ended
    }
    if (!(this.socket instanceof Socket)) await Promise.race([this.#ended, pause(FORWARDING_PATIENCE_MS)])
  }

  /** A reader that stops early closes the connection. */
  get #hasLeft(): boolean {
    return this.#left || this.output.isCancelled
  }

  async #settle(): Promise<SessionExit> {
    try {
      const cut = await this.#ended.catch(cutIn)
      if (this.#hasLeft) return DETACHED
      if (cut !== undefined) throw this.#parts.giveUp === undefined ? await this.#afterCut(cut) : cut
      const exit = await this.#exitOfProcess()
      this.#isOver = !exit.detached
      return exit
    } catch (error) {
      if (this.#hasLeft) return DETACHED
      throw (await this.#parts.giveUp?.(error)) ?? error
    } finally {
      this.socket.destroy()
      this.#parts.release()
    }
  }

  #exitOfProcess(): Promise<SessionExit> {
    return this.#parts.ended(this.#input?.ended === true, this.output.hasArrived)
  }

  /** A connection that was cut is no end of the process. Waits for that, and returns the error to reject with. */
  #afterCut(cut: Error): Promise<unknown> {
    return this.#exitOfProcess().then(
      ({ exitCode }) => (exitCode === undefined ? cut : lost(exitCode, cut)),
      // The Engine may be gone, or know the process no more.
      (error) => (error instanceof DockerError && !(error instanceof StreamError) ? cut : error),
    )
  }

  /** Called at the end of the output, which may be in the middle of a frame. */
  async #confirm(failure: Error | undefined): Promise<void> {
    if (failure !== undefined) cutIn(failure)
    const { exitCode } = await this.exit
    if (failure !== undefined && exitCode !== undefined) throw lost(exitCode, failure)
  }
}

function lost(exitCode: number, cause: Error): StreamError {
  return StreamError.cutOff('the process', exitCode, { cause })
}

/** Returns the error of a connection that was cut, and throws any other. */
function cutIn(error: Error): Error {
  if (error instanceof DockerError && CUTS.includes(error.code)) return error
  throw error
}

/** Keeps a new connection open for the input when something between has ended only its output. */
export function keepInput(socket: Duplex): void {
  if (socket instanceof Socket) socket.allowHalfOpen = true
}

/** What goes to the process: everything but the detach keys. */
class Input {
  readonly stdin: Writable
  /** Bytes that were sent. */
  written = 0
  /** Whether the end of stdin was sent to the Engine. */
  ended = false
  readonly #parts: SessionParts
  readonly #leave: () => void
  #left = false

  constructor(parts: SessionParts, leave: () => void) {
    this.#parts = parts
    this.#leave = leave
    const { socket } = parts
    this.stdin = new Writable({
      write: (chunk: Buffer, _encoding, done) => this.#write(chunk, done),
      final: (done) => this.#end(done),
      destroy: (error, done) => this.#giveUp(error, done),
    })
    // A process may end before it has read everything. The writer gets the error by its callback; without a listener
    // it is ignored.
    this.stdin.on('error', () => {})
    if (socket.closed) this.stdin.destroy()
    else socket.once('close', () => this.stdin.destroy())
  }

  /** The detach keys are not sent, and bytes after them are dropped. */
  #write(chunk: Buffer, done: Done): void {
    if (this.#left) {
      done()
      return
    }
    const { data, detached } = this.#parts.detachKeys?.push(chunk) ?? { data: chunk, detached: false }
    this.#left = detached
    this.#send(data, detached ? this.#leaving(done) : done)
  }

  #leaving(done: Done): Done {
    return (error) => {
      done(error)
      this.#leave()
    }
  }

  #end(done: Done): void {
    const { socket, halfClose, detachKeys } = this.#parts
    const held = this.#left ? undefined : detachKeys?.end()
    this.#send(held ?? Buffer.alloc(0), (error) => {
      this.ended = halfClose && !error
      if (this.ended) socket.end(done)
      else done(error)
    })
  }

  /** As with Node's child processes, the process reads the end of its stdin also when the writer has failed. */
  #giveUp(error: Error | null, done: Done): void {
    const { socket, halfClose } = this.#parts
    if (halfClose && !this.ended && socket.writable) {
      this.ended = true
      socket.end()
    }
    done(error)
  }

  #send(data: Buffer, done: Done): void {
    this.written += data.length
    if (data.length === 0) done()
    else this.#parts.socket.write(data, done)
  }
}

type Done = (error?: Error | null) => void

/** A stdin that is not connected: it says that it is not writable, and refuses what is written all the same. */
function closedStdin(): Writable {
  const stdin = new Writable({
    write: (_chunk, _encoding, done) =>
      done(new InvalidArgumentError('this session was opened without stdin')),
  })
  stdin.on('error', () => {})
  return Object.defineProperty(stdin, 'writable', { value: false })
}
