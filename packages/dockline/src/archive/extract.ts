import { writeSync } from 'node:fs'
import {
  chmod,
  type FileHandle,
  link,
  lutimes,
  mkdir,
  open,
  readlink,
  realpath,
  rm,
  symlink,
  unlink,
  utimes,
} from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { DockerError, InvalidArgumentError, StreamError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import { sortInTurns } from '../support/sort.js'
import { nameOf, onDisk } from './file-names.js'
import { makeNode, type NodeType } from './make-node.js'
import { type ReadEntry, readTar } from './read-tar.js'
import { entryParts, refused, SafeFolder, statsOf } from './safe-path.js'

export interface ExtractOptions {
  /** The folder to write into; it has to exist. */
  readonly destination: string
  /** What the first part of every name becomes, as `copyPlan` says it. */
  readonly rename?: string | undefined
  /**
   * Called for each entry that cannot be made here, such as a device in a user namespace or on Windows, with its name and type:
   * 'fifo', 'character-device' or 'block-device'. Without the right to make a device, the copy rejects.
   */
  readonly onSkip?: ((name: string, type: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ExtractResult {
  /** Files, links and folders. */
  readonly entries: number
  /** Of the files' content. */
  readonly bytes: number
  readonly skipped: number
}

/**
 * Writes an archive's content into a folder, and nowhere else: names that climb out and anything that would be written
 * through a link are refused with a StreamError. Links are made as they are, wherever they point. Modes and times are
 * kept, owners are not; the destination itself is left as it is.
 */
export async function extractArchive(tar: Readable, options: ExtractOptions): Promise<ExtractResult> {
  const { destination, signal } = options
  // An error may come before anything is read, and is met when something is.
  tar.on('error', () => {})
  const forget = onAbort(signal, () => tar.destroy(signal?.reason))
  try {
    signal?.throwIfAborted()
    const extraction = new Extraction(await folderAt(destination), options)
    for await (const entry of readTar(tar)) {
      // Many entries may be here already.
      signal?.throwIfAborted()
      await extraction.add(entry)
    }
    return await extraction.finish()
  } catch (error) {
    tar.destroy()
    throw signal?.aborted === true ? signal.reason : error
  } finally {
    forget()
  }
}

async function folderAt(destination: string): Promise<string> {
  const bytes = await realpath(onDisk(destination), { encoding: 'buffer' }).catch((cause) => {
    throw new InvalidArgumentError(`destination: there is no folder ${destination}`, { cause })
  })
  const path = nameOf(bytes)
  const stats = await statsOf(path)
  if (stats?.isDirectory() !== true)
    throw new InvalidArgumentError(`destination: ${destination} is not a folder`)
  return path
}

class Extraction {
  readonly #options: ExtractOptions
  readonly #root: string
  readonly #folder: SafeFolder
  /** Modes and times of folders, for the end: until then things are written into them. */
  readonly #folders = new Map<string, Pick<ReadEntry, 'name' | 'mode' | 'mtime'>>()
  #entries = 0
  #bytes = 0
  #skipped = 0
  /** The number of bytes that the thread pool writes before a piece is written at once again. */
  #slowBytes = 0

  constructor(root: string, options: ExtractOptions) {
    this.#root = root
    this.#folder = new SafeFolder(root)
    this.#options = options
  }

  async add(entry: ReadEntry): Promise<void> {
    const parts = entryParts(entry.name, this.#options.rename)
    if (parts.length === 0) {
      if (entry.type !== 'directory') throw refused(entry.name, 'it would take the place of the destination')
      return
    }
    try {
      await this.#write(entry, await this.#folder.place(parts, entry.name))
    } catch (error) {
      throw explained(error, entry.name)
    }
  }

  async finish(): Promise<ExtractResult> {
    // The deepest first, whose paths are longer: a folder may be out of reach once the one it is in has its mode.
    const deepestFirst = await sortInTurns([...this.#folders], ([a], [b]) => b.length - a.length)
    for (const [path, { name, mode, mtime }] of deepestFirst) {
      try {
        await chmod(onDisk(path), mode & 0o7777)
        await utimes(onDisk(path), mtime, mtime)
      } catch (error) {
        throw explained(error, name)
      }
    }
    return { entries: this.#entries, bytes: this.#bytes, skipped: this.#skipped }
  }

  async #write(entry: ReadEntry, path: string): Promise<void> {
    this.#entries++
    if (entry.type === 'file') return this.#writeFile(entry, path)
    if (entry.type === 'directory') return this.#makeFolder(entry, path)
    if (entry.type === 'symlink') return this.#makeSymlink(entry, path)
    if (entry.type === 'link') return this.#makeLink(entry, path)
    await this.#makeNode(entry, entry.type, path)
  }

  async #makeNode({ name, mode, mtime, device }: ReadEntry, type: NodeType, path: string): Promise<void> {
    await makeRoom(name, path)
    if (await makeNode({ path, root: this.#root }, { type, device })) {
      await chmod(onDisk(path), mode & 0o7777)
      await utimes(onDisk(path), validTime(mtime), validTime(mtime))
      return
    }
    this.#entries--
    this.#skipped++
    this.#options.onSkip?.(name, type)
  }

  async #makeFolder({ name, mode, mtime }: ReadEntry, path: string): Promise<void> {
    const stats = await statsOf(path)
    if (stats === undefined) await mkdir(onDisk(path), 0o700)
    else if (!stats.isDirectory()) throw refused(name, `${path} is there and not a folder`)
    this.#folders.set(path, { name, mode, mtime: validTime(mtime) })
  }

  /** A new file each time: neither what a link points to nor another name of an old file is written to. */
  async #writeFile(entry: ReadEntry, path: string): Promise<void> {
    const { name, mode, mtime } = entry
    await makeRoom(name, path)
    const handle = await open(onDisk(path), 'wx', 0o600)
    try {
      await this.#writeContent({ handle, path }, entry)
      await closeWith({ handle, path }, mode, validTime(mtime))
    } catch (error) {
      await handle.close().catch(() => {})
      await rm(onDisk(path), { force: true })
      throw error
    }
  }

  /**
   * A quick disk gets each piece at once, in the memory that the piece was read into: a turn through the thread pool takes
   * longer than the write. A slow disk would hold up the whole program, and is tried again from time to time.
   */
  async #writeContent(file: OpenFile, { body, size }: ReadEntry): Promise<void> {
    for (let written = 0; written < size; ) {
      if (this.#slowBytes <= 0) written += await body.lend((piece) => this.#writeAtOnce(file, piece))
      const gathered = await writeGathered(file, body, this.#slowBytes)
      this.#slowBytes -= gathered
      written += gathered
    }
    this.#bytes += size
  }

  /** Returns whether the disk was quick. */
  #writeAtOnce(file: OpenFile, piece: Uint8Array): boolean {
    const begun = performance.now()
    try {
      for (let at = 0; at < piece.length; ) at += writeSync(file.handle.fd, piece, at)
    } catch (error) {
      throw withPath(error, file)
    }
    if (performance.now() - begun > SLOW_WRITE_MS) this.#slowBytes = SLOW_BYTES
    return this.#slowBytes <= 0
  }

  async #makeSymlink({ name, target, mtime }: ReadEntry, path: string): Promise<void> {
    if (target.includes('\0')) throw refused(name, 'its target has a zero byte')
    await makeRoom(name, path)
    await symlink(onDisk(target), onDisk(path))
    await lutimes(onDisk(path), validTime(mtime), validTime(mtime))
  }

  /** To a file inside the destination. One to a symbolic link is made as another such link: some systems would follow it. */
  async #makeLink({ name, target }: ReadEntry, path: string): Promise<void> {
    const existing = await this.#folder.find(entryParts(target, this.#options.rename))
    const stats = existing === undefined ? undefined : await statsOf(existing)
    if (existing === undefined || stats === undefined)
      throw refused(name, `it links to '${target}', which is not there`)
    if (existing === path) return
    if (!stats.isFile() && !stats.isSymbolicLink())
      throw refused(name, `it links to '${target}', which is not a file`)
    await makeRoom(name, path)
    if (stats.isFile()) await link(onDisk(existing), onDisk(path))
    else await symlink(await readlink(onDisk(existing), { encoding: 'buffer' }), onDisk(path))
  }
}

/** A disk that takes longer for one piece is slow. A piece has 1 MiB at most. */
const SLOW_WRITE_MS = 5
const SLOW_BYTES = 64 * 1024 * 1024
/** So much is gathered for one call: chunks come as small as 16 KiB, and each call takes a turn through the thread pool. */
const GATHERED_BYTES = 1024 * 1024

interface OpenFile {
  readonly handle: FileHandle
  readonly path: string
}

/**
 * Writes the rest of the content, or some more than so many bytes of it, and resolves with how many it has written. What comes
 * next is gathered while the disk is busy.
 */
async function writeGathered(file: OpenFile, body: AsyncIterable<Uint8Array>, most: number): Promise<number> {
  let gathered: Uint8Array[] = []
  let waiting = 0
  let total = 0
  let writing: Promise<void> | undefined
  const flush = async () => {
    await writing
    writing = writeAll(file.handle, gathered, waiting).catch((error) => {
      throw withPath(error, file)
    })
    // It is met by who waits for it next.
    writing.catch(() => {})
    gathered = []
    waiting = 0
  }
  try {
    for await (const chunk of body) {
      gathered.push(chunk)
      waiting += chunk.length
      total += chunk.length
      if (waiting >= GATHERED_BYTES) await flush()
      if (total > most) break
    }
    if (waiting > 0) await flush()
  } finally {
    await writing
  }
  return total
}

async function closeWith(file: OpenFile, mode: number, time: Date): Promise<void> {
  try {
    await file.handle.chmod(mode & 0o7777)
    await file.handle.utimes(time, time)
    await file.handle.close()
  } catch (error) {
    throw withPath(error, file)
  }
}

/** An error of a call that takes no path, as those of calls that take one are. */
function withPath(error: unknown, { path }: OpenFile): unknown {
  const { syscall = 'write' } = error as NodeJS.ErrnoException
  return Object.assign(error as Error, { syscall, path })
}

/** Writes all bytes. A disk that is nearly full takes a part and fails when it is given the rest. */
export async function writeAll(
  handle: FileHandle,
  chunks: readonly Uint8Array[],
  length: number,
): Promise<void> {
  const { bytesWritten } = await handle.writev(chunks)
  if (bytesWritten === length) return
  const rest = Buffer.concat(chunks).subarray(bytesWritten)
  for (let at = 0; at < rest.length; ) at += (await handle.write(rest, at, rest.length - at)).bytesWritten
}

/** Takes away what is there, unless it is a folder. */
export async function makeRoom(name: string, path: string): Promise<void> {
  const stats = await statsOf(path)
  if (stats?.isDirectory() === true) throw refused(name, `${path} is there and a folder`)
  if (stats !== undefined) await unlink(onDisk(path))
}

function validTime(time: Date): Date {
  return Number.isFinite(time.getTime()) ? time : new Date()
}

/** Only what this machine's file system says is put into words: the archive's own errors have theirs. */
function explained(error: unknown, name: string): unknown {
  const isSystemError =
    error instanceof Error && !(error instanceof DockerError) && 'syscall' in error && 'path' in error
  return isSystemError
    ? new StreamError(`cannot write the archive's entry '${name}': ${reasonOf(error)}`, { cause: error })
    : error
}

/** In the words of the system, as in 'ENOSPC: no space left on device, write'. Deno has no more than these words. */
function reasonOf({ message }: Error): string {
  return message.replace(/^E[A-Z0-9]+: |,.*$/gs, '')
}
