import { once } from 'node:events'
import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, createServer as createSocketServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { compareVersions } from '#src/doors/api.js'
import { temporaryFolder } from './archives.js'
import { changeOf, type LineChange, type ValueChange, withoutOldWords } from './newer-answers.js'

/** A real Engine that answers as a newer one does. */
export interface NewerEngine {
  /** As in DOCKER_HOST. */
  readonly host: string
  /** What it was asked, as 'GET /v1.56/info'. */
  readonly calls: readonly string[]
}

export interface NewerEngineOptions {
  /** Whether BuildKit is reached by HTTP/2 alone, as in the Engines to come: there is no `/grpc` and no `/session`. */
  readonly onlyHttp2?: boolean
}

interface Front extends Required<NewerEngineOptions> {
  readonly socket: string
  /** The API version that it answers in, and the one that the Engine behind it speaks. */
  readonly version: string
  readonly spoken: string
  readonly calls: string[]
}

/** What Engines of these versions refuse as too old. */
const oldestIn = (version: string) => (compareVersions(version, '1.54') < 0 ? '1.44' : '1.40')
const PREFACE = 'PRI * HTTP/2.0'
const OF_BUILDKIT = /^\/(?:grpc|session)$/

/**
 * Stands before a real Engine and answers in a version of the API that it does not speak: agrees on that version, and gives
 * each answer the shape that it has there. It is gone after the test.
 */
export async function aNewerEngine(
  test: Pick<TestContext, 'after'>,
  host: string,
  version: string,
  { onlyHttp2 = false }: NewerEngineOptions = {},
): Promise<NewerEngine> {
  const socket = host.replace('unix://', '')
  const front: Front = { socket, version, onlyHttp2, spoken: await versionOf(socket), calls: [] }
  const path = join(await temporaryFolder(), 'engine.sock')
  const close = listenOn(path, front)
  test.after(await close)
  return { host: `unix://${path}`, calls: front.calls }
}

async function versionOf(socketPath: string): Promise<string> {
  const request = ask({ socketPath, path: '/_ping', agent: false }).end()
  const [answer] = (await once(request, 'response')) as [IncomingMessage]
  answer.resume()
  return String(answer.headers['api-version'])
}

/** Tells HTTP/1.1 from HTTP/2 by the first bytes, as Engines do since API 1.53. */
async function listenOn(path: string, front: Front): Promise<() => void> {
  const http = createServer((request, response) => void pass(front, request, response))
  http.keepAliveTimeout = 0
  http.on('upgrade', (request: IncomingMessage, near: Socket, head: Buffer) =>
    hijack(front, request, near, head),
  )
  const open = new Set<Socket>()
  const server = createSocketServer({ allowHalfOpen: true }, (near) => {
    open.add(near.on('error', () => {}).once('close', () => open.delete(near)))
    near.once('readable', () => {
      const first: Buffer | null = near.read()
      if (first === null) return void near.end()
      near.unshift(first)
      if (first.toString('latin1').startsWith(PREFACE)) reachBuildKit(front, near)
      else http.emit('connection', near)
    })
  })
  server.listen(path)
  await once(server, 'listening')
  return () => {
    server.close()
    for (const near of open) near.destroy()
  }
}

/** A request without its version, and as the Engine behind is asked it. */
interface Route {
  readonly method: string
  readonly version: string
  readonly newest: string
  readonly path: string
  readonly query: URLSearchParams
}

function routeOf({ version: newest, calls }: Front, { method = '', url = '' }: IncomingMessage): Route {
  calls.push(`${method} ${url}`)
  const { pathname, searchParams: query } = new URL(url, 'http://engine')
  const [, version = newest, path = pathname] = /^\/v([\d.]+)(\/.*)$/.exec(pathname) ?? []
  return { method, version, newest, path, query }
}

function targetOf({ spoken }: Front, { version, path, query }: Route): string {
  const known = compareVersions(version, spoken) > 0 ? spoken : version
  return `/v${known}${path}${query.size === 0 ? '' : `?${query}`}`
}

function refusalOf(
  { version, onlyHttp2 }: Front,
  route: Route,
): [status: number, message: string] | undefined {
  const oldest = oldestIn(version)
  if (compareVersions(route.version, version) > 0) {
    return [400, `client version ${route.version} is too new. Maximum supported API version is ${version}`]
  }
  if (compareVersions(route.version, oldest) < 0) {
    return [400, `client version ${route.version} is too old. Minimum supported API version is ${oldest}`]
  }
  return onlyHttp2 && OF_BUILDKIT.test(route.path) ? [404, 'page not found'] : undefined
}

