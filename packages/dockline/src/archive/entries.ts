import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, readlink } from 'node:fs/promises'
import { StreamError } from '../errors.js'
import { nameOf, onDisk } from './file-names.js'
import { readAhead } from './read-ahead.js'
import type { TarEntry } from './tar.js'
import type { DeviceNumbers } from './tar-header.js'
import { type FoundPath, unreadable } from './walk.js'

export interface Owner {
  readonly uid: number
  readonly gid: number
}

export interface EntryOptions {
  /** Whose the files are in the archive; without it, whose they are on this machine. */
  readonly owner?: Owner | undefined
  /** The name in the archive, of a path as it was found. */
  readonly rename?: ((path: string) => string) | undefined
  readonly platform?: NodeJS.Platform | undefined
  /** Called for each file that is left out, with its path here and its type. */
  readonly onSkip?: ((path: string, type: string) => void) | undefined
}

/** What is sent of files that were found. As docker does it: sockets are left out, named pipes and devices kept, times in whole seconds. */
export async function* fileEntries(
  found: AsyncIterable<FoundPath>,
  options: EntryOptions = {},
): AsyncGenerator<TarEntry, void, undefined> {
  const firstNames = new Map<string, string>()
  const prepare = async ({ path, file, stats }: FoundPath): Promise<PreparedPath> => {
    const name = options.rename?.(path) ?? path
    const first = firstName(stats, name, firstNames)
    const small =
      first === undefined && stats.isFile() && stats.size <= SMALL_BYTES ? await readSmall(file) : undefined
    return { name, file, stats, first, small }
  }
  for await (const prepared of readAhead(found, prepare)) yield* entriesOf(prepared, options)
}

interface PreparedPath {
  readonly name: string
  readonly file: string
  readonly stats: BigIntStats
  /** The name it has in the archive already, by a hard link. */
  readonly first: string | undefined
  readonly small: SmallFile | undefined
}

async function* entriesOf(
  prepared: PreparedPath,
  options: EntryOptions,
): AsyncGenerator<TarEntry, void, undefined> {
  const { name, file, stats, first, small } = prepared
  const attributes = { name, ...attributesOf(small?.stats ?? stats, options) }
  if (first !== undefined) yield { ...attributes, type: 'link', target: first }
  else if (stats.isDirectory()) yield { ...attributes, type: 'directory' }
  else if (stats.isSymbolicLink())
    yield { ...attributes, type: 'symlink', target: await linkTarget(file, options) }
  else if (stats.isFIFO()) yield { ...attributes, type: 'fifo' }
  else if (small !== undefined)
    yield { ...attributes, type: 'file', size: small.content.length, body: [small.content] }
  else if (stats.isFile()) yield* fileEntry(file, attributes, options)
  else if (stats.isCharacterDevice())
    yield { ...attributes, type: 'character-device', device: numbersOf(stats) }
  else if (stats.isBlockDevice()) yield { ...attributes, type: 'block-device', device: numbersOf(stats) }
  else options.onSkip?.(file, 'socket')
}

/** As Linux packs the two into one. */
export function numbersOf({ rdev }: BigIntStats): DeviceNumbers {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xfffff000n)
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffffff00n)
  return { major: Number(major), minor: Number(minor) }
}

type Attributes = Pick<TarEntry, 'name' | 'mode' | 'mtime' | 'uid' | 'gid'>

function attributesOf(
  stats: BigIntStats,
  { owner, platform = process.platform }: EntryOptions,
): Omit<Attributes, 'name'> {
  const { uid, gid } = owner ?? { uid: Number(stats.uid), gid: Number(stats.gid) }
  const bits = Number(stats.mode) & 0o7777
  // Windows has no such bits, and a script without them would not run.
  const mode = platform === 'win32' ? (bits & 0o755) | 0o111 : bits
  return { mode, uid, gid, mtime: Math.floor(Number(stats.mtimeMs) / 1000) }
}

/** The name under which a file with several names is in the archive already. */
function firstName(stats: BigIntStats, name: string, names: Map<string, string>): string | undefined {
  if (!stats.isFile() || stats.nlink < 2n || stats.ino === 0n) return undefined
  const key = `${stats.dev}:${stats.ino}`
  const first = names.get(key)
  if (first === undefined) names.set(key, name)
  return first
}

async function linkTarget(file: string, { platform = process.platform }: EntryOptions): Promise<string> {
  const bytes = await readlink(onDisk(file), { encoding: 'buffer' }).catch((error) => {
    throw unreadable(file, error)
  })
  const target = nameOf(bytes)
  return platform === 'win32' ? target.replaceAll('\\', '/') : target
}

/** Neither follow a link nor wait for a writer, should the file have become a link or a pipe since it was found. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The file is open before its header is sent, so that the size is that of what will be read. */
async function* fileEntry(
  file: string,
  attributes: Attributes,
  options: EntryOptions,
): AsyncGenerator<TarEntry, void, undefined> {
  const handle = await openFile(file)
  if (handle === undefined) return
  try {
    const stats = await handle.stat({ bigint: true })
    const size = Number(stats.size)
    const current = { ...attributes, ...attributesOf(stats, options) }
    yield { ...current, type: 'file', size, body: contentOf(handle, { file, size }) }
  } finally {
    await handle.close()
  }
}

interface SmallFile {
  readonly stats: BigIntStats
  readonly content: Buffer
}

/** So small that it is read before its turn comes. */
const SMALL_BYTES = 64n * 1024n

/** undefined when it has been removed, or has grown and is no small file any more. */
async function readSmall(file: string): Promise<SmallFile | undefined> {
  const handle = await openFile(file)
  if (handle === undefined) return undefined
  try {
    const stats = await handle.stat({ bigint: true })
    if (stats.size > SMALL_BYTES) return undefined
    const chunks: Uint8Array[] = []
    for await (const chunk of contentOf(handle, { file, size: Number(stats.size) })) chunks.push(chunk)
    return { stats, content: Buffer.concat(chunks) }
  } finally {
    await handle.close()
  }
}

/** undefined when it has been removed since it was found. */
function openFile(file: string): Promise<FileHandle | undefined> {
  return open(onDisk(file), FLAGS).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unreadable(file, error)
  })
}

const CHUNK_BYTES = 256 * 1024
const NOTHING = Promise.resolve(Buffer.alloc(0))

/** Exactly `size` bytes: what is appended meanwhile is not sent, and what is cut off is an error. */
async function* contentOf(
  handle: FileHandle,
  { file, size }: { file: string; size: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = size
  let reading = readChunk(handle, left)
  while (left > 0) {
    const chunk = await reading.catch((error) => {
      throw unreadable(file, error)
    })
    if (chunk.length === 0) throw new StreamError(`${file} became shorter while it was read`)
    left -= chunk.length
    // The disk is read while what is here is sent.
    reading = readChunk(handle, left)
    yield chunk
  }
}

/** Its failure is met by who waits for it, if somebody still does. */
function readChunk(handle: FileHandle, left: number): Promise<Buffer> {
  if (left === 0) return NOTHING
  const wanted = Math.min(left, CHUNK_BYTES)
  const reading = handle.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, null)
  const chunk = reading.then(({ bytesRead, buffer }) => buffer.subarray(0, bytesRead))
  chunk.catch(() => {})
  return chunk
}
