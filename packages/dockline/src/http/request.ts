import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import type { ByteSource, ParseJson } from '../stream/index.js'
import type { Duration } from '../support/duration.js'
import type { AsyncDial } from '../transport/index.js'
import type { Outgoing } from './exchange.js'
import type { Path } from './path.js'

/** Every call can be aborted and timed. */
export interface CallOptions {
  /** Aborting rejects the call with the signal's reason and closes its connection. */
  readonly signal?: AbortSignal | undefined
  /**
   * A time limit in place of the client's: milliseconds, or a string such as '10s'. 0 and Infinity are no limit; any other ends
   * after 25 days at the latest.
   */
  readonly timeout?: Duration | undefined
}

export interface Request extends CallOptions {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  readonly path: Path
  /** Wire names to values, see `encodeQuery`; or a query that is written already, without its `?`. */
  readonly query?: object | string | undefined
  readonly headers?: OutgoingHttpHeaders | undefined
  /** Sent as JSON. */
  readonly json?: unknown
  /** Sent as it is. */
  readonly body?: Buffer | ByteSource | undefined
  /** false for the few paths that have no version in front, such as `/_ping`. */
  readonly versioned?: boolean
}

/** A request whose answer the caller judges. */
export interface AnswerRequest extends Request {
  /** Asks for an upgrade to this protocol, such as 'tcp'. Default: none. */
  readonly upgrade?: string | undefined
  /** Milliseconds of silence on the connection after which the call is given up, also in the midst of its answer. */
  readonly idleTimeout?: number | undefined
}

/** A request whose answer is read while it comes. */
export interface StreamRequest extends Request {
  /** Reads a body that may be large, as an archive, over a connection of its own. Default: false. */
  readonly large?: boolean | undefined
}

/** An answer as it came. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  /** The body, whose errors are Node's own. Destroying it closes the connection. */
  readonly stream: IncomingMessage
  /** The connection, when the Engine has upgraded it: its errors are Node's own, too. */
  readonly socket: Duplex | undefined
}

/** Options of a call that makes something. */
export interface MakingRequest<T> extends Request {
  /** What takes away again what was made; undefined where nothing may be. */
  readonly undo: (made: T) => Request | undefined
}

/** A request that says when it is on its way. */
export interface Asking extends Request {
  readonly onSent?: Outgoing['onSent']
  readonly idleTimeout?: number | undefined
  readonly connect?: AsyncDial | undefined
}

/** The same with a body that can be sent. */
export interface Sending extends Omit<Asking, 'body'> {
  readonly body?: Buffer | Readable | undefined
}

export interface UpgradeRequest extends Request {
  /** What the connection is to become. Default: 'tcp', which is the Engine's word for plain bytes. */
  readonly protocol?: 'tcp' | 'websocket' | 'h2c' | undefined
}

/** Makes of what JSON had in it what its type says it is, or throws. `call` is for the words: 'GET /info'. */
export type ReadAnswer<T> = (answer: unknown, call: string) => T

export interface ReadingValues<T> {
  readonly read?: ReadAnswer<T> | undefined
  readonly parse?: ParseJson<unknown> | undefined
}

/** A stream that has begun. Its errors are DockerErrors; destroying it closes the connection. */
export interface StreamAnswer {
  readonly contentType: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly stream: Readable
}

/** A connection that was HTTP and now carries bytes both ways. */
export interface UpgradedConnection {
  readonly contentType: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly socket: Duplex
}
