import { fileMode } from '../../../archive/file-mode.js'
import type { TarEntry } from '../../../archive/tar.js'
import { InvalidArgumentError } from '../../../errors.js'

/** A file that is only in memory: its content, or its content with what else there is to say of it. */
export type ExtraFile =
  | string
  | Uint8Array
  | {
      readonly content: string | Uint8Array
      /** Default: 0o644. */
      readonly mode?: number | undefined
      /** Default: 1970, so that the same files make the same bytes. */
      readonly mtime?: Date | undefined
    }

export type ExtraFiles = Readonly<Record<string, ExtraFile>>

/** The files by name, in the order of the names' bytes. */
export function extraEntries(files: ExtraFiles): ReadonlyMap<string, TarEntry> {
  const names = Object.keys(files).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return new Map(names.map((name) => [checkedName(name), extraEntry(name, files[name] ?? '')]))
}

export function extraContent(file: ExtraFile): Buffer {
  const content = typeof file === 'object' && 'content' in file ? file.content : file
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content)
}

function extraEntry(name: string, file: ExtraFile): TarEntry {
  const content = extraContent(file)
  const { mode: given = 0o644, mtime } = typeof file === 'object' && 'content' in file ? file : {}
  const mode = fileMode(given, `files['${name}'].mode`)
  const seconds = Math.floor((mtime?.getTime() ?? 0) / 1000)
  return { name, type: 'file', mode, mtime: seconds, size: content.length, body: [content] }
}

function checkedName(name: string): string {
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..') || name.includes('\0')) {
    throw new InvalidArgumentError(`files: '${name}' is not a path inside the context, such as 'src/main.ts'`)
  }
  return name
}
