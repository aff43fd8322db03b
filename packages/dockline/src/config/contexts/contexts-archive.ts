import { Readable } from 'node:stream'
import { readTar } from '../../archive/read-tar.js'
import { type TarEntry, tarStream } from '../../archive/tar.js'
import { ContextError, DockerError, ProtocolError } from '../../errors.js'
import { invalidKind } from '../../support/check.js'
import type { WholeContext } from './context-changes.js'
import { metaJson, parseMeta, type TlsFiles } from './contexts-files.js'

/** As docker has it: what is larger is no context. */
const MAX_ARCHIVE_BYTES = 10 * 1024 * 1024
const BLOCK_BYTES = 512

/** As docker packs it: meta.json, and under `tls` the files of each endpoint. */
export async function packContext(context: WholeContext): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of tarStream(entriesOf(context))) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function* entriesOf(context: WholeContext): AsyncGenerator<TarEntry, void, undefined> {
  yield fileEntry('meta.json', Buffer.from(metaJson(context)), 0o644)
  yield folderEntry('tls')
  for (const [endpoint, files] of Object.entries(context.tls)) {
    yield folderEntry(`tls/${endpoint}`)
    for (const [file, content] of Object.entries(files)) {
      yield fileEntry(`tls/${endpoint}/${file}`, content, 0o600)
    }
  }
}

function fileEntry(name: string, content: Buffer, mode: number): TarEntry {
  return { name, type: 'file', mode, mtime: 0, size: content.length, body: [content] }
}

function folderEntry(name: string): TarEntry {
  return { name, type: 'directory', mode: 0o700, mtime: 0 }
}

/** Reads what docker or `packContext` packed, or a zip of the same files, under a name that need not be the one it had. */
export async function unpackContext(
  name: string,
  archive: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<WholeContext> {
  const refuse = (what: string, cause?: unknown) =>
    new ContextError(name, `cannot import context "${name}": ${what}`, { cause })
  const bytes = await collect(archive, refuse)
  const files = await filesOf(bytes, refuse)
  const meta = files.get('meta.json')
  if (meta === undefined) throw refuse('the archive has no meta.json')
  files.delete('meta.json')
  const { metadata, endpoints, extra } = parseMeta(meta.toString('utf8'), name, 'meta.json')
  return { name, metadata, endpoints, extra, tls: tlsOf(files, refuse) }
}

type Refuse = (what: string, cause?: unknown) => ContextError

async function collect(archive: unknown, refuse: Refuse): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of piecesOf(archive)) {
    if (!(chunk instanceof Uint8Array)) return invalidKind('a piece of archive', 'bytes', chunk)
    chunks.push(chunk)
    length += chunk.length
    if (length > MAX_ARCHIVE_BYTES) throw refuse(`the archive is larger than ${MAX_ARCHIVE_BYTES} bytes`)
  }
  return Buffer.concat(chunks)
}

function piecesOf(archive: unknown): AsyncIterable<unknown> | readonly unknown[] {
  if (archive instanceof Uint8Array) return [archive]
  const isStream = typeof archive === 'object' && archive !== null && Symbol.asyncIterator in archive
  return isStream
    ? (archive as AsyncIterable<unknown>)
    : invalidKind('archive', 'bytes, or a stream of them', archive)
}

async function filesOf(bytes: Buffer, refuse: Refuse): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  try {
    for await (const { name, content } of isZip(bytes) ? unzipped(bytes) : untarred(bytes)) {
      files.set(checkedPath(name, refuse), content)
    }
  } catch (error) {
    if (error instanceof ContextError || !(error instanceof DockerError)) throw error
    throw refuse(error.message, error)
  }
  return files
}

interface ArchivedFile {
  readonly name: string
  readonly content: Buffer
}

/** docker looks for the same. */
function isZip(bytes: Buffer): boolean {
  return bytes.subarray(0, 4).toString('latin1') === 'PK\x03\x04'
}

async function* unzipped(zip: Buffer): AsyncGenerator<ArchivedFile, void, undefined> {
  const { readZip } = await import('./read-zip.js')
  yield* readZip(zip, MAX_ARCHIVE_BYTES)
}

async function* untarred(tar: Buffer): AsyncGenerator<ArchivedFile, void, undefined> {
  for await (const { name, type, body } of readTar(Readable.from([completed(tar)], { objectMode: false }))) {
    if (type === 'directory') continue
    if (type !== 'file') throw new ProtocolError(`the entry '${name}' is no file`)
    const chunks: Uint8Array[] = []
    for await (const chunk of body) chunks.push(chunk)
    const content = Buffer.concat(chunks)
    // Text has none: these are ours, in place of what was cut off.
    if (content.includes(0)) throw new ProtocolError(`the archive ends within '${name}'`)
    yield { name, content }
  }
}

/** docker leaves out how a tar ends, and fills up its last block with nothing. */
function completed(tar: Buffer): Buffer {
  return Buffer.concat([
    tar,
    Buffer.alloc((BLOCK_BYTES - (tar.length % BLOCK_BYTES)) % BLOCK_BYTES),
    Buffer.alloc(2 * BLOCK_BYTES),
  ])
}

/** Two kinds of names there are, and no others: nothing of an archive decides where a file is written. */
function checkedPath(name: string, refuse: Refuse): string {
  if (name === 'meta.json' || /^tls\/[\w-][\w.-]*\/[\w-][\w.-]*$/.test(name)) return name
  throw refuse(`the entry '${name}' does not belong into it`)
}

function tlsOf(files: ReadonlyMap<string, Buffer>, refuse: Refuse): TlsFiles {
  const endpoints = new Map<string, Map<string, Buffer>>()
  for (const [path, content] of files) {
    const [, endpoint, file] = path.split('/')
    if (endpoint === undefined || file === undefined)
      throw refuse(`the entry '${path}' does not belong into it`)
    const others = endpoints.get(endpoint) ?? new Map<string, Buffer>()
    endpoints.set(endpoint, others.set(file, content))
  }
  return Object.fromEntries([...endpoints].map(([endpoint, found]) => [endpoint, Object.fromEntries(found)]))
}
