import { lstat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { InvalidArgumentError } from '../../../errors.js'

/**
 * Returns chosen paths of a context as the rules of ignored files have them, and undefined where all of it is chosen. A path
 * that is not there is an error at once: later only a COPY would miss it.
 */
export async function chosenPaths(
  context: string,
  only: readonly string[] | undefined,
): Promise<string[] | undefined> {
  if (only === undefined) return undefined
  const paths = only.map((path) => posix.normalize(path).replace(/(?<=.)\/$/, ''))
  for (const path of paths) await checkPath(join(context, path))
  return paths.includes('.') ? undefined : paths
}

async function checkPath(path: string): Promise<void> {
  await lstat(path).catch((cause) => {
    throw new InvalidArgumentError(`context: there is no ${path}`, { cause })
  })
}
