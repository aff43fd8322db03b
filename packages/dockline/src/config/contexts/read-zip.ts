import { ProtocolError } from '../../errors.js'
import { contentOf, type ZipEntry, zipEntries } from './zip-entries.js'

/** Systems that write down the modes of files in an archive: Unix, and macOS. */
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
  for (const entry of zipEntries(zip)) {
    const { name } = entry
    const kind = kindOf(entry)
    if (kind === FOLDER) continue
    if (kind !== REGULAR) throw new ProtocolError(`the entry '${name}' is no file`)
    packed += entry.packedSize
    unpacked += entry.size
    // The same bytes could be inflated for each of a hundred thousand entries.
    if (packed > zip.length) throw new ProtocolError('the entries of the archive overlap')
    if (unpacked > limit) throw new ProtocolError(`the files of the archive are larger than ${limit} bytes`)
    yield { name, content: await contentOf(zip, entry) }
  }
}

/** Distinguishes files as docker does. */
function kindOf({ name, madeBy, attributes }: ZipEntry): number {
  if (name.endsWith('/')) return FOLDER
  if (!HAS_MODES.includes(madeBy)) return REGULAR
  return (attributes >>> 16) & KIND || REGULAR
}
