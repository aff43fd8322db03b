import { lstat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { InvalidArgumentError } from '../../../errors.js'
import { show, strings } from '../../options/values.js'

/**
 * Returns chosen paths of a context as the rules of ignored files have them, and undefined where all of it is chosen. A path
 * that is not there is an error at once: later only a COPY would miss it.
 */
export async function chosenPaths(
  context: string,
  only: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (only === undefined) return undefined
  const paths = strings(only, 'only').map(pathInside)
  for (const path of paths) await checkPath(join(context, path))
  return paths.includes('.') ? undefined : paths
}

/** Without slashes around it. Its top is the context, also where it begins with a slash. */
function pathInside(given: string): string {
  const path = posix.normalize(given).replace(/^\/+|\/$/g, '') || '.'
  if (!/^\.\.(?:\/|$)/.test(path)) return path
  throw new InvalidArgumentError(`only: ${show(given)} is not in the context`)
}

async function checkPath(path: string): Promise<void> {
  await lstat(path).catch((cause) => {
    throw new InvalidArgumentError(`context: there is no ${path}`, { cause })
  })
}
