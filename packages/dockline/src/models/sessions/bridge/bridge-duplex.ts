import type { Duplex, Readable } from 'node:stream'
import type { Session } from '../session.js'
import { endOf, ignore, outputsOf, type Peer } from './bridge-peer.js'

/** Bytes both ways, each with an end of its own. */
export class DuplexPeer implements Peer {
  readonly left: Promise<void>
  readonly #stream: Duplex
  readonly #endsInput: boolean
  readonly #released = new AbortController()
  #outputs: readonly Readable[] = []
  #leave: () => void = ignore

  /** `endsInput`: whether the end of what it says is the end of stdin. */
  constructor(stream: Duplex, { endsInput }: { readonly endsInput: boolean }) {
    this.#stream = stream
    this.#endsInput = endsInput
    this.left = new Promise((resolve) => {
      this.#leave = resolve
    })
    // It is closed after an error, and that is all there is to know.
    stream.on('error', ignore).once('close', this.#leave)
    if (stream.destroyed) this.#leave()
  }

  show(session: Session): Promise<void> {
    this.#stream.pipe(session.stdin, { end: this.#endsInput })
    this.#outputs = outputsOf(session)
    for (const output of this.#outputs) output.pipe(this.#stream, { end: false })
    return endOf(this.#outputs, this.#released.signal)
  }

  finish(): void {
    this.#stream.end()
    // A socket is closed once it was read to its end.
    this.#stream.resume()
  }

  abandon(): void {
    this.#stream.destroy()
  }

  release(): void {
    this.#released.abort()
    this.#stream.off('close', this.#leave).unpipe()
    for (const output of this.#outputs) output.unpipe(this.#stream)
  }
}
