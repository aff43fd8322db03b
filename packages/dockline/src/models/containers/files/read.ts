import { posix } from 'node:path'
import { globPattern, type IgnorePattern } from '../../../archive/ignore-pattern.js'
import { type ReadEntry, readTar } from '../../../archive/read-tar.js'
import { entryParts } from '../../../archive/safe-path.js'
import { ContainerError, InvalidArgumentError, LimitError, NotFoundError } from '../../../errors.js'
import { type CallOptions, deadline } from '../../../http/index.js'
import { checkLimit } from '../../../stream/index.js'
import { callTable, type Own } from '../../base/call.js'
import { define } from '../../options/values.js'
import { checkEncoding } from '../../sessions/result.js'
import { failed, isMissingPath, readTarInside, runInside } from './inside.js'
import { checkPath, checkUser } from './names.js'
import type { FileExistsOptions, ReadFileOptions } from './options.js'
import { type Place, placeOf } from './place.js'
import { archiveOf, contentIn, type Reading, readByArchive } from './read-archive.js'
import { behind, type FilesTarget, isLink, lookAt, noSuchPath } from './stat.js'

const readOptions = callTable<ReadFileOptions>({
  encoding: checkEncoding,
  maxBytes: checkLimit,
  user: checkUser,
})
const existsOptions = callTable<FileExistsOptions>({ user: checkUser })

/** How a call reads. */
interface ReadingCall extends Reading {
  readonly user: string | number | undefined
  readonly call: CallOptions & { readonly signal: AbortSignal }
}

export async function readFile(
  target: FilesTarget,
  path: string,
  options: ReadFileOptions,
): Promise<string | Buffer> {
  const [own, { signal, timeout }] = readOptions.read(options)
  checkPath(path)
  using limit = deadline(`reading ${path}`, signal, timeout)
  return await readOne(target, path, { ...defaults(own), call: limit.call })
}

/** By a pattern of docker's ignore files. Without a wildcard, it is the name of one file. */
export async function readFiles(
  target: FilesTarget,
  glob: string,
  options: ReadFileOptions,
): Promise<Record<string, string | Buffer>> {
  const [own, { signal, timeout }] = readOptions.read(options)
  checkPath(glob, 'pattern')
  const { folder, rest } = splitGlob(glob)
  const pattern = parseGlob(glob, rest)
  using limit = deadline(`reading ${glob}`, signal, timeout)
  try {
    return await readMatches(target, folder, { ...defaults(own), pattern, call: limit.call })
  } catch (error) {
    const { maxBytes } = own
    if (!(error instanceof LimitError) || maxBytes === undefined) throw error
    throw new LimitError(`the files ${glob} are longer than maxBytes, which is ${maxBytes} bytes`, maxBytes)
  }
}

async function readMatches(
  target: FilesTarget,
  folder: string,
  reading: ReadingCall & { readonly pattern: IgnorePattern },
): Promise<Record<string, string | Buffer>> {
  const matches = new Matches(reading.pattern, reading.maxBytes)
  const place = await placeOf(target, folder, reading.call)
  for await (const entry of entriesOf(target, place, reading)) await matches.add(entry, reading)
  for (const name of matches.links) {
    const path = posix.join(place.path, name)
    const content = await readIfFile(target, path, { ...reading, maxBytes: matches.room })
    if (content !== undefined) matches.set(name, content)
  }
  return matches.files
}

export async function exists(
  target: FilesTarget,
  path: string,
  options: FileExistsOptions,
): Promise<boolean> {
  const [{ user }, { signal, timeout }] = existsOptions.read(options)
  checkPath(path)
  using limit = deadline(`looking for ${path}`, signal, timeout)
  const place = await placeOf(target, path, limit.call)
  return place.tmpfs === undefined
    ? await existsInArchive(target, place.path, limit.call)
    : await existsInside(target, place.path, { user, signal: limit.signal })
}

function defaults({ encoding = 'buffer', maxBytes, user }: Own<ReadFileOptions>): Omit<ReadingCall, 'call'> {
  return { encoding, maxBytes, user }
}

async function readOne(target: FilesTarget, given: string, reading: ReadingCall): Promise<string | Buffer> {
  const { path, tmpfs } = await placeOf(target, given, reading.call)
  if (tmpfs === undefined) return readByArchive(target, path, { ...reading, ...reading.call })
  return readInside(target, path, reading)
}

async function readInside(target: FilesTarget, path: string, reading: ReadingCall): Promise<string | Buffer> {
  const command = ['tar', '-c', '-h', '--no-recursion', '-f', '-', '-C', ...splitName(path)]
  for await (const entry of tarInside(target, path, { command, reading }))
    return await contentIn(entry, path, reading)
  throw noSuchPath(target, path)
}