async function pass(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const route = routeOf(front, request)
  const refusal = refusalOf(front, route)
  if (refusal !== undefined) return refuse(front, response, refusal)
  const body = await bodyOf(route, request)
  const headers = typeof body === 'string' ? withLength(request.headers, body) : request.headers
  const { method, socket: socketPath } = { ...route, ...front }
  const forwarded = ask({ socketPath, method, path: targetOf(front, route), headers, agent: false })
  forwarded.on('response', (answer) => give(front, route, answer, response))
  forwarded.on('error', () => response.destroy())
  response.once('close', () => forwarded.destroy())
  if (typeof body === 'string') forwarded.end(body)
  else body.pipe(forwarded)
}

function refuse({ version }: Front, response: ServerResponse, [status, message]: [number, string]): void {
  response.writeHead(status, { 'content-type': 'application/json', 'api-version': version })
  response.end(JSON.stringify({ message }))
}

/** What a newer Engine does not take any more is not given to the one behind. */
async function bodyOf(route: Route, request: IncomingMessage): Promise<string | Readable> {
  if (compareVersions(route.version, '1.52') < 0 || route.method !== 'POST') return request
  if (route.path === '/build/prune') route.query.delete('keep-storage')
  return route.path === '/containers/create' ? withoutOldWords(await text(request)) : request
}

function withLength({ 'transfer-encoding': _, ...headers }: IncomingMessage['headers'], body: string) {
  return { ...headers, 'content-length': String(Buffer.byteLength(body)) }
}

function give(front: Front, route: Route, answer: IncomingMessage, response: ServerResponse): void {
  const { 'content-length': length, ...headers } = { ...answer.headers, 'api-version': front.version }
  const change = answer.statusCode === 200 ? changeOf(route) : undefined
  const type = change?.type ?? headers['content-type']
  const kept = change === undefined && length !== undefined ? { 'content-length': length } : {}
  response.writeHead(answer.statusCode ?? 500, { ...headers, ...kept, ...(type && { 'content-type': type }) })
  answer.once('error', () => response.destroy())
  response.flushHeaders()
  if (change?.value !== undefined) void giveValue(route, change.value, answer, response)
  else if (change?.line !== undefined) answer.pipe(eachLine(change.line)).pipe(response)
  else answer.pipe(response)
}

async function giveValue(route: Route, change: ValueChange, answer: Readable, response: ServerResponse) {
  const value: unknown = JSON.parse(await text(answer))
  response.end(`${JSON.stringify(change(value as never, route))}\n`)
}

/** Numbers of an event are longer than those of JavaScript, so that lines are changed as text. */
function eachLine(change: LineChange): Transform {
  let rest = ''
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      done(null, Buffer.from(lines.map((line) => `${change(line)}\n`).join(''), 'latin1'))
    },
    flush: (done) => done(null, Buffer.from(rest, 'latin1')),
  })
}

function hijack(front: Front, request: IncomingMessage, near: Socket, head: Buffer): void {
  const route = routeOf(front, request)
  const refusal = refusalOf(front, route)
  if (refusal !== undefined) return void near.end(rawRefusal(front, refusal))
  const far = pair(front, near)
  const headers: string[] = []
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    headers.push(`${request.rawHeaders[at]}: ${request.rawHeaders[at + 1]}`)
  }
  far.write(`${route.method} ${targetOf(front, route)} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
  far.write(head)
  near.pipe(far)
  far.once('data', (first: Buffer) => {
    near.write(inVersion(front, first))
    far.pipe(near)
  })
}

function rawRefusal({ version }: Front, [status, message]: [number, string]): string {
  const body = JSON.stringify({ message })
  const headers = [
    'Content-Type: application/json',
    `Api-Version: ${version}`,
    `Content-Length: ${body.length}`,
  ]
  return `HTTP/1.1 ${status} Refused\r\n${headers.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`
}

/** An answer that is no hijacked connection has the version in its head. */
function inVersion({ version }: Front, first: Buffer): Buffer {
  const answer = first.toString('latin1')
  return Buffer.from(answer.replace(/^api-version: .*$/im, `Api-Version: ${version}`), 'latin1')
}

/** HTTP/2 from the first byte leads to the same BuildKit as `/grpc`, by which it is reached in the Engine behind. */
function reachBuildKit(front: Front, near: Socket): void {
  const far = pair(front, near)
  far.write('POST /grpc HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
  let answer = Buffer.alloc(0)
  const read = (chunk: Buffer) => {
    answer = Buffer.concat([answer, chunk])
    const end = answer.indexOf('\r\n\r\n')
    if (end < 0) return
    far.off('data', read)
    near.write(answer.subarray(end + 4))
    far.pipe(near)
    near.pipe(far)
  }
  far.on('data', read)
}

/** A connection to the Engine behind that is closed with the one before it. */
function pair({ socket }: Front, near: Socket): Socket {
  const far = connect({ path: socket, allowHalfOpen: true })
  far.on('error', () => near.destroy()).once('close', () => near.end())
  near.once('close', () => far.destroy())
  return far
}
