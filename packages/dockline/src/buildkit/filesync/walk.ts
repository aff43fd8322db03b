import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { numbersOf } from '../../archive/entries.js'
import { bytesOfName, nameOf, onDisk } from '../../archive/file-names.js'
import { readNames, readNamesAtOnce, sortNames } from '../../archive/folder-names.js'
import { isRefused } from '../../archive/walk.js'
import { InvalidArgumentError } from '../../errors.js'
import { type Filter, type Inside, ROOT } from './filter.js'
import { FileMode, type Stat } from './packets.js'
import { isFolder, type LocalFolder, type VirtualFile, type VirtualFolder } from './tree.js'

/** An entry that is sent: its description, and where its content is. */
export interface Entry {
  readonly stat: Stat
  /** What a file has in it. undefined for what has no content. */
  readonly content: Buffer | 'on disk' | undefined
}

/** How long to look at files before everything else has its turn. Looking one by one is an order of magnitude slower. */
const SLICE_MS = 8
/** The most names that are looked at before everything else has its turn. */
const NAMES_PER_TURN = 1024

interface OpenedFolder {
  readonly path: string
  readonly inside: Inside
  readonly virtual: VirtualFolder | undefined
  /** The size of the folder itself on the disk, in bytes. 0 where it is not known, undefined where the folder is only virtual. */
  readonly size: number | undefined
  /** Whether the folder may be left out where it cannot be read. */
  readonly optional?: boolean
}

interface Level extends OpenedFolder {
  /** The last name comes first, so that a folder of many names costs no copying. */
  names: string[]
}

/**
 * Everything in a folder that the filter lets through: folders before what is in them, siblings in the order of their bytes.
 * A folder that is left out is sent all the same when something in it is. Entries come in batches, and between two of them
 * everything else that is to be done is done.
 */
