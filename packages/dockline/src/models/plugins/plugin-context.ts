import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { InvalidArgumentError } from '../../errors.js'
import { invalid } from '../options/values.js'

/** A plugin's folder as a tar, once it is known to hold what an Engine looks for. Whose the files are is kept. */
export async function packPlugin(folder: string, signal: AbortSignal | undefined): Promise<Readable> {
  if (folder === '') return invalid('context', 'a folder, or a tar as a Buffer or Readable', folder)
  await checkFolder(folder, 'the folder of the plugin')
  await checkFolder(join(folder, 'rootfs'), 'the root file system of the plugin')
  await checkConfig(join(folder, 'config.json'))
  // Loaded here, because most programs never make a plugin.
  const { packPath } = await import('../../archive/index.js')
  return packPath(folder, { rename: '.', followLink: true, signal })
}

async function checkFolder(path: string, what: string): Promise<void> {
  const stats = await stat(path).catch((cause) => refuse(`cannot read ${path}, ${what}`, cause))
  if (!stats.isDirectory()) refuse(`${path} is not a folder`)
}

async function checkConfig(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((cause) => refuse(`cannot read ${path}`, cause))
  const config: unknown = parse(text, path)
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    refuse(`${path} must hold a JSON object`)
  }
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    return refuse(`${path} is not valid JSON`, cause)
  }
}

function refuse(problem: string, cause?: unknown): never {
  throw new InvalidArgumentError(`context: ${problem}`, { cause })
}
