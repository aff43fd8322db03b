import { InvalidArgumentError } from '../../errors.js'

/** A file that is on no disk. */
export interface VirtualFile {
  readonly content: Buffer
  /** Permission bits. */
  readonly mode: number
  /** Nanoseconds since 1970. */
  readonly modTime: bigint
}

/** A folder with files that are on no disk, by name. */
export type VirtualFolder = ReadonlyMap<string, VirtualFolder | VirtualFile>

/** What is sent when the Engine asks for one folder. */
export interface LocalFolder {
  /** The folder on this machine; undefined where all is in memory. */
  readonly root: string | undefined
  /** Files that stand in the folder, also where the disk has others. */
  readonly virtual?: VirtualFolder | undefined
  /** The lines of its ignore file, where they are more than an Engine can send back. It gets an empty one then. */
  readonly exclude?: readonly string[] | undefined
  /** Paths in it: only these and what is below them are sent. Default: all of it. */
  readonly only?: readonly string[] | undefined
}

export function isFolder(node: VirtualFolder | VirtualFile | undefined): node is VirtualFolder {
  return node instanceof Map
}

type Growing = Map<string, VirtualFolder | VirtualFile>

/** Arranges files by their paths. */
export function virtualFolder(files: Iterable<readonly [path: string, file: VirtualFile]>): VirtualFolder {
  const root: Growing = new Map()
  for (const [path, file] of files) place(root, path.split('/'), file)
  return root
}

function place(root: Growing, parts: readonly string[], file: VirtualFile): void {
  let folder = root
  for (const [index, part] of parts.slice(0, -1).entries()) {
    const next = folder.get(part) ?? new Map<string, VirtualFolder | VirtualFile>()
    if (!isFolder(next)) throw bothWays(parts.slice(0, index + 1))
    folder.set(part, next)
    folder = next as Growing
  }
  const name = parts.at(-1) ?? ''
  if (folder.has(name)) throw bothWays(parts)
  folder.set(name, file)
}

function bothWays(parts: readonly string[]): InvalidArgumentError {
  return new InvalidArgumentError(`files: '${parts.join('/')}' is a file and a folder`)
}
