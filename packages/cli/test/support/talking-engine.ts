import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { TestContext } from 'node:test'
import { aServer } from './scripted-engine.js'

/** A line of progress, as an Engine writes it. */
export type Said = Readonly<Record<string, unknown>>

/** An Engine that tells of a transfer what the test says, when the test says it. */
export class TalkingEngine {
  readonly host: string
  readonly #response: Promise<ServerResponse>

  private constructor(host: string, response: Promise<ServerResponse>) {
    this.host = host
    this.#response = response
  }

  static async start(test: TestContext): Promise<TalkingEngine> {
    let begin: (response: ServerResponse) => void = () => {}
    const begun = new Promise<ServerResponse>((resolve) => {
      begin = resolve
    })
    const host = await aServer(test, (request, response) => {
      response.setHeader('Api-Version', '1.47')
      response.setHeader('Ostype', 'linux')
      request.resume()
      if (request.method !== 'POST') return void response.writeHead(200).end('OK')
      request.on('end', () => begin(response.writeHead(200, { 'content-type': 'application/json' })))
    })
    return new TalkingEngine(host, begun)
  }

  async say(...messages: readonly Said[]): Promise<void> {
    const response = await this.#response
    for (const message of messages) {
      if (!response.write(`${JSON.stringify(message)}\r\n`)) await once(response, 'drain')
    }
  }

  async end(...messages: readonly Said[]): Promise<void> {
    await this.say(...messages)
    const response = await this.#response
    response.end()
  }

  /** Ends the connection in the middle of it. */
  async breakOff(): Promise<void> {
    const response = await this.#response
    response.destroy()
  }
}

/** As pulls tell of a layer. */
export function layer(id: string, status: string, current?: number, total?: number): Said {
  return { id, status, progressDetail: current === undefined ? {} : { current, total } }
}
