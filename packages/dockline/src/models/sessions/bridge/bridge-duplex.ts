import type { Duplex, Readable, Writable } from 'node:stream'
import type { Session } from '../session.js'
import { endOf, ignore, outputsOf, type Peer } from './bridge-peer.js'

/** Bytes both ways, each with an end of its own. */
export class DuplexPeer implements Peer {
  readonly left: Promise<void>
  readonly #stream: Duplex
  readonly #endsInput: boolean
  readonly #released = new AbortController()
  #stdin: Writable | undefined
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
    this.#stdin = session.stdin.on('unpipe', this.#drop)
    if (this.#stdin.writable) this.#stream.pipe(this.#stdin, { end: this.#endsInput })
    else this.#stream.resume()
    this.#outputs = outputsOf(session)
    for (const output of this.#outputs) output.pipe(this.#stream, { end: false })
    return endOf(this.#outputs, this.#released.signal)
  }

  finish(): void {
    this.#stream.end()
  }

  abandon(): void {
    this.#stream.destroy()
  }

  release(): void {
    this.#released.abort()
    this.#stream.off('close', this.#leave).unpipe()
    this.#stdin?.off('unpipe', this.#drop)
    for (const output of this.#outputs) output.unpipe(this.#stream)
  }

  /** Reads on when nobody takes what the peer says: a socket is closed once it was read to its end. */
  readonly #drop = (from: Readable): void => {
    if (from === this.#stream) from.resume()
  }
}
