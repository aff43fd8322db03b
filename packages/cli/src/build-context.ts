import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { BuildOptions } from 'dockline'
import type { Cli } from './cli.js'
import { ExitError } from './errors.js'
import { readText } from './flags/environment.js'

/** What is built: the part of the options that says where the files come from. */
export type BuildSource = Pick<BuildOptions, 'context' | 'dockerfile' | 'dockerfileContent' | 'remote'>

/** A folder, an address that the Engine fetches, or `-` for what comes on stdin: a tar, or a Dockerfile alone. */
export async function buildSource(cli: Cli, context: string, file: string | undefined): Promise<BuildSource> {
  if (file === '-' && context === '-') {
    throw new ExitError("invalid argument: can't use stdin for both build context and dockerfile")
  }
  if (context === '-') return fromStdin(cli.stdin, file)
  if (isRemote(context)) {
    if (file === '-') return { remote: context, dockerfileContent: await text(cli.stdin) }
    return { remote: context, dockerfile: file }
  }
  await requireFolder(context)
  if (file === '-') return { context, dockerfileContent: await text(cli.stdin) }
  return { context, ...(file !== undefined && { dockerfile: resolve(file) }) }
}

function isRemote(context: string): boolean {
  return /^(https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(context)
}

async function requireFolder(context: string): Promise<void> {
  const found = await stat(context).catch((cause) => {
    throw new ExitError(`unable to prepare context: path "${context}" not found`, undefined, cause)
  })
  if (!found.isDirectory())
    throw new ExitError(`unable to prepare context: context must be a directory: ${resolve(context)}`)
}

/** Length of a tar's first header. The first bytes also show a compressed tar. */
const HEADER_BYTES = 512
const COMPRESSED = [
  [0x1f, 0x8b],
  [0x42, 0x5a, 0x68],
  [0xfd, 0x37, 0x7a, 0x58, 0x5a],
  [0x28, 0xb5, 0x2f, 0xfd],
]

async function fromStdin(stdin: Readable, file: string | undefined): Promise<BuildSource> {
  const chunks = stdin.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>
  const beginning = await readBeginning(chunks)
  const rest = Readable.from(joined(beginning, chunks), { objectMode: false })
  if (isArchive(beginning)) return { context: rest, ...(file !== undefined && { dockerfile: file }) }
  return { dockerfileContent: file === undefined ? await text(rest) : await readText(file) }
}

async function readBeginning(chunks: AsyncIterator<Buffer>): Promise<Buffer> {
  let beginning = Buffer.alloc(0)
  while (beginning.length < HEADER_BYTES) {
    const { value, done } = await chunks.next()
    if (done) break
    beginning = Buffer.concat([beginning, value])
  }
  return beginning
}

async function* joined(beginning: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield beginning
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value
}

function isArchive(beginning: Buffer): boolean {
  if (COMPRESSED.some((magic) => magic.every((byte, index) => beginning[index] === byte))) return true
  return beginning.subarray(257, 262).toString('latin1') === 'ustar'
}
