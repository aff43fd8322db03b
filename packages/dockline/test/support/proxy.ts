import { EventEmitter, once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** Stands before an Engine's unix socket and counts what goes through. */
export interface Proxy {
  /** As in DOCKER_HOST. */
  readonly host: string
  /** The first line of each request, without the protocol: 'POST /v1.41/containers/…/attach?stream=1'. */
  readonly requests: readonly string[]
  /** How many connections became streams of bytes. */
  readonly hijacked: number
  /** How many connections are open now. */
  readonly open: number
  /** Waits until there was such a request. */
  asked(pattern: RegExp): Promise<void>
  /** Breaks every connection. */
  cut(): void
}

/**
 * What the proxy does with a request: lets it through, answers it with an error of its own, or keeps it
 * waiting.
 */
export type Verdict = 'pass' | 'refuse' | 'hold'

const REQUEST = /^(?:GET|HEAD|POST|PUT|DELETE) \S+(?= HTTP\/1\.1\r\n)/
const REFUSAL = JSON.stringify({ message: 'refused by the test' })

/**
 * Starts a proxy that is gone after the test. Each request of the client must come in one piece, as Node
 * sends it.
 */
export async function aProxy(
  test: TestContext,
  host: string,
  judge: (request: string) => Verdict | Promise<Verdict> = () => 'pass',
): Promise<Proxy> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-proxy-'))
  const path = join(folder, 'engine.sock')
  const requests: string[] = []
  const sockets = new Set<Socket>()
  const seen = new EventEmitter()
  let hijacked = 0
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const engine = connect({ path: host.replace('unix://', ''), allowHalfOpen: true })
    for (const socket of [client, engine]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => sockets.delete(socket))
    }
    client.on('data', async (data) => {
      const [request] = REQUEST.exec(data.toString('latin1')) ?? []
      if (request !== undefined) {
        requests.push(request)
        seen.emit('request')
      }
      if (request !== undefined && /\r\nupgrade: tcp\r\n/i.test(data.toString('latin1'))) hijacked += 1
      client.pause()
      const verdict = request === undefined ? 'pass' : await judge(request)
      if (verdict === 'pass') engine.write(data)
      if (verdict === 'refuse') client.write(refusal())
      client.resume()
    })
    client.once('end', () => engine.end())
    engine.pipe(client)
    client.once('close', () => engine.destroy())
    engine.once('close', () => client.end())
  })
  server.listen(path)
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  test.after(async () => {
    server.close()
    cut()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    host: `unix://${path}`,
    requests,
    get hijacked() {
      return hijacked
    },
    get open() {
      return sockets.size / 2
    },
    asked: async (pattern) => {
      while (!requests.some((request) => pattern.test(request))) await once(seen, 'request')
    },
    cut,
  }
}

function refusal(): string {
  const headers = [`Content-Length: ${REFUSAL.length}`, 'Content-Type: application/json']
  return `HTTP/1.1 500 Internal Server Error\r\n${headers.join('\r\n')}\r\n\r\n${REFUSAL}`
}
