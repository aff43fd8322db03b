import { fileMode } from '../../../archive/file-mode.js'
import type { TarEntry } from '../../../archive/tar.js'
import { InvalidArgumentError } from '../../../errors.js'
import { checkObject, invalid, invalidKind, isObject, shownKey } from '../../../support/check.js'
import { refuseUnknown } from '../../../support/suggest.js'

/** A file that is only in memory: its content, or its content with what else there is to say of it. */
export type ExtraFile = string | Uint8Array | ExtraFileSettings

interface ExtraFileSettings {
  readonly data: string | Uint8Array
  /** Default: 0o644. */
  readonly mode?: number | undefined
  /** Default: 1970, so that the same files make the same bytes. */
  readonly mtime?: Date | undefined
}

export type ExtraFiles = Readonly<Record<string, ExtraFile>>

/** The files by name, in the order of the names' bytes. */
export function extraEntries(files: ExtraFiles): ReadonlyMap<string, TarEntry> {
  checkObject(files, 'files')
  const given = Object.keys(files).filter((name) => files[name] !== undefined)
  const names = given.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return new Map(names.map((name) => [checkedName(name), extraEntry(name, files[name])]))
}

export function extraContent(name: string, file: unknown): Buffer {
  return Buffer.from(settingsOf(file, optionOf(name)).data)
}

function extraEntry(name: string, file: unknown): TarEntry {
  const option = optionOf(name)
  const { data, mode: given = 0o644, mtime } = settingsOf(file, option)
  const content = Buffer.from(data)
  const mode = fileMode(given, `${option}.mode`)
  const time = mtime === undefined ? 0 : mtime instanceof Date ? mtime.getTime() : Number.NaN
  if (Number.isNaN(time)) invalid(`${option}.mtime`, 'a Date', mtime)
  return { name, type: 'file', mode, mtime: Math.floor(time / 1000), size: content.length, body: [content] }
}

function optionOf(name: string): string {
  return `files['${shownKey(name)}']`
}

function settingsOf(file: unknown, option: string): ExtraFileSettings {
  if (isData(file)) return { data: file }
  if (!isObject(file)) return invalidKind(option, 'a string, bytes or { data, mode, mtime }', file)
  refuseUnknown(file, ['data', 'mode', 'mtime'], option)
  const settings = file as ExtraFileSettings
  return isData(settings.data) ? settings : invalidKind(`${option}.data`, 'a string or bytes', settings.data)
}

function isData(value: unknown): value is string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array
}

function checkedName(name: string): string {
  const parts = name.split('/')
  if (parts.some((part) => part === '' || part === '.' || part === '..') || name.includes('\0')) {
    throw new InvalidArgumentError(`files: '${name}' is not a path inside the context, such as 'src/main.ts'`)
  }
  return name
}
