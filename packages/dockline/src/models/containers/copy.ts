import { lstat, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, posix, resolve } from 'node:path'
import { type Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PutContainerArchiveQuery } from '../../api/index.js'
import { fileMode } from '../../archive/file-mode.js'
import type { CopyDestination, CopySource } from '../../archive/index.js'
import { InvalidArgumentError, NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { type ByteSource, isByteSource, readableOf } from '../../stream/index.js'
import { reasonOfFile } from '../../support/file-reason.js'
import { callback, callTable } from '../base/call.js'
import { flag, invalid } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'
import { counted } from '../transfers/counted.js'
import { placeOf } from './files/place.js'
import { bytesIn } from './files/read-archive.js'
import { behind, type FilesTarget, isDevice, isFolder, lookAt, withoutLink } from './files/stat.js'

interface CopyOptions extends CallOptions {
  /** Copies what a symbolic link leads to, when the source itself is one. Default: false: the link. */
  readonly followLink?: boolean | undefined
  /** Called with the number of bytes of the tar so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined
  /**
   * Called for each file that is left out, with its name and type: a 'socket', or a 'fifo',
   * 'character-device' or 'block-device' where none can be made, as on Windows. Without the right to make a
   * device, the copy rejects.
   */
  readonly onSkip?: ((name: string, type: string) => void) | undefined
}

export interface CopyToOptions extends CopyOptions {
  /** Gives the files to the container's user, in place of the user and group numbers they have here. Default: false. */
  readonly archive?: boolean | undefined
  /** The permissions of a file that is copied from memory. Default: 0o644. */
  readonly mode?: number | undefined
}

export interface CopyFromOptions extends CopyOptions {}

const windows = process.platform === 'win32'

/** A copy into a container: the content, and a path of the container. */
interface CopyIn {
  readonly source: string | Uint8Array | ByteSource
  readonly path: string
}

/** By the rules of `docker cp`. */
export async function copyTo(
  target: FilesTarget,
  { source, path }: CopyIn,
  options: CopyToOptions,
): Promise<void> {
  const [{ followLink = false, archive, mode, onProgress, onSkip }, call] = copyToOptions.read(options)
  checkSource(source)
  checkPath(path)
  if (mode !== undefined && !(source instanceof Uint8Array))
    throw new InvalidArgumentError('mode is for content from memory, not for a path or a tar')
  if (followLink && typeof source !== 'string')
    throw new InvalidArgumentError('followLink is for a path, not for content from memory or a tar')
  const put = { archive, onProgress, call }
  if (isByteSource(source)) return putTar(target, { ...put, folder: path, tar: readableOf(source) })
  const destination = await destinationIn(target, path, call)
  const { copyPlan, packPath, tarStream } = await import('../../archive/index.js')
  if (typeof source === 'string') {
    const { folder, rename } = copyPlan(await localSource(source, followLink), destination)
    const tar = await packPath(source, { rename, followLink, onSkip, signal: call.signal })
    return putTar(target, { ...put, folder, tar })
  }
  const { folder, rename: name } = copyPlan({ path: 'content', isDirectory: false }, destination)
  if (name === undefined || destination.isDirectory) {
    return invalid('path', 'the name of a file, to which the content is copied', path)
  }
  const tar = tarStream(fileOf(name, source, mode ?? 0o644), { signal: call.signal })
  return putTar(target, { ...put, folder, tar })
}

const copyToOptions = callTable<CopyToOptions>({
  followLink: flag,
  archive: flag,
  mode: fileMode,
  onProgress: callback,
  onSkip: callback,
})

/** A copy out of a container: a path of the container, and the place for what is there. Without a place, into memory. */
interface CopyOut {
  readonly path: string
  readonly destination: string | Writable | undefined
}

/** By the rules of `docker cp`: into a path of this machine, into a stream as a tar, or into memory. */
export async function copyFrom(
  target: FilesTarget,
  { path, destination }: CopyOut,
  options: CopyFromOptions,
): Promise<Buffer | undefined> {
  const [{ followLink = false, onProgress, onSkip }, call] = copyFromOptions.read(options)
  checkPath(path)
  checkDestination(destination)
  const from = followLink || destination === undefined ? await behindLink(target, path, call) : path
  const { stream: tar, stat } = await target.api.containers.getArchive(target.id, { path: from }, call)
  const stream = counted(tar, onProgress)
  if (destination instanceof Writable) {
    const { signal } = call
    // An abort rejects with its reason, which Node's pipeline hides.
    const copied = pipeline(stream, destination, signal === undefined ? {} : { signal })
    await copied.catch((error) => {
      signal?.throwIfAborted()
      throw error
    })
    return undefined
  }
  if (destination === undefined) return contentOf(stream, path)
  try {
    const { copyPlan, extractArchive } = await import('../../archive/index.js')
    const name = from === path ? {} : { name: posix.basename(path) }
    const source: CopySource = { path: from, isDirectory: isFolder(stat), ...name }
    const { folder, rename } = copyPlan(source, await localDestination(destination))
    await extractArchive(stream, { destination: folder, rename, onSkip, signal: call.signal })
    return undefined
  } finally {
    stream.destroy()
  }
}

const copyFromOptions = callTable<CopyFromOptions>({
  followLink: flag,
  onProgress: callback,
  onSkip: callback,
})

function checkSource(source: unknown): void {
  if (isByteSource(source) || source instanceof Uint8Array || isPath(source)) return
  invalid('source', 'a path, a Buffer or a stream', source)
}

function checkDestination(destination: unknown): void {
  if (destination === undefined || destination instanceof Writable || isPath(destination)) return
  invalid('destination', 'a path or a Writable', destination)
}

function checkPath(path: unknown): void {
  if (!isPath(path)) invalid('path', "a path of the container, such as '/tmp'", path)
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

interface Put {
  readonly folder: string
  readonly tar: Readable
  readonly archive: boolean | undefined
  readonly onProgress: ((bytes: number) => void) | undefined
  readonly call: CallOptions
}

/** What is copied into a tmpfs would land below it, where nobody sees it. */
async function refuseTmpfs(target: FilesTarget, path: string, call: CallOptions): Promise<void> {
  const { tmpfs } = await placeOf(target, path, call)
  if (tmpfs === undefined || dialectOf(target.api).isPodman) return
  const words = `path: ${path} is in the tmpfs ${tmpfs}, which the Engine does not see`
  throw new InvalidArgumentError(words, {
    hint: 'the tar of the container writes there: writeFiles() runs it',
  })
}

/** As the docker command does it, a folder never becomes a file or the other way round. */
async function putTar(target: FilesTarget, { folder, tar, archive, onProgress, call }: Put): Promise<void> {
  await refuseTmpfs(target, folder, call).catch((error) => {
    tar.destroy()
    throw error
  })
  const query: PutContainerArchiveQuery = {
    path: folder,
    noOverwriteDirNonDir: true,
    ...(archive === undefined ? {} : { copyUIDGID: archive }),
  }
  await target.api.containers.putArchive(target.id, query, counted(tar, onProgress), call)
}

async function localSource(path: string, followLink: boolean): Promise<CopySource> {
  // A link that is not followed is no folder; one that ends in a slash always is followed.
  const follow = followLink || /(?:^|[/\\])\.{0,2}$/.test(path)
  try {
    return { path, isDirectory: (await (follow ? stat(path) : lstat(path))).isDirectory(), windows }
  } catch (cause) {
    throw new InvalidArgumentError(`source: ${path} cannot be read: ${reasonOfFile(cause)}`, { cause })
  }
}

/** Follows a link, also where it leads to a name that does not exist yet. */
async function localDestination(given: string): Promise<CopyDestination> {
  try {
    const found = await stat(given).catch(ifMissing)
    if (found?.isCharacterDevice() || found?.isBlockDevice()) return refuseDevice('destination', given)
    const isDirectory = found?.isDirectory() === true
    const path = isDirectory ? given : await behindLocalLinks(given)
    return { path, isDirectory, exists: found !== undefined, windows }
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw cause
    throw new InvalidArgumentError(`destination: ${given} cannot be reached`, { cause })
  }
}

/** Its own link and those behind it: the links above it are the file system's to follow. */
async function behindLocalLinks(path: string): Promise<string> {
  const found = await lstat(path).catch(ifMissing)
  if (found?.isSymbolicLink() !== true) return path
  return behindLocalLinks(resolve(await realpath(dirname(path)), await readlink(path)))
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}

/** As the docker command does it: what is copied would take the place of the device. */
function refuseDevice(option: string, path: string): never {
  throw new InvalidArgumentError(`${option}: ${path} is a device, and has to be a folder or a file`)
}

/** Follows a link, also where it leads to a name that does not exist yet. That name is made. */
async function destinationIn(
  target: FilesTarget,
  given: string,
  call: CallOptions,
): Promise<CopyDestination> {
  const named = await lookAt(target, given, call)
  const path = named === undefined ? given : behind(named, given)
  const found = path === given ? named : await lookAt(target, path, call)
  if (found !== undefined && isDevice(found)) return refuseDevice('path', given)
  const isDirectory = found !== undefined && isFolder(found)
  return { path, isDirectory, exists: found !== undefined }
}

/** A path that is not there stays what it is: the Engine says so in words when it is read, and has none for a look at it. */
async function behindLink(target: FilesTarget, path: string, call: CallOptions): Promise<string> {
  return withoutLink(target, path, call).catch((error) => {
    if (error instanceof NotFoundError) return path
    throw error
  })
}

async function* fileOf(name: string, content: Uint8Array, mode: number) {
  const mtime = Math.floor(Date.now() / 1000)
  const owner = { uid: 0, gid: 0 }
  const body = (async function* () {
    yield content
  })()
  yield { name, type: 'file', mode, mtime, ...owner, size: content.length, body } as const
}

async function contentOf(tar: Readable, path: string): Promise<Buffer> {
  const { readTar } = await import('../../archive/read-tar.js')
  for await (const entry of readTar(tar)) {
    if (entry.type !== 'file') break
    return await bytesIn(entry, path)
  }
  return invalid('path', 'a file, when there is no destination', path)
}
