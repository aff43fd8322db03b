import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { onDisk } from './file-names.js'
import type { DeviceNumbers } from './tar-header.js'

const run = promisify(execFile)

export type NodeType = 'fifo' | 'character-device' | 'block-device'

const LETTERS = { 'character-device': 'c', 'block-device': 'b' } as const

export interface FileNode {
  readonly type: NodeType
  readonly device: DeviceNumbers
}

/** Where a node is to be, and a folder on the same disk whose name a command can be given. */
export interface NodePlace {
  readonly path: string
  readonly root: string
}

/**
 * Makes a named pipe or a device. Node has no call for it; every Unix has a command. Resolves with false where the
 * system cannot have one. As in docker, that is so for devices in a user namespace; a process without the right gets
 * an error.
 */
export async function makeNode(
  { path, root }: NodePlace,
  { type, device: { major, minor } }: FileNode,
): Promise<boolean> {
  if (process.platform === 'win32' || (type !== 'fifo' && (await isInUserNamespace()))) return false
  // A name that is no text could not be said to a command.
  const made = join(root, `.dockline-${randomBytes(8).toString('hex')}`)
  try {
    if (type === 'fifo') await run('mkfifo', [made])
    else await run('mknod', [made, LETTERS[type], String(major), String(minor)])
    await rename(made, onDisk(path))
    return true
  } catch (error) {
    await rm(made, { force: true })
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string }
    if (code === 'ENOENT') return false
    throw stderr ? refusal(stderr, path) : error
  }
}

/** As the system's own errors are. `mknod: /x: Operation not permitted` is what all such commands say. */
function refusal(said: string, path: string): Error {
  const reason = said.trim().split(': ').at(-1)?.toLowerCase() ?? ''
  const code = /not permitted/.test(reason) ? 'EPERM' : 'EIO'
  return Object.assign(new Error(`${code}: ${reason}, mknod '${path}'`), { code, syscall: 'mknod', path })
}

/** There, all numbers of users are not those of the machine. */
async function isInUserNamespace(): Promise<boolean> {
  const map = await readFile('/proc/self/uid_map', 'utf8').catch(() => '')
  return map !== '' && !/^\s*0\s+0\s+4294967295\s*$/.test(map)
}
