// @ts-check
// Debian packages of this machine.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { withLock } from './lock.mjs'
import { run, SYSTEM_PATH, tailOf } from './process.mjs'

/** @typedef {{ signal?: AbortSignal | undefined, say?: ((line: string) => void) | undefined }} Progress */

/**
 * Installs those of the packages that are missing.
 * @param {readonly string[]} packages
 * @param {Progress} progress
 */
export async function needPackages(packages, { signal, say }) {
  if (missing(packages).length === 0) return
  checkCanInstall(packages)
  const onWait = () => say?.('waiting for another process that installs packages')
  await withLock('apt', () => installMissing(packages, { signal, say }), { signal, onWait })
}

/**
 * @param {readonly string[]} packages
 * @param {Progress} progress
 */
async function installMissing(packages, { signal, say }) {
  const wanted = missing(packages) // another process may have installed them while this one waited
  if (wanted.length === 0) return
  say?.(`installing ${wanted.join(' ')}`)
  try {
    await aptInstall(wanted, { signal, say })
  } catch {
    signal?.throwIfAborted()
    say?.('that failed; refreshing the package lists and trying once more')
    try {
      await run('apt-get', ['update'], { signal, kill: 'SIGTERM' })
      await aptInstall(wanted, { signal, say })
    } catch (error) {
      signal?.throwIfAborted()
      explain(wanted, error)
    }
  }
}

/**
 * Downloading can be ended at any moment. Installing cannot without leaving a package half unpacked, which
 * breaks the machine's whole package database; it takes seconds, so an abort waits for it.
 * @param {string[]} packages
 * @param {Progress} progress
 */
async function aptInstall(packages, { signal, say }) {
  const args = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300']
  await run('apt-get', [...args, '--download-only', ...packages], { signal, kill: 'SIGTERM' })
  const waits = () => say?.('letting the installation end first, it takes some seconds')
  signal?.addEventListener('abort', waits)
  try {
    await run('apt-get', [...args, ...packages])
  } finally {
    signal?.removeEventListener('abort', waits)
  }
  signal?.throwIfAborted()
}

/**
 * @param {string[]} packages
 * @param {unknown} error
 * @returns {never}
 */
function explain(packages, error) {
  throw new Error(
    `cannot install ${packages.join(' ')}, also not after \`apt-get update\`: look at the network and at` +
      ` the apt sources of this machine, or install them by hand. apt-get said:\n${tailOf(error)}`,
    { cause: error },
  )
}

/** @param {readonly string[]} packages */
function missing(packages) {
  return packages.filter((name) => !isInstalled(name))
}

/** @param {string} name */
function isInstalled(name) {
  const asked = spawnSync('dpkg-query', ['-s', name], {
    encoding: 'utf8',
    env: { PATH: SYSTEM_PATH },
  })
  return asked.status === 0 && asked.stdout.includes('\nStatus: install ok installed\n')
}

/** @param {readonly string[]} packages */
function checkCanInstall(packages) {
  const names = packages.join(' ')
  if (!SYSTEM_PATH.split(':').some((folder) => existsSync(`${folder}/apt-get`))) {
    throw new Error(
      `${names} is needed and this machine has no apt-get: use Debian or Ubuntu,` +
        ' or set DOCKER_HOST to a Docker Engine that runs already',
    )
  }
  checkRoot(`installing ${names}`)
}

/** @param {string} what */
export function checkRoot(what) {
  if (process.getuid?.() === 0) return
  throw new Error(
    `${what} needs root: run it with sudo, or set DOCKER_HOST to a Docker Engine that runs already`,
  )
}
