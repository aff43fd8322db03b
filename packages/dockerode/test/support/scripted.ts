import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** What an Engine does with a connection, once the head of a request is there. */
export type Script = (socket: Socket, head: string) => void | Promise<void>

export interface Scripted {
  readonly socketPath: string
  /** The heads of the requests, as they came. */
  readonly heads: readonly string[]
  /** How many connections there were. */
  readonly connections: number
  /** Waits until each of them was ended from the other side. */
  allEnded(): Promise<unknown>
  stop(): Promise<void>
}

/** An Engine that answers by the byte: what it gets wrong is what the tests are about. */
export async function startScripted(script: Script): Promise<Scripted> {
  const folder = await mkdtemp(join(tmpdir(), 'ds-'))
  const socketPath = join(folder, 's')
  const sockets = new Set<Socket>()
  const heads: string[] = []
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket.on('error', () => {}))
    let pending = ''
    socket.on('data', async (bytes) => {
      pending += bytes.toString('latin1')
      for (let end = pending.indexOf('\r\n\r\n'); end !== -1; end = pending.indexOf('\r\n\r\n')) {
        const head = pending.slice(0, end)
        const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
        if (pending.length < end + 4 + length) return
        heads.push(pending.slice(0, end + 4 + length))
        pending = pending.slice(end + 4 + length)
        await script(socket, head)
      }
    })
  })
  server.listen(socketPath)
  await once(server, 'listening')
  return {
    socketPath,
    heads,
    get connections() {
      return sockets.size
    },
    allEnded: () => Promise.all([...sockets].map((socket) => socket.readableEnded || once(socket, 'end'))),
    async stop() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

export function ok(body: string, headers = ''): string {
  return `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n${headers}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

export const CHUNKED =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n'
export const UPGRADED = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n'

export function chunk(bytes: string | Buffer): Buffer {
  const data = Buffer.from(bytes)
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}
