import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { type ClientOptions, DockerClient } from '#src/index.js'
import { HeadReader, type RequestHead } from './fake-http.js'

/** What the scripted Engine does with a request. */
export type Script = (call: Call) => void | Promise<void>

/** Scripts by method and path, the path without version and query: `{ 'GET /info': json({}) }`. */
export type Scripts = Readonly<Record<string, Script>>

export interface FakeEngineOptions {
  /** The `Api-Version` that `/_ping` tells. Default: this library's newest. */
  readonly apiVersion?: string
  /** Listens on TCP instead of a Unix socket. */
  readonly tcp?: boolean
}

/** A request as it came over the wire. */
export interface Received extends RequestHead {
  /** The path without version, base and query. */
  readonly path: string
  /** Which connection it came over, counted from 0. */
  readonly connection: number
  /** What there was of the body when the request was answered. */
  body: Buffer
}

/** A scripted Engine on a real socket: it records what it is asked and answers what the test says. */
export class FakeEngine {
  readonly requests: Received[] = []
  readonly #server: Server
  readonly #folder: string
  readonly #connections: Connection[] = []
  readonly #scripts: Scripts
  readonly #apiVersion: string

  private constructor(folder: string, scripts: Scripts, { apiVersion = '1.56' }: FakeEngineOptions) {
    this.#folder = folder
    this.#scripts = scripts
    this.#apiVersion = apiVersion
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket))
  }

  /** Listens until the test is over. */
  static async start(
    test: TestContext,
    scripts: Scripts = {},
    options: FakeEngineOptions = {},
  ): Promise<FakeEngine> {
    const folder = await mkdtemp(join(tmpdir(), 'dl-'))
    const engine = new FakeEngine(folder, scripts, options)
    engine.#server.listen(options.tcp ? { host: '127.0.0.1', port: 0 } : { path: join(folder, 's') })
    await once(engine.#server, 'listening')
    test.after(() => engine.stop())
    return engine
  }

  /** As in DOCKER_HOST. */
  get host(): string {
    const address = this.#server.address()
    if (typeof address === 'string') return `unix://${address}`
    return `tcp://127.0.0.1:${address?.port}`
  }

  /** A client of this Engine, closed when the test is over. */
  client(test: TestContext, options: ClientOptions = {}): DockerClient {
    const client = new DockerClient({ host: this.host, env: { DOCKER_CONFIG: this.#folder }, ...options })
    test.after(() => client.close())
    return client
  }

  /** The requests but for the negotiation, as 'POST /v1.56/containers/x/start?a=b'. */
  get calls(): string[] {
    return this.requests
      .filter(({ path }) => path !== '/_ping')
      .map(({ method, target }) => `${method} ${target}`)
  }

  /** The last request. */
  get last(): Received {
    const last = this.requests.at(-1)
    if (last === undefined) throw new Error('nothing was asked')
    return last
  }

  /** How many connections were opened so far. */
  get connectionCount(): number {
    return this.#connections.length
  }

  /** Resolves when the client sends nothing more on that connection. */
  async closed(connection: number): Promise<void> {
    await this.#connections[connection]?.closed
  }

  /** Resolves when the client has closed every connection, as far as a server can tell: nothing more will come. */
  async allClosed(): Promise<void> {
    await Promise.all(this.#connections.map(({ closed }) => closed))
  }

  async stop(): Promise<void> {
    for (const { socket } of this.#connections) socket.destroy()
    this.#server.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #accept(socket: Socket): void {
    const connection = new Connection(socket)
    const index = this.#connections.push(connection) - 1
    void this.#serve(connection, index)
  }

  async #serve(connection: Connection, index: number): Promise<void> {
    for (let head = await connection.head(); head !== undefined; head = await connection.head()) {
      const path = head.target.replace(/^\/v[\d.]+(?=\/)/, '').replace(/\?.*/, '')
      const received: Received = { ...head, path, connection: index, body: Buffer.alloc(0) }
      this.requests.push(received)
      const call = new Call(connection, received)
      await this.#scriptOf(received)(call)
      if (call.tookOver) return
      await call.body()
    }
  }

  #scriptOf({ method, path }: Received): Script {
    const script = this.#scripts[`${method} ${path}`] ?? this.#scripts['*']
    if (script !== undefined) return script
    if (path === '/_ping')
      return answer(200, { 'Api-Version': this.#apiVersion, Ostype: 'linux' }, method === 'HEAD' ? '' : 'OK')
    return json({ message: `page not found` }, 404)
  }
}

/** A request that is to be answered. */
export class Call {
  readonly request: Received
  readonly #connection: Connection
  #body: Promise<Buffer> | undefined
  #tookOver = false

  constructor(connection: Connection, request: Received) {
    this.#connection = connection
    this.request = request
  }

  get socket(): Socket {
    return this.#connection.socket
  }

  /** Whether the connection carries no more requests. */
  get tookOver(): boolean {
    return this.#tookOver
  }

  /** The request's whole body. */
  body(): Promise<Buffer> {
    this.#body ??= this.#connection.body(this.request).then((body) => {
      this.request.body = body
      return body
    })
    return this.#body
  }

  /** Some bytes of the body, or of the tunnel that this has become; undefined at the end. */
  read(): Promise<Buffer | undefined> {
    return this.#connection.read()
  }

  /** Everything the client sends from here to its half-close. */
  rest(): Promise<Buffer> {
    return this.#connection.rest()
  }

  /** Resolves when the client has closed the connection, or its half of it. */
  get closed(): Promise<void> {
    return this.#connection.closed
  }

  /** Bytes for the client. Resolves when they are handed to the kernel. */
  write(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()))
  }

  /** The connection is the script's own from here on. */
  takeOver(): this {
    this.#tookOver = true
    return this
  }

  /** Switches protocols. What comes `early` is in the same write as the header. */
  async upgrade(contentType?: string, early: Buffer = Buffer.alloc(0)): Promise<this> {
    await this.body()
    this.takeOver()
    const head = upgradeHead(contentType, this.request.headers['sec-websocket-key'])
    await this.write(Buffer.concat([Buffer.from(head), early]))
    return this
  }

  /** Resets the connection, on TCP: the client gets no end but an error. */
  async reset(): Promise<void> {
    this.takeOver()
    // `socket.resetAndDestroy()` sends an end before the reset, and the client may see that first.
    const { _handle: handle } = this.socket as unknown as {
      readonly _handle: { reset(done: () => void): void }
    }
    await new Promise<void>((resolve) => handle.reset(resolve))
  }

  /** Closes the connection as a process that dies does. */
  cut(): void {
    this.takeOver()
    this.socket.destroy()
  }
}

/** The header of a switch of protocols; with a key, of the one to WebSocket. */
export function upgradeHead(contentType?: string, webSocketKey?: string): string {
  const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
  const protocol = webSocketKey === undefined ? 'tcp' : 'websocket'
  const accept = webSocketKey === undefined ? '' : `Sec-WebSocket-Accept: ${acceptOf(webSocketKey)}\r\n`
  return `HTTP/1.1 101 UPGRADED\r\n${type}${accept}Connection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`
}

/** RFC 6455, 4.2.2. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** Reads the whole request, then answers it. */
export function answer(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: string | Buffer = '',
): Script {
  return async (call) => {
    await call.body()
    const bytes = Buffer.from(body)
    const length =
      call.request.method === 'HEAD' || status === 304 ? {} : { 'Content-Length': String(bytes.length) }
    await call.write(Buffer.concat([Buffer.from(responseHead(status, { ...headers, ...length })), bytes]))
  }
}

export function json(value: unknown, status = 200): Script {
  return answer(status, { 'Content-Type': 'application/json' }, JSON.stringify(value))
}

export function empty(status = 204): Script {
  return answer(status, {})
}

export function responseHead(status: number, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} Status\r\n${lines.join('')}\r\n`
}

/** The head of an answer whose chunks follow. */
export function chunkedHead(contentType: string): string {
  return responseHead(200, { 'Content-Type': contentType, 'Transfer-Encoding': 'chunked' })
}

/** One chunk of a chunked answer; an empty one ends it. */
export function chunk(bytes: string | Buffer = ''): Buffer {
  const data = Buffer.from(bytes)
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}

/** A chunked answer with all its pieces at once. */
export function chunked(contentType: string, ...pieces: readonly (string | Buffer)[]): Script {
  return async (call) => {
    await call.body()
    await call.write(
      Buffer.concat([Buffer.from(chunkedHead(contentType)), ...pieces.map((piece) => chunk(piece)), chunk()]),
    )
  }
}

/** A frame of the multiplexed stream. */
export function frame(type: number, payload: string | Buffer = ''): Buffer {
  const data = Buffer.from(payload)
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(data.length, 4)
  return Buffer.concat([header, data])
}

export const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream'
export const RAW = 'application/vnd.docker.raw-stream'

/** One connection of a client: bytes that wait to be read, as requests or as they are. */
class Connection {
  readonly socket: Socket
  readonly closed: Promise<void>
  #pending: Buffer[] = []
  #ended = false
  #wake: (() => void) | undefined

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => {
      socket.once('end', resolve).once('close', resolve)
    })
    const finish = () => {
      this.#ended = true
      this.#wake?.()
    }
    socket.on('data', (bytes) => {
      this.#pending.push(bytes)
      this.#wake?.()
    })
    socket.once('end', finish).once('close', finish)
    // What a client does to its end is for the test to judge.
    socket.on('error', () => {})
  }

  async read(): Promise<Buffer | undefined> {
    while (this.#pending.length === 0) {
      if (this.#ended) return undefined
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    return this.#pending.shift()
  }

  async rest(): Promise<Buffer> {
    const parts: Buffer[] = []
    for (let part = await this.read(); part !== undefined; part = await this.read()) parts.push(part)
    return Buffer.concat(parts)
  }

  /** The head of the next request; undefined when the client has left. */
  async head(): Promise<RequestHead | undefined> {
    const reader = new HeadReader()
    for (let bytes = await this.read(); bytes !== undefined; bytes = await this.read()) {
      const head = reader.add(bytes)
      if (head === undefined) continue
      if (reader.surplus.length > 0) this.#pending.unshift(reader.surplus)
      return head
    }
    // A client that is done is let go, as any server does.
    this.socket.end()
    return undefined
  }

  async body({ headers }: RequestHead): Promise<Buffer> {
    if (headers['transfer-encoding'] === 'chunked') return this.#chunks()
    return this.#take(Number(headers['content-length'] ?? 0))
  }

  async #chunks(): Promise<Buffer> {
    const parts: Buffer[] = []
    for (;;) {
      const length = Number.parseInt((await this.#line()).toString(), 16)
      if (Number.isNaN(length)) return Buffer.concat(parts)
      parts.push(await this.#take(length))
      await this.#line()
      if (length === 0) return Buffer.concat(parts)
    }
  }

  async #line(): Promise<Buffer> {
    const bytes: Buffer[] = []
    for (let byte = await this.#take(1); byte.length > 0; byte = await this.#take(1)) {
      bytes.push(byte)
      if (byte[0] === 0x0a) break
    }
    return Buffer.concat(bytes)
  }

  /** So many bytes, or fewer at the end. */
  async #take(length: number): Promise<Buffer> {
    const parts: Buffer[] = []
    let missing = length
    while (missing > 0) {
      const bytes = await this.read()
      if (bytes === undefined) break
      parts.push(bytes.subarray(0, missing))
      if (bytes.length > missing) this.#pending.unshift(bytes.subarray(missing))
      missing -= Math.min(bytes.length, missing)
    }
    return Buffer.concat(parts)
  }
}
