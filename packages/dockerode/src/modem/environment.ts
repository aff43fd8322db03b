import { accessSync, readFileSync } from 'node:fs'
import type { Agent } from 'node:http'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { CheckServerIdentity } from 'dockline'

type Pem = string | Buffer | readonly (string | Buffer)[]

/** What a modem knows of its connection, for everybody to see. */
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
  /** In front of every path, as in 'v1.41'. */
  version: string | undefined
  headers: Readonly<Record<string, string | number>>
  /** Milliseconds of silence after which a call is given up. */
  timeout: number | undefined
  /** Milliseconds until there must be a connection. */
  connectionTimeout: number | undefined
  agent: Agent | undefined
  username: string | undefined
  password: string | undefined
  sshOptions: SshOptions
  /** Whether an error in a stream is an error to `followProgress`. Default true. */
  streamErrors: boolean | undefined
}

/** Of ssh2's options, those that the ssh of this machine has as well. */
export interface SshOptions {
  readonly agent?: string | undefined
  readonly agentForward?: boolean | undefined
  readonly privateKey?: string | Buffer | undefined
  readonly passphrase?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
}

const WINDOWS = process.platform === 'win32'
const DEFAULT_PIPE = '//./pipe/docker_engine'
const DEFAULT_SOCKET = '/var/run/docker.sock'
const PORT = '2375'
const TLS_PORT = '2376'

/** The socket of Docker Desktop, where there is one, else that of the machine. */
export function findDefaultSocket(): Promise<string> {
  const own = join(homedir(), '.docker', 'run', 'docker.sock')
  return Promise.resolve(exists(own) ? own : DEFAULT_SOCKET)
}

function exists(file: string): boolean {
  try {
    accessSync(file)
    return true
  } catch {
    return false
  }
}

/**
 * The connection that the environment gives. Throws for a DOCKER_HOST that is not an address, and for missing
 * certificates.
 */
export function defaultsOf(env: NodeJS.ProcessEnv): Partial<ConnectionFields> {
  const host = env.DOCKER_HOST
  if (!host) return { socketPath: WINDOWS ? DEFAULT_PIPE : findDefaultSocket }
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length) || findDefaultSocket }
  if (host.startsWith('npipe://')) return { socketPath: host.slice('npipe://'.length) || DEFAULT_PIPE }
  return { ...hostDefaults(host, env), ...certificates(env.DOCKER_CERT_PATH), ...timeoutOf(env) }
}

function hostDefaults(text: string, env: NodeJS.ProcessEnv): Partial<ConnectionFields> {
  const [, scheme = 'tcp', rest = text] = /^(\w+):\/\/(.*)$/.exec(text) ?? []
  const url = parse(rest)
  const host = url.hostname
  const pathPrefix = env.DOCKER_PATH_PREFIX || '/'
  if (scheme === 'ssh') {
    const sshOptions = { agent: env.SSH_AUTH_SOCK }
    const { port, username, pathname } = url
    return { host, port, protocol: 'ssh', username, sshOptions, pathPrefix: pathname || '/' }
  }
  const isSecured =
    scheme === 'https' || (scheme !== 'http' && (Boolean(env.DOCKER_TLS_VERIFY) || url.port === TLS_PORT))
  const protocol = isSecured ? 'https' : 'http'
  return { host, port: url.port || (isSecured ? TLS_PORT : PORT), protocol, pathPrefix }
}

/** By a scheme that the parser knows nothing about: of those that it knows, it drops the port. */
function parse(authority: string): URL {
  const text = `docker://${authority}`
  if (authority !== '' && URL.canParse(text)) return new URL(text)
  throw new Error('DOCKER_HOST env variable should be something like tcp://localhost:1234')
}

function certificates(folder: string | undefined): Partial<ConnectionFields> {
  if (!folder) return {}
  const read = (name: string) => readFileSync(join(folder, name))
  const ca = read('ca.pem')
    .toString()
    .split(/(?<=-----END CERTIFICATE-----)\s*/)
  return { ca: ca.filter((each) => each.trim() !== ''), cert: read('cert.pem'), key: read('key.pem') }
}

function timeoutOf({ DOCKER_CLIENT_TIMEOUT: timeout }: NodeJS.ProcessEnv): Partial<ConnectionFields> {
  return timeout ? { timeout: Number.parseInt(timeout, 10) } : {}
}
