import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http'
import type { Duplex } from 'node:stream'
import { asError, joinSignals } from '../support/abort.js'
import { type AsyncDial, KEEP_ALIVE_MS } from '../transport/index.js'

type Connected = (error: Error | null, stream?: Duplex) => void

/** What a request says to the agent besides Node's own options. */
export interface DialArgs extends ClientRequestArgs {
  readonly servername: string
  /** Asked only when there is something to dial: a signal for every call would cost a tenth of it. */
  readonly dialSignal?: () => AbortSignal
}

/** Idle connections kept for the next call. Node's agent unrefs them, so they never keep a process alive. */
const MAX_IDLE = 64

/** Node's connection pool over any way of dialling. */
export class DialAgent extends Agent {
  readonly #dial: AsyncDial
  readonly #closed = new AbortController()
  readonly #reusing = new WeakSet<ClientRequest>()
  /** Connections that serve one request each. */
  readonly #apart = new Set<Duplex>()

  constructor(dial: AsyncDial) {
    // Without the last, one that was used once would be asked for after a second, and soon be given up.
    super({
      keepAlive: true,
      maxFreeSockets: MAX_IDLE,
      scheduling: 'lifo',
      keepAliveMsecs: KEEP_ALIVE_MS,
    })
    this.#dial = dial
  }

  override createConnection({ dialSignal }: DialArgs, connected: Connected): null {
    this.#connect(this.#dial, dialSignal?.()).then(
      (socket) => connected(null, socket),
      (error: unknown) => connected(asError(error)),
    )
    return null
  }

  /** The same request over a connection that serves no other, opened in a way of its own. */
  apart(args: DialArgs, dial: AsyncDial): ClientRequestArgs {
    const createConnection = (_args: unknown, connected: (error: Error | null, socket: Duplex) => void) => {
      this.#connect(dial, args.dialSignal?.()).then(
        (socket) => {
          this.#apart.add(socket)
          socket.once('close', () => this.#apart.delete(socket))
          connected(null, socket)
        },
        (error: unknown) => (connected as Connected)(asError(error)),
      )
      return null
    }
    return { ...args, agent: undefined, createConnection }
  }

  /**
   * Hides the reuse of a connection from Deno. Deno sends a request a second time, with the body up to then, when a
   * connection that served another request before ends. It does so also when this side gave up, and for requests that
   * make something.
   */
  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request)
    // Nowhere else: a set that gets every request makes much work for the garbage collector.
    if (!('Deno' in globalThis)) return
    request.reusedSocket = false
    this.#reusing.add(request)
  }

  /** Whether a request went over a connection that had served another before. */
  isReusing(request: ClientRequest): boolean {
    return this.#reusing.has(request) || request.reusedSocket
  }

  /** Whether there is a connection that the next request would take. */
  get hasIdle(): boolean {
    for (const _address in this.freeSockets) return true
    return false
  }

  /** Releases idle connections that the server has closed. */
  weedOut(): void {
    for (const sockets of Object.values(this.freeSockets)) {
      for (const socket of [...(sockets ?? [])]) {
        if (!socket.destroyed && !socket.readableEnded && !socket.writableEnded) continue
        socket.emit('agentRemove')
        socket.destroy()
      }
    }
  }

  /** Ends all idle connections: where the server closed one, it has likely closed the others too. */
  dropIdle(): void {
    for (const sockets of Object.values(this.freeSockets))
      for (const socket of sockets ?? []) socket.destroy()
  }

  /** Ends every connection, also those still being dialled, but not those in use that are to be kept. */
  override destroy(kept: ReadonlySet<Duplex> = new Set()): void {
    this.#closed.abort(new Error('the client was closed'))
    const all = [...Object.values(this.sockets), ...Object.values(this.freeSockets), this.#apart]
    for (const sockets of all)
      for (const socket of [...(sockets ?? [])]) if (!kept.has(socket)) socket.destroy()
  }

  async #connect(dial: AsyncDial, signal: AbortSignal | undefined): Promise<Duplex> {
    using either = joinSignals(signal, this.#closed.signal)
    return await dial(either.signal)
  }
}
