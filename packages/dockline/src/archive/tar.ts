import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import { StreamError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import { BLOCK_BYTES, type DeviceNumbers, encodeHeader, paddingOf, type TarType } from './tar-header.js'

/** What one entry of an archive is made of. Names are relative, with `/`. */
export interface TarEntry {
  readonly name: string
  readonly type: TarType
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly uid?: number
  readonly gid?: number
  /** Where a link points to. */
  readonly target?: string
  readonly device?: DeviceNumbers
  /** A file's content, exactly `size` bytes of it. */
  readonly size?: number
  readonly body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined
}

export interface TarOptions {
  readonly compress?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** A tar of the entries, made while it is read: nothing is opened before, and destroying it closes what is open. */
export function tarStream(
  entries: AsyncIterable<TarEntry>,
  { compress = false, signal }: TarOptions = {},
): Readable {
  const tar = Readable.from(tarBytes(entries), { objectMode: false })
  // An error of either one destroys both: nobody waits for this pipeline, it shows on the stream that is returned.
  const stream = compress ? pipeline(tar, createGzip(), () => {}) : tar
  const forget = onAbort(signal, () => stream.destroy(signal?.reason))
  // An abort may come before the stream is read. The reader gets the error then.
  return stream.on('error', () => {}).once('close', forget)
}

/** So much is gathered of what is small before it is passed on. */
const PIECE_BYTES = 64 * 1024
const END = Buffer.alloc(2 * BLOCK_BYTES)

async function* tarBytes(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting: Uint8Array[] = []
  let length = 0
  for await (const piece of pieces(entries)) {
    waiting.push(piece)
    length += piece.length
    if (length < PIECE_BYTES) continue
    // A large one is not copied, only to be sent with the header before it.
    if (piece.length >= PIECE_BYTES) {
      waiting.pop()
      if (waiting.length > 0) yield Buffer.concat(waiting)
      yield piece
    } else yield Buffer.concat(waiting)
    waiting = []
    length = 0
  }
  yield Buffer.concat([...waiting, END])
}

async function* pieces(entries: AsyncIterable<TarEntry>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const entry of entries) {
    const { name, type, size = 0, uid = 0, gid = 0, target = '', device = NO_DEVICE, body } = entry
    const path = type === 'directory' ? `${name}/` : name
    yield encodeHeader({ ...entry, name: path, size, uid, gid, target, device })
    if (size === 0 && body === undefined) continue
    let left = size
    for await (const chunk of body ?? []) {
      left -= chunk.length
      if (left < 0) break
      yield chunk
    }
    if (left !== 0) throw new StreamError(`the content of '${name}' is not of the size that was told`)
    yield Buffer.alloc(paddingOf(size))
  }
}

const NO_DEVICE: DeviceNumbers = { major: 0, minor: 0 }
