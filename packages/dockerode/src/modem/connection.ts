import { type ClientOptions, DockerClient, type TlsOptions } from 'dockline'
import type { Modem } from '../modem.js'
import { dialThrough } from './agent.js'
import { type ConnectionFields, FIELDS, findDefaultSocket } from './environment.js'

/** A client of Dockline's, and the fields of the modem that it was made for. */
interface Made {
  readonly by: readonly unknown[]
  readonly client: Promise<DockerClient>
}

const made = new WeakMap<Modem, Made>()

const DECISIVE = [...FIELDS, ...(['protocol', 'socketPath', 'sshOptions'] as const)]

/** Gives the client that a modem speaks through. A modem whose fields were changed connects anew. */
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
  const { agent, host, socketPath, connectionTimeout: connectTimeout } = modem
  const common = { env: ownEnvironment(), proxy: false, connectTimeout } as const
  const isDefault = !host && (!socketPath || socketPath === findDefaultSocket)
  if (isDefault && agent === undefined) {
    const client = new DockerClient(common)
    if (client.describe().context !== 'default') return client
  }
  if (agent !== undefined)
    return new DockerClient({ ...common, dial: dialThrough(agent, await addressOf(modem)) })
  const where = host ? hostOptions(modem) : { host: socketUrl(await socketOf(modem)) }
  return new DockerClient({ ...common, ...where })
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
    ...(protocol === 'https' && { ca, cert, key, checkServerIdentity, servername: host }),
  }
}
