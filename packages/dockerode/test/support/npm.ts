import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)
const QUIET = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
/** The certificates by which npm knows its registry: `npm test` keeps them from all other processes, which they make slow. */
const { DOCKLINE_TEST_NPM_CERTIFICATES: NODE_EXTRA_CA_CERTS } = process.env

/** Runs npm in a folder, and returns what it prints. */
export async function runNpm(folder: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, ...(NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS }) }
  const { stdout } = await run('npm', args, { cwd: folder, env })
  return stdout
}

/** Installs packages from the registry: these, or those that package.json of the folder names. */
export function installPackages(folder: string, names: readonly string[] = []): Promise<string> {
  return runNpm(folder, ['install', ...QUIET, ...names])
}
