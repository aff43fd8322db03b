import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { BuildOptions } from 'dockline'
import type { Cli } from '../../cli.js'

/** What the Engine does not know of a build: where on this machine it was made from. */
export interface LocalBuild {
  readonly Target: string
  /** The folder of the context; '-' for stdin. */
  readonly LocalPath: string
  /** '' for the Dockerfile in that folder. */
  readonly DockerfilePath: string
}

/** Returns the file in which the docker command keeps the same, so that each command can name the builds of the other. */
async function fileOf(cli: Cli, ref: string): Promise<string> {
  const { configPath } = await import('dockline/syntax')
  const folder = process.env.BUILDX_CONFIG || join(dirname(configPath(cli.env)), 'buildx')
  return join(folder, 'refs', cli.context, cli.context, basename(ref))
}

/** Keeps where a build was made from. A folder that cannot be written to is no reason to fail. */
export async function rememberBuild(cli: Cli, ref: string | undefined, options: BuildOptions): Promise<void> {
  if (ref === undefined) return
  const { context, remote, dockerfile, dockerfileContent } = options
  const path = remote ?? (typeof context === 'string' ? resolve(context) : '-')
  const local: LocalBuild = {
    Target: 'default',
    LocalPath: path,
    DockerfilePath: dockerfileContent === undefined ? (dockerfile ?? '') : '-',
  }
  const file = await fileOf(cli, ref)
  await mkdir(dirname(file), { recursive: true })
    .then(() => writeFile(file, JSON.stringify(local), { mode: 0o600 }))
    .catch(() => {})
}

export async function recallBuild(cli: Cli, ref: string): Promise<LocalBuild | undefined> {
  try {
    return JSON.parse(await readFile(await fileOf(cli, ref), 'utf8'))
  } catch {
    return undefined
  }
}

export async function forgetBuild(cli: Cli, ref: string): Promise<void> {
  await rm(await fileOf(cli, ref), { force: true }).catch(() => {})
}