export async function* walkFolder(
  folder: LocalFolder,
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<Entry[], void, undefined> {
  const walk = new Walk(folder, filter)
  while (!walk.isDone) {
    const batch = walk.advance(performance.now() + SLICE_MS)
    if (batch.length > 0) yield batch
    await walk.opening
    await nextTurn()
    signal.throwIfAborted()
  }
}

class Walk {
  readonly #root: string | undefined
  readonly #filter: Filter
  readonly #levels: Level[] = []
  /** Folders that are only sent when something in them is. */
  #pending: Entry[] = []
  /** The first name of each file that has several. */
  readonly #linked = new Map<string, string>()
  #opening: Promise<void> | undefined
  /** The entries that `advance()` has found so far. */
  #found: Entry[] = []

  constructor({ root, virtual }: LocalFolder, filter: Filter) {
    this.#root = root
    this.#filter = filter
    this.#open({ path: '', inside: ROOT, virtual, size: root === undefined ? undefined : 0 })
  }

  /** Settles once the names of a large folder are there. Until then there is nothing to look at. */
  get opening(): Promise<void> | undefined {
    return this.#opening
  }

  get isDone(): boolean {
    return this.#levels.length === 0
  }

  /** The entries that are found until a moment, or until a large folder has to be read. */
  advance(until: number): Entry[] {
    this.#found = []
    for (let left = NAMES_PER_TURN; left > 0 && this.#opening === undefined; left--) {
      const level = this.#levels.at(-1)
      if (level === undefined) break
      const name = level.names.pop()
      if (name === undefined) this.#close()
      // A file that was given may have the name of one on the disk.
      else if (name !== level.names.at(-1)) this.#visit(level, name)
      if (performance.now() > until) break
    }
    return this.#found
  }

  #close(): void {
    const { path } = this.#levels.pop() as Level
    if (this.#pending.at(-1)?.stat.path === path) this.#pending.pop()
  }

  #visit(level: Level, name: string): void {
    const path = level.path === '' ? name : `${level.path}/${name}`
    const virtual = level.virtual?.get(name)
    if (virtual !== undefined && !isFolder(virtual)) {
      this.#visitVirtual(level, path, virtual)
      return
    }
    const { sent, opens, inside } = this.#filter.judge(path, level.inside)
    const needed = virtual !== undefined
    if (!sent && !opens && !needed) return
    const found = level.size === undefined ? undefined : this.#look(path, sent)
    const type = found && typeOf(found)
    // The folder of a file that was given replaces a link or a file of its name.
    const stats = needed && type !== Type.FOLDER ? undefined : found
    if (type === Type.FOLDER || (stats === undefined && needed)) {
      const entry = stats === undefined ? virtualFolderEntry(path) : entryOf(path, stats, '')
      if (sent) this.#send(entry)
      else this.#pending.push(entry)
      if (sent || opens || needed)
        this.#open({ path, inside, virtual, size: stats && Number(stats.size), optional: !sent })
      return
    }
    if (stats !== undefined && sent && type !== Type.SOCKET) this.#send(this.#fileEntry(path, stats))
  }

  #visitVirtual(level: Level, path: string, file: VirtualFile): void {
    const { inside } = this.#filter.judge(path, level.inside)
    // An ignore file does not leave out files that were given. They are left out when the Engine does not ask for
    // them.
    if (this.#filter.isAskedFor(inside)) this.#send(virtualEntry(path, file))
  }

  /** Folders that wait for it go first. */
  #send(entry: Entry): void {
    const { path } = entry.stat
    checkText(path, () => `the name of ${join(this.#root ?? '', shown(path))}`)
    if (this.#pending.length > 0) this.#found.push(...this.#pending.splice(0))
    this.#found.push(entry)
  }

  #open(folder: OpenedFolder): void {
    const level: Level = { ...folder, names: [] }
    this.#levels.push(level)
    const names = this.#namesAtOnce(folder)
    if (names !== undefined) {
      level.names = names.reverse()
      return
    }
    this.#opening = this.#namesOf(folder).then((read) => {
      level.names = read.reverse()
      this.#opening = undefined
    })
    // Met by who waits for it.
    this.#opening.catch(() => {})
  }

  /** Returns undefined where there may be so many names that to read and to sort them takes several turns. */
  #namesAtOnce({ path, inside, virtual, size, optional }: OpenedFolder): string[] | undefined {
    if (virtual?.size || this.#filter.namesIn(path, inside) !== undefined) return undefined
    if (size === undefined) return []
    try {
      return readNamesAtOnce(this.#pathOf(path), size)
    } catch (error) {
      return this.#withoutNames(error, path, optional)
    }
  }

  async #namesOf({ path, inside, virtual, size, optional }: OpenedFolder): Promise<string[]> {
    const wanted = this.#filter.namesIn(path, inside)
    const given = [...(virtual?.keys() ?? [])]
    if (wanted !== undefined) return sortNames([...wanted, ...given])
    if (size === undefined) return sortNames(given)
    const found = await readNames(this.#pathOf(path)).catch((error) =>
      this.#withoutNames(error, path, optional),
    )
    return given.length === 0 ? found : sortNames([...found, ...given])
  }

  /** Returns what there is in a folder that cannot be read. */
  #withoutNames(error: unknown, path: string, optional = false): string[] {
    const { code } = error as NodeJS.ErrnoException
    if ((optional && isRefused(error)) || (path !== '' && code === 'ENOENT')) return []
    throw unreadable(this.#pathOf(path), error)
  }

  /** Written together and not joined: every file is looked at, and its path is clean already. */
  #pathOf(path: string): string {
    return path === '' ? (this.#root as string) : `${this.#root}/${path}`
  }

  /** undefined when there is nothing of that name: it may have been removed since its folder was read. */
  #look(path: string, sent: boolean): BigIntStats | undefined {
    const file = this.#pathOf(path)
    try {
      return lstatSync(onDisk(file), { bigint: true })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // In Deno, bytes that are no text have become this character, and the file is not found by such a name.
      if (sent && 'Deno' in globalThis && path.includes('\ufffd')) throw notText(`the name of ${file}`)
      if (!sent || code === 'ENOENT' || code === 'ENOTDIR') return undefined
      throw unreadable(file, error)
    }
  }

  #fileEntry(path: string, stats: BigIntStats): Entry {
    const file = this.#pathOf(path)
    const type = typeOf(stats)
    if (type === Type.LINK) return entryOf(path, stats, targetOf(file))
    if (type !== Type.FILE) return entryOf(path, stats, '')
    const first = stats.nlink > 1n ? this.#firstNameOf(path, stats) : path
    // A linked file has its size too: else the Engine takes it for changed.
    return { ...entryOf(path, stats, first === path ? '' : first), content: 'on disk' }
  }

  #firstNameOf(path: string, { dev, ino }: BigIntStats): string {
    const key = `${dev}:${ino}`
    const first = this.#linked.get(key)
    if (first === undefined) this.#linked.set(key, path)
    return first ?? path
  }
}

