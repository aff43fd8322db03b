import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Duration } from '../../../support/duration.js'
import type { TerminalSize } from '../../../support/terminal-size.js'
import type { Session, SessionExit } from '../session.js'
import { type BridgeRequest, CLOSE_CODES, exitMessage, PeerError, parseMessage } from './bridge-messages.js'
import { type Abandonment, endOf, ignore, outputsOf, type Peer } from './bridge-peer.js'

/** An event of a WebSocket; a message has data. */
export interface WebSocketEvent {
  readonly type: string
  readonly data?: unknown
}

/** What is used of a WebSocket: a browser's, that of `ws`, and that of `Deno.upgradeWebSocket` have it. */
export interface WebSocketLike {
  /** 0 before it is open, 1 while it is, more after. */
  readonly readyState: number
  /** Bytes that were sent and have not left yet. */
  readonly bufferedAmount: number
  /** Is set to 'arraybuffer'. */
  binaryType: string
  send(data: string | Uint8Array): void
  close(code?: number, reason?: string): void
  addEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: WebSocketEvent) => void,
  ): void
  removeEventListener(
    type: 'open' | 'message' | 'close' | 'error',
    listener: (event: WebSocketEvent) => void,
  ): void
  /** Holds the peer back while the process does not read. A peer without this method is closed when it sends more. */
  pause?(): void
  resume?(): void
}

export interface WebSocketPeerOptions {
  readonly highWaterMark: number
  /** The time limit of each resize. Default: none. */
  readonly timeout: Duration | undefined
}

const CONNECTING = 0
const OPEN = 1
/** The most input that waits for a process that does not read, when the peer cannot be held back. */
const MOST_INPUT_BYTES = 16 * 1024 * 1024
/** The memory of a message that waits, besides its bytes. */
const MESSAGE_COST_BYTES = 128
/**
 * The first pause between two looks at a full WebSocket. The pauses grow. They are needed because a WebSocket has no event
 * for room.
 */
const FIRST_LOOK_MS = 4
const LONGEST_LOOK_MS = 100
/** A terminal that is still being made is asked again, with growing patience. */
const RESIZE_ATTEMPTS = 10
const RESIZE_PAUSE_MS = 20

/** Binary messages are the bytes of the session, text messages are requests. */
export class WebSocketPeer implements Peer {
  readonly left: Promise<void>
  readonly #socket: WebSocketLike
  readonly #options: WebSocketPeerOptions
  readonly #opened: Promise<void>
  readonly #released = new AbortController()
  #session: Session | undefined
  #outputs: readonly Readable[] = []
  /** What came before the session was there. */
  #early: (Buffer | BridgeRequest)[] = []
  #earlyCost = 0
  #paused = false
  #look: NodeJS.Timeout | undefined
  #size: TerminalSize | undefined
  #resizing = false
  #closing = false
  #turnedAway = false
  #open: () => void = ignore
  #leave: () => void = ignore
  #fail: (error: Error) => void = ignore

