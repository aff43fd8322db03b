import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { InvalidArgumentError } from '../errors.js'
import { onDisk } from './file-names.js'
import { readNames } from './folder-names.js'
import { type FolderVerdict, IgnoreRules } from './ignore-rules.js'

export interface FoundPath {
  /** Relative to the folder that is walked, with `/`. */
  readonly path: string
  /** Where it is on this machine. */
  readonly file: string
  readonly stats: BigIntStats
}

interface Level {
  readonly path: string
  readonly names: string[]
  readonly inside: FolderVerdict
}

/**
 * Everything in a folder that the rules leave in: folders before what is in them, names in the order of their bytes.
 * Symbolic links are not followed. An ignored folder is only looked into for what is taken back in, and not given itself.
 */
export async function* walk(
  root: string,
  rules = new IgnoreRules([]),
): AsyncGenerator<FoundPath, void, undefined> {
  const levels = [await openLevel(root, { path: '', inside: [] })]
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const name = level.names.pop()
    if (name === undefined) {
      levels.pop()
      continue
    }
    const path = level.path === '' ? name : `${level.path}/${name}`
    const { ignored, inside } = rules.judge(path, level.inside)
    if (ignored && !rules.mayKeepBelow(path)) continue
    const found = await look(root, path, ignored)
    if (found === undefined) continue
    if (!ignored) yield found
    if (found.stats.isDirectory()) levels.push(await openLevel(root, { path, inside, ignored }))
  }
}

interface LevelToOpen {
  readonly path: string
  readonly inside: FolderVerdict
  readonly ignored?: boolean
}

/** The names are taken from the end, so that a folder of many costs no copying. */
async function openLevel(root: string, { path, inside, ignored = false }: LevelToOpen): Promise<Level> {
  const names = await readNames(join(root, path)).catch((error: NodeJS.ErrnoException) => {
    if (ignored && isRefused(error)) return []
    if (path !== '' && error.code === 'ENOENT') return []
    throw unreadable(join(root, path), error)
  })
  return { path, inside, names: names.reverse() }
}

/** undefined when it has been removed since its folder was read, or is ignored and of no further use. */
async function look(root: string, path: string, ignored: boolean): Promise<FoundPath | undefined> {
  const file = join(root, path)
  try {
    const stats = await lstat(onDisk(file), { bigint: true })
    return ignored && !stats.isDirectory() ? undefined : { path, file, stats }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (ignored) return undefined
    // Deno reads names as text only, and does not find a name again that is not text.
    if (code === 'ENOENT' && path.includes('\ufffd')) {
      throw new InvalidArgumentError(`the name of ${file} is not valid UTF-8`, { cause: error })
    }
    if (code === 'ENOENT') return undefined
    throw unreadable(file, error)
  }
}

export function isRefused(error: unknown): boolean {
  return ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
}

export function unreadable(file: string, cause: unknown): InvalidArgumentError {
  if (isRefused(cause)) return new InvalidArgumentError(`no permission to read ${file}`, { cause })
  return new InvalidArgumentError(`cannot read ${file}`, { cause })
}
