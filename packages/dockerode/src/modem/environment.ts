import { existsSync, readFileSync } from 'node:fs'
import type { Agent } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CheckServerIdentity } from 'dockline/types'

type Pem = string | Buffer | readonly (string | Buffer)[]

/** The public fields of a modem: they describe its connection. */
export interface ConnectionFields {
  /** A name, an address or a URL. Without a host, `socketPath` counts. */
  host: string | undefined
  port: string | number | undefined
  protocol: string
  socketPath: string | (() => string | PromiseLike<string>) | undefined
  /** In front of paths that do not begin with a slash; of an Engine over ssh, the path of its socket. */
  pathPrefix: string | undefined
  /** PEM, never paths. */
  ca: Pem | undefined
  cert: Pem | undefined
  key: Pem | undefined
  checkServerIdentity: CheckServerIdentity | undefined
  agent: Agent | undefined
  username: string | undefined
  password: string | undefined
  sshOptions: SshOptions
  /** In front of every path, as in 'v1.41'. */
  version: string | undefined
  headers: Readonly<Record<string, string | number>>
  /** Milliseconds of silence after which a call ends. */
  timeout: number | undefined
  /** Milliseconds until there must be a connection. */
  connectionTimeout: number | undefined
  /** Whether an error in a stream is an error to `followProgress`. Default: true. */
  streamErrors: boolean | undefined
}

/** Those of ssh2's options that the ssh of this machine has as well. */
interface SshOptions {
  readonly agent?: string | undefined
  readonly agentForward?: boolean | undefined
  readonly privateKey?: string | Buffer | undefined
  readonly passphrase?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** The fields that are kept as they are given. */
export const FIELDS = [
  ...(['host', 'port', 'pathPrefix', 'ca', 'cert', 'key', 'checkServerIdentity', 'agent'] as const),
  ...(['username', 'password', 'version', 'timeout', 'connectionTimeout', 'streamErrors'] as const),
]

const WINDOWS = process.platform === 'win32'
const DEFAULT_PIPE = '//./pipe/docker_engine'
const DEFAULT_SOCKET = '/var/run/docker.sock'
const PORT = '2375'
const TLS_PORT = '2376'

/** Finds the socket of Docker Desktop, or else that of the machine. */
export async function findDefaultSocket(): Promise<string> {
  const own = join(homedir(), '.docker', 'run', 'docker.sock')
  return existsSync(own) ? own : DEFAULT_SOCKET
}

/**
 * Reads the connection from the environment. Throws for a DOCKER_HOST that is not an address, and for missing
 * certificates.
 */
export function defaultsOf(env: NodeJS.ProcessEnv): Partial<ConnectionFields> {
  const [, scheme, rest = ''] = /^(?:(\w+):\/\/)?(.*)$/.exec(env.DOCKER_HOST ?? '') ?? []
  if (!env.DOCKER_HOST) return { socketPath: WINDOWS ? DEFAULT_PIPE : findDefaultSocket }
  if (scheme === 'unix') return { socketPath: rest || findDefaultSocket }
  if (scheme === 'npipe') return { socketPath: rest || DEFAULT_PIPE }
  const { DOCKER_CERT_PATH, DOCKER_CLIENT_TIMEOUT: timeout } = env
  return {
    pathPrefix: env.DOCKER_PATH_PREFIX || '/',
    ...hostDefaults(scheme, parse(rest), env),
    ...(DOCKER_CERT_PATH && certificates(DOCKER_CERT_PATH)),
    ...(timeout && { timeout: Number.parseInt(timeout, 10) }),
  }
}

/** By a scheme that the parser knows nothing about: of those that it knows, it drops the port. */
function parse(authority: string): URL {
  const text = `docker://${authority}`
  if (authority !== '' && URL.canParse(text)) return new URL(text)
  throw new Error('DOCKER_HOST env variable should be something like tcp://localhost:1234')
}

function hostDefaults(
  scheme: string | undefined,
  { hostname: host, port, username, pathname }: URL,
  { DOCKER_TLS_VERIFY, SSH_AUTH_SOCK: agent }: NodeJS.ProcessEnv,
): Partial<ConnectionFields> {
  if (scheme === 'ssh')
    return { host, port, protocol: 'ssh', username, sshOptions: { agent }, pathPrefix: pathname || '/' }
  const isSecured =
    scheme === 'https' || (scheme !== 'http' && (Boolean(DOCKER_TLS_VERIFY) || port === TLS_PORT))
  return { host, port: port || (isSecured ? TLS_PORT : PORT), protocol: isSecured ? 'https' : 'http' }
}

function certificates(folder: string): Partial<ConnectionFields> {
  const read = (name: string) => readFileSync(join(folder, name))
  const ca = String(read('ca.pem')).split(/(?<=-----END CERTIFICATE-----)\s*/)
  return { ca: ca.filter((each) => each.trim() !== ''), cert: read('cert.pem'), key: read('key.pem') }
}
