import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import { type RawData, WebSocket, WebSocketServer } from 'ws'

/** A server for web terminals, and a browser that is connected to it. */
export interface WebTerminal {
  /** The server's end. */
  readonly socket: WebSocket
  readonly browser: Browser
}

/** Both ends are gone after the test. */
export async function aWebTerminal(test: TestContext): Promise<WebTerminal> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  test.after(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  await once(server, 'listening')
  const browser = new Browser(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const [[socket]] = await Promise.all([once(server, 'connection'), browser.opened])
  return { socket: socket as WebSocket, browser }
}

/** What a page would do. */
export class Browser {
  readonly socket: WebSocket
  readonly opened: Promise<unknown>
  /** The code and the reason it was closed with. */
  readonly closed: Promise<readonly [code: number, reason: string]>
  readonly texts: string[] = []
  #output: Buffer[] = []
  #wake: () => void = () => {}

  constructor(url: string) {
    this.socket = new WebSocket(url)
    this.opened = once(this.socket, 'open')
    this.closed = new Promise((resolve) => {
      this.socket.once('close', (code, reason) => {
        resolve([code, reason.toString()])
        this.#wake()
      })
    })
    this.socket.on('error', () => {})
    this.socket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) this.#output.push(data as Buffer)
      else this.texts.push(data.toString())
      this.#wake()
    })
  }

  get output(): Buffer {
    return Buffer.concat(this.#output)
  }

  type(input: string | Buffer): void {
    this.socket.send(Buffer.from(input))
  }

  resize(columns: number, rows: number): void {
    this.socket.send(JSON.stringify({ resize: { columns, rows } }))
  }

  /** Resolves when this has been shown, and fails when it can no longer be. */
  async sees(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output.toString('latin1'))) {
      if (this.socket.readyState > WebSocket.OPEN)
        throw new Error(`never seen: ${pattern}, but ${this.output}`)
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }
}
