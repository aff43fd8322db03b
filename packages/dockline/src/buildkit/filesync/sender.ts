import { closeSync, constants, openSync, readSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { onDisk } from '../../archive/file-names.js'
import { onAbort } from '../../support/abort.js'
import type { ServerCall } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { Filter } from './filter.js'
import { followPaths } from './follow.js'
import {
  DATA_HEADER_BYTES,
  decodePacket,
  END_OF_STATS,
  endOfFile,
  PacketType,
  plainPacket,
  requestedIn,
  StatBatch,
  writeDataHeader,
} from './packets.js'
import type { LocalFolder } from './tree.js'
import { type Entry, unreadable, walkFolder } from './walk.js'

/** What the Engine wants of a folder. */
export interface FolderRequest {
  readonly exclude: readonly string[]
  readonly include: readonly string[]
  readonly follow: readonly string[]
}

/** Called for each file that has been sent. */
export type OnFileSent = (path: string, bytes: number) => void

/** A folder that the Engine may take files of. */
export interface FolderOffer {
  readonly folder: LocalFolder
  readonly onSent: OnFileSent
}

/**
 * Sends a folder as BuildKit synchronizes it: first what is in it, and then the content of those files that the Engine does
 * not have yet. Files are asked for while the folder is still being walked.
 */
export async function sendFolder(
  call: ServerCall,
  request: FolderRequest,
  offer: FolderOffer,
): Promise<void> {
  const { folder } = offer
  const followed =
    request.follow.length === 0 ? [] : await followPaths(folder.root, request.follow, call.signal)
  const include = [...request.include, ...followed]
  const filter = await Filter.of({ exclude: request.exclude, include, only: folder.only })
  await new Sending(call, offer).run(filter)
}

/** Files that are read at once. */
const MAX_OPEN = 4
/** What is written at once. Bun forgets the rest of what is more than the other side takes to begin with, 64 KiB. */
const PIECE_BYTES = 'Bun' in globalThis ? 32 * 1024 : 256 * 1024
/** Small files are read whole, many in a row. */
const SMALL_BYTES = PIECE_BYTES / 4
const STAT_BATCH_BYTES = 24 * 1024
/** How long files are read in a row before everything else has its turn. */
const SLICE_MS = 8

/** A file is never waited for, as a pipe in its place would be, and never found through a link. */
const READ_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0)

interface KnownFile {
  readonly path: string
  /** The most that is sent of it: what was said to come. */
  readonly size: number
  readonly content: Buffer | 'on disk'
}

interface OpenedFile {
  readonly handle: FileHandle
  readonly disk: string
}

class Sending {
  readonly #call: ServerCall
  readonly #folder: LocalFolder
  readonly #onSent: OnFileSent
  /** What may be asked for, by the number of its STAT. */
  readonly #files = new Map<number, KnownFile>()
  readonly #requested: number[] = []
  readonly #small: SmallFiles
  readonly #stopped = new AbortController()
  #next = 0
  #stats = 0
  #workers = 0
  #sliceEnd = 0
  #reject: (error: unknown) => void = () => {}

  constructor(call: ServerCall, { folder, onSent }: FolderOffer) {
    this.#call = call
    this.#folder = folder
    this.#onSent = onSent
    this.#small = new SmallFiles()
    onAbort(call.signal, () => this.#stopped.abort())
  }

  async run(filter: Filter): Promise<void> {
    const failed = new Promise<never>((_, reject) => {
      this.#reject = reject
    })
    try {
      await Promise.race([failed, Promise.all([this.#sendStats(filter), this.#receive()])])
      await this.#call.write(plainPacket(PacketType.FIN))
    } catch (error) {
      this.#stopped.abort()
      if (!this.#call.signal.aborted) await this.#sayWhy(error).catch(() => {})
      throw error
    }
  }

  /** The Engine shows the words of such a packet, and not those of the status. */
  async #sayWhy(error: unknown): Promise<void> {
    if (error instanceof ReceiverError) return
    await this.#call.write(plainPacket(PacketType.ERR, Buffer.from((error as Error).message)))
  }

  async #sendStats(filter: Filter): Promise<void> {
    const batch = new StatBatch()
    let written = Promise.resolve()
    for await (const entries of walkFolder(this.#folder, filter, this.#stopped.signal)) {
      for (const entry of entries) {
        this.#addStat(entry, batch)
        if (batch.length < STAT_BATCH_BYTES) continue
        await written
        // The walk goes on meanwhile.
        written = this.#call.write(batch.take())
        written.catch(() => {})
      }
    }
    await written
    await this.#call.write(Buffer.concat([batch.take(), END_OF_STATS]))
  }

  #addStat({ stat, content }: Entry, batch: StatBatch): void {
    batch.add(stat)
    const id = this.#stats++
    if (content === undefined) return
    this.#files.set(id, { path: stat.path, size: stat.size, content })
  }

  /** Reads what the Engine asks for, also while there is no room to send: it does not stop asking. */
  #receive(): Promise<void> {
    return this.#call.takeUntil((message) => {
      const requested = requestedIn(message)
      if (requested === undefined) return this.#isLast(message)
      this.#request(requested)
      return false
    })
  }

  #isLast(message: Buffer): boolean {
    const { type, id, data } = decodePacket(message)
    if (type === PacketType.REQ) this.#request(id)
    else if (type === PacketType.ERR) throw new ReceiverError(Buffer.from(data).toString())
    return type === PacketType.FIN
  }

