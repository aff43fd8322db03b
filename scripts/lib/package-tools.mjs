// @ts-check
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './prepare.mjs'

/**
 * What others bundle, check and test with: the package must work in all of them. They weigh too much to be installed for
 * everyone who only wants `npm start`.
 */
const TOOLS = {
  '@arethetypeswrong/core': '0.18.5',
  esbuild: '0.28.2',
  jest: '30.5.2',
  postject: '1.0.0-alpha.6',
  publint: '0.3.25',
  'typescript-5.0': 'npm:typescript@5.0.4',
  'typescript-5.4': 'npm:typescript@5.4.5',
  webpack: '5.113.0',
}

/**
 * Finds the tools, or installs them into the cache, and names their folder to the tests by an environment variable.
 * @param {(line: string) => void} say
 */
export async function providePackageTools(say) {
  process.env.DOCKLINE_PACKAGE_TOOLS ||= await installed(say)
}

/**
 * @param {(line: string) => void} say
 * @returns {Promise<string>}
 */
async function installed(say) {
  const manifest = JSON.stringify({ private: true, dependencies: TOOLS })
  const name = `package-tools-${createHash('sha256').update(manifest).digest('hex').slice(0, 12)}`
  const cache = process.env.DOCKLINE_CACHE || join(homedir(), '.cache', 'dockline')
  const folder = join(cache, name)
  if (existsSync(folder)) return folder
  say('installing bundlers and type checkers for the tests (once)')
  const draft = `${folder}-${process.pid}`
  mkdirSync(draft, { recursive: true })
  writeFileSync(join(draft, 'package.json'), manifest)
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await runCommand('npm', ['install', '--prefix', draft, ...quiet])
  moveTo(folder, draft)
  return folder
}

/**
 * Two runs may have installed at once; the first one's stay.
 * @param {string} folder
 * @param {string} draft
 */
function moveTo(folder, draft) {
  try {
    renameSync(draft, folder)
  } catch {
    rmSync(draft, { recursive: true, force: true })
  }
}
