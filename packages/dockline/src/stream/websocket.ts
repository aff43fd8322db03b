import { Duplex } from 'node:stream'
import { Receiver, Sender } from 'ws'
import { ProtocolError, StreamError } from '../errors.js'

/** The Engine sends at most 32 KiB at once; more is for a proxy that puts messages together. */
const LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024
/** Neither can many small pieces take the memory that a large one may not. */
const MOST_PIECES = 64 * 1024
/** What a frame of ours holds: the masked copy of it is all that a large write costs. */
const FRAME_BYTES = 64 * 1024

const NORMAL = 1000
const NO_STATUS = 1005
const BAD_FRAME = 1002

/** A binary message in one frame, masked as every frame of a client must be. */
const MESSAGE = { binary: true, compress: false, fin: true, mask: true }

/**
 * The content of an Engine's WebSocket messages as one stream of bytes, both ways. The end of the writing is a close
 * frame: there is no other one in a WebSocket, and the Engine goes on sending until it closes as well. An end of the
 * reading is the Engine's close frame; without one it was cut short.
 */
export class WebSocketStream extends Duplex {
  readonly #socket: Duplex
  readonly #sender: Sender
  readonly #receiver = new Receiver({
    maxPayload: LARGEST_MESSAGE_BYTES,
    maxFragments: MOST_PIECES,
    maxBufferedChunks: MOST_PIECES,
    // A process writes what it likes, also where the Engine calls it text.
    skipUTF8Validation: true,
  })
  #closeSent = false
  #closeReceived = false

  constructor(socket: Duplex) {
    super()
    this.#socket = socket
    this.#sender = new Sender(socket)
    // The socket may break before its reader listens. A later reader gets the error.
    this.on('error', () => {})
    this.#receiver
      .on('message', (data: Buffer) => this.#receive(data))
      .on('ping', (data: Buffer) => this.#answer(data))
      .on('conclude', (code: number, reason: Buffer) => this.#conclude(code, reason))
      .on('error', (cause) => this.#refuse(cause))
    socket
      .on('data', (bytes: Buffer) => this.#decode(bytes))
      .on('error', () => this.#lost())
      .once('end', () => this.#lost())
      .once('close', () => this.#lost())
    // It may have ended before anybody listened.
    if (socket.readableEnded || socket.destroyed) this.#lost()
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const rest = chunk.subarray(FRAME_BYTES)
    this.#sender.send(chunk.subarray(0, FRAME_BYTES), MESSAGE, (error) => {
      // A process may end before it has read everything. What it wrote is not lost for that. The reading half, which
      // may still have the Engine's last words, reports the state of the connection.
      if (error || this.#closeReceived || rest.length === 0) done()
      else this._write(rest, encoding, done)
    })
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#close(NORMAL, done)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }

  #decode(bytes: Buffer): void {
    if (!this.#closeReceived && !this.destroyed) this.#receiver.write(bytes)
  }

  #receive(data: Buffer): void {
    // An empty message is skipped: it does not mean the end of a stream.
    if (data.length > 0 && !this.push(data)) this.#socket.pause()
  }

  /** A peer that does not read our answers gets no more of them. */
  #answer(ping: Buffer): void {
    if (!this.#closeSent && !this.#socket.writableNeedDrain) this.#sender.pong(ping, true)
  }

  #conclude(code: number, reason: Buffer): void {
    this.#closeReceived = true
    if (code === NORMAL || code === NO_STATUS) {
      this.#close(code === NO_STATUS ? undefined : code)
      this.push(null)
      return
    }
    const words = reason.length === 0 ? '' : `: ${reason.toString()}`
    this.destroy(new StreamError(`the Engine closed the WebSocket with ${code}${words}`))
  }

  #close(code: number | undefined, done?: (error?: Error | null) => void): void {
    if (this.#closeSent || this.#socket.destroyed) {
      done?.()
      return
    }
    this.#closeSent = true
    this.#sender.close(code, '', true, done)
  }

  #refuse(cause: Error): void {
    this.#close(BAD_FRAME)
    this.destroy(new ProtocolError(`the Engine sent what is no WebSocket: ${cause.message}`, { cause }))
  }

  /** After the Engine's close frame there is nothing left to lose. A wrong frame is reported a moment later. */
  #lost(): void {
    if (!this.#closeReceived && this.#receiver.errored === null)
      this.destroy(this.#socket.errored ?? StreamError.truncated('the WebSocket'))
  }
}
