import { Readable } from 'node:stream'
import { InvalidArgumentError } from '../errors.js'

/**
 * Where bytes come from: a stream of Node's, one of another kind (tar-stream, archiver, readable-stream, busboy), a web
 * stream, or an iterable of strings or bytes.
 */
export type ByteSource =
  | NodeJS.ReadableStream
  | ReadableStream<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | Iterable<string | Uint8Array>

/** What streams of every kind for Node have had since there were any. */
interface NodeLikeStream extends NodeJS.ReadableStream {
  readonly errored?: unknown
  readonly closed?: boolean
  readonly destroyed?: boolean
  readonly readableEnded?: boolean
  readonly readableDidRead?: boolean
  readonly _readableState?: { readonly endEmitted?: boolean }
  destroy?(error?: Error): unknown
}

/** Whether bytes can be read from it. By what it can do: streams come from other packages and other realms. */
export function isByteSource(value: unknown): value is ByteSource {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false
  return isNodeLike(value) || isWebStream(value) || Symbol.asyncIterator in value || Symbol.iterator in value
}

/** The source as one of Node's streams. Its errors are that one's, and an end before the end is an error. */
export function readableOf(source: ByteSource): Readable {
  if (isNodeLike(source)) return isNative(source) ? (source as Readable) : fromNodeLike(source)
  return isWebStream(source) ? fromWeb(source) : Readable.from(source as AsyncIterable<Uint8Array>)
}

/** Keeps a source from failing unheard before it is read. Its reader gets the error. */
export function holdErrors(source: unknown): void {
  if (isByteSource(source) && isNodeLike(source)) source.on('error', () => {})
}

/** Lets go of a source, read or not. One that is being read has been let go of by its reader. */
export function letGoOf(source: unknown): void {
  if (!isByteSource(source)) return
  if (isNodeLike(source)) source.destroy?.()
  else if (isWebStream(source) && !source.locked) source.cancel().catch(() => {})
}

/** Whether there is nothing left to read, not even an error, or somebody else reads it. */
export function isSpent(source: unknown): boolean {
  if (!isByteSource(source)) return false
  return isWebStream(source) ? source.locked : isNodeLike(source) && isDone(source) && !source.errored
}

export function closedEarly(cause?: Error): InvalidArgumentError {
  return new InvalidArgumentError('the source of the body was closed before its end', { cause })
}

function isNodeLike(value: object): value is NodeLikeStream {
  const { on, pipe, resume } = value as Partial<NodeLikeStream>
  return [on, pipe, resume].every((method) => typeof method === 'function')
}

function isWebStream(value: object): value is ReadableStream<string | Uint8Array> {
  return typeof (value as Partial<ReadableStream>).getReader === 'function'
}

/** Whether the stream has the state properties of Node's own streams. Others lack some of them. */
function isNative({ errored, closed, readableEnded, readableDidRead }: NodeLikeStream): boolean {
  return [errored, closed, readableEnded, readableDidRead].every((state) => state !== undefined)
}

/** One piece at most waits here, of any kind: the source has a buffer of its own. */
const ONE_PIECE = { objectMode: true, highWaterMark: 1 }

function fromNodeLike(source: NodeLikeStream): Readable {
  let isOver = isDone(source)
  let isFlowing = false
  const stream = new Readable({
    ...ONE_PIECE,
    read() {
      if (!isFlowing) source.on('data', take)
      isFlowing = true
      source.resume()
    },
    destroy(error, done) {
      if (!isOver) source.destroy?.()
      done(error)
    },
  })
  const take = (chunk: unknown) => {
    if (!stream.push(chunk)) source.pause()
  }
  source.on('end', () => {
    isOver = true
    stream.push(null)
  })
  source.on('error', (error) => stream.destroy(error))
  source.on('close', () => {
    if (!isOver) stream.destroy(closedEarly())
  })
  // It has said all that it had to say.
  if (isOver) stream.destroy(closedEarly())
  return stream.on('error', () => {})
}

function isDone({ destroyed, readableEnded, _readableState }: NodeLikeStream): boolean {
  return destroyed === true || readableEnded === true || _readableState?.endEmitted === true
}

function fromWeb(source: ReadableStream<string | Uint8Array>): Readable {
  const reader = source.getReader()
  return new Readable({
    ...ONE_PIECE,
    read() {
      reader.read().then(
        ({ done, value }) => this.push(done ? null : value),
        (error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      reader.cancel(error).catch(() => {})
      done(error)
    },
  })
}
