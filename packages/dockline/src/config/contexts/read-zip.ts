import { buffer } from 'node:stream/consumers'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, type ZipFile } from 'yauzl'
import { DockerError, ProtocolError } from '../../errors.js'

/** Who made an archive and wrote down the modes of its files: Unix, and macOS. */
const HAS_MODES = [3, 19]
const KIND = 0o170_000
const REGULAR = 0o100_000
const FOLDER = 0o040_000

export interface ZippedFile {
  /** As it stands in the archive: nothing of it is to be trusted. */
  readonly name: string
  readonly content: Buffer
}

/**
 * Reads the files of a zip, without its folders. At most `limit` bytes are inflated, also where the zip announces
 * fewer. Throws for an encrypted or damaged zip.
 */
export async function* readZip(zip: Buffer, limit: number): AsyncGenerator<ZippedFile, void, undefined> {
  let packed = 0
  let unpacked = 0
  try {
    // Decoded, names could be changed by an extra field that docker does not read.
    const archive = await fromBufferPromise(zip, { decodeStrings: false })
    for await (const entry of archive.eachEntry()) {
      const name = entry.fileNameRaw.toString('utf8')
      const kind = kindOf(name, entry)
      if (kind === FOLDER) continue
      if (kind !== REGULAR) throw new ProtocolError(`the entry '${name}' is no file`)
      packed += entry.compressedSize
      unpacked += entry.uncompressedSize
      // The same bytes could be inflated for each of a hundred thousand entries.
      if (packed > zip.length) throw new ProtocolError('the entries of the archive overlap')
      if (unpacked > limit) throw new ProtocolError(`the files of the archive are larger than ${limit} bytes`)
      yield { name, content: await contentOf(archive, entry, name) }
    }
  } catch (error) {
    if (error instanceof DockerError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new ProtocolError(`this zip archive cannot be read: ${message}`, { cause: error })
  }
}

/** Distinguishes files as docker does. */
function kindOf(name: string, { versionMadeBy, externalFileAttributes }: Entry): number {
  if (name.endsWith('/')) return FOLDER
  if (!HAS_MODES.includes(versionMadeBy >> 8)) return REGULAR
  return (externalFileAttributes >>> 16) & KIND || REGULAR
}

async function contentOf(archive: ZipFile, entry: Entry, name: string): Promise<Buffer> {
  if (entry.isEncrypted()) throw new ProtocolError(`the entry '${name}' is encrypted`)
  if (!entry.canDecodeFileData()) throw new ProtocolError(`the entry '${name}' is not packed with deflate`)
  const content = await inflated(archive, entry)
  if (crc32(content) !== entry.crc32) throw new ProtocolError(`the entry '${name}' is damaged`)
  return content
}

/** Fails as soon as there is more than the entry says. */
function inflated(archive: ZipFile, entry: Entry): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) => {
      // At once: it may fail before a promise of it would come.
      if (error === null) resolve(buffer(stream))
      else reject(error)
    })
  })
}