  constructor(socket: WebSocketLike, options: WebSocketPeerOptions) {
    this.#socket = socket
    this.#options = options
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    this.left = new Promise((resolve, reject) => {
      this.#leave = resolve
      this.#fail = reject
    })
    // It may be turned away before there is a session to leave.
    this.left.catch(ignore)
    socket.binaryType = 'arraybuffer'
    socket.addEventListener('open', this.#open)
    socket.addEventListener('message', this.#receive)
    socket.addEventListener('close', this.#leave)
    // It is closed after an error, and that is all there is to know.
    socket.addEventListener('error', ignore)
    if (socket.readyState !== CONNECTING) this.#open()
    if (socket.readyState > OPEN) this.#leave()
  }

  async show(session: Session): Promise<void> {
    await this.#opened
    this.#session = session
    session.stdin.on('drain', this.#resume).on('close', this.#resume)
    this.#resume()
    for (const input of this.#early.splice(0)) this.#guard(() => this.#take(session, input))
    this.#outputs = outputsOf(session)
    const ended = endOf(this.#outputs, this.#released.signal)
    // Those that an earlier bridge has paused as well.
    for (const output of this.#outputs) output.on('data', this.#send).resume()
    await ended
  }

  finish(exit: SessionExit): void {
    this.#say(exitMessage(exit))
    this.#close(CLOSE_CODES.done, '')
  }

  abandon(why: Abandonment): void {
    this.#close(CLOSE_CODES[why], why === 'aborted' ? 'the bridge was taken down' : 'the session failed')
  }

  release(): void {
    this.#released.abort()
    clearTimeout(this.#look)
    this.#socket.removeEventListener('open', this.#open)
    this.#socket.removeEventListener('message', this.#receive)
    this.#socket.removeEventListener('close', this.#leave)
    this.#session?.stdin.off('drain', this.#resume).off('close', this.#resume)
    for (const output of this.#outputs) output.off('data', this.#send).pause()
    // A peer that is held back would not hear the close.
    this.#resume()
  }

  readonly #receive = ({ data }: WebSocketEvent): void => {
    this.#guard(() => {
      const input = parseMessage(data)
      if (this.#session === undefined) this.#keep(input)
      else this.#take(this.#session, input)
    })
  }

  /** Closes the connection of a peer that sends what it must not, with the reason. */
  #guard(act: () => void): void {
    if (this.#turnedAway) return
    try {
      act()
    } catch (error) {
      if (error instanceof PeerError) this.#close(error.closeCode, error.message)
      this.#turnedAway = true
      this.#fail(error as Error)
    }
  }

  #keep(input: Buffer | BridgeRequest): void {
    this.#early.push(input)
    this.#earlyCost += MESSAGE_COST_BYTES + (Buffer.isBuffer(input) ? input.length : 0)
    if (this.#earlyCost > this.#options.highWaterMark) this.#pause()
    if (this.#earlyCost > MOST_INPUT_BYTES) throw tooMuch()
  }

  #take(session: Session, input: Buffer | BridgeRequest): void {
    if (Buffer.isBuffer(input)) this.#write(session.stdin, input)
    else if ('resize' in input) this.#resize(session, input.resize)
    else {
      session.stdin.end()
      // There will be no more room, and a peer that is held back would not be heard when it leaves.
      this.#resume()
    }
  }

  /** A process that has ended, or has no stdin, gets nothing: that is no fault of who types. */
  #write(stdin: Writable, bytes: Buffer): void {
    if (!stdin.writable) return
    if (stdin.writableLength > MOST_INPUT_BYTES) throw tooMuch()
    stdin.write(bytes)
    // A stdin that has ended or is destroyed has no event for room.
    if (stdin.writableNeedDrain) this.#pause()
  }

  #pause(): void {
    this.#paused = true
    this.#socket.pause?.()
  }

  readonly #resume = (): void => {
    if (this.#paused) this.#socket.resume?.()
    this.#paused = false
  }

  /** One request at a time, so that the last size is also the last to arrive. */
  #resize(session: Session, size: TerminalSize): void {
    if (!session.tty) return
    this.#size = size
    if (!this.#resizing) void this.#sendSizes(session)
  }

  /** That the process is gone already, or not there yet, is nothing to stop for. */
  async #sendSizes(session: Session): Promise<void> {
    const call = { signal: this.#released.signal, timeout: this.#options.timeout }
    this.#resizing = true
    for (let attempt = 1; this.#size !== undefined && attempt <= RESIZE_ATTEMPTS; attempt++) {
      const size = this.#size
      this.#size = undefined
      try {
        await session.resize(size, call)
        attempt = 0
      } catch {
        if (call.signal.aborted) return
        this.#size ??= size
        await pause(RESIZE_PAUSE_MS * attempt, undefined, call).catch(ignore)
      }
    }
    this.#size = undefined
    this.#resizing = false
  }

  readonly #send = (chunk: Buffer): void => {
    this.#say(chunk)
    if (this.#socket.bufferedAmount <= this.#options.highWaterMark || this.#look !== undefined) return
    for (const output of this.#outputs) output.pause()
    this.#lookAgain(FIRST_LOOK_MS)
  }

  #lookAgain(delay: number): void {
    this.#look = setTimeout(() => {
      this.#look = undefined
      if (this.#socket.bufferedAmount > this.#options.highWaterMark / 2) {
        this.#lookAgain(Math.min(delay * 2, LONGEST_LOOK_MS))
      } else for (const output of this.#outputs) output.resume()
    }, delay)
  }

  /** One that cannot be sent to has left, whether or not it says so. */
  #say(message: string | Uint8Array): void {
    try {
      this.#socket.send(message)
    } catch {
      this.#leave()
    }
  }

  #close(code: number, message: string): void {
    if (this.#closing) return
    this.#closing = true
    // A reason has 123 bytes at most, and what is cut in a character grows by two.
    const reason = Buffer.from(message).subarray(0, 120).toString()
    try {
      this.#socket.close(code, reason)
    } catch {
      // Those of a browser and of Deno send only 1000 and codes of one's own.
      this.#socket.close(code + 3000, reason)
    }
  }
}

function tooMuch(): PeerError {
  return new PeerError(CLOSE_CODES.tooMuch, 'the peer sent more than the process reads')
}
