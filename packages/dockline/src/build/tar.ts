import { pipeline, Readable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { TarHeader, TarPackController } from 'modern-tar'
import { onAbort } from '../abort.js'

/** What one entry of an archive is made of. Names are relative, with `/`. */
export interface TarEntry {
  readonly name: string
  readonly type: 'file' | 'directory' | 'symlink' | 'link' | 'fifo'
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number
  /** Seconds since 1970. */
  readonly mtime: number
  readonly uid?: number
  readonly gid?: number
  /** Where a link points to. */
  readonly target?: string
  /** A file's content, exactly `size` bytes of it. */
  readonly size?: number
  readonly body?: AsyncIterable<Uint8Array> | Iterable<Uint8Array> | undefined
}

export interface TarOptions {
  readonly gzip?: boolean | undefined
  readonly signal?: AbortSignal | undefined
}

/** A tar of the entries, made while it is read: nothing is opened before, and destroying it closes what is open. */
export function tarStream(
  entries: AsyncIterable<TarEntry>,
  { gzip = false, signal }: TarOptions = {},
): Readable {
  const tar = Readable.from(tarBytes(entries), { objectMode: false })
  // An error of either one destroys both: nobody waits for this pipeline, it shows on the stream that is returned.
  const stream = gzip ? pipeline(tar, createGzip(), () => {}) : tar
  const forget = onAbort(signal, () => stream.destroy(signal?.reason))
  // An abort may come before somebody reads, and is met by who does.
  return stream.on('error', () => {}).once('close', forget)
}

async function* tarBytes(entries: AsyncIterable<TarEntry>): AsyncGenerator<Buffer, void, undefined> {
  // Loaded here, because most programs never make an archive.
  const { createTarPacker } = await import('modern-tar')
  const { readable, controller } = createTarPacker()
  const written = writeEntries(entries, controller)
  try {
    for await (const { buffer, byteOffset, byteLength } of readable)
      yield Buffer.from(buffer, byteOffset, byteLength)
  } finally {
    // Leaving the loop made the next write fail; when that has been seen, no file is open any more.
    await written
  }
}

/** Never rejects: an error goes the way of the bytes. */
async function writeEntries(entries: AsyncIterable<TarEntry>, controller: TarPackController): Promise<void> {
  try {
    for await (const entry of entries) await writeEntry(entry, controller)
    controller.finalize()
  } catch (error) {
    controller.error(error)
  }
}

async function writeEntry(entry: TarEntry, controller: TarPackController): Promise<void> {
  const writer = controller.add(headerOf(entry)).getWriter()
  // A failure is seen by the call that meets it; these two promises would report it once more.
  writer.closed.catch(() => {})
  writer.ready.catch(() => {})
  for await (const chunk of entry.body ?? []) await writer.write(chunk)
  await writer.close()
}

/** The greatest time that fits the header, which is written in octal digits and has no sign. */
const MAX_MTIME = 8 ** 11 - 1

function headerOf({ name, type, mode, mtime, uid = 0, gid = 0, target, size = 0 }: TarEntry): TarHeader {
  const fitting = Math.min(Math.max(mtime, 0), MAX_MTIME)
  const path = type === 'directory' ? `${name}/` : name
  return {
    ...{ name: path, type, mode, uid, gid, size, mtime: new Date(fitting * 1000) },
    ...(target === undefined ? {} : { linkname: target }),
    pax: {
      // Not left to the two fields of the old format: not everybody joins them when the second one is empty.
      ...(Buffer.byteLength(path) > 100 ? { path } : {}),
      ...(fitting === mtime ? {} : { mtime: String(mtime) }),
    },
  }
}
