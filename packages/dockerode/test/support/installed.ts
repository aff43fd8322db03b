import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { installPackages, runNpm } from './npm.js'

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))

/** Packages in a folder of their own. */
export interface Installed {
  readonly folder: string
  /** How many packages npm installed. */
  readonly count: number
}

/** Installs packages from the registry: with dockerode, or with the drop-in in its place, as `overrides` puts it there. */
export async function install(
  dependencies: Readonly<Record<string, string>>,
  { overridden }: { readonly overridden: boolean },
): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-installed-'))
  const overrides = overridden ? { overrides: { dockerode: `file:${await packed(folder)}` } } : {}
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, ...overrides }))
  const [, count] = /added (\d+) packages/.exec(await installPackages(folder)) ?? []
  return { folder, count: Number(count) }
}

async function packed(folder: string): Promise<string> {
  return (await runNpm(PACKAGE, ['pack', '--silent', '--pack-destination', folder])).trim()
}