/** What a tar of the container gives. A path that is missing is the Engine's error for that. */
async function* tarInside(
  target: FilesTarget,
  path: string,
  { command, reading }: { readonly command: readonly string[]; readonly reading: ReadingCall },
): AsyncGenerator<ReadEntry, void, undefined> {
  const { user, call } = reading
  try {
    yield* readTarInside(target, { command, user, signal: call.signal })
  } catch (error) {
    if (error instanceof ContainerError && isMissingPath({ stderr: String(error.stderr) }))
      throw noSuchPath(target, path)
    throw error
  }
}

/** The folder of a path, and its name in there, which may begin with a `-`. */
function splitName(path: string): [folder: string, end: '--', name: string] {
  return [posix.dirname(path), '--', path === '/' ? '.' : posix.basename(path)]
}

async function existsInArchive(target: FilesTarget, path: string, call: CallOptions): Promise<boolean> {
  const found = await lookAt(target, path, call)
  if (found === undefined || !isLink(found)) return found !== undefined
  const end = behind(found, path)
  return end === path || (await lookAt(target, end, call)) !== undefined
}

async function existsInside(
  target: FilesTarget,
  path: string,
  { user, signal }: { readonly user: string | number | undefined; readonly signal: AbortSignal },
): Promise<boolean> {
  const command = ['tar', '-c', '-h', '--no-recursion', '-f', '/dev/null', '-C', '/', '--', `.${path}`]
  const inside = { command, user, signal }
  const result = await runInside(target, inside)
  if (result.exitCode === 0) return true
  if (isMissingPath(result)) return false
  throw failed(target, inside, result)
}

const WILDCARD = /[*?[\\]/

/** The folder that all files are in, and the pattern of their names from there on. */
function splitGlob(glob: string): { readonly folder: string; readonly rest: string } {
  const parts = posix.resolve('/', glob).slice(1).split('/')
  const first = parts.findIndex((part) => WILDCARD.test(part))
  const count = first === -1 ? parts.length - 1 : first
  return { folder: `/${parts.slice(0, count).join('/')}`, rest: parts.slice(count).join('/') }
}

function parseGlob(glob: string, rest: string): IgnorePattern {
  try {
    const pattern = globPattern(rest, false)
    // What is wrong with it may only turn out now.
    pattern.matches('')
    return pattern
  } catch (cause) {
    const words = `pattern: ${glob} is not well-formed: ${(cause as Error).message}`
    throw new InvalidArgumentError(words, { cause })
  }
}

/** An entry of a folder, with its name from there. */
interface FoundEntry extends ReadEntry {
  readonly within: string
}

/** All that is in a folder. Nothing when there is no such folder. */
async function* entriesOf(
  target: FilesTarget,
  { path, tmpfs }: Place,
  reading: ReadingCall,
): AsyncGenerator<FoundEntry, void, undefined> {
  const command = ['tar', '-c', '-f', '-', '-C', path, '.']
  const open = async () =>
    tmpfs === undefined
      ? readTar(await archiveOf(target, path, reading.call))
      : tarInside(target, path, { command, reading })
  let top: readonly string[] | undefined
  try {
    for await (const entry of await open()) {
      const parts = entryParts(entry.name)
      // The folder itself comes first, under a name that differs from Engine to Engine.
      if (top === undefined && entry.type === 'directory') top = parts
      else yield { ...entry, within: parts.slice(top?.length ?? 0).join('/') }
    }
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
}

async function readIfFile(
  target: FilesTarget,
  path: string,
  reading: ReadingCall,
): Promise<string | Buffer | undefined> {
  try {
    return await readOne(target, path, reading)
  } catch (error) {
    if (error instanceof NotFoundError || error instanceof InvalidArgumentError) return undefined
    throw error
  }
}

/** The files whose names match, up to a number of bytes. Names count too: there may be any number of empty files. */
class Matches {
  readonly files: Record<string, string | Buffer> = {}
  /** Symbolic links, and second names of files: their content stands elsewhere. */
  readonly links: string[] = []
  readonly #pattern: IgnorePattern
  #room: number

  constructor(pattern: IgnorePattern, maxBytes = Infinity) {
    this.#pattern = pattern
    this.#room = maxBytes
  }

  /** The number of bytes that the next content may have; undefined for any number. */
  get room(): number | undefined {
    return this.#room === Infinity ? undefined : this.#room
  }

  async add(entry: FoundEntry, reading: ReadingCall): Promise<void> {
    const { within, type } = entry
    if (!CONTENTS.has(type) || !this.#pattern.matches(within)) return
    this.#take(Buffer.byteLength(within))
    if (type === 'file') this.set(within, await contentIn(entry, within, { ...reading, maxBytes: this.room }))
    else this.links.push(within)
  }

  set(name: string, content: string | Buffer): void {
    define(this.files, name, content)
    this.#take(Buffer.byteLength(content))
  }

  #take(bytes: number): void {
    this.#room -= bytes
    if (this.#room < 0) throw new LimitError('there are more bytes than maxBytes', 0)
  }
}

/** The types of entries that are a file, or may lead to one. */
const CONTENTS: ReadonlySet<string> = new Set(['file', 'link', 'symlink'])
