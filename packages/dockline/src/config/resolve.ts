import { InvalidArgumentError } from '../errors.js'
import { readContextHost } from './contexts.js'
import { configFolder, readConfigFile } from './file.js'
import { proxyVariables } from './proxies.js'

/** `process.env`, or a stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface ConnectionSettings {
  /** As in `DOCKER_HOST`; undefined for the platform's default. */
  readonly host: string | undefined
  readonly apiVersion: string | undefined
  /** The proxy variables that config.json has for the containers of an Engine. Reads the file when it is called. */
  readonly proxies: (address: string) => Readonly<Record<string, string>>
  /** What decided it, for people: "DOCKER_HOST", "context staging, from currentContext in config.json". */
  readonly reason: string
}

export interface Choice {
  readonly host?: string | undefined
  readonly context?: string | undefined
}

/**
 * Where to connect, in the docker command's order: the explicit option, DOCKER_HOST, DOCKER_CONTEXT, currentContext, the
 * platform's default.
 */
export function resolveConnection(env: Environment, { host, context }: Choice = {}): ConnectionSettings {
  if (host && context) throw new InvalidArgumentError('host and context exclude each other')
  const apiVersion = env.DOCKER_API_VERSION || undefined
  const chosen = host ? { host, reason: 'the host option' } : chooseHost(env, context)
  refuseTls(env, chosen)
  const proxies = (address: string) => proxyVariables(readConfigFile(configFolder(env)), address)
  return { apiVersion, proxies, ...chosen }
}

type ChosenHost = Pick<ConnectionSettings, 'host' | 'reason'>

function chooseHost(env: Environment, context: string | undefined): ChosenHost {
  const folder = configFolder(env)
  if (context) return ofContext(folder, context, 'the context option')
  if (env.DOCKER_HOST) return { host: env.DOCKER_HOST, reason: 'DOCKER_HOST' }
  if (env.DOCKER_CONTEXT) return ofContext(folder, env.DOCKER_CONTEXT, 'DOCKER_CONTEXT')
  const current = readConfigFile(folder).currentContext
  if (current) return ofContext(folder, current, 'currentContext in config.json')
  return { host: undefined, reason: "the platform's default" }
}

function ofContext(folder: string, name: string, reason: string): ChosenHost {
  if (name === 'default') return { host: undefined, reason }
  return { host: readContextHost(folder, name), reason: `context ${name}, from ${reason}` }
}

/** Better no connection than one that was meant to be encrypted and is not. */
function refuseTls(env: Environment, { host }: ChosenHost): void {
  const asked = env.DOCKER_TLS_VERIFY ? 'DOCKER_TLS_VERIFY' : env.DOCKER_TLS ? 'DOCKER_TLS' : undefined
  if (asked === undefined || host === undefined || /^(unix|npipe):/i.test(host)) return
  throw new InvalidArgumentError(`${asked} is set, and TLS is not supported yet`)
}
