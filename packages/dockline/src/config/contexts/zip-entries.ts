import { promisify } from 'node:util'
import { crc32, inflateRaw } from 'node:zlib'
import { ProtocolError } from '../../errors.js'

// The directory at the end of a zip, read as docker reads it. Archives of many volumes and of more than 4 GiB are not read.

const inflate = promisify(inflateRaw)

const END = { signature: 0x06054b50, length: 22 }
const ENTRY = { signature: 0x02014b50, length: 46 }
const LOCAL = { signature: 0x04034b50, length: 30 }
const MAX_COMMENT = 0xffff

const STORED = 0
const DEFLATED = 8
const ENCRYPTED = 1

/** A file or a folder, as the directory describes it: nothing of it is to be trusted. */
export interface ZipEntry {
  readonly name: string
  readonly madeBy: number
  readonly flags: number
  readonly method: number
  readonly checksum: number
  readonly packedSize: number
  readonly size: number
  readonly attributes: number
  /** Where its packed bytes begin, with a header. */
  readonly offset: number
}

/** Lists the entries. Throws ProtocolError for a damaged directory. */
export function* zipEntries(zip: Buffer): Generator<ZipEntry, void, undefined> {
  const end = header(zip, endOf(zip), END)
  let at = end.readUInt32LE(16)
  for (let left = end.readUInt16LE(10); left > 0; left--) {
    const entry = header(zip, at, ENTRY)
    const name = slice(zip, at + ENTRY.length, entry.readUInt16LE(28))
    yield entryOf(entry, name.toString('utf8'))
    at += ENTRY.length + name.length + entry.readUInt16LE(30) + entry.readUInt16LE(32)
  }
}

/** The last record of the archive has a comment behind it. */
function endOf(zip: Buffer): number {
  const first = Math.max(0, zip.length - END.length - MAX_COMMENT)
  for (let at = zip.length - END.length; at >= first; at--) {
    const comment = zip.length - END.length - at
    if (zip.readUInt32LE(at) === END.signature && zip.readUInt16LE(at + 20) === comment) return at
  }
  throw unreadable('it has no directory')
}

function entryOf(entry: Buffer, name: string): ZipEntry {
  return {
    name,
    madeBy: entry.readUInt8(5),
    flags: entry.readUInt16LE(8),
    method: entry.readUInt16LE(10),
    checksum: entry.readUInt32LE(16),
    packedSize: entry.readUInt32LE(20),
    size: entry.readUInt32LE(24),
    attributes: entry.readUInt32LE(38),
    offset: entry.readUInt32LE(42),
  }
}

/** Inflates an entry, at most to the size that it announces. Throws ProtocolError for any other content than it describes. */
export async function contentOf(zip: Buffer, entry: ZipEntry): Promise<Buffer> {
  const { name, flags, method, offset } = entry
  if (flags & ENCRYPTED) throw new ProtocolError(`the entry '${name}' is encrypted`)
  if (method !== STORED && method !== DEFLATED)
    throw new ProtocolError(`the entry '${name}' is not packed with deflate`)
  const local = header(zip, offset, LOCAL)
  const start = offset + LOCAL.length + local.readUInt16LE(26) + local.readUInt16LE(28)
  const packed = slice(zip, start, entry.packedSize)
  const content = method === STORED ? packed : await inflated(packed, entry)
  if (content.length !== entry.size)
    throw unreadable(`'${name}' has ${content.length} bytes, not ${entry.size}`)
  if (crc32(content) !== entry.checksum) throw new ProtocolError(`the entry '${name}' is damaged`)
  return content
}

async function inflated(packed: Buffer, { name, size }: ZipEntry): Promise<Buffer> {
  try {
    return await inflate(packed, { maxOutputLength: Math.max(1, size) })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const isLonger = code === 'ERR_BUFFER_TOO_LARGE'
    throw unreadable(isLonger ? `too many bytes in '${name}', expected ${size}` : message, error)
  }
}

interface Header {
  readonly signature: number
  readonly length: number
}

function header(zip: Buffer, at: number, { signature, length }: Header): Buffer {
  const bytes = slice(zip, at, length)
  if (bytes.readUInt32LE() !== signature) throw unreadable(`there is no header at ${at}`)
  return bytes
}

function slice(zip: Buffer, at: number, length: number): Buffer {
  if (at + length > zip.length) throw unreadable('it is cut short')
  return zip.subarray(at, at + length)
}

function unreadable(why: string, cause?: unknown): ProtocolError {
  return new ProtocolError(`this zip archive cannot be read: ${why}`, { cause })
}
