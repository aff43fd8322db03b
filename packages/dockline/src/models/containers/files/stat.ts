import { posix } from 'node:path'
import type { ArchiveStat, ContainerInspectResponse } from '../../../api/index.js'
import { ApiError, NotFoundError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import type { EngineTarget } from '../../base/object.js'

/** One container's files. */
export interface FilesTarget extends EngineTarget {
  /** The details of the container, if they are known. */
  readonly attrs?: ContainerInspectResponse | undefined
}

type Kind = Pick<ArchiveStat, 'mode'>

/** The bits of Go's os.FileMode. */
export const isFolder = ({ mode }: Kind): boolean => hasBit(mode, 0x80000000)
export const isLink = ({ mode }: Kind): boolean => hasBit(mode, 0x08000000)
export const isDevice = ({ mode }: Kind): boolean => hasBit(mode, 0x04000000)

function hasBit(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1
}

/** Looks at a path without following a link at its end. Undefined when there is nothing. */
export async function lookAt(
  target: FilesTarget,
  path: string,
  call: CallOptions,
): Promise<ArchiveStat | undefined> {
  try {
    return await target.api.containers.statArchive(target.id, { path }, call)
  } catch (error) {
    if (error instanceof NotFoundError || (await isUnderFile(target, path, { error, call }))) return undefined
    throw error
  }
}

/** Whether the path leads through a file, to which Docker's Engine has only a 500 to say. */
async function isUnderFile(
  target: FilesTarget,
  path: string,
  { error, call }: { readonly error: unknown; readonly call: CallOptions },
): Promise<boolean> {
  // The folder of a path that ends with a slash is what is before the slash.
  const folder = posix.dirname(`${path}.`)
  if (!(error instanceof ApiError) || error.status !== 500 || folder === path) return false
  const found = await lookAt(target, folder, call)
  return found === undefined || !(isFolder(found) || isLink(found))
}

/** Where a path leads to, when it is a symbolic link. Rejects with NotFoundError when there is no such path. */
export async function withoutLink(
  { api, id }: FilesTarget,
  path: string,
  call: CallOptions,
): Promise<string> {
  return behind(await api.containers.statArchive(id, { path }, call), path)
}

/** The path that a link at the end of a path leads to; the path itself for everything else. */
export function behind(stat: ArchiveStat, path: string): string {
  return isLink(stat) && stat.linkTarget !== ''
    ? posix.resolve('/', posix.dirname(path), stat.linkTarget)
    : path
}

/** The error of the Engine for a path that is not there, for where another one found out. */
export function noSuchPath({ id }: FilesTarget, path: string, hint?: string): NotFoundError {
  const explanation = `Could not find the file ${path} in container ${id.slice(0, 12)}`
  const details = { status: 404, method: 'GET', path: `/containers/${id}/archive`, explanation }
  return new NotFoundError(details, { hint })
}
