import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Raw } from './answering-engine.js'

/** What the Engine answers, by method and path without the version: `GET /containers/json`. */
export type AnswersByRequest = Readonly<Record<string, unknown>>

/** An Engine of this process for all tests of a file: it answers whatever it is told to, and remembers what was asked. */
export class AskedEngine implements AsyncDisposable {
  /** One line for each request: `POST /containers/web/stop?t=5`, and behind it the JSON that it sent. */
  asked: string[] = []
  answers: AnswersByRequest = {}
  readonly host: string
  readonly #folder: string
  readonly #server

  private constructor(folder: string) {
    this.#folder = folder
    const socket = join(folder, 'engine.sock')
    this.host = `unix://${socket}`
    this.#server = createServer((request, response) => void this.#answer(request, response)).listen(socket)
  }

  static async start(): Promise<AskedEngine> {
    const engine = new AskedEngine(await mkdtemp(join(tmpdir(), 'dockline-asked-')))
    await once(engine.#server, 'listening')
    return engine
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://engine')
    const path = decodeURIComponent(url.pathname.replace(/^\/v[\d.]+(?=\/)/, ''))
    const body = await buffer(request)
    response.setHeader('Api-Version', '1.51')
    response.setHeader('Ostype', 'linux')
    if (path === '/_ping') return void response.end('OK')
    const named = `${request.method} ${path}`
    this.asked.push(`${named}${queryOf(url)}${bodyOf(body)}`)
    const answer = named in this.answers ? this.answers[named] : defaultAnswer(named)
    response.setHeader('Content-Type', 'application/json')
    if (answer instanceof Failure) response.statusCode = answer.status
    const text = answer instanceof Failure ? { message: answer.message } : answer
    response.end(text instanceof Raw ? text.body : JSON.stringify(text))
  }
}

/** An answer that refuses. */
export class Failure {
  constructor(
    readonly status: number,
    readonly message: string,
  ) {}
}

function queryOf(url: URL): string {
  const query = [...url.searchParams].map(([name, value]) => `${name}=${value}`).join('&')
  return query === '' ? '' : `?${query}`
}

/** What is no JSON is a tar, which is not what a flag says. */
function bodyOf(body: Buffer): string {
  return body.toString().startsWith('{') ? ` ${body}` : ''
}

/** Enough for a command to go on to its end. */
function defaultAnswer(request: string): unknown {
  if (/^GET \/(containers\/json|images\/json|images\/search|networks|images\/[^/]+\/history)$/.test(request))
    return []
  if (/^(GET \/events|GET \/images\/(.+\/)?get|GET \/containers\/[^/]+\/(export|logs))$/.test(request))
    return new Raw('')
  if (/^DELETE \/images\//.test(request)) return []
  if (/^POST \/(build|images\/(create|load)|images\/.+\/push)$/.test(request)) return new Raw('')
  if (/^GET \/(info|version)$/.test(request)) return {}
  return { Id: 'abc', Name: 'abc', Warnings: [] }
}

/** The words of a command line: between blanks, or in single quotes. */
export function wordsOf(line: string): readonly string[] {
  return (line.match(/(?:[^\s']|'[^']*')+/g) ?? []).map((word) => word.replaceAll("'", ''))
}
