import {
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { FrameDecoder, frame } from './frames.js'
import { plain } from './plain.js'
import { closeSoon, HTTP2_OPTIONS, WINDOW_BYTES } from './settings.js'
import { encodeMessage, GrpcError, GrpcStatus } from './status.js'

/** Answers one call: what it throws becomes the status of the call. */
export type Handler = (call: ServerCall) => Promise<void>

/** What is served, by '/package.Service/Method' without its first slash. */
export type Methods = Readonly<Record<string, Handler>>

export interface Serving {
  /** Settles when the connection has ended, on either side. */
  readonly closed: Promise<void>
  close(): void
}

/** Serves calls over one connection that somebody else has opened. */
export function serve(connection: Duplex, methods: Methods): Serving {
  const socket = plain(connection)
  const server = createServer(HTTP2_OPTIONS)
  let session: ServerHttp2Session | undefined
  server.on('session', (opened) => {
    session = opened
    opened.setLocalWindowSize(WINDOW_BYTES)
    // It ends the connection, and that is what is waited for.
    opened.on('error', () => {})
    opened.once('close', () => socket.destroy())
  })
  server.on('sessionError', () => {})
  server.on('stream', (...args: unknown[]) => {
    // Node's types leave the last argument out, which has each header by itself.
    const [stream, headers, , raw] = args as StreamArguments
    // The bytes that begin a call may reset the call too.
    stream.on('error', () => {})
    if (stream.destroyed || stream.closed) return
    void answer(new ServerCall(stream, raw), methods[headers[':path']?.slice(1) ?? ''])
  })
  const closed = new Promise<void>((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', resolve)
  })
  socket.on('error', () => {})
  server.emit('connection', socket)
  return {
    closed,
    close: () => closeSoon(() => session?.destroy(), socket),
  }
}

type StreamArguments = [
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  flags: number,
  rawHeaders: string[],
]

async function answer(call: ServerCall, handler: Handler | undefined): Promise<void> {
  try {
    if (handler === undefined) throw new GrpcError(GrpcStatus.UNIMPLEMENTED, 'unknown method')
    await handler(call)
    call.end()
  } catch (error) {
    call.fail(error)
  }
}

/** A call that somebody makes here. */
export class ServerCall {
  readonly stream: ServerHttp2Stream
  readonly #rawHeaders: readonly string[]
  readonly #gone = new AbortController()
  #status: { readonly code: number; readonly message: string } = { code: GrpcStatus.OK, message: '' }

  constructor(stream: ServerHttp2Stream, rawHeaders: readonly string[]) {
    this.stream = stream
    this.#rawHeaders = rawHeaders
    stream.on('error', () => this.#gone.abort())
    stream.once('close', () => this.#gone.abort())
    stream.once('aborted', () => this.#gone.abort())
    stream.on('wantTrailers', () => {
      const { code, message } = this.#status
      const words = message === '' ? {} : { 'grpc-message': encodeMessage(message) }
      stream.sendTrailers({ 'grpc-status': String(code), ...words })
    })
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  }

  /** Aborts when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#gone.signal
  }

  /** All values of a header, one by one: they may have commas in them. */
  metadata(name: string): string[] {
    const values: string[] = []
    for (let at = 0; at < this.#rawHeaders.length; at += 2) {
      if (this.#rawHeaders[at] === name) values.push(this.#rawHeaders[at + 1] ?? '')
    }
    return values
  }

  /** The messages that come, up to the end of their side. */
  async *messages(): AsyncGenerator<Buffer, void, undefined> {
    const decoder = new FrameDecoder()
    const iterator = this.stream.iterator({ destroyOnReturn: false })
    for await (const chunk of iterator) yield* decoder.add(chunk as Buffer)
    if (!decoder.isEmpty) throw new GrpcError(GrpcStatus.INTERNAL, 'the call ended within a message')
  }

  /**
   * Hands each message over when it comes: for thousands of small ones, a turn for each would take longer than what is done
   * with it. Resolves when one is the last, and rejects when there is none or the other side has gone.
   */
  takeUntil(isLast: (message: Buffer) => boolean): Promise<void> {
    const { stream, signal } = this
    const decoder = new FrameDecoder()
    return new Promise((resolve, reject) => {
      const give = () => {
        stream.off('data', take).off('end', give)
        signal.removeEventListener('abort', give)
        reject(gone())
      }
      const take = (chunk: Buffer) => {
        try {
          for (const message of decoder.add(chunk)) if (isLast(message)) resolve()
        } catch (error) {
          reject(error)
        }
      }
      stream.on('data', take).once('end', give)
      signal.addEventListener('abort', give)
    })
  }

  /** The one message of a call that has one. */
  async request(): Promise<Buffer> {
    for await (const message of this.messages()) return message
    throw new GrpcError(GrpcStatus.INTERNAL, 'the call has no message')
  }

  /** Resolves when there is room for more. */
  async send(message: Uint8Array): Promise<void> {
    await this.write(frame(message))
  }

  /**
   * Writes frames as they are. Resolves when there is room for more. Rejects when the other side has gone. The
   * promise waits for the write itself: Bun does not always say that a stream has drained.
   */
  async write(frames: Uint8Array): Promise<void> {
    if (this.signal.aborted || this.stream.writableEnded) throw gone()
    let sent = false
    let wake = () => {}
    const hasRoom = this.stream.write(frames, () => {
      sent = true
      wake()
    })
    if (hasRoom || sent) return
    await this.#unlessGone((resolve) => {
      wake = resolve
    })
  }

  end(): void {
    if (this.stream.destroyed) return
    if (!this.stream.writableEnded) this.stream.end()
    // The rest of the call is dropped: bytes that nobody reads would fill the window of the connection.
    this.stream.resume()
  }

  fail(error: unknown): void {
    this.#status = statusOf(error)
    this.end()
  }

  #unlessGone(wait: (resolve: () => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const lost = () => reject(gone())
      this.signal.addEventListener('abort', lost)
      wait(() => {
        this.signal.removeEventListener('abort', lost)
        resolve()
      })
    })
  }
}

function gone(): GrpcError {
  return new GrpcError(GrpcStatus.CANCELLED, 'the call was given up')
}

function statusOf(error: unknown): { code: number; message: string } {
  if (error instanceof GrpcError) return { code: error.status, message: error.message }
  const { code, message = String(error) } = Object(error)
  // A disk that is full.
  const status = code === 'ENOSPC' || code === 'EDQUOT' ? GrpcStatus.RESOURCE_EXHAUSTED : GrpcStatus.UNKNOWN
  return { code: status, message }
}
