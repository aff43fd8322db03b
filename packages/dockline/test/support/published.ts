import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PATIENT } from './patience.js'

const run = promisify(execFile)
const PACKAGE = fileURLToPath(new URL('../..', import.meta.url))
const MODULES = fileURLToPath(new URL('../../../../node_modules', import.meta.url))

/** The folder of the bundlers and type checkers that `npm test` provides; undefined without. */
export const TOOLS = process.env.DOCKLINE_PACKAGE_TOOLS || undefined
/** For tests that need them. */
export const NEEDS_TOOLS = { skip: TOOLS === undefined ? '`npm test` provides the tools' : false, ...PATIENT }

/** A project that has the package in its node_modules, as `npm install dockline` puts it there. */
export interface Project {
  readonly folder: string
  /** What `npm publish` would send. */
  readonly tarball: string
  /** The package's folder in node_modules. */
  readonly installed: string
  /** Writes a file of the project and returns its path. */
  write(name: string, content: string): Promise<string>
  /** Runs Node in the project. */
  node(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Outcome>
  remove(): Promise<void>
}

export interface Outcome {
  readonly stdout: string
  readonly stderr: string
}

/** Makes a project in a temporary folder. */
export async function aProject(): Promise<Project> {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-package-'))
  // `npm test` has packed it once for all files.
  const tarball = process.env.DOCKLINE_TARBALL || (await packInto(folder))
  const installed = join(folder, 'node_modules/dockline')
  await mkdir(installed, { recursive: true })
  await run('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1'])
  const write = async (name: string, content: string) => {
    await writeFile(join(folder, name), content)
    return join(folder, name)
  }
  const node = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    run(process.execPath, args, { ...PATIENT, cwd: folder, env: { ...process.env, ...env } })
  const remove = () => rm(folder, { recursive: true, force: true })
  return { folder, tarball, installed, write, node, remove }
}

async function packInto(folder: string): Promise<string> {
  const args = ['pack', '--json', '--silent', '--pack-destination', folder]
  const { stdout } = await run('npm', args, { cwd: PACKAGE })
  const [packed] = JSON.parse(stdout) as [{ filename: string }]
  return join(folder, packed.filename)
}

/** Adds the types of Node to a project, which a TypeScript program has beside the package. */
export async function addNodeTypes({ folder }: Project): Promise<void> {
  for (const name of ['@types/node', 'undici-types'])
    await cp(join(MODULES, name), join(folder, 'node_modules', name), { recursive: true })
}

/** The names of the packages that come with the package, from its package.json. */
export async function dependencies({ installed }: Project): Promise<string[]> {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  return Object.keys(manifest.dependencies ?? {})
}

/** The bytes of all files of a folder. */
export async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const sizes = await Promise.all(
    files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
