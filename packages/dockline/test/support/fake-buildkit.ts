import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'
import {
  decodePacket,
  type Packet,
  PacketType,
  plainPacket,
  requestPacket,
} from '#src/buildkit/filesync/packets.js'
import { FrameDecoder, frame } from '#src/buildkit/grpc/frames.js'
import { type Methods, serve } from '#src/buildkit/grpc/server.js'

/** Cuts what is written into pieces, as a network may. */
export type Cut = (bytes: Buffer) => readonly Buffer[]

const WHOLE: Cut = (bytes) => [bytes]

export const BYTE_BY_BYTE: Cut = (bytes) => Array.from(bytes, (_, at) => bytes.subarray(at, at + 1))

/** One end of a connection in this process. What is written is done when the other end has read it. */
class End extends Duplex {
  peer: End | undefined
  readonly #cut: Cut
  #read: (() => void) | undefined

  constructor(cut: Cut) {
    super()
    this.#cut = cut
  }

  override _read(): void {
    const read = this.#read
    this.#read = undefined
    read?.()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const { peer } = this
    if (peer === undefined || peer.destroyed) done()
    else {
      peer.#read = done
      for (const piece of this.#cut(Buffer.from(chunk))) peer.push(piece)
    }
  }

  override _final(done: () => void): void {
    this.peer?.push(null)
    done()
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    setImmediate(() => this.peer?.destroy())
    done(error)
  }
}

export function aConnection(cut: Cut = WHOLE): [Duplex, Duplex] {
  const [one, other] = [new End(cut), new End(cut)]
  one.peer = other
  other.peer = one
  return [one, other]
}

/** What came of a call. */
export interface Ended {
  readonly status: string | undefined
  readonly message: string
  /** How the stream was closed. */
  readonly code: number
}

/** The Engine's side of a session: an HTTP/2 client that calls what is served on the other end. */
export class FakeBuildKit {
  readonly session: ClientHttp2Session
  readonly #socket: Duplex

  constructor(test: TestContext, methods: Methods, cut?: Cut) {
    const [theirs, ours] = aConnection(cut)
    const serving = serve(ours, methods)
    this.#socket = theirs
    this.session = connect('http://localhost', { createConnection: () => theirs, maxSessionMemory: 256 })
    this.session.on('error', () => {})
    test.after(() => {
      serving.close()
      this.session.destroy()
    })
  }

  /** Cuts the connection. */
  cut(): void {
    this.#socket.destroy()
  }

  call(method: string, headers: Readonly<Record<string, string | readonly string[]>> = {}): FakeCall {
    return new FakeCall(
      this.session.request({
        ':method': 'POST',
        ':path': `/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...headers,
      }),
    )
  }

  /** Calls with one message, and gives those that come. */
  async unary(method: string, message: Uint8Array): Promise<{ messages: Buffer[]; ended: Ended }> {
    const call = this.call(method)
    call.stream.end(frame(message))
    const messages: Buffer[] = []
    for await (const each of call.messages()) messages.push(Buffer.from(each))
    return { messages, ended: await call.ended }
  }

  /** Synchronizes a folder as BuildKit's receiver does. */
  synchronize(folder: string, options: SynchronizeOptions = {}): Promise<Synchronized> {
    const { exclude, include, follow, want = () => true, answer } = options
    const headers = {
      'dir-name': folder,
      ...(exclude && { 'exclude-patterns': exclude }),
      ...(include && { 'include-patterns': include }),
      ...(follow && { followpaths: follow }),
    }
    return synchronize(this.call('moby.filesync.v1.FileSync/DiffCopy', headers), { want, answer })
  }
}

export class FakeCall {
  readonly stream: ClientHttp2Stream
  readonly ended: Promise<Ended>

  constructor(stream: ClientHttp2Stream) {
    this.stream = stream
    let [status, message]: [string | undefined, string] = [undefined, '']
    stream.on('trailers', (trailers) => {
      status = String(trailers['grpc-status'])
      message = decodeURIComponent(String(trailers['grpc-message'] ?? ''))
    })
    stream.on('error', () => {})
    // As gRPC has it: the status ends a call, also where its other side is still open.
    stream.once('end', () => stream.close())
    this.ended = new Promise((resolve) => {
      stream.once('close', () =>
        resolve({ status, message, code: stream.rstCode ?? constants.NGHTTP2_NO_ERROR }),
      )
    })
  }

  async *messages(): AsyncGenerator<Buffer, void, undefined> {
    const decoder = new FrameDecoder()
    try {
      for await (const chunk of this.stream) yield* decoder.add(chunk as Buffer)
    } catch {
      // How it has ended is seen by the status.
    }
  }
}

export interface SynchronizeOptions {
  readonly exclude?: readonly string[]
  readonly include?: readonly string[]
  readonly follow?: readonly string[]
  /** Whether a file is asked for. Default: all are. */
  readonly want?: (path: string) => boolean
  /** Does something else with a packet. Returns whether it has. */
  readonly answer?: ((packet: Packet, call: FakeCall) => boolean) | undefined
}

export interface ReceivedEntry {
  readonly path: string
  readonly mode: number
  readonly size: number
  readonly linkname: string
  /** undefined for what was not asked for. */
  content: string | undefined
}

export interface Synchronized {
  readonly entries: readonly ReceivedEntry[]
  readonly ended: Ended
  /** The words of an ERR packet. */
  readonly error: string | undefined
}

const NOT_REGULAR = 2 ** 31 + 2 ** 27 + 2 ** 26 + 2 ** 25 + 2 ** 24 + 2 ** 21

async function synchronize(
  call: FakeCall,
  { want, answer }: { want: (path: string) => boolean; answer: SynchronizeOptions['answer'] },
): Promise<Synchronized> {
  const entries: ReceivedEntry[] = []
  const open = new Map<number, Buffer[]>()
  let [listed, finished] = [false, false]
  let error: string | undefined
  for await (const message of call.messages()) {
    const packet = decodePacket(Buffer.from(message))
    if (answer?.(packet, call)) continue
    const { type, stat, id, data } = packet
    if (type === PacketType.STAT && stat !== undefined) {
      const { path, mode, size, linkname } = stat
      const index = entries.push({ path, mode, size, linkname, content: undefined }) - 1
      if ((mode & NOT_REGULAR) !== 0 || !want(path)) continue
      open.set(index, [])
      call.stream.write(requestPacket(index))
    } else if (type === PacketType.STAT) listed = true
    else if (type === PacketType.DATA && data.length > 0) open.get(id)?.push(Buffer.from(data))
    else if (type === PacketType.DATA) {
      const entry = entries[id] as ReceivedEntry
      entry.content = Buffer.concat(open.get(id) ?? []).toString('latin1')
      open.delete(id)
    } else if (type === PacketType.ERR) error = Buffer.from(data).toString()
    if (listed && open.size === 0 && !finished) {
      finished = true
      call.stream.end(plainPacket(PacketType.FIN))
    }
  }
  return { entries, ended: await call.ended, error }
}

/** What is wrong with the order of entries, by BuildKit's rule; undefined where it is right. */
export function orderViolation(paths: readonly string[]): string | undefined {
  const known = new Set([''])
  let last: Buffer | undefined
  for (const path of paths) {
    if (!known.has(path.split('/').slice(0, -1).join('/'))) return `the folder of ${path} was not sent before`
    // With the slash below every other byte.
    const key = Buffer.from(path.replaceAll('/', '\0'))
    if (last !== undefined && Buffer.compare(last, key) >= 0) return `${path} comes too late`
    last = key
    known.add(path)
  }
  return undefined
}
