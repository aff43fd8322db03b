import type { Agent } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { type ClientOptions, DockerClient, type TlsOptions } from 'dockline'
import type { Modem } from '../modem.js'
import { dialThrough } from './agent.js'
import { type ConnectionFields, FIELDS, findDefaultSocket } from './environment.js'

/** A client of Dockline's, which all modems share that connect in the same way. */
interface Shared {
  /** What decides how it connects. */
  readonly by: readonly unknown[]
  readonly client: Promise<DockerClient>
  users: number
  idle?: NodeJS.Timeout
}

/** A client in use. */
export interface Lent {
  readonly client: DockerClient
  /** Gives it back. */
  release(): void
}

/** As long as Node's own agent keeps an idle connection. Nobody closes a `Docker`, and many programs make one for each call. */
const IDLE_MS = 5000

const shared = new Set<Shared>()

const DECISIVE = [...FIELDS, ...(['protocol', 'socketPath', 'sshOptions'] as const)]
const DECISIVE_VARIABLES = ['DOCKER_CONTEXT', 'DOCKER_CONFIG', 'SSH_AUTH_SOCK']

/** Lends the client that a modem speaks through. Its connections end when no call has used it for some seconds. */
export async function lendClient(modem: Modem): Promise<Lent> {
  const one = sharedBy(modem)
  one.users += 1
  clearTimeout(one.idle)
  try {
    return { client: await one.client, release: () => giveBack(one) }
  } catch (error) {
    // What has failed may not fail again.
    shared.delete(one)
    throw error
  }
}

function giveBack(one: Shared): void {
  one.users -= 1
  if (one.users === 0) one.idle = setTimeout(retire, IDLE_MS, one).unref()
}

async function retire(one: Shared): Promise<void> {
  shared.delete(one)
  await (await one.client).close()
}

function sharedBy(modem: Modem): Shared {
  const by = [...DECISIVE.map((name) => modem[name]), ...DECISIVE_VARIABLES.map((name) => process.env[name])]
  const known = [...shared].find((each) => by.every((value, index) => isAlike(value, each.by[index])))
  if (known !== undefined) return known
  const made: Shared = { by, client: connect(modem), users: 0 }
  shared.add(made)
  return made
}

/** Certificates and settings are alike by what they hold; agents and functions only where they are the same. */
function isAlike(one: unknown, other: unknown): boolean {
  return one === other || (isPlain(one) && isPlain(other) && isDeepStrictEqual(one, other))
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) || Buffer.isBuffer(value) || Object.getPrototypeOf(value) === Object.prototype
}

async function connect(modem: Modem): Promise<DockerClient> {
  const { agent, host, socketPath } = modem
  const connectTimeout = Number(modem.connectionTimeout) || undefined
  const common = { env: ownEnvironment(), proxy: false, connectTimeout } as const
  if (agent) return connectThrough(agent, modem, common)
  const isDefault = !host && (!socketPath || socketPath === findDefaultSocket)
  const chosen = isDefault ? clientOfContext(common) : undefined
  if (chosen !== undefined) return chosen
  const where = host ? hostOptions(modem) : { host: socketUrl(await socketOf(modem)) }
  return new DockerClient({ ...common, ...where })
}

/** A wait for a place in the agent counts as connecting, and may take as long as other calls do. */
async function connectThrough(agent: Agent, modem: Modem, common: ClientOptions): Promise<DockerClient> {
  const dial = dialThrough(agent, await addressOf(modem))
  const { connectTimeout = Number.POSITIVE_INFINITY } = common
  return new DockerClient({ ...common, connectTimeout, dial })
}

/**
 * A client of docker's current context. Undefined where that is the default one, and where docker's settings cannot be read:
 * programs that never needed them go to the default socket. A context that DOCKER_CONTEXT names must be there.
 */
function clientOfContext(common: ClientOptions): DockerClient | undefined {
  try {
    const client = new DockerClient(common)
    return client.describe().context === 'default' ? undefined : client
  } catch (error) {
    if (process.env.DOCKER_CONTEXT) throw error
    return undefined
  }
}

/** Only a context may say where to connect, and only where nothing else does: what the environment says has been read. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { DOCKER_HOST, DOCKER_TLS, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_API_VERSION, ...env } =
    process.env
  return env
}

async function socketOf(modem: Modem): Promise<string> {
  return (await modem.getSocketPath()) ?? findDefaultSocket()
}

function socketUrl(path: string): string {
  return process.platform === 'win32' ? `npipe://${path}` : `unix://${path}`
}

function hostOptions(modem: Modem): ClientOptions {
  const { name, port } = placeOf(modem)
  if (modem.protocol === 'ssh') return sshOptions(modem, name)
  const tls = modem.protocol === 'https' && tlsOptions(modem)
  return { host: `tcp://${name}:${port}`, tls }
}

/** Without a scheme, and the port from wherever it is written. */
function placeOf({ host = '', port, protocol }: ConnectionFields): { name: string; port: string } {
  const authority = host.replace(/^\w+:\/\//, '')
  const isBareAddress = /^[^[]*:.*:/.test(authority)
  const url = new URL(`docker://${isBareAddress ? `[${authority}]` : authority}`)
  return { name: url.hostname, port: String(port || url.port || (protocol === 'https' ? 443 : 80)) }
}

function tlsOptions({ ca, cert, key, checkServerIdentity }: ConnectionFields): TlsOptions {
  const pair = cert && key ? { cert: pem(cert), key: pem(key) } : {}
  return { ...(ca && { ca: pem(ca) }), ...pair, checkServerIdentity }
}

/** As a Buffer: a text could also be the path of a file. */
function pem(given: NonNullable<ConnectionFields['ca']>): Buffer {
  return Buffer.from([given].flat().map(String).join('\n'))
}

function sshOptions({ sshOptions: given, ...modem }: Modem, name: string): ClientOptions {
  const user = modem.username || given.username
  const login = user ? `${encodeURIComponent(user)}@` : ''
  const socket = modem.pathPrefix === '/' ? '' : (modem.pathPrefix ?? '')
  return {
    host: `ssh://${login}${name}${modem.port ? `:${modem.port}` : ''}${socket}`,
    env: { ...ownEnvironment(), ...(given.agent && { SSH_AUTH_SOCK: given.agent }) },
    ssh: {
      options: given.agentForward ? ['-o', 'ForwardAgent=yes'] : [],
      key: given.privateKey,
      passphrase: given.passphrase,
      password: modem.password || given.password,
    },
  }
}

/** What an agent is asked to connect to. */
async function addressOf(modem: Modem): Promise<object> {
  if (!modem.host) return { socketPath: await socketOf(modem) }
  const { name, port } = placeOf(modem)
  const { ca, cert, key, checkServerIdentity, protocol } = modem
  const host = name.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: Number(port),
    // By one of these, agents of proxies know whether there is to be TLS.
    ...{ protocol: `${protocol}:`, secureEndpoint: protocol === 'https' },
    ...(protocol === 'https' && { ca, cert, key, checkServerIdentity, servername: host }),
  }
}
