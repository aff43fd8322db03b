import type { Writable } from 'node:stream'
import type { OutputStream } from '../stream/index.js'
import type { Duration } from '../support/duration.js'
import type { TerminalSize } from '../support/terminal-size.js'

export type { TerminalSize }

/** What a terminal is connected to. A `Session` is one; anything else that can do the same will do. */
export interface Channel {
  readonly tty: boolean
  readonly stdin: Writable
  readonly output: OutputStream
  readonly exit: Promise<ChannelExit>
  resize(size: TerminalSize, options?: { readonly signal?: AbortSignal | undefined }): Promise<void>
  /**
   * Leaves the process running and ends the connection, once what was typed has arrived. May reject when it did not within
   * the time, in milliseconds.
   */
  detach(options?: { readonly timeout?: Duration | undefined }): Promise<void>
  /** Ends the connection at once. The output ends without an error. */
  close(): void
  /** Closes it, and ends a process that was started with `kill`. */
  [Symbol.asyncDispose]?(): Promise<void>
}

export type ChannelExit =
  | { readonly exitCode: number; readonly detached: false }
  | { readonly exitCode: undefined; readonly detached: true }
