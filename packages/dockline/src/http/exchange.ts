import {
  type ClientRequest,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
} from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { TimeoutError } from '../errors.js'
import { asError, onAbort } from '../support/abort.js'
import type { AsyncDial } from '../transport/index.js'
import type { DialAgent, DialArgs } from './agent.js'
import { sendBody } from './body.js'
import { startClock } from './deadline.js'
import { type Call, connectionFailure } from './failure.js'

/** What goes over the wire, with nothing left to decide. */
export interface Outgoing extends Call {
  readonly target: string
  readonly headers: OutgoingHttpHeaders
  readonly body?: Buffer | Readable | undefined
  /** Milliseconds until the answer's headers, and for a short answer its end. */
  readonly timeout?: number | undefined
  /** Milliseconds of silence on the connection, at any time until the end of the answer. */
  readonly idleTimeout?: number | undefined
  /** Opens a connection for this request alone. Default: one of the agent's. */
  readonly connect?: AsyncDial | undefined
  /** Called when there is a connection for the request. */
  readonly onConnection?: (() => void) | undefined
  /** Called when the whole request is on its way. From here on the Engine may do what it asks for. */
  readonly onSent?: ((connection: Duplex) => void) | undefined
}

/** An answer whose headers are here. */
export interface Answer {
  readonly message: IncomingMessage
  /** Set when the server switched protocols: the connection is now ours. */
  readonly upgraded?: { readonly socket: Duplex; readonly head: Buffer }
  /** What became of it, in our words, when its stream fails. */
  readonly explain: (error: Error) => Error
  /** Stops the clock of `timeout`. */
  readonly settle: () => void
  /** Ends a request whose body is still being sent, as after an error that came early. */
  readonly abandon: () => void
}

/** Sends one request and resolves with its answer, with any status. Rejects when no answer comes. */
export function exchange(agent: DialAgent, outgoing: Outgoing): Promise<Answer> {
  return new Promise((resolve, reject) => {
    outgoing.signal?.throwIfAborted()
    const begin = () => attempt(agent, outgoing, { resolve, reject, again: true })
    if (changesNothing(outgoing.method) || !agent.hasIdle) return begin()
    // The end of a connection that has arrived by now is known a moment later. What is sent into it cannot be sent again.
    afterPolling(() => {
      try {
        outgoing.signal?.throwIfAborted()
        agent.weedOut()
        begin()
      } catch (error) {
        reject(error)
      }
    })
  })
}

/** Once everything that has arrived by now was looked at: what is put off by one turn may still come before that. */
function afterPolling(action: () => void): void {
  setImmediate(() => setImmediate(action))
}

interface Settling {
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: unknown) => void
  /** Whether a connection that was stale may be replaced by another. */
  readonly again: boolean
}

/** One function, and nothing made that may not be needed: this is what every call costs. */
function attempt(agent: DialAgent, outgoing: Outgoing, { resolve, reject, again }: Settling): void {
  const { method, target: path, headers, signal, timeout, body, connect } = outgoing
  let givenUp: { readonly reason: unknown } | undefined
  let dialling: AbortController | undefined
  const dialSignal = () => {
    dialling = new AbortController()
    return dialling.signal
  }
  // Without a servername, Node would find out whether the host is an address, by a pattern that takes a while to compile.
  const args: DialArgs = { agent, method, path, headers, host: 'localhost', servername: '', dialSignal }
  const request = httpRequest(connect === undefined ? args : agent.apart(args, connect))
  let answer: IncomingMessage | undefined
  let mayRepeat = again
  const give = (reason: unknown) => {
    givenUp = { reason }
    dialling?.abort(reason)
    reject(reason)
    // Before the request: its end would let an answer that is here, but not yet read, end as if it were complete.
    answer?.destroy(asError(reason))
    request.destroy(new Error('given up'))
  }
  const explain = (error: Error): Error => {
    if (givenUp !== undefined) return givenUp.reason as Error
    const isInDoubt = !changesNothing(method) && answer === undefined && Boolean(request.socket)
    return connectionFailure(error, { ...outgoing, isInDoubt })
  }
  limitSilence(request, outgoing, give)
  const timer = timeout === undefined ? undefined : startClock(`${method} ${outgoing.path}`, timeout, give)
  const release = onAbort(signal, () => give(signal?.reason))
  const settle = () => clearTimeout(timer)
  const abandon = () => abandonUnsent(request)

  request.on('response', (message) => {
    answer = message
    // From here on the caller learns of a failure by the stream.
    mayRepeat = false
    if (method === 'HEAD') keepAfterHead(request, message)
    // From here on the abort has to end the body, and the pool must get the connection back without our listener.
    if (signal !== undefined) message.once('close', release)
    resolve({ message, explain, settle, abandon })
  })
  request.on('upgrade', (message, socket, head) => {
    release()
    resolve({ message, upgraded: { socket, head }, explain, settle, abandon })
  })
  request.on('error', (error) => {
    settle()
    release()
    if (!mayRepeat || givenUp !== undefined || !isStale(error, outgoing, agent.isReusing(request))) {
      reject(explain(error))
      return
    }
    // The server had closed a pooled connection by the time it was used: the call was never seen.
    agent.dropIdle()
    attempt(agent, outgoing, { resolve, reject, again: false })
  })
  tellProgress(request, outgoing)
  if (body === undefined || Buffer.isBuffer(body)) request.end(body)
  else sendBody(body, request, give)
}

