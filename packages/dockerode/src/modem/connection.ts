import type { Agent } from 'node:http'
import { isDeepStrictEqual } from 'node:util'
import { type ClientOptions, DockerClient, type TlsOptions } from 'dockline'
import type { Modem } from '../modem.js'
import { dialThrough } from './agent.js'
import { type ConnectionFields, FIELDS, findDefaultSocket } from './environment.js'

/** A client of Dockline's, which all modems share that connect in the same way. */
interface Shared {
  readonly options: ClientOptions
  readonly client: DockerClient
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

/** Lends the client that a modem speaks through. Its connections end when no call has used it for some seconds. */
export async function lendClient(modem: Modem): Promise<Lent> {
  const one = sharedFor(await optionsOf(modem))
  one.users += 1
  clearTimeout(one.idle)
  let isLent = true
  const release = () => {
    if (isLent) giveBack(one)
    isLent = false
  }
  return { client: one.client, release }
}

function sharedFor(options: ClientOptions): Shared {
  for (const each of shared) {
    if (each.options === options || isDeepStrictEqual(each.options, options)) return each
  }
  const made: Shared = { options, client: new DockerClient(options), users: 0 }
  shared.add(made)
  return made
}

function giveBack(one: Shared): void {
  one.users -= 1
  if (one.users > 0) return
  one.idle = setTimeout(retire, IDLE_MS, one)
  // The timers of a browser, which some have in place of Node's, keep nothing alive.
  one.idle.unref?.()
}

function retire(one: Shared): void {
  shared.delete(one)
  void one.client.close()
}

/** The fields of a modem, and the options that were found for them. */
interface Found {
  readonly by: readonly unknown[]
  readonly options: Promise<ClientOptions>
}

const found = new WeakMap<Modem, Found>()

const DECISIVE = [...FIELDS, ...(['protocol', 'socketPath', 'sshOptions'] as const)]

/** Finds out once where a modem connects. A modem whose fields were changed connects anew. */
function optionsOf(modem: Modem): Promise<ClientOptions> {
  const by = DECISIVE.map((name) => modem[name])
  const known = found.get(modem)
  if (known?.by.every((value, index) => value === by[index])) return known.options
  const options = findOptions(modem)
  found.set(modem, { by, options })
  // What has failed may not fail again.
  options.catch(() => found.get(modem)?.options === options && found.delete(modem))
  return options
}

async function findOptions(modem: Modem): Promise<ClientOptions> {
  const { agent, host, socketPath } = modem
  const connectTimeout = Number(modem.connectionTimeout) || undefined
  const common = { env: ownEnvironment(), proxy: false, connectTimeout } as const
  if (agent) return throughAgent(agent, modem, common)
  const isDefault = !host && (!socketPath || socketPath === findDefaultSocket)
  const context = isDefault ? contextOf(common) : undefined
  if (context !== undefined) return { ...common, context }
  return { ...common, ...(host ? hostOptions(modem) : { host: socketUrl(await socketOf(modem)) }) }
}

/** A wait for a place in the agent counts as connecting, and may take as long as other calls do. */
async function throughAgent(agent: Agent, modem: Modem, common: ClientOptions): Promise<ClientOptions> {
  const { connectTimeout = Number.POSITIVE_INFINITY } = common
  return { ...common, connectTimeout, dial: dialThrough(agent, await addressOf(modem)) }
}

/**
 * The current context of docker. Undefined where that is the default one, and where docker's settings cannot be read:
 * programs that never needed them go to the default socket. A context that DOCKER_CONTEXT names must be there.
 */
function contextOf(common: ClientOptions): string | undefined {
  try {
    const { context } = new DockerClient(common).describe()
    return context === 'default' ? undefined : context
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
