import type { Stats } from 'node:fs'
import { lstat, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { StreamError } from '../errors.js'
import { onDisk } from './file-names.js'

/** The parts of a name in an archive, with its first part renamed; none for the top folder itself. Refuses what climbs out. */
export function entryParts(name: string, rename?: string): string[] {
  const raw = name.split('/')
  // An absolute name begins with an empty part: it means the top of the archive, as `.` does.
  if (rename !== undefined) raw[0] = rename
  const parts = raw.filter((part) => part !== '' && part !== '.')
  if (parts.some(isUnsafe)) throw refused(name, 'its name does not stay inside the destination')
  return parts
}

/** Windows takes more than `..` for a way out: a drive, a stream of a file, its own separator. */
function isUnsafe(part: string): boolean {
  return part === '..' || part.includes('\0') || (process.platform === 'win32' && /[\\:*?"<>|]/.test(part))
}

export function refused(name: string, why: string): StreamError {
  return new StreamError(`the archive's entry '${name}' was refused: ${why}`)
}

/**
 * Paths under a folder that is real all the way down. Every step is looked at without following it, so that no link, be
 * it of the archive or one that was there before, leads out.
 */
export class SafeFolder {
  readonly #root: string
  /** The folder that was made sure of last: the next entry is most often in it too. A folder is never replaced. */
  #known = ''

  constructor(root: string) {
    this.#root = root
  }

  /** The path of an entry, its folder made sure of. */
  async place(parts: readonly string[], name: string): Promise<string> {
    const folder = parts.slice(0, -1)
    await this.#makeSure(folder, name)
    return join(this.#root, ...parts)
  }

  /** The path of something that is there already; undefined when it is not, or not in a real folder. */
  async find(parts: readonly string[]): Promise<string | undefined> {
    for (let depth = 1; depth < parts.length; depth++) {
      const stats = await statsOf(join(this.#root, ...parts.slice(0, depth)))
      if (stats === undefined || !stats.isDirectory()) return undefined
    }
    return parts.length === 0 ? undefined : join(this.#root, ...parts)
  }

  async #makeSure(folder: readonly string[], name: string): Promise<void> {
    const key = folder.join('/')
    if (key === this.#known) return
    for (let depth = 1; depth <= folder.length; depth++) {
      const path = join(this.#root, ...folder.slice(0, depth))
      const stats = await statsOf(path)
      if (stats === undefined) await mkdir(onDisk(path))
      else if (!stats.isDirectory()) throw refused(name, `${path} is not a folder`)
    }
    this.#known = key
  }
}

/** undefined when there is nothing. */
export async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(onDisk(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
