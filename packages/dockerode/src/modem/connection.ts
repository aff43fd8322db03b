import { type ClientOptions, DockerClient, type TlsOptions } from 'dockline'
import type { Modem } from '../modem.js'
import { dialThrough, isOwnPool } from './agent.js'
import { type ConnectionFields, findDefaultSocket } from './environment.js'

/** A client of Dockline's, and what of the modem it was made for. */
interface Made {
  readonly by: readonly unknown[]
  readonly client: Promise<DockerClient>
}

const made = new WeakMap<Modem, Made>()

/** The fields that say how to connect: a modem whose fields are changed connects anew. */
const DECISIVE = [
  ...(['host', 'port', 'protocol', 'socketPath', 'pathPrefix', 'ca', 'cert', 'key', 'agent'] as const),
  ...(['checkServerIdentity', 'username', 'password', 'sshOptions', 'connectionTimeout'] as const),
]

/** The client that a modem speaks through, made at its first call. */
export function clientOf(modem: Modem): Promise<DockerClient> {
  const by = DECISIVE.map((name) => modem[name])
  const known = made.get(modem)
  if (known?.by.every((value, index) => value === by[index])) return known.client
  const client = connect(modem)
  made.set(modem, { by, client })
  // What has failed may not fail again.
  client.catch(() => made.get(modem)?.client === client && made.delete(modem))
  return client
}

async function connect(modem: Modem): Promise<DockerClient> {
  const common = { env: ownEnvironment(), proxy: false, connectTimeout: modem.connectionTimeout } as const
  const { agent } = modem
  const isDefault = !modem.host && (!modem.socketPath || modem.socketPath === findDefaultSocket)
  if (isDefault && agent === undefined) {
    const client = new DockerClient(common)
    if (client.describe().context !== 'default') return client
  }
  const where = modem.host ? hostOf(modem) : await socketOf(modem)
  if (agent === undefined || isOwnPool(agent)) return new DockerClient({ ...common, ...where })
  return new DockerClient({ ...common, dial: dialThrough(agent, await addressOf(modem)) })
}

/** Only a context may say where to connect, and only where nothing else does: what the environment says has been read. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const { DOCKER_HOST, DOCKER_TLS, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, DOCKER_API_VERSION, ...env } =
    process.env
  return env
}

async function socketOf(modem: Modem): Promise<ClientOptions> {
  const path = (await modem.getSocketPath()) ?? (await findDefaultSocket())
  return { host: process.platform === 'win32' ? `npipe://${path}` : `unix://${path}` }
}

function hostOf(modem: Modem): ClientOptions {
  const { name, port } = placeOf(modem)
  if (modem.protocol === 'ssh') return sshOf(modem, name)
  const isSecured = modem.protocol === 'https'
  return {
    host: `tcp://${name}:${port || (isSecured ? 443 : 80)}`,
    tls: isSecured && tlsOf(modem),
  }
}

/** Without a scheme, and the port from wherever it is written. */
function placeOf({ host = '', port }: ConnectionFields): { name: string; port: string } {
  const authority = host.replace(/^\w+:\/\//, '')
  const text = /^[^[]*:.*:/.test(authority) ? `[${authority}]` : authority
  const url = new URL(`docker://${text}`)
  return { name: url.hostname, port: String(port || url.port || '') }
}

/** All of it contents, and never the path of a file. */
function tlsOf({ ca, cert, key, checkServerIdentity }: ConnectionFields): TlsOptions {
  const pair = cert && key ? { cert: pem(cert), key: pem(key) } : {}
  return { ...(ca ? { ca: pem(ca) } : {}), ...pair, checkServerIdentity }
}

function pem(given: NonNullable<ConnectionFields['ca']>): Buffer {
  const parts = Array.isArray(given) ? given : [given]
  return Buffer.from(parts.map((part) => String(part)).join('\n'))
}

function sshOf(modem: Modem, name: string): ClientOptions {
  const { sshOptions, pathPrefix } = modem
  const user = modem.username || sshOptions.username
  const login = user ? `${encodeURIComponent(user)}@` : ''
  const socket = pathPrefix && pathPrefix !== '/' ? pathPrefix : ''
  const port = modem.port ? `:${modem.port}` : ''
  const env = { ...ownEnvironment(), ...(sshOptions.agent && { SSH_AUTH_SOCK: sshOptions.agent }) }
  const options = sshOptions.agentForward ? ['-o', 'ForwardAgent=yes'] : []
  return {
    host: `ssh://${login}${name}${port}${socket}`,
    env,
    ssh: {
      options,
      key: sshOptions.privateKey,
      passphrase: sshOptions.passphrase,
      password: modem.password || sshOptions.password,
    },
  }
}

/** What an agent is asked to connect to. */
async function addressOf(modem: Modem) {
  if (!modem.host) return { socketPath: (await modem.getSocketPath()) ?? (await findDefaultSocket()) }
  const { name, port } = placeOf(modem)
  const { ca, cert, key, checkServerIdentity, protocol } = modem
  const host = name.replace(/^\[(.*)\]$/, '$1')
  const tls = protocol === 'https' ? { ca, cert, key, checkServerIdentity, servername: host } : {}
  return { host, port: Number(port) || (protocol === 'https' ? 443 : 80), ...tls }
}
