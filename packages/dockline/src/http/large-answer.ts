import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { ChunkedDecoder } from '../stream/chunked.js'
import { hasReturnedAll } from '../stream/pieces.js'
import { type AsyncDial, type DialInto, ReadBlocks } from '../transport/index.js'

/** A larger block costs no more than a smaller one. */
const BLOCK_BYTES = 1024 * 1024
/** A longer head is no business of this file. Node refuses one of 16 KiB. */
const MAX_HEAD_LENGTH = 64 * 1024
const END_OF_HEAD = '\r\n\r\n'
const NOTHING = Buffer.alloc(0)

/** How the answer to one request is read. */
export interface LargeReading {
  /** Opens the connection of the request. */
  readonly connect: AsyncDial
  /** Fills the message with its body, where that is left to this file. */
  readonly deliver: (message: IncomingMessage) => void
}

/** Reads an answer whose body may be large, over a connection of its own. */
export function readLarge(dial: DialInto): LargeReading {
  let answer: LargeAnswer | undefined
  return {
    connect: (signal) => {
      answer = new LargeAnswer()
      return answer.connect(dial, signal)
    },
    deliver: (message) => answer?.deliver(message),
  }
}

/**
 * One answer over a connection. Node's parser gets the head, and everything of an answer that is not a success in chunks.
 * The chunks of a success never come to the parser: they are read into large blocks, and their content becomes the content of
 * Node's message. That takes less than half of the processor time. All else of the message is Node's: its backpressure, its
 * abort, and its error when the connection is lost.
 */
class LargeAnswer {
  readonly #chunks = new ChunkedDecoder()
  readonly #blocks = new ReadBlocks(BLOCK_BYTES)
  #socket: Socket | undefined
  #head: string | undefined = ''
  /** Whether the body is left to Node. */
  #isNodes = true
  #message: IncomingMessage | undefined
  /** The beginning of the body, until there is a message. */
  #held = NOTHING
  #failure: Error | undefined

  async connect(dial: DialInto, signal: AbortSignal | undefined): Promise<Socket> {
    const callback = (length: number) => this.#receive(this.#blocks.take(length))
    this.#socket = await dial({ buffer: this.#blocks.room, callback }, signal)
    return this.#socket
  }

  deliver(message: IncomingMessage): void {
    if (this.#isNodes) return
    this.#message = message
    // A reader may have asked for more before there was a message to give it to.
    if (this.#fill(message, this.#held)) this.#socket?.resume()
    this.#held = NOTHING
  }

  /** Returns whether to read on. A message or a socket that has enough reads on by itself. */
  #receive(bytes: Buffer): boolean {
    let [goesOn, rest] = [true, bytes]
    // Any number of interim answers may come before the head.
    while (this.#head !== undefined && rest.length > 0) {
      const length = this.#readHead(rest, this.#head)
      goesOn = this.#pass(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
    if (rest.length === 0) return goesOn
    if (this.#isNodes) return this.#pass(rest)
    if (this.#message !== undefined) return this.#fill(this.#message, rest)
    this.#held = Buffer.concat([this.#held, rest])
    return false
  }

  /** Returns how many of the bytes are of the head. */
  #readHead(bytes: Buffer, before: string): number {
    const head = before + bytes.toString('latin1', 0, MAX_HEAD_LENGTH)
    const end = head.indexOf(END_OF_HEAD)
    this.#head = end === -1 && head.length < MAX_HEAD_LENGTH ? head : undefined
    if (end === -1) return bytes.length
    const length = end + END_OF_HEAD.length
    if (isInterim(head)) this.#head = ''
    else this.#isNodes = !isChunked(head.slice(0, length))
    return length - before.length
  }

  /** Gives bytes to Node's parser. */
  #pass(bytes: Buffer): boolean {
    return this.#socket?.push(bytes) ?? false
  }

  #fill(message: IncomingMessage, bytes: Buffer): boolean {
    const content = this.#join(bytes)
    const goesOn = content.length === 0 || message.push(content)
    if (hasReturnedAll(message)) this.#blocks.reuse()
    if (this.#failure !== undefined) message.destroy(this.#failure)
    if (!this.#chunks.isOver) return goesOn && this.#failure === undefined
    message.complete = true
    message.push(null)
    return false
  }

  /** The content of all chunks in the bytes as one piece: moving memory that was just read costs less than many pieces. */
  #join(bytes: Buffer): Buffer {
    let length = 0
    try {
      this.#chunks.decode(bytes, (piece) => {
        bytes.set(piece, length)
        length += piece.length
      })
    } catch (error) {
      this.#failure = error as Error
    }
    return bytes.subarray(0, length)
  }
}

/** Whether another head follows. */
function isInterim(head: string): boolean {
  return /^HTTP\/1\.1 1(?!01)/.test(head)
}

function isChunked(head: string): boolean {
  return /^HTTP\/1\.1 200 /.test(head) && /\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n/i.test(head)
}
