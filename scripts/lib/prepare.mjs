// @ts-check
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** How to run npm. `npm run` says where it is; a program of Windows can start npm.cmd only through a shell. */
const NPM = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm']
/** Says which package-lock.json the installed packages are of. */
const STAMP = 'node_modules/.dockline-installed'

/**
 * Installs what package-lock.json asks for, unless it is there already.
 * @param {(line: string) => void} say
 */
export async function install(say) {
  await installIn('.', say)
}

/**
 * The same for a folder of the repository that has a package-lock.json of its own.
 * @param {string} folder
 * @param {(line: string) => void} say
 */
export async function installIn(folder, say) {
  const path = join(ROOT, folder)
  const stamp = join(path, STAMP)
  const wanted = createHash('sha256')
    .update(readFileSync(join(path, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  say(`installing packages (npm ci${folder === '.' ? '' : ` in ${folder}`})`)
  const [command = '', ...npm] = NPM
  await runCommand(command, [
    ...npm,
    'ci',
    '--prefix',
    path,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ])
  mkdirSync(join(path, 'node_modules'), { recursive: true })
  writeFileSync(stamp, wanted)
}

/**
 * Compiles what has changed.
 * @param {(line: string) => void} say
 * @param {string[]} projects
 */
export async function build(say, projects = []) {
  say('building')
  await runCommand(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-b', ...projects])
}

/**
 * Compiles the packages without their tests, and bundles them.
 * @param {(line: string) => void} say
 */
export async function buildPackages(say) {
  await build(say, ['packages/dockline', 'packages/cli', 'packages/dockerode'])
  await bundle()
}

/** Puts what was compiled of all packages into the few files that people import. */
export async function bundle() {
  await runCommand(process.execPath, [join(ROOT, 'scripts/bundle.mjs')])
}

/**
 * Packs the library as `npm publish` does.
 * @returns {string} the tarball
 */
export function pack() {
  const folder = join(ROOT, 'node_modules', '.cache')
  mkdirSync(folder, { recursive: true })
  const [command = '', ...npm] = NPM
  const args = [...npm, 'pack', '--json', '--silent', '--pack-destination', folder]
  const { stdout, status } = spawnSync(command, args, {
    cwd: join(ROOT, 'packages/dockline'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (status !== 0) throw new Error(`npm pack ended with code ${status}`)
  return join(folder, JSON.parse(stdout)[0].filename)
}

/**
 * Runs a command on this terminal. Rejects when it fails, with the signal or code it ended by.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {Promise<void>}
 */
export function runCommand(command, args, { env = process.env, quiet = true } = {}) {
  return new Promise((resolve, reject) => {
    // Progress belongs on stderr: stdout is for what was asked for.
    const child = spawn(command, args, {
      cwd: ROOT,
      env,
      stdio: ['ignore', quiet ? 2 : 'inherit', 'inherit'],
    })
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? `code ${code}`}`))
    })
  })
}
