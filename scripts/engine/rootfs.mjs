// @ts-check
// The root file system of a Debian suite with an engine in it, made once and kept.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { removeFolder } from './files.mjs'
import { kindOf } from './kinds.mjs'
import { withLock } from './lock.mjs'
import { machineMirror } from './mirror.mjs'
import { needPackages } from './packages.mjs'
import { run, tailOf } from './process.mjs'

/** @typedef {import('./packages.mjs').Progress} Progress */

const UNREAD = ['doc', 'man', 'info', 'locale']
const PARTIAL = '.partial'

/**
 * @param {string} suite
 * @param {string} cache
 */
export function rootfsFolder(suite, cache) {
  const { rootPackages, rootScript = '' } = kindOf(suite).kind
  // One made with other packages, or by another script, is another root file system.
  const revision = createHash('sha256')
    .update(rootPackages.join() + rootScript)
    .digest('hex')
    .slice(0, 8)
  return join(cache, 'rootfs', `${suite}-${revision}`)
}

/**
 * @param {string} suite
 * @param {string} cache
 * @param {Progress} progress
 * @returns {Promise<string>} the folder
 */
export async function rootfs(suite, cache, progress) {
  const folder = rootfsFolder(suite, cache)
  if (existsSync(folder)) return folder
  await needPackages(['mmdebstrap'], progress)
  const onWait = () =>
    progress.say?.(`waiting for another process that makes the root file system of ${suite}`)
  await withLock(`rootfs-${folder}`, () => make(suite, folder, progress), { signal: progress.signal, onWait })
  return folder
}

/**
 * @param {string} suite
 * @param {string} folder
 * @param {Progress} progress
 */
async function make(suite, folder, { signal, say }) {
  if (existsSync(folder)) return
  // Only a finished one gets the name; what a killed process left is made anew.
  const partial = `${folder}${PARTIAL}`
  await removeFolder(partial)
  await mkdir(join(folder, '..'), { recursive: true })
  say?.(`making the root file system of ${suite} (once, about half a minute)`)
  try {
    await bootstrap(suite, partial, signal)
    await rename(partial, folder)
  } catch (error) {
    await removeFolder(partial)
    throw error
  }
}

/**
 * @param {string} suite
 * @param {string} folder
 * @param {AbortSignal | undefined} [signal]
 */
async function bootstrap(suite, folder, signal) {
  const { kind, debian = suite } = kindOf(suite)
  const { uri, components } = machineMirror()
  // In namespaces of its own nothing of it, process or mount, can outlive a SIGKILL.
  const alone = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private']
  const options = [
    '--quiet',
    '--mode=root',
    '--variant=apt',
    '--aptopt=Acquire::Check-Valid-Until "false"',
    '--dpkgopt=force-unsafe-io',
    ...UNREAD.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
    `--components=${components.join(',')}`,
    `--include=${kind.rootPackages.join(',')}`,
    ...(kind.rootScript === undefined ? [] : [hookOf(kind.rootScript)]),
  ]
  try {
    await run('unshare', [...alone, 'mmdebstrap', ...options, debian, folder, uri], {
      signal,
      kill: 'SIGKILL',
    })
  } catch (error) {
    signal?.throwIfAborted()
    throw new Error(
      `cannot make the root file system of ${suite} from ${uri}, the mirror in this machine's apt sources:` +
        ` does it have that suite, and can it be reached? mmdebstrap said:\n${tailOf(error)}`,
      { cause: error },
    )
  }
}

/**
 * Returns the option that runs a script in the new root file system, which has mmdebstrap's lists of packages until then.
 * @param {string} script
 */
function hookOf(script) {
  const quoted = `'${script.replaceAll("'", "'\\''")}'`
  return `--customize-hook=chroot "$1" sh -euc ${quoted}`
}

/**
 * Removes what killed processes left half made.
 * @param {string} cache
 */
export async function removePartials(cache) {
  const folder = join(cache, 'rootfs')
  const entries = existsSync(folder) ? await readdir(folder) : []
  for (const entry of entries.filter((name) => name.endsWith(PARTIAL))) {
    const whole = join(folder, entry.slice(0, -PARTIAL.length))
    await withLock(`rootfs-${whole}`, () => removeFolder(join(folder, entry)))
  }
}
