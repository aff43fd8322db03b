import { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'

/**
 * A connection as HTTP/2 can use it. An Engine agrees on no protocol when TLS begins: HTTP/2 of Node, Bun and Deno refuses such a
 * socket, and Node's may end the whole process. So it gets the bytes, and not the socket.
 */
export function plain(socket: Duplex): Duplex {
  return (socket as Partial<TLSSocket>).encrypted ? new Decrypted(socket) : socket
}

class Decrypted extends Duplex {
  readonly #socket: Duplex

  constructor(socket: Duplex) {
    super({ allowHalfOpen: true })
    this.#socket = socket
    socket.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) socket.pause()
    })
    socket.once('end', () => this.push(null))
    socket.once('error', (error) => this.destroy(error))
    socket.once('close', () => this.#close())
  }

  /** Bytes that arrived before the end are read first. */
  #close(): void {
    if (this.#socket.readableEnded && !this.readableEnded) this.once('end', () => this.destroy())
    else this.destroy()
  }

  override _read(): void {
    this.#socket.resume()
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done)
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#socket.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#socket.destroy()
    done(error)
  }
}