function limitSilence(
  request: ClientRequest,
  { method, path, idleTimeout }: Outgoing,
  give: (reason: unknown) => void,
): void {
  if (idleTimeout === undefined) return
  request.setTimeout(idleTimeout, () =>
    give(new TimeoutError(`the silence of ${method} ${path}`, idleTimeout)),
  )
}

function abandonUnsent(request: ClientRequest): void {
  if (!request.writableFinished) request.destroy()
}

/** Node gives up a connection after a HEAD whose answer names no length, as those of Podman do. It has no body in any case. */
function keepAfterHead(request: ClientRequest, { httpVersion, headers }: IncomingMessage): void {
  request.shouldKeepAlive = httpVersion === '1.1' && !/\bclose\b/i.test(headers.connection ?? '')
}

function tellProgress(request: ClientRequest, { body, onConnection, onSent }: Outgoing): void {
  if (onConnection !== undefined) request.once('socket', onConnection)
  if (onSent !== undefined) tellWhenSent(request, body, onSent)
}

/** What is still being read from its source is not all there: an Engine makes nothing of a part. */
function tellWhenSent(
  request: ClientRequest,
  body: Outgoing['body'],
  onSent: (connection: Duplex) => void,
): void {
  const tell = () => {
    if (request.socket) onSent(request.socket)
    else request.once('socket', onSent)
  }
  if (body === undefined || Buffer.isBuffer(body)) tell()
  else body.once('end', tell)
}

/** So much is handed to the kernel at once, or not at all. */
const ONE_WRITE_BYTES = 32 * 1024

/** The last is a connection's that was a process. */
const STALE: readonly (string | undefined)[] = ['ECONNRESET', 'EPIPE', 'ERR_DOCKER_CONNECTION']

/**
 * Whether the server had closed the connection while it was idle. The server has seen nothing of a request that could
 * not be written, unless a part of it was. Of all other requests only those that change nothing may be sent twice.
 */
function isStale({ code }: NodeJS.ErrnoException, { method, body }: Outgoing, reused: boolean): boolean {
  if (!reused) return false
  if (changesNothing(method) && body === undefined) return STALE.includes(code)
  return code === 'EPIPE' && (body === undefined || (Buffer.isBuffer(body) && body.length <= ONE_WRITE_BYTES))
}

function changesNothing(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Replaces the errors of a stream by errors in our words, for every way of reading. */
export function explainErrors(stream: Readable, explain: (error: Error) => Error): void {
  const { destroy, _destroy } = stream
  // Kept in `errored`, for a reader who comes later.
  stream.destroy = (error) => destroy.call(stream, error && asError(explain(error)))
  // Emitted, and not always the same: an answer takes the error of its socket.
  stream._destroy = (error, done) =>
    _destroy.call(stream, error, (reason) => done(reason ? asError(explain(reason)) : (reason ?? null)))
}
