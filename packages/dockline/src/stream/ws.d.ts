/** What is used of `ws`: its framing, whose two classes its own types leave out. */
declare module 'ws' {
  import type { Duplex, Writable } from 'node:stream'

  export interface ReceiverOptions {
    readonly maxPayload?: number
    readonly maxFragments?: number
    readonly maxBufferedChunks?: number
    readonly skipUTF8Validation?: boolean
  }

  /** Bytes in; out come 'message', 'ping', 'pong' and, for a close frame, 'conclude'. */
  export class Receiver extends Writable {
    constructor(options?: ReceiverOptions)
  }

  export interface SendOptions {
    readonly binary: boolean
    readonly compress: boolean
    readonly fin: boolean
    readonly mask: boolean
  }

  type Sent = (error?: Error | null) => void

  export class Sender {
    constructor(socket: Duplex)
    send(data: Uint8Array, options: SendOptions, sent?: Sent): void
    pong(data: Uint8Array, mask: boolean, sent?: Sent): void
    close(code: number | undefined, reason: string, mask: boolean, sent?: Sent): void
  }
}
