import { lstat, realpath } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { InvalidArgumentError } from '../errors.js'
import { isContent } from './copy.js'
import { type EntryOptions, fileEntries } from './entries.js'
import { nameOf, onDisk } from './file-names.js'
import { type TarOptions, tarStream } from './tar.js'
import { type FoundPath, unreadable, walk } from './walk.js'

export interface PackPathOptions extends TarOptions, Omit<EntryOptions, 'rename'> {
  /** The first part of every name in the archive, instead of the source's own name; `.` for a folder's content. */
  readonly rename?: string | undefined
  /** When the source is a symbolic link, take what it points to. Links inside a folder are always sent as links. */
  readonly followLink?: boolean | undefined
}

/** A file, or a folder with all that is in it, as a tar. `folder/.` is the content of the folder, named `./…`. */
export async function packPath(source: string, options: PackPathOptions = {}): Promise<Readable> {
  options.signal?.throwIfAborted()
  const top = await findSource(source, options)
  const first = options.rename ?? (isContent(source) ? '.' : basename(resolve(source)) || '.')
  const rename = (path: string) => (path === '' ? first : `${first}/${path}`)
  return tarStream(fileEntries(withContent(top), { ...options, rename }), options)
}

/** A path that ends in a slash, or in `/.`, says that it is a folder: it is followed, as every tool does. */
async function findSource(source: string, { followLink = false }: PackPathOptions): Promise<FoundPath> {
  if (source === '') throw new InvalidArgumentError('source: there is no file without a name')
  const assertsFolder = ['', '.', '..'].includes(lastPart(source))
  const path = resolve(source)
  try {
    const follow = followLink || assertsFolder
    const file = follow ? await realName(path) : join(await realName(dirname(path)), basename(path))
    const stats = await lstat(onDisk(file), { bigint: true })
    if (assertsFolder && !stats.isDirectory())
      throw new InvalidArgumentError(`source: ${source} is not a folder`)
    return { path: '', file, stats }
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(path, error)
    throw new InvalidArgumentError(`source: there is no ${source}`, { cause: error })
  }
}

async function realName(path: string): Promise<string> {
  return nameOf(await realpath(onDisk(path), { encoding: 'buffer' }))
}

function lastPart(path: string): string {
  return path.split(sep).at(-1)?.split('/').at(-1) ?? ''
}

async function* withContent(top: FoundPath): AsyncGenerator<FoundPath, void, undefined> {
  yield top
  if (top.stats.isDirectory()) yield* walk(top.file)
}
