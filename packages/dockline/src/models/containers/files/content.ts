import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { writeAll } from '../../../archive/extract.js'
import { checkChunk, orAborted } from '../../../http/index.js'
import { readableOf } from '../../../stream/index.js'
import type { FileToWrite } from './options.js'

/** What a tar needs of a file's content: its size comes before its bytes. To be disposed of when it has been read. */
export interface Content extends AsyncDisposable {
  readonly size: number
  readonly body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/**
 * Finds out how long a content is. A stream of unknown length is read to its end, and kept until it is sent. The reading ends when
 * the call is over.
 */
export async function contentOf({ data, size }: FileToWrite, over: AbortSignal): Promise<Content> {
  if (typeof data === 'string') return inMemory([Buffer.from(data)])
  if (data instanceof Uint8Array) return inMemory([data])
  const source = readableOf(data)
  const pieces = piecesOf(source, over)
  if (size === undefined) return keep(pieces)
  return { size, body: pieces, [Symbol.asyncDispose]: async () => void source.destroy() }
}

/** Reads a source to its end, or until the call is over: the next piece may never come. */
async function* piecesOf(source: Readable, over: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    const iterator = source[Symbol.asyncIterator]()
    for (;;) {
      const { done, value } = await orAborted(iterator.next(), over)
      if (done) return
      const chunk = checkChunk(value)
      yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    }
  } finally {
    source.destroy()
  }
}

/** So much of a stream stays in memory. */
const MEMORY_BYTES = 1024 * 1024

/** Reads a stream to its end: into memory as long as it is short, and then into a file. */
async function keep(pieces: AsyncGenerator<Uint8Array, void, undefined>): Promise<Content> {
  const first: Uint8Array[] = []
  let length = 0
  for (let piece = await pieces.next(); !piece.done; piece = await pieces.next()) {
    first.push(piece.value)
    length += piece.value.length
    if (length > MEMORY_BYTES) return keepInFile(first, pieces)
  }
  return inMemory(first)
}

function inMemory(body: readonly Uint8Array[]): Content {
  const size = body.reduce((sum, { length }) => sum + length, 0)
  return { size, body, [Symbol.asyncDispose]: async () => {} }
}

async function keepInFile(first: readonly Uint8Array[], rest: AsyncIterable<Uint8Array>): Promise<Content> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-'))
  let file: FileHandle | undefined
  const remove = async () => {
    await file?.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    file = await open(join(folder, 'content'), 'wx+', 0o600)
    for (const piece of first) await writeAll(file, [piece], piece.length)
    for await (const piece of rest) await writeAll(file, [piece], piece.length)
    const { size } = await file.stat()
    const body = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_BYTES })
    return { size, body, [Symbol.asyncDispose]: remove }
  } catch (error) {
    await remove()
    throw error
  }
}

const CHUNK_BYTES = 256 * 1024
