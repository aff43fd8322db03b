import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import type { Duplex } from 'node:stream'
import { onAbort } from '../../support/abort.js'
import { FrameDecoder, frame } from './frames.js'
import { plain } from './plain.js'
import { closeSoon, HTTP2_OPTIONS, WINDOW_BYTES } from './settings.js'
import { GrpcError, GrpcStatus, statusIn } from './status.js'

export interface CallSettings {
  readonly signal?: AbortSignal | undefined
  readonly metadata?: Readonly<Record<string, string | readonly string[]>> | undefined
}

/** The connection was lost before a call had its answer. */
export class ConnectionLost extends Error {
  constructor(method: string, cause?: unknown) {
    super(`the connection was lost during ${method}`, cause === undefined ? {} : { cause })
    this.name = 'ConnectionLost'
  }
}

/** How long an Engine may take to answer a ping, also on a busy machine. */
const PATIENCE_MS = 10_000

/** Calls over one HTTP/2 connection that somebody else has opened. */
export class GrpcClient {
  readonly #session: ClientHttp2Session
  readonly #socket: Duplex

  constructor(connection: Duplex) {
    const socket = plain(connection)
    this.#socket = socket
    const session = connect('http://localhost', { ...HTTP2_OPTIONS, createConnection: () => socket })
    // Each call hears of it.
    session.on('error', () => {})
    session.once('connect', () => session.setLocalWindowSize(WINDOW_BYTES))
    session.once('close', () => socket.destroy())
    this.#session = session
  }

  /** Sends one message and resolves with the one that answers it. */
  async unary(method: string, request: Uint8Array, settings?: CallSettings): Promise<Buffer> {
    let answer: Buffer | undefined
    for await (const message of this.stream(method, request, settings)) answer ??= message
    if (answer === undefined) throw new GrpcError(GrpcStatus.INTERNAL, `${method} ended without an answer`)
    return answer
  }

  /** Sends one message and gives those that come. Leaving the loop resets the call. */
  async *stream(
    method: string,
    request: Uint8Array,
    settings?: CallSettings,
  ): AsyncGenerator<Buffer, void, undefined> {
    const call = this.call(method, settings)
    call.stream.end(frame(request))
    yield* call.messages()
  }

  /** Begins a call that is written to and read from. */
  call(method: string, { signal, metadata }: CallSettings = {}): GrpcCall {
    signal?.throwIfAborted()
    if (this.#session.destroyed || this.#session.closed) throw new ConnectionLost(method)
    const stream = this.#session.request({
      ':method': 'POST',
      ':path': `/${method}`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...metadata,
    })
    return new GrpcCall(method, stream, signal)
  }

  /**
   * Closes the connection once nothing has come back for so long. Node 20 says nothing of bytes that are no HTTP/2 to it, such as
   * an error of more than 64 KiB, and waits for ever.
   */
  watch(patienceMs = PATIENCE_MS): void {
    const session = this.#session
    if (session.destroyed) return
    let answered = true
    const check = () => {
      if (session.destroyed) return
      if (!answered) return this.close()
      answered = false
      session.ping(() => {
        answered = true
      })
    }
    // A program that was busy reads the answers that have come before it judges the connection.
    const timer = setInterval(() => setImmediate(check), patienceMs)
    session.once('close', () => clearInterval(timer))
  }

  /** Ends the connection, with the calls that are under way. */
  close(): void {
    closeSoon(() => this.#session.destroy(), this.#socket)
  }
}

class GrpcCall {
  readonly stream: ClientHttp2Stream
  readonly #method: string
  readonly #signal: AbortSignal | undefined
  readonly #closed: Promise<void>
  #status: GrpcError | 'ok' | undefined
  #failure: unknown

  constructor(method: string, stream: ClientHttp2Stream, signal: AbortSignal | undefined) {
    this.#method = method
    this.stream = stream
    this.#signal = signal
    const note = (headers: Parameters<typeof statusIn>[0]) => {
      this.#status ??= statusIn(headers)
    }
    stream.on('response', (headers) => {
      note(headers)
      if (headers[':status'] !== 200) this.#status ??= httpFailure(headers[':status'])
    })
    stream.on('trailers', note)
    stream.on('error', (error) => {
      this.#failure ??= error
    })
    const forget = onAbort(signal, () => this.cancel())
    this.#closed = new Promise((resolve) => {
      stream.once('close', () => {
        forget()
        resolve()
      })
    })
  }

  /** Resets the call: the other side stops what it does for it. */
  cancel(): void {
    this.stream.close(constants.NGHTTP2_CANCEL)
    // Node 20 says nothing of a connection whose bytes are no HTTP/2, and closes no stream of it by itself.
    this.stream.destroy()
  }

  /** The messages up to the end of the call, which rejects unless its status is success. */
  async *messages(): AsyncGenerator<Buffer, void, undefined> {
    const decoder = new FrameDecoder()
    try {
      for await (const chunk of this.stream) yield* decoder.add(chunk as Buffer)
    } catch (error) {
      if (error instanceof GrpcError) throw error
      this.#failure ??= error
    } finally {
      if (!this.stream.closed) this.cancel()
    }
    await this.#closed
    this.#signal?.throwIfAborted()
    this.#check(decoder)
  }

  #check(decoder: FrameDecoder): void {
    if (this.#status instanceof GrpcError) throw this.#status
    if (this.#status === undefined) throw new ConnectionLost(this.#method, this.#failure)
    if (!decoder.isEmpty) throw new GrpcError(GrpcStatus.INTERNAL, `${this.#method} ended within a message`)
  }
}

function httpFailure(status: number | undefined): GrpcError {
  return new GrpcError(GrpcStatus.UNAVAILABLE, `the Engine answered with HTTP status ${status}`)
}
