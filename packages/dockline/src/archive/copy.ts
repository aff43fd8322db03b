import { InvalidArgumentError } from '../errors.js'
import { checkObject, checkText } from '../support/check.js'

/** One side of a copy: a path in a container, or one on this machine. */
export interface CopyArgument {
  /** Name or id; undefined for this machine. */
  readonly container?: string
  readonly path: string
}

/** Takes `CONTAINER:PATH` apart. Absolute paths and those that begin with a dot are of this machine, colon or not. */
export function splitCopyArgument(
  argument: string,
  platform: NodeJS.Platform = process.platform,
): CopyArgument {
  checkText(argument, 'argument')
  const absolute = platform === 'win32' ? /^(?:[a-z]:[/\\]|[/\\])/i : /^\//
  const colon = argument.indexOf(':')
  if (absolute.test(argument) || colon < 0 || argument.startsWith('.')) return { path: argument }
  const [container, path] = [argument.slice(0, colon), argument.slice(colon + 1)]
  if (container === '')
    throw new InvalidArgumentError(`'${argument}': the name of the container is missing before ':'`)
  if (path === '') throw new InvalidArgumentError(`'${argument}': the path is missing after ':'`)
  return { container, path }
}

export type CopyRoute = { readonly direction: 'fromContainer' | 'toContainer'; readonly container: string }

/** Returns the direction of a copy. Throws unless exactly one side is a container. */
export function copyRoute(source: CopyArgument, destination: CopyArgument): CopyRoute {
  checkObject(source, 'source')
  checkObject(destination, 'destination')
  if (source.container !== undefined && destination.container !== undefined) {
    throw new InvalidArgumentError('copying between containers is not supported')
  }
  if (source.container !== undefined) return { direction: 'fromContainer', container: source.container }
  if (destination.container !== undefined)
    return { direction: 'toContainer', container: destination.container }
  throw new InvalidArgumentError('must specify at least one container source')
}

interface CopyEnd {
  readonly path: string
  readonly isDirectory: boolean
  /** Whether `\` parts folders in this path. Not in a container's, wherever this runs. */
  readonly windows?: boolean
}

export interface CopySource extends CopyEnd {
  /** What it is to be called, when that is not the end of its path: the name of a link that was followed. */
  readonly name?: string
}

export interface CopyDestination extends CopyEnd {
  readonly exists: boolean
}

export interface CopyPlan {
  /** The folder to extract into. It has to exist. */
  readonly folder: string
  /** What the first part of every name in the archive becomes; undefined to leave the names as they are. */
  readonly rename?: string
}

/**
 * Where a copy ends up, by the rules of `docker cp`: into a folder that is there, else under the new name. A source that
 * ends in `/.` is the content of the folder.
 */
export function copyPlan(source: CopySource, destination: CopyDestination): CopyPlan {
  const from = splitPath(source)
  const to = splitPath(destination)
  if (from.assertsFolder && !source.isDirectory)
    throw new InvalidArgumentError(`not a directory: ${source.path}`)
  if (destination.exists && destination.isDirectory) {
    const keepsNames = source.name === undefined || from.content
    return { folder: destination.path, ...(keepsNames ? {} : { rename: source.name }) }
  }
  if (destination.exists && to.assertsFolder)
    throw new InvalidArgumentError(`not a directory: ${destination.path}`)
  if (destination.exists && source.isDirectory) {
    throw new InvalidArgumentError(`cannot copy directory ${source.path} to the file ${destination.path}`)
  }
  if (to.content || (to.assertsFolder && !source.isDirectory))
    throw new InvalidArgumentError(`no such directory: ${destination.path}`)
  return { folder: to.folder, rename: to.name }
}

interface SplitPath {
  readonly folder: string
  readonly name: string
  readonly assertsFolder: boolean
  readonly content: boolean
}

/** Whether a path means what is in the folder: it ends in `/.`, or is `.`. */
export function isContent(path: string, windows = process.platform === 'win32'): boolean {
  return (windows ? /(?:^|[/\\])\.[/\\]*$/ : /(?:^|\/)\.\/*$/).test(path)
}

function splitPath({ path, windows = false }: CopyEnd): SplitPath {
  if (path === '') throw new InvalidArgumentError('a path to copy from or to is empty')
  const content = isContent(path, windows)
  const bare = path.replace(windows ? /(?<![/\\]\.?)(?:[/\\]\.?)+$/ : /(?<!\/\.?)(?:\/\.?)+$/, '')
  const [, folder = '', name = bare] =
    (windows ? /^(.*[/\\])([^/\\]*)$/s : /^(.*\/)([^/]*)$/s).exec(bare) ?? []
  return {
    ...{ folder: folder === '' ? '.' : folder.replace(/(?<=[^/\\:])[/\\]+$/, ''), name },
    ...{ assertsFolder: content || (windows ? /[/\\]$/ : /\/$/).test(path), content },
  }
}
