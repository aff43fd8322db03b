import { constants } from 'node:buffer'
import type { Readable } from 'node:stream'
import { type ReadEntry, readTar } from '../../../archive/read-tar.js'
import { InvalidArgumentError, LimitError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import type { Encoding } from '../../sessions/result.js'
import { behind, type FilesTarget, noSuchPath } from './stat.js'

/** How much of a file is read, and what is made of it. */
export interface Reading {
  readonly encoding: Encoding
  readonly maxBytes: number | undefined
}

/** The content of a file by the archive endpoint. A link is followed, also to another link. */
export async function readByArchive(
  target: FilesTarget,
  path: string,
  reading: Reading & CallOptions,
): Promise<string | Buffer> {
  const tar = await archiveOf(target, path, reading)
  for await (const entry of readTar(tar)) return await contentIn(entry, path, reading)
  throw noSuchPath(target, path)
}

/** The tar of what a path leads to. The Engine has followed a link to its end, and says where that is. */
export async function archiveOf(
  { api, id }: FilesTarget,
  path: string,
  { signal, timeout }: CallOptions,
): Promise<Readable> {
  const { stream, stat } = await api.containers.getArchive(id, { path }, { signal, timeout })
  const end = behind(stat, path)
  if (end === path) return stream
  stream.destroy()
  return (await api.containers.getArchive(id, { path: end }, { signal, timeout })).stream
}

/** The content of an entry that has to be a file. Refused before it is read, when it is too long. */
export async function contentIn(
  entry: ReadEntry,
  path: string,
  { encoding, maxBytes }: Reading,
): Promise<string | Buffer> {
  const { type, size } = entry
  const kind = type === 'directory' ? 'folder' : type
  if (type !== 'file') throw new InvalidArgumentError(`path: ${path} is a ${kind}, and has to be a file`)
  checkSize(path, size, { encoding, maxBytes })
  const content = await bytesIn(entry, path)
  return encoding === 'utf8' ? content.toString('utf8') : content
}

/** The bytes of a file. Refused before they are read, when no Buffer can hold them. */
export async function bytesIn({ size, body }: ReadEntry, path: string): Promise<Buffer> {
  checkSize(path, size, { encoding: 'buffer', maxBytes: undefined })
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

const MOST_BYTES = { utf8: constants.MAX_STRING_LENGTH, buffer: constants.MAX_LENGTH }

function checkSize(path: string, size: number, { encoding, maxBytes = Infinity }: Reading): void {
  const most = MOST_BYTES[encoding]
  if (size <= Math.min(maxBytes, most)) return
  const kind = encoding === 'utf8' ? 'string' : 'Buffer'
  throw maxBytes <= most
    ? new LimitError(`${path} is longer than maxBytes, which is ${maxBytes} bytes`, maxBytes)
    : new LimitError(`${path} is longer than ${most} bytes, the most that one ${kind} can hold`, most)
}