  #request(id: number): void {
    if (!this.#files.has(id)) throw new GrpcError(GrpcStatus.INVALID_ARGUMENT, `invalid file id ${id}`)
    this.#requested.push(id)
    if (this.#workers >= MAX_OPEN) return
    this.#workers++
    void this.#work().catch((error) => this.#reject(error))
  }

  async #work(): Promise<void> {
    // What is asked for in the same turn is answered together.
    await nextTurn()
    do {
      for (let id = this.#take(); id !== undefined; id = this.#take()) {
        const file = this.#files.get(id)
        this.#files.delete(id)
        if (file !== undefined) await this.#sendFile(id, file)
        if (this.#stopped.signal.aborted) return
      }
      await this.#flush()
    } while (this.#requested.length > 0)
    this.#workers--
  }

  #take(): number | undefined {
    const id = this.#requested[this.#next]
    if (id === undefined) {
      this.#requested.length = 0
      this.#next = 0
    } else this.#next++
    return id
  }

  async #sendFile(id: number, file: KnownFile): Promise<void> {
    const { path, size, content } = file
    if (content !== 'on disk') return this.#sendContent(id, path, content)
    // Its path is clean already.
    const disk = `${this.#folder.root}/${path}`
    if (size > SMALL_BYTES) return this.#sendLarge(id, { path, size, disk })
    // Others fill it meanwhile.
    while (!this.#small.hasRoom) await this.#flush()
    const bytes = this.#small.add(id, disk, size)
    this.#onSent(path, bytes)
    if (performance.now() < this.#sliceEnd) return
    await this.#flush()
    await nextTurn()
    this.#sliceEnd = performance.now() + SLICE_MS
  }

  async #flush(): Promise<void> {
    const frames = this.#small.take()
    if (frames.length > 0) await this.#call.write(frames)
  }

  async #sendContent(id: number, path: string, content: Buffer): Promise<void> {
    for (let at = 0; at < content.length; at += PIECE_BYTES) {
      const piece = content.subarray(at, at + PIECE_BYTES)
      const buffer = Buffer.allocUnsafe(DATA_HEADER_BYTES + piece.length)
      piece.copy(buffer, DATA_HEADER_BYTES)
      const start = writeDataHeader(buffer, DATA_HEADER_BYTES, { id, length: piece.length })
      await this.#call.write(buffer.subarray(start))
    }
    this.#onSent(path, content.length)
    await this.#call.write(endOfFile(id))
  }

  async #sendLarge(
    id: number,
    { path, size, disk }: { path: string; size: number; disk: string },
  ): Promise<void> {
    const handle = await openLarge(disk)
    let sent = 0
    try {
      while (handle !== undefined && sent < size) {
        const read = await this.#sendPiece(id, { handle, disk }, size - sent)
        if (read === 0) break
        sent += read
      }
    } finally {
      await handle?.close()
    }
    this.#onSent(path, sent)
    await this.#call.write(endOfFile(id))
  }

  async #sendPiece(id: number, { handle, disk }: OpenedFile, most: number): Promise<number> {
    this.#stopped.signal.throwIfAborted()
    const wanted = Math.min(PIECE_BYTES, most)
    const buffer = Buffer.allocUnsafeSlow(DATA_HEADER_BYTES + wanted)
    const { bytesRead: length } = await handle
      .read(buffer, DATA_HEADER_BYTES, wanted, null)
      .catch((error) => {
        throw unreadable(disk, error)
      })
    if (length === 0) return 0
    const start = writeDataHeader(buffer, DATA_HEADER_BYTES, { id, length })
    await this.#call.write(buffer.subarray(start, DATA_HEADER_BYTES + length))
    return length
  }
}

/** The Engine gave the folder up, in words of its own. */
class ReceiverError extends GrpcError {
  constructor(words: string) {
    super(GrpcStatus.ABORTED, words)
  }
}

/** Small files in one buffer that goes out as it is. */
class SmallFiles {
  #buffer = Buffer.allocUnsafeSlow(PIECE_BYTES)
  #at = 0

  get hasRoom(): boolean {
    return this.#at + ROOM_BYTES <= this.#buffer.length
  }

  /** Reads a file. Returns how many bytes of it there are. */
  add(id: number, disk: string, size: number): number {
    const dataAt = this.#at + DATA_HEADER_BYTES
    const length = this.#read(disk, dataAt, size)
    if (length > 0) {
      // The header is often shorter than there is room for.
      const start = writeDataHeader(this.#buffer, dataAt, { id, length })
      this.#buffer.copyWithin(this.#at, start, dataAt + length)
      this.#at += dataAt + length - start
    }
    this.#at += endOfFile(id).copy(this.#buffer, this.#at)
    return length
  }

  #read(disk: string, at: number, size: number): number {
    const file = openSmall(disk)
    if (file === undefined) return 0
    try {
      let length = 0
      while (length < size) {
        const read = readSync(file, this.#buffer, at + length, size - length, null)
        if (read === 0) break
        length += read
      }
      return length
    } catch (error) {
      throw unreadable(disk, error)
    } finally {
      closeSync(file)
    }
  }

  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#at)
    if (this.#at === 0) return taken
    this.#buffer = Buffer.allocUnsafeSlow(PIECE_BYTES)
    this.#at = 0
    return taken
  }
}

const ROOM_BYTES = 2 * DATA_HEADER_BYTES + SMALL_BYTES

function openSmall(disk: string): number | undefined {
  try {
    return openSync(onDisk(disk), READ_FLAGS)
  } catch (error) {
    if (hasVanished(error)) return undefined
    throw unreadable(disk, error)
  }
}

async function openLarge(disk: string): Promise<FileHandle | undefined> {
  try {
    return await open(onDisk(disk), READ_FLAGS)
  } catch (error) {
    if (hasVanished(error)) return undefined
    throw unreadable(disk, error)
  }
}

/** What was removed, or replaced by a link, since it was looked at comes out empty, as docker has it. */
function hasVanished(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')
}
