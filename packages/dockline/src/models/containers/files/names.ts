import { posix } from 'node:path'
import { fileMode } from '../../../archive/file-mode.js'
import { isByteSource } from '../../../stream/index.js'
import { checkObject, invalid, invalidKind, shownKey } from '../../../support/check.js'
import { refuseUnknown } from '../../../support/suggest.js'
import { textOrNumber } from '../../options/values.js'
import type { FileData, FilesToWrite, FileToWrite } from './options.js'

/** A file to write, as it was checked. */
export interface NamedFile extends FileToWrite {
  readonly name: string
}

/** The files with their names, in the order in which they were given. Refuses what cannot be written. */
export function checkFiles(files: FilesToWrite): NamedFile[] {
  if (isData(files)) return invalidKind('files', "an object such as { 'a.txt': 'content' }", files)
  checkObject(files, 'files')
  return Object.entries(files).map(([name, file]) => checkFile(checkName(name), file))
}

function checkFile(name: string, file: FileData | FileToWrite): NamedFile {
  const option = `files['${shownKey(name)}']`
  if (isData(file)) return { name, data: file }
  if (typeof file !== 'object' || file === null || !('data' in file))
    return invalidKind(option, 'a string, bytes, a stream, or { data, mode, user, size }', file)
  refuseUnknown(file, ['data', 'mode', 'user', 'size'], option)
  const { data, mode, user, size } = file
  if (!isData(data)) return invalidKind(`${option}.data`, 'a string, bytes or a stream', data)
  if (mode !== undefined) fileMode(mode, `${option}.mode`)
  if (user !== undefined) checkUser(user, `${option}.user`)
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0))
    return invalid(`${option}.size`, 'a number of bytes from 0 on', size)
  if (size !== undefined && !isByteSource(data))
    invalid(`${option}.size`, 'left out where data is no stream', size)
  return { name, data, mode, user, size }
}

function isData(value: unknown): value is FileData {
  return typeof value === 'string' || value instanceof Uint8Array || isByteSource(value)
}

/** Refuses a name that would lead out of the folder, or is none of a file. */
function checkName(name: string): string {
  const isSafe = name.split('/').every((part) => !['', '.', '..'].includes(part)) && !name.includes('\0')
  const expected = "relative paths without '..', such as 'src/main.js'"
  return isSafe ? name : invalid('files: the names', expected, name)
}

export function checkPath(path: unknown, option = 'path'): asserts path is string {
  const isPath = typeof path === 'string' && path !== '' && !path.includes('\0')
  if (!isPath) invalid(option, "a path of the container, such as '/tmp'", path)
}

export function checkUser(user: unknown, option: string): string {
  const text = textOrNumber(user, option)
  const fits = text !== '' && !(Number(text) < 0)
  return fits ? text : invalid(option, "a user, such as 'app', 'app:staff' or 1000", user)
}

/** The folders above a path, the outermost first, up to `top` and without it. */
export function foldersBetween(top: string, path: string): string[] {
  const folders: string[] = []
  for (let folder = posix.dirname(path); folder !== top && folder !== '/'; folder = posix.dirname(folder))
    folders.unshift(folder)
  return folders
}
