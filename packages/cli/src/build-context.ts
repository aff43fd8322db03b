import { stat } from 'node:fs/promises'
import { isAbsolute, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import type { BuildOptions } from 'dockline'
import type { Cli } from './cli.js'
import { ExitError, explain } from './errors.js'
import { readText } from './flags/environment.js'

/** What is built: the part of the options that says where the files come from. */
export type BuildSource = Pick<BuildOptions, 'context' | 'dockerfile' | 'dockerfileContent' | 'remote'>

/** A folder, an address that the Engine fetches, or `-` for what comes on stdin: a tar, or a Dockerfile alone. */
export async function buildSource(cli: Cli, context: string, file: string | undefined): Promise<BuildSource> {
  if (file === '-' && context === '-') {
    throw new ExitError("invalid argument: can't use stdin for both build context and dockerfile")
  }
  if (context === '-') return fromStdin(cli.stdin, file)
  // A folder comes first, whatever its name looks like.
  const isAddress = isRemote(context) && !(await isFolder(context))
  const source = isAddress ? { remote: context } : { context: await existingFolder(context) }
  const dockerfileContent = await contentOf(cli, file, isAddress)
  if (dockerfileContent !== undefined) return { ...source, dockerfileContent }
  if (isAddress) return { ...source, dockerfile: file }
  return { ...source, ...(file !== undefined && { dockerfile: resolve(file) }) }
}

/** The text of a Dockerfile that is not a file of the context; undefined for one that is. */
async function contentOf(
  cli: Cli,
  file: string | undefined,
  isAddress: boolean,
): Promise<string | undefined> {
  if (file === '-') return text(cli.stdin)
  if (isUrl(file)) return fetchText(file)
  return file !== undefined && isAddress && isAbsolute(file) ? readText(file) : undefined
}

function isUrl(file: string | undefined): file is string {
  return file !== undefined && /^https?:\/\//.test(file)
}

/** An address may have a password or a token in it, which no error shows. */
async function fetchText(address: string): Promise<string> {
  if (!URL.canParse(address)) throw new ExitError('the address of the Dockerfile is no URL')
  const { origin, pathname, search, username, password } = new URL(address)
  const failed = (reason: string) =>
    new ExitError(`failed to fetch the Dockerfile from ${origin}${pathname}: ${reason}`)
  const login = [username, password].map(decodeURIComponent).join(':')
  const headers =
    login === ':' ? undefined : { Authorization: `Basic ${Buffer.from(login).toString('base64')}` }
  const response = await fetch(`${origin}${pathname}${search}`, headers && { headers }).catch((error) => {
    throw failed(explain((error as Error).cause ?? error))
  })
  if (!response.ok) throw failed(`${response.status} ${response.statusText}`.trim())
  return response.text()
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function isRemote(context: string): boolean {
  return /^(https?:\/\/|git:\/\/|ssh:\/\/|git@|github\.com\/)/.test(context)
}

/** The folder. If its name looks like an address, its whole path, which does not. */
async function existingFolder(context: string): Promise<string> {
  const found = await stat(context).catch((cause) => {
    throw new ExitError(`unable to prepare context: path "${context}" not found`, undefined, cause)
  })
  if (!found.isDirectory())
    throw new ExitError(`unable to prepare context: context must be a directory: ${resolve(context)}`)
  return isRemote(context) ? resolve(context) : context
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
  if (isArchive(beginning)) {
    if (isUrl(file)) return { context: rest, dockerfileContent: await fetchText(file) }
    return { context: rest, ...(file !== undefined && { dockerfile: file }) }
  }
  if (file !== undefined)
    throw new ExitError('ambiguous Dockerfile source: both stdin and flag correspond to Dockerfiles')
  return { dockerfileContent: await text(rest) }
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
