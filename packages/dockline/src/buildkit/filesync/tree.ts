import { InvalidArgumentError } from '../../errors.js'

/** A folder with files that are on no disk, by name. */
export type VirtualFolder = ReadonlyMap<string, VirtualFolder | Buffer>

/** What is sent when the Engine asks for one folder. */
export interface LocalFolder {
  /** The folder on this machine; undefined where all is in memory. */
  readonly root: string | undefined
  /** Files that stand in it whatever is on the disk. */
  readonly virtual?: VirtualFolder | undefined
}

/** Arranges files by their paths. */
export function virtualFolder(files: Readonly<Record<string, Uint8Array>>): VirtualFolder {
  const root = new Map<string, VirtualFolder | Buffer>()
  for (const [path, content] of Object.entries(files)) place(root, path, content)
  return root
}

function place(root: Map<string, VirtualFolder | Buffer>, path: string, content: Uint8Array): void {
  const parts = path.split('/')
  let folder = root
  for (const part of parts.slice(0, -1)) {
    const next = folder.get(part) ?? new Map<string, VirtualFolder | Buffer>()
    if (next instanceof Buffer) throw new InvalidArgumentError(`files: '${part}' is a file and a folder`)
    folder.set(part, next)
    folder = next as Map<string, VirtualFolder | Buffer>
  }
  folder.set(parts.at(-1) ?? '', Buffer.from(content.buffer, content.byteOffset, content.byteLength))
}
