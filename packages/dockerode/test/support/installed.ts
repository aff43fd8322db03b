import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const FLAGS = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']

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
  const { stdout } = await run('npm', ['install', ...FLAGS], { cwd: folder })
  const [, count] = /added (\d+) packages/.exec(stdout) ?? []
  return { folder, count: Number(count) }
}

async function packed(folder: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: PACKAGE })
  return stdout.trim()
}
