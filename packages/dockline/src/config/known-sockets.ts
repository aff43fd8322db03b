import { existsSync, readdirSync, statSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { addAbortSignal } from 'node:stream'
import { ConnectionError } from '../errors.js'
import { type Endpoint, endpointOf } from '../transport/index.js'
import type { Environment } from './resolve.js'

/** A socket that an Engine is known to make. */
interface KnownSocket {
  /** The host, as in DOCKER_HOST. */
  readonly host: string
  /** Whose it is, for people. */
  readonly of: string
}

/** The time an Engine has for its first answer, before the next one is asked. */
const PATIENCE_MS = 2000

/** The sockets that are there besides the default one. */
function knownSockets(env: Environment, platform = process.platform): KnownSocket[] {
  if (platform === 'win32') {
    return PIPES.filter(({ host }) => existsSync(host.slice('npipe://'.length).replaceAll('/', '\\')))
  }
  return socketPaths(env)
    .filter(([, path]) => isTrusted(path))
    .map(([of, path]) => ({ host: `unix://${path}`, of }))
}

const PIPES: readonly KnownSocket[] = [
  { host: 'npipe:////./pipe/dockerDesktopLinuxEngine', of: 'Docker Desktop' },
  { host: 'npipe:////./pipe/podman-machine-default', of: 'Podman' },
]

function socketPaths(env: Environment): [of: string, path: string][] {
  const home = env.HOME || homedir()
  const runtime = env.XDG_RUNTIME_DIR || `/run/user/${process.getuid?.()}`
  const machines = join(env.TMPDIR || tmpdir(), 'podman')
  return [
    ['rootless Docker', join(runtime, 'docker.sock')],
    ['Docker Desktop', join(home, '.docker/run/docker.sock')],
    ['Docker Desktop', join(home, '.docker/desktop/docker.sock')],
    ...colimaPaths(env, home),
    ['OrbStack', join(home, '.orbstack/run/docker.sock')],
    ['Rancher Desktop', join(home, '.rd/docker.sock')],
    ['Podman', join(runtime, 'podman/podman.sock')],
    ['Podman', '/run/podman/podman.sock'],
    ['Podman', join(home, '.local/share/containers/podman/machine/podman.sock')],
    ...namesIn(machines)
      .filter((name) => name.endsWith('-api.sock'))
      .map((name): [string, string] => ['Podman', join(machines, name)]),
  ]
}

/** Each profile has one; the one called `default` goes first. */
function colimaPaths(env: Environment, home: string): [of: string, path: string][] {
  const folders = [
    env.COLIMA_HOME || join(home, '.colima'),
    join(env.XDG_CONFIG_HOME || join(home, '.config'), 'colima'),
  ]
  return folders.flatMap((folder) => {
    const profiles = namesIn(folder).filter((name) => name !== 'default')
    return ['', 'default', ...profiles].map((profile): [string, string] => [
      'Colima',
      join(folder, profile, 'docker.sock'),
    ])
  })
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}

/** Every user may write to some of these folders. The socket of another user would receive every request. */
function isTrusted(path: string): boolean {
  try {
    const stats = statSync(path)
    return stats.isSocket() && (stats.uid === 0 || stats.uid === process.getuid?.())
  } catch {
    return false
  }
}

/** What an error adds when nothing answers at the default socket. */
export function offerOf(env: Environment): string | undefined {
  const sockets = knownSockets(env)
  if (sockets.length === 0) return undefined
  const named = sockets.map(({ host, of }) => `${host} of ${of}`).join(', ')
  return `there is ${named}: name it in DOCKER_HOST, or set autodetect`
}

/** The first that an Engine answers at. */
export async function search(standard: Endpoint, env: Environment): Promise<Endpoint> {
  const others = knownSockets(env).map(({ host }) => endpointOf(host))
  for (const endpoint of [standard, ...others]) if (await answers(endpoint)) return endpoint
  const tried = [standard, ...others].map(({ address }) => address).join(', ')
  const hint = 'is Docker installed and running?'
  throw new ConnectionError(standard.address, `no Docker Engine answers at any of ${tried}`, { hint })
}

/** The socket of a virtual machine may be there while the machine is not: only an answer counts. */
async function answers(endpoint: Endpoint): Promise<boolean> {
  const limit = AbortSignal.timeout(PATIENCE_MS)
  try {
    const socket = addAbortSignal(limit, await endpoint.dial(limit))
    socket.write('HEAD /_ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    for await (const chunk of socket) return String(chunk).startsWith('HTTP/1.')
  } catch {}
  return false
}
