import { constants } from 'node:buffer'
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { recaptureStack } from '../errors/base.js'
import { ConnectionError, DockerError, ProtocolError } from '../errors.js'
import { readableOf } from '../stream/index.js'
import { asError, checkSignal, joinSignals, onAbort } from '../support/abort.js'
import type { Duration } from '../support/duration.js'
import type { Endpoint } from '../transport/index.js'
import { VERSION } from '../version.js'
import { DialAgent } from './agent.js'
import { VersionAgreement } from './agreement.js'
import { asItIs, collect, UNREAD, valuesIn } from './collect.js'
import { deadline, isLimit, limitOf } from './deadline.js'
import { type Answer, exchange, explainErrors, type Outgoing } from './exchange.js'
import { answerFailure, type Call, connectionFailure, podmanIn, quote } from './failure.js'
import { allowedHeaders } from './headers.js'
import type { LargeReading } from './large-answer.js'
import { Makings, UNDOING_LIMIT_MS } from './making.js'
import { path } from './path.js'
import { encodeQuery } from './query.js'
import type {
  AnswerRequest,
  Asking,
  CallOptions,
  HttpAnswer,
  MakingRequest,
  ReadAnswer,
  ReadingValues,
  Request,
  Sending,
  StreamAnswer,
  StreamRequest,
  UpgradedConnection,
  UpgradeRequest,
} from './request.js'
import { Turnstile } from './turnstile.js'

export interface HttpOptions {
  readonly endpoint: Endpoint
  /** Pins the API version, as in '1.41'. Without it the first call negotiates one. */
  readonly apiVersion?: string | undefined
  /** The time limit of a call; of a stream, until its headers. Milliseconds. Default: none. */
  readonly timeout?: Duration | undefined
  /** Sent with every request. They cannot replace the ones the protocol needs. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Asked before a request is sent, with the version it will be sent in. What it throws rejects the call. */
  readonly check?: ((request: Request, version: string) => Promise<void> | undefined) | undefined
}

/**
 * The Engine's HTTP, with one verb for each kind of reply: `json`, `text`, `bytes`, `empty`, `headers`, `stream`,
 * `lines`, `upgrade`. An endpoint picks one. An error status rejects with an ApiError whatever the verb, but for
 * `answer`, which leaves it to the caller.
 *
 * It calls any path, as `client.api.http`:
 *
 *     await client.api.http.json({ method: 'GET', path: path`/containers/${id}/json`, query: { size: true } })
 */
export class HttpClient {
  readonly #options: HttpOptions
  readonly #agent: DialAgent
  readonly #version: VersionAgreement
  readonly #headers: OutgoingHttpHeaders
  readonly #turnstile: Turnstile | undefined
  readonly #open = new Set<Duplex | IncomingMessage>()
  readonly #closing = new AbortController()
  readonly #makings = new Makings(this.#closing.signal)
  #podman: string | undefined

