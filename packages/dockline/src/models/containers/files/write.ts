import { posix } from 'node:path'
import { fileMode } from '../../../archive/file-mode.js'
import { type Owner, type TarEntry, tarStream } from '../../../archive/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import { type CallOptions, deadline } from '../../../http/index.js'
import { callTable, type Own } from '../../base/call.js'
import { flag } from '../../options/values.js'
import { contentOf } from './content.js'
import { failed, isMissingPath, runInside } from './inside.js'
import { checkFiles, checkPath, checkUser, foldersBetween, type NamedFile } from './names.js'
import type { FilesToWrite, MakeFolderOptions, WriteFilesOptions } from './options.js'
import { Owners } from './owner.js'
import { type Place, placeOf } from './place.js'
import { type FilesTarget, isFolder, isLink, lookAt, noSuchPath } from './stat.js'

const writeOptions = callTable<WriteFilesOptions>({ parents: flag, mode: fileMode, user: checkUser })
const FILE_MODE = 0o644
const FOLDER_MODE = 0o755
const PARENTS_HINT = 'parents: true makes it'

/** The settings that all files of one call share. */
interface Writing {
  readonly parents: boolean
  readonly mode: number
  readonly user: string | number | undefined
  readonly call: CallOptions & { readonly signal: AbortSignal }
}

/** A folder of the container, and the files that are written there. */
interface FolderContent {
  readonly path: string
  readonly files: FilesToWrite
}

export async function writeFiles(
  target: FilesTarget,
  { path, files }: FolderContent,
  options: WriteFilesOptions,
): Promise<void> {
  const [own, { signal, timeout }] = writeOptions.read(options)
  checkPath(path)
  const named = checkFiles(files)
  using limit = deadline(`writing files into ${path}`, signal, timeout)
  const writing = { ...defaults(own, FILE_MODE), call: limit.call }
  const place = await placeOf(target, path, limit.call)
  const over = new AbortController()
  const content = { named, writing, over: over.signal }
  try {
    if (place.tmpfs === undefined) await writeByArchive(target, place.path, content)
    else await writeInside(target, place.path, content)
  } finally {
    over.abort()
  }
}

export async function makeFolder(
  target: FilesTarget,
  path: string,
  options: MakeFolderOptions,
): Promise<void> {
  const [own, { signal, timeout }] = writeOptions.read(options)
  checkPath(path)
  using limit = deadline(`making the folder ${path}`, signal, timeout)
  const writing = { ...defaults(own, FOLDER_MODE), call: limit.call }
  const place = await placeOf(target, path, limit.call)
  if (place.tmpfs === undefined) await makeByArchive(target, place.path, writing)
  else await makeInside(target, place, writing)
}

function defaults(
  { parents = false, mode, user }: Own<WriteFilesOptions>,
  defaultMode: number,
): Omit<Writing, 'call'> {
  return { parents, mode: mode ?? defaultMode, user }
}

interface Files {
  readonly named: readonly NamedFile[]
  readonly writing: Writing
  /** Aborts when the call is over, whatever has ended it. */
  readonly over: AbortSignal
}

/** In one tar, with the folders that are missing before what is in them. */
async function writeByArchive(target: FilesTarget, path: string, files: Files): Promise<void> {
  const { named, writing } = files
  const missing = await missingFolders(target, path, writing.call)
  if (missing.length > 0 && !writing.parents) throw noSuchPath(target, path, PARENTS_HINT)
  const within = await missingWithin(target, path, { ...files, isNew: missing.length > 0 })
  const folders = [...missing, ...within]
  const folder = posix.dirname(missing[0] ?? posix.join(path, '.new'))
  if (folders.length === 0 && named.length === 0) return
  const owners = await ownersOf(target, files)
  await putEntries(target, folder, {
    entries: entriesIn({ folder, path, folders, owners, ...files }),
    call: writing.call,
  })
}

/** The numbers of each user, found out before anything is sent. */
type OwnersByUser = ReadonlyMap<string | number | undefined, Owner>

async function ownersOf(target: FilesTarget, { named, writing }: Files): Promise<OwnersByUser> {
  const owners = new Owners(target, writing.call)
  const found = new Map([[writing.user, await owners.of(writing.user, 'user')]])
  for (const { name, user = writing.user } of named)
    if (!found.has(user)) found.set(user, await owners.of(user, `the user of '${name}'`))
  return found
}

interface Put {
  readonly entries: AsyncIterable<TarEntry>
  readonly call: CallOptions
}

async function putEntries({ api, id }: FilesTarget, folder: string, { entries, call }: Put): Promise<void> {
  const tar = tarStream(entries, { signal: call.signal })
  await api.containers.putArchive(id, { path: folder, noOverwriteDirNonDir: true }, tar, call)
}

/** The folders of a path that are not there, the outermost first. Rejects when something else is in their place. */
async function missingFolders(target: FilesTarget, path: string, call: CallOptions): Promise<string[]> {
  const missing: string[] = []
  for (let folder = path; folder !== '/'; folder = posix.dirname(folder)) {
    const found = await lookAt(target, folder, call)
    if (found !== undefined && !isFolder(found) && !isLink(found))
      throw new InvalidArgumentError(`path: ${folder} is a file, and has to be a folder`)
    if (found !== undefined) break
    missing.unshift(folder)
  }
  return missing
}

