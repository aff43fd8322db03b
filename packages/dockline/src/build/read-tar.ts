import type { Readable } from 'node:stream'
import type { ReadableStream, WritableStream } from 'node:stream/web'
import { DockerError, ProtocolError, StreamError } from '../errors.js'

export interface ReadEntry {
  /** As it stands in the archive: nothing of it is to be trusted. */
  readonly name: string
  readonly type: string
  readonly mode: number
  readonly mtime: Date
  readonly target: string
  /** To be read before the next entry is asked for; what is not read is skipped. */
  readonly body: AsyncIterable<Uint8Array>
}

/** The entries of a tar as its bytes come in. It ends the stream on every way out, and an archive cut short is an error. */
export async function* readTar(tar: Readable): AsyncGenerator<ReadEntry, void, undefined> {
  const { createTarDecoder } = await import('modern-tar')
  const { readable, writable } = createTarDecoder({ strict: true })
  const feed = new Feed(tar, writable)
  try {
    for await (const { header, body } of feed.explain(readable)) {
      const { name, type = 'file', mode = 0o644, mtime = new Date(), linkname: target = '' } = header
      yield { name, type, mode, mtime, target, body: feed.explain(body) }
      // What was not read, so that the next header comes. A body that was read has nothing left to cancel.
      await body.cancel().catch(() => {})
    }
  } finally {
    tar.destroy()
    await feed.ended
  }
}

/** Moves bytes into the decoder, and knows whether it was the source that failed. */
class Feed {
  readonly ended: Promise<void>
  #failure: { readonly error: unknown } | undefined

  constructor(tar: Readable, writable: WritableStream<Uint8Array>) {
    this.ended = this.#run(tar, writable)
  }

  /** Passes a stream on, with errors of ours in place of the decoder's. */
  async *explain<T>(stream: ReadableStream<T>): AsyncGenerator<T, void, undefined> {
    try {
      yield* stream
    } catch (error) {
      throw this.#explained(error)
    }
  }

  async #run(tar: Readable, writable: WritableStream<Uint8Array>): Promise<void> {
    const writer = writable.getWriter()
    // The reading side reports it.
    writer.closed.catch(() => {})
    writer.ready.catch(() => {})
    try {
      for await (const chunk of this.#source(tar)) await writer.write(chunk)
      await writer.close()
    } catch (error) {
      await writer.abort(error).catch(() => {})
    }
  }

  async *#source(tar: Readable): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* tar
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  #explained(error: unknown): unknown {
    if (this.#failure !== undefined) return ofSource(this.#failure.error)
    if (error instanceof DockerError) return error
    const message = error instanceof Error ? error.message : String(error)
    if (/truncated/i.test(message)) return StreamError.truncated('the archive')
    return new ProtocolError(`this is not a tar archive, or a damaged one: ${message}`, { cause: error })
  }
}

function ofSource(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_STREAM_PREMATURE_CLOSE' ? StreamError.truncated('the archive') : error
}
