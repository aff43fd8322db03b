import { lstat, readlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { nameOf, onDisk } from '../../archive/file-names.js'
import { readNames } from '../../archive/folder-names.js'
import { globPattern } from '../../archive/ignore-pattern.js'

/**
 * The patterns that paths stand for, with the symbolic links on their way and what those point to. An empty list is
 * everything. A path that is not there stays: it is the Engine that says so.
 */
export async function followPaths(
  root: string | undefined,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<string[]> {
  const found = new Set<string>()
  const follower = new Follower(root, found, signal)
  for (const path of paths) await follower.follow(partsOf(path), [])
  if (found.has('')) return []
  return withoutNested(found)
}

/** The most names that are compared with a pattern before everything else has its turn. */
const NAMES_PER_TURN = 4096
/** How many links a path may lead over: `a -> a/b` leads on for ever. */
const MAX_LINKS = 255

class Follower {
  readonly #root: string | undefined
  readonly #found: Set<string>
  readonly #signal: AbortSignal
  /** Each link with what comes after it: several ways lead there, and one of them is enough. */
  readonly #followed = new Set<string>()

  constructor(root: string | undefined, found: Set<string>, signal: AbortSignal) {
    this.#root = root
    this.#found = found
    this.#signal = signal
  }

  /**
   * `done` has been walked already, and has no link in it. A part that begins with a slash is a name on the disk: a `*` in it
   * is no wildcard.
   */
  async follow(parts: readonly string[], done: readonly string[], links = 0): Promise<void> {
    const [part, ...rest] = parts
    if (part === undefined) {
      this.#found.add(done.join('/'))
      return
    }
    if (isWild(part))
      await this.#followMatches(part, done, (name) => this.follow([asName(name), ...rest], done, links))
    const path = [...done, part.replace('/', '')]
    const target = await this.#linkAt(path)
    if (target === undefined) return this.follow(rest, path, links)
    this.#found.add(path.join('/'))
    const way = [...path, '', ...rest].join('/')
    if (links === MAX_LINKS || this.#followed.has(way)) return
    this.#followed.add(way)
    const next = target.startsWith('/') ? [] : done
    return this.follow([...partsOf([...next, target].join('/')).map(asName), ...rest], [], links + 1)
  }

  /** Wildcards are matched only to find the links among what they match: the pattern itself finds the others. */
  async #followMatches(
    pattern: string,
    done: readonly string[],
    follow: (name: string) => Promise<void>,
  ): Promise<void> {
    const { matches } = globPattern(pattern, false)
    for (const [index, name] of (await this.#namesIn(done)).entries()) {
      if (index % NAMES_PER_TURN === 0) await nextTurn()
      if (!matches(name) || (await this.#linkAt([...done, name])) === undefined) continue
      await follow(name)
    }
  }

  async #linkAt(path: readonly string[]): Promise<string | undefined> {
    this.#signal.throwIfAborted()
    if (this.#root === undefined) return undefined
    const file = onDisk(join(this.#root, ...path))
    try {
      if (!(await lstat(file)).isSymbolicLink()) return undefined
      const target = nameOf(await readlink(file, { encoding: 'buffer' }))
      return process.platform === 'win32' ? target.replaceAll('\\', '/') : target
    } catch {
      // What is not there, or not to be read, is no link.
      return undefined
    }
  }

  async #namesIn(folder: readonly string[]): Promise<string[]> {
    if (this.#root === undefined) return []
    return readNames(join(this.#root, ...folder)).catch(() => [])
  }
}

function isWild(part: string): boolean {
  return /^[^/]*[*?[]/.test(part)
}

function asName(part: string): string {
  return `/${part}`
}

/** Without empty and `.` parts, and without what would lead out of the root. */
function partsOf(path: string): string[] {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts
}

/** Looks paths up and compares none with all others: there may be thousands. */
function withoutNested(paths: ReadonlySet<string>): string[] {
  const isNested = (path: string): boolean => {
    const above = posix.dirname(path)
    return above !== '.' && (paths.has(above) || isNested(above))
  }
  return [...paths].filter((path) => !isNested(path)).sort()
}
