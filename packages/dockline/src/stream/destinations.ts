import type { Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { StreamError } from '../errors.js'
import type { Source } from './frames.js'
import { leadToSameFile } from './same-file.js'

/** What a pipe and its destinations have to tell each other. */
export interface PipeEnds {
  /** Called when nothing can be written to a destination any more. */
  readonly onGone: () => void
  /** Once it has aborted, no destination is waited for: what is left is written at once. */
  readonly cancelled: AbortSignal
}

/** The two ends of a pipe, which may be one. */
export class Destinations {
  readonly #stdout: Destination
  readonly #stderr: Destination
  /** Where stderr goes: by way of stdout, when the two of them would get out of order. */
  readonly #forStderr: Destination

  constructor(stdout: Writable, stderr: Writable, ends: PipeEnds) {
    this.#stdout = new Destination(stdout, ends)
    this.#stderr = stderr === stdout ? this.#stdout : new Destination(stderr, ends)
    this.#forStderr = leadToSameFile(stdout, stderr) ? this.#stdout : this.#stderr
  }

  /** What was written to stderr before comes first. */
  async begin(): Promise<void> {
    if (this.#isJoined) await this.#stderr.flush()
  }

  write(source: Source, data: Buffer): Promise<void> | undefined {
    return source === 'stdout' ? this.#stdout.write(data) : this.#forStderr.write(data)
  }

  /** What somebody writes to stderr next comes behind all this. */
  async finish(): Promise<void> {
    if (this.#isJoined) await this.#stdout.flush()
    this.#stdout.check()
    this.#stderr.check()
  }

  release(): void {
    this.#stdout.release()
    this.#stderr.release()
  }

  get #isJoined(): boolean {
    return this.#stderr !== this.#forStderr
  }
}

/** A Writable with its failures in the open: a write to a broken one throws or rejects. */
class Destination {
  readonly #writable: Writable
  readonly #onGone: () => void
  readonly #cancelled: AbortSignal
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(writable: Writable, { onGone, cancelled }: PipeEnds) {
    this.#writable = writable
    this.#onGone = onGone
    this.#cancelled = cancelled
    cancelled.addEventListener('abort', this.#ready)
    writable.on('drain', this.#ready).on('error', this.#fail).once('close', this.#close)
    // The close of a Writable that is closed by now is over, and nothing may ever be written that would find it so.
    if (writable.destroyed || writable.writableEnded) this.#close()
  }

  /** Returns a promise only when the Writable has enough for now. */
  write(data: Buffer): Promise<void> | undefined {
    this.check()
    return this.#writable.write(data) || this.#cancelled.aborted ? undefined : this.#drained()
  }

  /** Resolves when it holds nothing any more, or will not get rid of it. */
  async flush(): Promise<void> {
    const { writableLength, destroyed, writableEnded } = this.#writable
    if (writableLength === 0 || destroyed || writableEnded || this.#cancelled.aborted) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      this.#writable.write('', () => resolve())
    })
  }

  /** Throws when nothing can be written any more. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#writable.destroyed || this.#writable.writableEnded) throw this.#closed()
  }

  /** A stream is destroyed a moment before it reports the reason. */
  #closed(): Error {
    return this.#writable.errored ?? closedDestination()
  }

  release(): void {
    this.#cancelled.removeEventListener('abort', this.#ready)
    if (this.#cancelled.aborted && this.#writable.writableNeedDrain) hearErrors(this.#writable)
    this.#writable.off('drain', this.#ready).off('error', this.#fail).off('close', this.#close)
  }

  /** A destination that breaks ends the waiting as well. */
  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.check()
  }

  readonly #ready = () => {
    this.#wake?.()
  }

  readonly #fail = (error: Error) => {
    this.#failure = error
    this.#onGone()
    this.#wake?.()
  }

  readonly #close = () => {
    this.#failure ??= this.#closed()
    this.#onGone()
    this.#wake?.()
  }
}

function closedDestination(): StreamError {
  return new StreamError('the destination of the output was closed')
}

/** Ends a Writable, and resolves when it has taken everything. One that is full is given up when the signal aborts. */
export async function endOf(writable: Writable, signal: AbortSignal): Promise<void> {
  const isFull = writable.writableNeedDrain
  const ended = finished(writable, { readable: false, ...(isFull && { signal }) })
  writable.end()
  await ended.catch((error) => {
    if (error.name !== 'AbortError' || !signal.aborted) throw error
    hearErrors(writable)
  })
}

/** A Writable that nobody waits for any more may still fail. */
function hearErrors(writable: Writable): void {
  if (!writable.listeners('error').includes(ignore)) writable.on('error', ignore)
}

function ignore(): void {}
