import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'node:querystring'
import { buffer } from 'node:stream/consumers'

/** A request as an Engine understands it. */
export interface Recorded {
  readonly method: string
  /** Decoded. */
  readonly path: string
  readonly query: object
  readonly headers: object
  /** What JSON holds, or the text. */
  readonly body: unknown
}

/** What the next requests are answered with. */
export interface Reply {
  readonly status: number
  readonly body: string
  readonly type?: string
}

const COMPARED = ['content-type', 'x-registry-auth', 'x-registry-config', 'upgrade'] as const
const OUTPUT = 'what it wrote'

/** An Engine that records what it is asked, and answers all of it alike. */
export interface RecordingEngine {
  readonly socketPath: string
  readonly requests: Recorded[]
  reply: Reply
  stop(): Promise<void>
}

export async function startRecording(): Promise<RecordingEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'dr-'))
  const socketPath = join(folder, 's')
  const requests: Recorded[] = []
  const sockets = new Set<Socket>()
  const server = createServer(async (message, response) => {
    requests.push(recordOf(message, await buffer(message)))
    answer(engine.reply, message, response)
  })
  server.on('connection', (socket) => sockets.add(socket))
  server.on('upgrade', async (message, socket: Socket, head: Buffer) => {
    requests.push(recordOf(message, await bodyBehind(message, socket, head)))
    if (engine.reply.status >= 300) socket.end(rawAnswer(engine.reply))
    else socket.end(`HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n${OUTPUT}`)
  })
  server.listen(socketPath)
  await once(server, 'listening')
  const engine: RecordingEngine = {
    socketPath,
    requests,
    reply: { status: 200, body: '{}' },
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return engine
}

function recordOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer): Recorded {
  const [path = '', query = ''] = url.split('?')
  const compared = COMPARED.filter((name) => headers[name] !== undefined)
  return {
    method,
    path: decodeURIComponent(path),
    query: { ...parse(query) },
    headers: Object.fromEntries(compared.map((name) => [name, headers[name]])),
    body: contentOf(body.toString()),
  }
}

function contentOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** What belongs to the request of what came before the connection is upgraded. */
async function bodyBehind({ headers }: IncomingMessage, socket: Socket, head: Buffer): Promise<Buffer> {
  const length = Number(headers['content-length'] ?? 0)
  let body = head
  while (body.length < length) body = Buffer.concat([body, ...(await once(socket, 'data'))])
  return body.subarray(0, length)
}

function answer({ status, body, type }: Reply, { method }: IncomingMessage, response: ServerResponse): void {
  response.statusCode = status
  response.setHeader('Content-Type', type ?? 'application/json')
  response.end(method === 'HEAD' || status === 204 || status === 304 ? undefined : body)
}

function rawAnswer({ status, body }: Reply): string {
  const length = Buffer.byteLength(body)
  return `HTTP/1.1 ${status} Status\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: ${length}\r\n\r\n${body}`
}