/** The folders of the names that are not there. What is in a missing folder is missing too. */
async function missingWithin(
  target: FilesTarget,
  path: string,
  { named, writing, isNew }: Files & { readonly isNew: boolean },
): Promise<string[]> {
  const folders = named.flatMap(({ name }) => foldersBetween(path, posix.join(path, name)))
  const missing = new Set<string>()
  for (const folder of new Set(folders)) {
    const isMissing =
      isNew ||
      missing.has(posix.dirname(folder)) ||
      (await lookAt(target, folder, writing.call)) === undefined
    if (isMissing) missing.add(folder)
  }
  return [...missing]
}

interface Entries extends Files {
  /** Where the tar is unpacked. */
  readonly folder: string
  /** What the names of the files begin at. */
  readonly path: string
  /** The folders to make. */
  readonly folders: readonly string[]
  readonly owners: OwnersByUser
}

/** The entries of a tar, made while it is sent: one content at a time is held. */
async function* entriesIn({
  folder,
  path,
  folders,
  named,
  writing,
  over,
  owners,
}: Entries): AsyncGenerator<TarEntry, void, undefined> {
  const mtime = Math.floor(Date.now() / 1000)
  for (const each of folders)
    yield {
      name: posix.relative(folder, each),
      type: 'directory',
      mode: FOLDER_MODE,
      mtime,
      ...owners.get(writing.user),
    }
  for (const file of named) {
    const { name, mode = writing.mode, user = writing.user } = file
    await using content = await contentOf(file, over)
    const inFolder = posix.relative(folder, posix.join(path, name))
    yield {
      name: inFolder,
      type: 'file',
      mode: fileMode(mode, 'mode'),
      mtime,
      ...owners.get(user),
      ...content,
    }
  }
}

/** By a tar of the container's own, one for each owner: each runs as the user who is to own its files. */
async function writeInside(target: FilesTarget, path: string, files: Files): Promise<void> {
  const { named, writing, over } = files
  const { parents, user, call } = writing
  await checkUsers(target, files)
  if (parents) await runOrFail(target, { command: ['mkdir', '-p', '--', path], user, signal: call.signal })
  for (const [owner, files] of byOwner(named, user)) {
    const input = tarStream(plainEntries({ named: files, writing, over }), { signal: call.signal })
    const command = ['tar', '-x', '-o', '-p', '-f', '-', '-C', path]
    await runOrFail(target, { command, user: owner, input, signal: call.signal }, path)
  }
}

/** Refuses the name of a user who is not there, where Engines have words of their own for that, or none. */
async function checkUsers(target: FilesTarget, files: Files): Promise<void> {
  const { named, writing } = files
  const isNamed = ({ user }: Pick<NamedFile, 'user'>) => user !== undefined && /[^\d:]/.test(String(user))
  if (isNamed(writing) || named.some(isNamed)) await ownersOf(target, files)
}

function byOwner(
  named: readonly NamedFile[],
  defaultUser: string | number | undefined,
): ReadonlyMap<string | number | undefined, readonly NamedFile[]> {
  const groups = new Map<string | number | undefined, NamedFile[]>()
  for (const file of named) {
    const user = file.user ?? defaultUser
    const group = groups.get(user)
    if (group === undefined) groups.set(user, [file])
    else group.push(file)
  }
  return groups
}

/** Without folders: a tar makes those that are missing, and leaves the others as they are. */
async function* plainEntries({ named, writing, over }: Files): AsyncGenerator<TarEntry, void, undefined> {
  const mtime = Math.floor(Date.now() / 1000)
  for (const file of named) {
    const { name, mode = writing.mode } = file
    await using content = await contentOf(file, over)
    yield { name, type: 'file', mode: fileMode(mode, 'mode'), mtime, ...content }
  }
}

async function makeByArchive(target: FilesTarget, path: string, writing: Writing): Promise<void> {
  const { parents, mode, user, call } = writing
  const missing = await missingFolders(target, path, call)
  if (missing.length === 0 && parents) return
  if (missing.length === 0) throw isThere(path)
  if (missing.length > 1 && !parents) throw noSuchPath(target, posix.dirname(path), PARENTS_HINT)
  const owner = await new Owners(target, call).of(user, 'user')
  const folder = posix.dirname(missing[0] ?? path)
  const mtime = Math.floor(Date.now() / 1000)
  const entries = missing.map((each) => ({
    name: posix.relative(folder, each),
    type: 'directory' as const,
    mode: each === path ? mode : FOLDER_MODE,
    ...{ mtime, ...owner },
  }))
  await putEntries(target, folder, { entries: inTurn(entries), call })
}

async function* inTurn(entries: readonly TarEntry[]): AsyncGenerator<TarEntry, void, undefined> {
  yield* entries
}

function isThere(path: string): InvalidArgumentError {
  return new InvalidArgumentError(`path: ${path} exists`, { hint: 'parents: true accepts it' })
}

async function makeInside(target: FilesTarget, { path }: Place, writing: Writing): Promise<void> {
  const { parents, mode, user, call } = writing
  const flags = parents ? ['-p'] : []
  const command = ['mkdir', ...flags, '-m', mode.toString(8), '--', path]
  const inside = { command, user, signal: call.signal }
  const result = await runInside(target, inside)
  if (result.exitCode === 0) return
  if (/File exists/.test(result.stderr) && !parents) throw isThere(path)
  if (isMissingPath(result)) throw noSuchPath(target, posix.dirname(path), PARENTS_HINT)
  throw failed(target, inside, result)
}

/** `folder` is what may be missing. */
async function runOrFail(
  target: FilesTarget,
  inside: Parameters<typeof runInside>[1],
  folder?: string,
): Promise<void> {
  const result = await runInside(target, inside)
  if (result.exitCode === 0) return
  if (folder !== undefined && isMissingPath(result)) throw noSuchPath(target, folder, PARENTS_HINT)
  throw failed(target, inside, result)
}
