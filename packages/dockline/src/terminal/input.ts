import { finished, type Readable, type Writable } from 'node:stream'
import { TerminalError } from '../errors.js'
import { DetachMatcher } from '../stream/detach-keys.js'
import { isTerminal } from './raw-mode.js'

/** Types ctrl-d. A tty is never half-closed: the Engine would take that for a detach. */
const END_OF_TRANSMISSION = Buffer.from([4])

/** Codes of errors that are an end of stdin. */
const ENDS = ['EIO', 'EAGAIN', 'ERR_STREAM_PREMATURE_CLOSE']

export interface InputOptions {
  readonly tty: boolean
  /** The bytes that detach; only looked for with a tty. */
  readonly detachKeys: Buffer
  readonly onDetach: () => void
  readonly onError: (error: Error) => void
}

/** Carries what is typed, or what is in the file or pipe, to the process; no faster than it reads. */
export class InputPump {
  readonly #from: Readable
  readonly #to: Writable
  readonly #options: InputOptions
  readonly #matcher: DetachMatcher | undefined
  #forget = ignore

  constructor(from: Readable, to: Writable, options: InputOptions) {
    this.#from = from
    this.#to = to
    this.#options = options
    this.#matcher = options.tty ? new DetachMatcher(options.detachKeys) : undefined
  }

  start(): void {
    this.#forget = finished(this.#from, { writable: false }, this.#onEnd)
    // Somebody may have held it back until here, as an earlier session does at its end.
    this.#from.on('data', this.#onData).resume()
  }

  /** Releases stdin, so that the process can end. Bytes that were not read are left for the next reader. */
  stop(): void {
    this.#forget()
    this.#from.off('data', this.#onData)
    this.#to.off('drain', this.#onDrain)
    if (this.#from.listenerCount('data') === 0) this.#from.pause()
    // An error may still be on its way, and no other listener may be there.
    if (!this.#from.listeners('error').includes(ignore)) this.#from.on('error', ignore)
  }

  readonly #onData = (typed: Buffer | string) => {
    const bytes = typeof typed === 'string' ? Buffer.from(typed) : typed
    const { data, detached } = this.#matcher?.push(bytes) ?? { data: bytes, detached: false }
    if (data.length > 0) this.#to.write(data)
    // A stdin that is closed has no event for room, and the detach keys are looked for all the same.
    if (this.#to.writableNeedDrain) {
      this.#from.pause()
      this.#to.once('drain', this.#onDrain)
    }
    if (!detached) return
    this.stop()
    this.#options.onDetach()
  }

  readonly #onDrain = () => {
    this.#from.resume()
  }

  /**
   * A terminal that has gone away reads as EIO, and a stream that somebody destroyed closes without an end: nothing more will be
   * typed, and the output goes on.
   */
  readonly #onEnd = (cause?: NodeJS.ErrnoException | null) => {
    if (cause && !ENDS.includes(cause.code ?? '')) {
      this.#options.onError(new TerminalError(`cannot read stdin: ${cause.message}`, { cause }))
      return
    }
    const held = this.#matcher?.end()
    if (held !== undefined && held.length > 0) this.#to.write(held)
    if (!this.#options.tty) this.#to.end()
    // Nobody ends the input of a raw terminal, where ctrl-d is a key as any other: its window was closed.
    else if (!isRaw(this.#from)) this.#to.write(END_OF_TRANSMISSION)
  }
}

function isRaw(stream: Readable): boolean {
  return isTerminal(stream) && stream.isRaw
}

function ignore(): void {}
