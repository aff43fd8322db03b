// @ts-check
// An image where no registry can be reached: the machine's static busybox.
import { spawn, spawnSync } from 'node:child_process'
import { chmod, copyFile, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeFolder } from './files.mjs'
import { ask } from './http.mjs'
import { withLock } from './lock.mjs'
import { needPackages } from './packages.mjs'

const BUSYBOX = '/bin/busybox'
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** @typedef {import('./packages.mjs').Progress} Progress */

/**
 * @param {string} host
 * @param {string} name
 * @param {Progress} progress
 * @returns {Promise<{ name: string, loaded: boolean }>}
 */
export async function loadBusybox(host, name, progress) {
  if (await hasImage(host, name, progress.signal)) return { name, loaded: false }
  await needPackages(['busybox-static'], progress)
  // Two imports of one name would leave an image without a name.
  return withLock(
    `image-${host}-${name}`,
    async () => {
      if (await hasImage(host, name, progress.signal)) return { name, loaded: false }
      progress.say?.(`making the image ${name} at ${host}`)
      await importBusybox(host, name, progress.signal)
      return { name, loaded: true }
    },
    { signal: progress.signal },
  )
}

/**
 * @param {string} host
 * @param {string} name
 * @param {AbortSignal | undefined} [signal]
 */
async function hasImage(host, name, signal) {
  const { status, body } = await ask(host, { path: `/images/${name}/json`, signal })
  if (status !== 200 && status !== 404)
    throw new Error(`${host} answered ${status} for the image ${name}: ${body}`)
  return status === 200
}

/**
 * @param {string} host
 * @param {string} name
 * @param {AbortSignal | undefined} [signal]
 */
async function importBusybox(host, name, signal) {
  const folder = await mkdtemp(join(tmpdir(), 'dockline-image-'))
  try {
    await fillRoot(folder)
    const query = new URLSearchParams([
      ['fromSrc', '-'],
      ...reference(name),
      ['changes', 'CMD ["sh"]'],
      ['changes', `ENV PATH=${PATH}`],
    ])
    const tar = spawn('tar', ['-C', folder, '--numeric-owner', '--owner=0', '--group=0', '-cf', '-', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const { status, body } = await ask(host, {
      method: 'POST',
      path: `/images/create?${query}`,
      body: tar.stdout,
      signal,
    })
    // A failure after the first byte comes as a line of a reply that began with 200.
    if (status !== 200 || body.includes('"error"'))
      throw new Error(`${host} refused the image ${name}: ${body}`)
  } finally {
    await removeFolder(folder)
  }
}

/**
 * The colon of a tag comes after the last slash; one before it belongs to a registry's port.
 * @param {string} name
 * @returns {[string, string][]}
 */
function reference(name) {
  const colon = name.indexOf(':', name.lastIndexOf('/') + 1)
  const [repo, tag] = colon < 0 ? [name, 'latest'] : [name.slice(0, colon), name.slice(colon + 1)]
  return [
    ['repo', repo],
    ['tag', tag],
  ]
}

/** @param {string} root */
async function fillRoot(root) {
  await chmod(root, 0o755)
  for (const folder of ['bin', 'etc', 'root', 'tmp', 'home', 'var']) await mkdir(join(root, folder))
  await chmod(join(root, 'tmp'), 0o1777)
  await chmod(join(root, 'root'), 0o700)
  await copyFile(BUSYBOX, join(root, 'bin/busybox'))
  for (const applet of applets()) await symlink('busybox', join(root, 'bin', applet))
  await writeFile(
    join(root, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/home:/bin/false\n',
  )
  await writeFile(join(root, 'etc/group'), 'root:x:0:\ntty:x:5:\nnogroup:x:65534:\n')
}

function applets() {
  const { stdout, status } = spawnSync(BUSYBOX, ['--list'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`\`${BUSYBOX} --list\` failed: is the package busybox-static whole?`)
  return stdout.split('\n').filter((name) => name && name !== 'busybox')
}
