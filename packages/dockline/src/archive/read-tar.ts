import type { Readable } from 'node:stream'
import { DockerError, ProtocolError, StreamError } from '../errors.js'
import { ByteQueue } from '../stream/queue.js'
import {
  BLOCK_BYTES,
  type Block,
  type DeviceNumbers,
  decodeBlock,
  decodeRecords,
  paddingOf,
  type TarHeader,
  type TarType,
  untilZero,
} from './tar-header.js'

export interface ReadEntry {
  /** As it stands in the archive: nothing of it is to be trusted. */
  readonly name: string
  readonly type: TarType
  readonly mode: number
  readonly mtime: Date
  readonly target: string
  readonly device: DeviceNumbers
  /** Of the content, in bytes. */
  readonly size: number
  /** To be read before the next entry is asked for; what is not read is skipped. */
  readonly body: TarContent
}

export interface TarContent extends AsyncIterable<Uint8Array> {
  /**
   * Lends the pieces to `use` as they come, until it returns false. A piece is valid until `use` returns: its memory is used
   * again. Resolves with the number of bytes that were lent; what is left can be read. Rejects with what `use` throws.
   */
  lend(use: (piece: Uint8Array) => boolean): Promise<number>
}

const WHAT = 'the archive'

/** The entries of a tar as its bytes come in. It ends the stream on every way out, and an archive cut short is an error. */
export async function* readTar(tar: Readable): AsyncGenerator<ReadEntry, void, undefined> {
  const bytes = new Bytes(tar)
  try {
    for await (const header of headers(bytes)) {
      const { name, type, mode, mtime, target, device, size } = header
      const body = new Content(bytes, size)
      yield { name, type, mode, mtime: new Date(mtime * 1000), target, device, size, body }
      await body.skip()
    }
    await bytes.drain()
  } finally {
    tar.destroy()
  }
}

/** More about an entry than this is no archive that anybody made. */
const MAX_MORE_BYTES = 8 * 1024 * 1024

async function* headers(bytes: Bytes): AsyncGenerator<TarHeader, void, undefined> {
  const general: Partial<TarHeader> = {}
  let own: Partial<TarHeader> = {}
  for (let block = await nextBlock(bytes); block !== undefined; block = await nextBlock(bytes)) {
    const more = MORE[block.flag]
    if (more === undefined) {
      yield entryOf({ ...block, ...general, ...own })
      own = {}
      continue
    }
    if (block.size > MAX_MORE_BYTES) throw damaged('it has more to tell of an entry than there can be')
    const told = more(await bytes.take(block.size))
    await bytes.take(paddingOf(block.size))
    Object.assign(block.flag === 'g' ? general : own, told)
  }
}

/** Entries that describe others: POSIX's, and GNU's for long names. */
const MORE: Readonly<Record<string, (bytes: Buffer) => Partial<TarHeader>>> = {
  x: decodeRecords,
  g: decodeRecords,
  L: (bytes) => ({ name: untilZero(bytes) }),
  K: (bytes) => ({ target: untilZero(bytes) }),
}

function entryOf(header: TarHeader): TarHeader {
  if (header.type !== 'file') return { ...header, size: 0 }
  // The oldest archives know folders by their names.
  return header.name.endsWith('/') ? { ...header, type: 'directory' } : header
}

/** undefined at the end, which two empty blocks are. */
async function nextBlock(bytes: Bytes): Promise<Block | undefined> {
  const block = await bytes.take(BLOCK_BYTES)
  if (!isEmpty(block)) return decoded(block)
  if (isEmpty(await bytes.take(BLOCK_BYTES))) return undefined
  throw damaged('there is an empty block in it')
}

function isEmpty(block: Buffer): boolean {
  return block[0] === 0 && block.every((byte) => byte === 0)
}

function decoded(block: Buffer): Block {
  try {
    return decodeBlock(block)
  } catch (error) {
    throw damaged((error as Error).message, error)
  }
}

function damaged(what: string, cause?: unknown): ProtocolError {
  return new ProtocolError(`this is not a tar archive, or a damaged one: ${what}`, { cause })
}

/** What is in a file, once. */
class Content implements TarContent {
  readonly #bytes: Bytes
  readonly #padding: number
  #left: number

  constructor(bytes: Bytes, size: number) {
    this.#bytes = bytes
    this.#padding = paddingOf(size)
    this.#left = size
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    while (this.#left > 0) {
      const some = await this.#bytes.some(this.#left)
      this.#left -= some.length
      yield some
    }
  }

  async lend(use: (piece: Buffer) => boolean): Promise<number> {
    const length = await this.#bytes.lend(this.#left, use)
    this.#left -= length
    return length
  }

  /** What was not read, so that the next header comes. */
  async skip(): Promise<void> {
    for await (const _ of this);
    await this.#bytes.take(this.#padding)
  }
}

/** The bytes of a stream, as many as one asks for. */
class Bytes {
  readonly #queue: ByteQueue
  #chunk: Buffer = Buffer.alloc(0)

  constructor(stream: Readable) {
    this.#queue = new ByteQueue(stream, WHAT)
  }

  /** Exactly so many. */
  async take(count: number): Promise<Buffer> {
    if (this.#chunk.length >= count) return this.#cut(count)
    const parts: Buffer[] = []
    for (let left = count; left > 0; left -= (parts.at(-1) as Buffer).length)
      parts.push(await this.some(left))
    return Buffer.concat(parts, count)
  }

  /** At least one, and at most so many. */
  async some(most: number): Promise<Buffer> {
    if (this.#chunk.length === 0 && !(await this.#fill())) throw StreamError.truncated(WHAT)
    return this.#cut(most)
  }

  /** Lends the next pieces to `use`, at most so many bytes, until it returns false. Resolves with the number of bytes. */
  async lend(most: number, use: (piece: Buffer) => boolean): Promise<number> {
    let left = most
    const give = (): boolean => {
      const piece = this.#cut(left)
      const goesOn = piece.length === 0 || use(piece)
      left -= piece.length
      return goesOn && left > 0
    }
    for (let next: Uint8Array | undefined = this.#chunk; next !== undefined; next = this.#queue.take()) {
      this.#chunk = asBuffer(next)
      if (!give()) return most - left
    }
    await this.#queue.lend((chunk) => {
      this.#chunk = asBuffer(chunk)
      return give() ? undefined : this.#cut(chunk.length)
    })
    return most - left
  }

  /** What follows an archive is no part of it. */
  async drain(): Promise<void> {
    while (await this.#fill());
  }

  #cut(most: number): Buffer {
    const cut = this.#chunk.subarray(0, most)
    this.#chunk = this.#chunk.subarray(cut.length)
    return cut
  }

  async #fill(): Promise<boolean> {
    for (;;) {
      const chunk = this.#queue.take() ?? (await this.#next())
      if (chunk === undefined) return false
      this.#chunk = asBuffer(chunk)
      if (chunk.length > 0) return true
    }
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      return await this.#queue.next()
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (error instanceof DockerError || code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
      throw StreamError.truncated(WHAT)
    }
  }
}

/** A stream of objects may give others. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