  constructor(options: HttpOptions) {
    this.#options = options
    this.#version = new VersionAgreement({
      pinned: options.apiVersion,
      address: options.endpoint.address,
      // Each of the calls that wait for the version has a limit of its own.
      ask: (method, signal) =>
        this.headers({ method, path: path`/_ping`, versioned: false, signal, timeout: 0 }),
    })
    const { dial, hostHeader: host, maxCalls } = options.endpoint
    this.#agent = new DialAgent(dial)
    this.#turnstile = maxCalls === undefined ? undefined : new Turnstile(maxCalls)
    this.#headers = { 'user-agent': `dockline/${VERSION}`, ...allowedHeaders(options.headers), host }
  }

  /** Where it connects, as a person would write it. */
  get address(): string {
    return this.#options.endpoint.address
  }

  /** The API version in use: the pinned one, or the highest that both sides speak. Asks the Engine once. */
  async version(signal?: AbortSignal): Promise<string> {
    return this.#version.result ?? (await this.#version.agree('negotiating', signal, this.#options.timeout))
  }

  /** The version of Podman; undefined for other Engines, and before the first answer. Sends nothing. */
  get podman(): string | undefined {
    return this.#podman
  }

  /** The whole answer as JSON, as it is unless `read` makes something of it. */
  async json<T>(request: Request, read: ReadAnswer<T> = asItIs): Promise<T> {
    const text = await this.text(request)
    return read(this.#parse(text, request), nameOf(request))
  }

  async text(request: Request): Promise<string> {
    const bytes = await collect(await this.#send(request), {
      limit: constants.MAX_STRING_LENGTH,
      what: nameOf(request),
    })
    return bytes.toString('utf8')
  }

  async bytes(request: Request): Promise<Buffer> {
    return collect(await this.#send(request))
  }

  /** Only whether it worked. 304 (already started, already stopped) is success. */
  async empty(request: Request): Promise<void> {
    await this.bytes(request)
  }

  /**
   * Sends a request that makes something. `receive` is one of the verbs above. A call that is abandoned after it was sent rejects
   * at once, and the object that it made is removed later.
   */
  async make<T>(request: MakingRequest<T>, receive: (request: Request) => Promise<T>): Promise<T> {
    const { undo, signal, timeout, ...bare } = request
    const send = (asking: Asking) => receive(asking)
    // A call that is refused before it is sent rejects like any other call.
    if (this.#closed || !isAbortable(signal) || !isLimit(timeout)) return send({ ...bare, signal, timeout })
    return this.#makings.make({
      what: `${request.method} ${request.path}`,
      signal,
      timeoutMs: limitOf(timeout ?? this.#options.timeout),
      send: (own, onSent) => send({ ...bare, signal: own, timeout: 0, onSent }),
      undo: async (made) => {
        const removal = undo(made)
        if (removal !== undefined) await this.undo(removal)
      },
    })
  }

  /**
   * Removes the object of an abandoned call, also while the client is closed. Resolves when the removal is over, also if it
   * failed: the first error matters.
   */
  undo(request: Request): Promise<void> {
    return this.#makings.goOn(this.#undo(request))
  }

  /** Resolves when the objects of all abandoned calls are removed, or cannot be removed. */
  undone(): Promise<void> {
    return this.#makings.done()
  }

  /** Only the headers, as for HEAD. */
  async headers(request: Request): Promise<IncomingMessage['headers']> {
    const answer = await this.#send(request)
    // To the end, little as there is: until then, the next call would have to dial.
    await collect(answer, UNREAD)
    return answer.message.headers
  }

  /** The body as it comes. Not timed once it has begun; the signal still ends it. */
  async stream({ large = false, ...request }: StreamRequest): Promise<StreamAnswer> {
    const reading = large ? await this.#largeReading() : undefined
    const { message, explain, settle } = await this.#send({ ...request, connect: reading?.connect })
    settle()
    explainErrors(message, explain)
    this.#track(message)
    reading?.deliver(message)
    return { contentType: message.headers['content-type'], headers: message.headers, stream: message }
  }

  /**
   * A body of JSON values, one after the other, wherever lines end. The request is sent when the first one is asked for.
   * `parse` takes the place of JSON.parse.
   */
  async *lines<T>(request: Request, reading?: ReadingValues<T>): AsyncGenerator<T, void, undefined> {
    const { stream } = await this.stream(request)
    yield* valuesIn(stream, nameOf(request), reading)
  }

  /** Hijacks the connection: what follows the headers is bytes both ways. */
  async upgrade({ protocol = 'tcp', ...request }: UpgradeRequest): Promise<UpgradedConnection> {
    const headers = { ...request.headers, connection: 'Upgrade', upgrade: protocol }
    const { message, upgraded, settle } = await this.#send({ ...request, headers })
    settle()
    if (upgraded === undefined) {
      message.destroy()
      const hint = 'does a proxy before the Engine drop the Upgrade header?'
      throw new ProtocolError(`${request.method} ${request.path} was answered without an upgrade`, { hint })
    }
    const { socket } = upgraded
    const call = this.#callOf(request)
    explainErrors(socket, (error) => connectionFailure(error, call))
    this.#hold(upgraded, request.signal)
    return { contentType: message.headers['content-type'], headers: message.headers, socket }
  }

  /**
   * Resolves with the answer as it is, with any status, as soon as its headers are here. No status is an error.
   * Rejects when no answer comes.
   */
  async answer({ upgrade, ...request }: AnswerRequest): Promise<HttpAnswer> {
    const headers =
      upgrade === undefined ? request.headers : { ...request.headers, connection: 'Upgrade', upgrade }
    const { message, upgraded, settle, abandon } = await this.#send({ ...request, headers }, (asked) =>
      this.#ask(asked).then(({ answer }) => answer),
    )
    settle()
    this.#track(message.once('close', abandon))
    const answer = { status: message.statusCode ?? 0, headers: message.headers, stream: message }
    if (upgraded === undefined) return { ...answer, socket: undefined }
    this.#hold(upgraded, request.signal)
    return { ...answer, socket: upgraded.socket }
  }

  /** A connection of its own with nothing sent over it, for another protocol than HTTP/1.1. */
  async connect({ signal, timeout }: CallOptions = {}): Promise<Duplex> {
    if (this.#closed) throw this.#closedError()
    const call = { method: 'CONNECT', path: this.address, address: this.address, signal }
    using either = joinSignals(signal, this.closing)
    using limit = deadline('connecting', either.signal, limitOf(timeout ?? this.#options.timeout))
    try {
      const socket = await this.#options.endpoint.dial(limit.signal)
      explainErrors(socket, (error) => connectionFailure(error, call))
      this.#hold({ socket, head: NOTHING }, signal)
      return socket
    } catch (error) {
      limit.signal.throwIfAborted()
      throw connectionFailure(error as Error, call)
    }
  }

  /** Ends every connection of this client, busy or idle. Only what has to be undone goes on: see `undone`. */
  close(): void {
    this.#closing.abort(this.#closedError())
    this.#agent.destroy(this.#makings.connections)
    for (const stream of this.#open) stream.destroy(this.#closedError())
    if (this.#makings.isDone) this.#end()
    else this.#makings.done().then(() => this.#end())
  }

  /** Aborts when the client is closed. */
  get closing(): AbortSignal {
    return this.#closing.signal
  }

  get #closed(): boolean {
    return this.closing.aborted
  }

  #end(): void {
    this.#agent.destroy()
    this.#options.endpoint.close?.()
  }

  async #undo(request: Request): Promise<void> {
    const query = encodeQuery(request.query)
    const prepared = { version: this.#version.result, query, timeout: UNDOING_LIMIT_MS }
    // Apart from the others, which end when the client is closed.
    const agent = new DialAgent(this.#options.endpoint.dial)
    try {
      await collect(await exchange(agent, this.#outgoing({ ...request, body: undefined }, prepared)))
    } finally {
      agent.destroy()
    }
  }

  #parse(text: string, request: Request): unknown {
    try {
      return JSON.parse(text)
    } catch (cause) {
      const got = text.trim() === '' ? 'nothing' : quote(text)
      const hint = `is ${this.address} a Docker Engine?`
      throw new ProtocolError(`${nameOf(request)} did not answer with JSON: ${got}`, { cause, hint })
    }
  }

  /** Loaded late, because most programs move no archives. */
  async #largeReading(): Promise<LargeReading | undefined> {
    const { dialInto } = this.#options.endpoint
    return dialInto && (await import('./large-answer.js')).readLarge(dialInto)
  }

  #send(request: Asking, exchange = (asked: Sending) => this.#exchange(asked)): Promise<Answer> {
    const { body } = request
    return body === undefined || Buffer.isBuffer(body)
      ? exchange(request as Sending)
      : this.#sendStream(request, { body: readableOf(body), exchange })
  }

  async #sendStream(request: Request, { body, exchange }: StreamSending): Promise<Answer> {
    // A source may fail before anything is sent: then the sending finds it so.
    body.on('error', () => {})
    try {
      return await exchange({ ...request, body })
    } catch (error) {
      body.destroy()
      throw error
    }
  }

  /** The answer, unless its status is an error. */
  async #exchange(request: Sending, again = true): Promise<Answer> {
    let asked: Asked
    try {
      asked = await this.#ask(request)
    } catch (error) {
      // It was made where there are only events. Here, the stack leads to the call.
      if (error instanceof DockerError) recaptureStack(error)
      throw error
    }
    const { answer, outgoing, version } = asked
    const status = answer.message.statusCode ?? 0
    if ((status >= 200 && status < 300) || status === 101 || status === 304) return answer
    try {
      const failure = await answerFailure(answer.message, { ...outgoing, podman: this.#podman })
      if (
        again &&
        version !== undefined &&
        this.#version.isOutdated(version, failure) &&
        isRepeatable(request)
      ) {
        return await this.#exchange(request, false)
      }
      throw failure
    } finally {
      answer.settle()
      answer.abandon()
    }
  }

  /** The answer, with any status. */
  async #ask(request: Sending): Promise<Asked> {
    if (this.#closed) throw this.#closedError()
    // What cannot be sent is refused before anything is.
    checkSignal(request.signal)
    const timeout = limitOf(request.timeout ?? this.#options.timeout)
    const query = encodeQuery(request.query)
    let version: string | undefined
    if (request.versioned !== false) {
      version = this.#version.result ?? (await this.#version.agree(nameOf(request), request.signal, timeout))
      const checking = this.#options.check?.(request, version)
      if (checking !== undefined) await checking
    }
    const outgoing = this.#outgoing(request, { version, query, timeout })
    const answer = await (this.#turnstile === undefined
      ? exchange(this.#agent, outgoing)
      : this.#exchangeInTurn(this.#turnstile, outgoing))
    const { statusCode, headers } = answer.message
    this.#podman ??= podmanIn(headers)
    this.#version.note(version, headers['api-version'])
    if (statusCode === 101 && request.headers?.upgrade === undefined) throw this.#unasked(answer, request)
    return { answer, outgoing, version }
  }

  /** The next one may go when the connection is free again, which is a moment after the end of the answer. */
  async #exchangeInTurn(turnstile: Turnstile, outgoing: Outgoing): Promise<Answer> {
    const { expire, leave } = await turnstile.enter(outgoing.signal)
    try {
      const answer = await exchange(this.#agent, { ...outgoing, onConnection: expire })
      const settle = () => {
        answer.settle()
        setImmediate(leave)
      }
      return { ...answer, settle }
    } catch (error) {
      leave()
      throw error
    }
  }

  #outgoing(request: Sending, { version, query, timeout }: Prepared): Outgoing {
    const { method, path, signal, onSent, idleTimeout, connect } = request
    const { address } = this
    const prefix = version === undefined ? '' : `/v${version}`
    const target = `${this.#options.endpoint.basePath}${prefix}${path}${query}`
    const headers = request.headers === undefined ? this.#headers : { ...this.#headers, ...request.headers }
    if (request.json === undefined) {
      const { body } = request
      return { method, path, address, signal, target, timeout, idleTimeout, headers, body, onSent, connect }
    }
    const body = Buffer.from(JSON.stringify(request.json))
    const described = { ...headers, 'content-type': 'application/json', 'content-length': body.length }
    return { method, path, address, signal, target, timeout, idleTimeout, headers: described, body, onSent }
  }

  #callOf({ method, path, signal }: Request): Call {
    return { method, path, signal, address: this.address }
  }

  /** A hijacked connection outlives the request: its signal still ends it, and `close()` must find it. */
  #hold({ socket, head }: NonNullable<Answer['upgraded']>, signal: AbortSignal | undefined): void {
    // The socket may break before its reader listens. The reader gets the error then.
    socket.on('error', () => {})
    this.#track(socket)
    if (head.length > 0) socket.unshift(head)
    if (signal === undefined) return
    const release = onAbort(signal, () => socket.destroy(asError(signal.reason)))
    socket.once('close', release)
  }

  #track(stream: Duplex | IncomingMessage): void {
    this.#open.add(stream)
    stream.once('close', () => this.#open.delete(stream))
  }

  #unasked({ upgraded, settle }: Answer, { method, path }: Request): ProtocolError {
    settle()
    upgraded?.socket.destroy()
    return new ProtocolError(`${method} ${path} was answered with an upgrade that nobody asked for`)
  }

  #closedError(): ConnectionError {
    return new ConnectionError(this.address, `the client for ${this.address} was closed`)
  }
}

const NOTHING = Buffer.alloc(0)

interface Prepared {
  readonly version: string | undefined
  readonly query: string
  readonly timeout: number | undefined
}

/** A body that is read while it is sent, and how the request is sent. */
interface StreamSending {
  readonly body: Readable
  readonly exchange: (request: Sending) => Promise<Answer>
}

/** An answer, and what was asked. */
interface Asked {
  readonly answer: Answer
  readonly outgoing: Outgoing
  readonly version: string | undefined
}

/** What comes from a stream has been read by now. */
function isRepeatable({ body }: Request): boolean {
  return body === undefined || Buffer.isBuffer(body)
}

/** Whether a call with this signal may begin: what is no signal, or has aborted, is refused before. */
function isAbortable(signal: AbortSignal | undefined): boolean {
  return signal === undefined || signal?.aborted === false
}

/** The call as errors name it. */
function nameOf({ method, path }: Request): string {
  return `${method} ${path}`
}
