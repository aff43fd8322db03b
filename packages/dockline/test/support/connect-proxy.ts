import { EventEmitter, once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { HeadReader, type RequestHead } from './fake-http.js'

/** An HTTP proxy that knows CONNECT and nothing else. */
export interface ConnectProxy {
  readonly port: number
  /** `127.0.0.1:…` */
  readonly host: string
  /** The requests so far. */
  readonly asked: readonly RequestHead[]
  /** Resolves at the next request. */
  nextAsked(): Promise<void>
  /** Resolves when every client so far has left, as far as a server can tell: nothing more will come. */
  allClosed(): Promise<void>
}

export interface Pem {
  readonly cert: Buffer
  readonly key: Buffer
}

export interface ConnectProxyOptions {
  /** Where every tunnel leads, whatever was asked for: as in DOCKER_HOST. */
  readonly to?: string
  /** What it does instead of making a tunnel. */
  readonly answer?: (client: Socket) => void | Promise<void>
  /** Makes it speak TLS itself. */
  readonly pem?: Pem
}

export const ESTABLISHED = 'HTTP/1.1 200 Connection established\r\n\r\n'

/** Starts a proxy that is gone after the test. */
export async function aConnectProxy(
  test: Pick<TestContext, 'after'>,
  { to = '', answer, pem }: ConnectProxyOptions = {},
): Promise<ConnectProxy> {
  const asked: RequestHead[] = []
  const left: Promise<void>[] = []
  const seen = new EventEmitter()
  const serve = async (client: Socket) => {
    left.push(new Promise((resolve) => client.once('end', resolve).once('close', resolve)))
    asked.push(await readHead(client))
    seen.emit('asked')
    if (answer === undefined) join(client, to, ESTABLISHED)
    else await answer(client.resume())
  }
  const port = await listen(test, serve, pem)
  return {
    port,
    host: `127.0.0.1:${port}`,
    asked,
    nextAsked: async () => {
      await once(seen, 'asked')
    },
    allClosed: async () => {
      await Promise.all(left)
    },
  }
}

/** A port of this machine that takes TLS off what comes, and leads on. */
export async function aTlsFront(test: Pick<TestContext, 'after'>, to: string, pem: Pem): Promise<number> {
  return listen(test, (client) => join(client, to), pem)
}

/** Each direction ends by itself. */
function join(near: Socket, to: string, hello = ''): void {
  const { protocol, hostname, port, pathname } = new URL(to)
  const far = connect(
    protocol === 'unix:'
      ? { path: pathname, allowHalfOpen: true }
      : { host: hostname, port: Number(port), allowHalfOpen: true },
  )
  near.on('error', () => far.destroy()).on('close', () => far.destroy())
  far.on('error', () => near.destroy()).on('close', () => near.destroy())
  far.once('connect', () => {
    near.write(hello)
    near.pipe(far).pipe(near)
  })
}

async function listen(
  test: Pick<TestContext, 'after'>,
  serve: (client: Socket) => void | Promise<void>,
  pem: Pem | undefined,
): Promise<number> {
  const open = new Set<Socket>()
  const accept = (client: Socket) => {
    open.add(client.on('error', () => {}).once('close', () => open.delete(client)))
    void serve(client)
  }
  const options = { allowHalfOpen: true }
  const server: Server =
    pem === undefined ? createServer(options, accept) : createTlsServer({ ...options, ...pem }, accept)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  test.after(() => {
    for (const client of open) client.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** The head of the request. What follows it stays in the socket. */
function readHead(client: Socket): Promise<RequestHead> {
  const reader = new HeadReader()
  return new Promise((resolve) => {
    client.on('data', function take(bytes: Buffer) {
      const head = reader.add(bytes)
      if (head === undefined) return
      client.off('data', take)
      client.unshift(reader.surplus)
      resolve(head)
    })
  })
}
