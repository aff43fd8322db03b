import { posix } from 'node:path'
import type { ContainerInspectResponse } from '../../../api/index.js'
import { InvalidArgumentError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'
import { dialectOf } from '../../podman/dialect.js'
import { behind, type FilesTarget, lookAt } from './stat.js'

/** A path, and how its files are reached. */
export interface Place {
  /** Absolute. */
  readonly path: string
  /**
   * The tmpfs that the path is in, where the archive endpoint does not see it: only a command in the container does. Undefined
   * where the archive endpoint works.
   */
  readonly tmpfs: string | undefined
}

/**
 * Finds out how a path is reached. Docker's archive endpoint reads and writes what lies below a tmpfs, which nobody sees.
 * Rejects with InvalidArgumentError when the path is in a tmpfs of a container that does not run, because a tmpfs exists only while its container runs.
 */
export async function placeOf(target: FilesTarget, given: string, call: CallOptions): Promise<Place> {
  const attrs = target.attrs ?? (await target.api.containers.inspect(target.id, {}, call))
  const mounts = mountsOf(attrs)
  const found = await follow(target, posix.resolve('/', given), { mounts, call })
  if (found.tmpfs === undefined) return found
  // The container may have ended since it was inspected.
  const { State } = attrs === target.attrs ? await target.api.containers.inspect(target.id, {}, call) : attrs
  if (State?.Running !== true) return refuseStopped(given, found.tmpfs)
  return dialectOf(target.api).archivesTmpfs(found.tmpfs) ? { ...found, tmpfs: undefined } : found
}

function refuseStopped(path: string, tmpfs: string): never {
  const words = `path: ${path} is in the tmpfs ${tmpfs}, which exists only while the container runs`
  throw new InvalidArgumentError(words, { hint: 'start the container first' })
}

/** By the path of each mount, whether it is a tmpfs. */
type Mounts = ReadonlyMap<string, boolean>

/** A container has these without being asked. */
const BUILT_IN = [['/dev', true] as const, ['/dev/shm', true] as const]

function mountsOf({ HostConfig, Mounts }: ContainerInspectResponse): Mounts {
  const asked = HostConfig?.Mounts?.map(({ Target, Type }) => ({ path: Target, type: Type })) ?? []
  const made = Mounts?.map(({ Destination, Type }) => ({ path: Destination, type: Type })) ?? []
  const entries = [...asked, ...made].map(({ path = '/', type }) => [normal(path), type === 'tmpfs'] as const)
  const tmpfs = Object.keys(HostConfig?.Tmpfs ?? {}).map((path) => [normal(path), true] as const)
  return new Map([...BUILT_IN, ...entries, ...tmpfs])
}

function normal(path: string): string {
  return posix.resolve('/', path)
}

interface Following {
  readonly mounts: Mounts
  readonly call: CallOptions
}

/** As many links as Linux follows in one path. */
const MOST_LINKS = 40

/** Follows the links on the way, such as /var/run to /run: one of them may lead into a tmpfs. */
async function follow(target: FilesTarget, path: string, { mounts, call }: Following): Promise<Place> {
  if (tmpfsAt(mounts, path) !== undefined || !hasOwnTmpfs(mounts))
    return { path, tmpfs: tmpfsAt(mounts, path) }
  let at = '/'
  let rest = partsOf(path)
  for (let links = 0; rest.length > 0; ) {
    const [name = '', ...after] = rest
    const next = posix.join(at, name)
    const whole = { path: posix.join(next, ...after), tmpfs: tmpfsAt(mounts, posix.join(next, ...after)) }
    if (whole.tmpfs !== undefined) return whole
    // In a tmpfs on the way to a volume there is nothing to look at.
    const isHidden = tmpfsAt(mounts, next) !== undefined
    const found = isHidden ? undefined : await lookAt(target, next, call)
    if (found === undefined && !isHidden) return whole
    const end = found === undefined ? next : behind(found, next)
    if (end !== next && ++links > MOST_LINKS) throw tooManyLinks(path)
    rest = end === next ? after : [...partsOf(end), ...after]
    at = end === next ? next : '/'
  }
  return { path: at, tmpfs: undefined }
}

function tooManyLinks(path: string): InvalidArgumentError {
  return new InvalidArgumentError(`path: ${path} leads through too many links`)
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function hasOwnTmpfs(mounts: Mounts): boolean {
  return [...mounts].some(([path, isTmpfs]) => isTmpfs && !path.startsWith('/dev'))
}

/** The tmpfs that a path is in, where no other mount within it has the path. */
function tmpfsAt(mounts: Mounts, path: string): string | undefined {
  let mount = path
  while (mount !== '/' && !mounts.has(mount)) mount = posix.dirname(mount)
  return mounts.get(mount) === true ? mount : undefined
}
