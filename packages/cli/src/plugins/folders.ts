import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { configPath } from 'dockline/syntax'
import type { Cli } from '../cli.js'

const PREFIX = 'docker-'
const SUFFIX = process.platform === 'win32' ? '.exe' : ''

/** Where plugins are for everybody, as the packages of compose and buildx have it. */
const OF_THE_SYSTEM =
  process.platform === 'win32'
    ? [process.env.ProgramData, process.env.ProgramFiles].flatMap((folder) =>
        folder === undefined ? [] : [join(folder, 'Docker', 'cli-plugins')],
      )
    : ['/usr/local/lib', '/usr/local/libexec', '/usr/lib', '/usr/libexec'].map(
        (folder) => `${folder}/docker/cli-plugins`,
      )

/** A name that files ask for, the first folder first. */
export interface Named {
  readonly name: string
  readonly path: string
  /** Those of the same name that come too late. */
  readonly shadowed: readonly string[]
}

/** All folders, in the order docker looks into them: the first plugin of a name is the one. */
function pluginFolders({ env, config }: Cli): readonly string[] {
  return [
    ...(config.cliPluginsExtraDirs ?? []),
    join(dirname(configPath(env)), 'cli-plugins'),
    ...OF_THE_SYSTEM,
  ]
}

/** Where a plugin of this name may be, in docker's order. */
export function pathsOf(name: string, cli: Cli): readonly string[] {
  return pluginFolders(cli).map((folder) => join(folder, `${PREFIX}${name}${SUFFIX}`))
}

/** Every file that wants to be a plugin, by its name. */
export async function candidates(cli: Cli): Promise<readonly Named[]> {
  const found = new Map<string, string[]>()
  for (const folder of pluginFolders(cli)) {
    for (const name of await namesIn(folder)) {
      const path = join(folder, `${PREFIX}${name}${SUFFIX}`)
      found.set(name, [...(found.get(name) ?? []), path])
    }
  }
  const named = [...found].map(([name, [path = '', ...shadowed]]) => ({ name, path, shadowed }))
  return named.sort((one, other) => (one.name < other.name ? -1 : 1))
}

async function namesIn(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
  const wanted = files.filter(
    (file) =>
      (file.isFile() || file.isSymbolicLink()) && file.name.startsWith(PREFIX) && file.name.endsWith(SUFFIX),
  )
  return wanted.map(({ name }) => name.slice(PREFIX.length, name.length - SUFFIX.length))
}