function virtualEntry(path: string, { content, mode, modTime }: VirtualFile): Entry {
  return { stat: { path, mode, size: content.length, modTime, linkname: '' }, content }
}

/** Always the same, so that the same files are the same context. */
function virtualFolderEntry(path: string): Entry {
  const mode = FileMode.DIRECTORY + 0o755
  return { stat: { path, mode, size: 0, modTime: 0n, linkname: '' }, content: undefined }
}

function entryOf(path: string, stats: BigIntStats, linkname: string): Entry {
  const type = typeOf(stats)
  const mode = permissionsOf(stats) + (TYPE_BITS.get(type) ?? 0)
  const size = type === Type.FILE ? Number(stats.size) : type === Type.LINK ? Buffer.byteLength(linkname) : 0
  const device = type === Type.BLOCK || type === Type.CHARACTER ? numbersOf(stats) : undefined
  return { stat: { path, mode, size, modTime: stats.mtimeNs, linkname, device }, content: undefined }
}

/** The types of files that a mode has. `isFile()` and its like make several bigints of it, for each of many files. */
const Type = {
  FILE: 0o100000,
  FOLDER: 0o040000,
  LINK: 0o120000,
  PIPE: 0o010000,
  SOCKET: 0o140000,
  CHARACTER: 0o020000,
  BLOCK: 0o060000,
} as const

function typeOf({ mode }: BigIntStats): number {
  return Number(mode) & 0o170000
}

const TYPE_BITS: ReadonlyMap<number, number> = new Map([
  [Type.FOLDER, FileMode.DIRECTORY],
  [Type.LINK, FileMode.SYMLINK],
  [Type.PIPE, FileMode.NAMED_PIPE],
  [Type.CHARACTER, FileMode.DEVICE + FileMode.CHARACTER_DEVICE],
  [Type.BLOCK, FileMode.DEVICE],
])

function permissionsOf({ mode }: BigIntStats): number {
  const bits = Number(mode)
  const permissions = process.platform === 'win32' ? ((bits & 0o777) | 0o111) & 0o755 : bits & 0o777
  return permissions + specialBits(bits)
}

function specialBits(bits: number): number {
  const setuid = bits & 0o4000 ? FileMode.SETUID : 0
  const setgid = bits & 0o2000 ? FileMode.SETGID : 0
  return setuid + setgid + (bits & 0o1000 ? FileMode.STICKY : 0)
}

function targetOf(file: string): string {
  const target = nameOf(readlinkSync(onDisk(file), { encoding: 'buffer' }))
  checkText(target, () => `what ${file} points to`)
  return process.platform === 'win32' ? target.replaceAll('\\', '/') : target
}

function shown(path: string): string {
  return bytesOfName(path).toString()
}

/** A name that is no text has halves of characters in it. */
function checkText(text: string, what: () => string): void {
  if (/[\ud800-\udfff]/u.test(text)) throw notText(what())
}

function notText(what: string): InvalidArgumentError {
  const hint = 'BuildKit takes no other names; name it in .dockerignore, or rename it'
  return new InvalidArgumentError(`${what} is not valid UTF-8`, { hint })
}

/** In docker's words: `open secret: permission denied`. */
export function unreadable(file: string, cause: unknown): InvalidArgumentError {
  if (isRefused(cause)) return new InvalidArgumentError(`open ${file}: permission denied`, { cause })
  const { message } = cause as Error
  return new InvalidArgumentError(`open ${file}: ${message}`, { cause })
}
