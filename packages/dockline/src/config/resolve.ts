import { InvalidArgumentError } from '../errors.js'
import { DEFAULT_HOST, type ProxyChoice, type TlsSettings } from '../transport/index.js'
import { contextEndpoint } from './contexts/contexts.js'
import { configFolder, readConfigFile, readUsableConfig } from './file.js'
import { proxyVariables } from './proxy/proxies.js'
import { proxyChoice } from './proxy/resolve-proxy.js'
import { type TlsOptions, tlsOfFolder, tlsOfOption } from './tls-files.js'

/** `process.env`, or a stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>

export interface ConnectionSettings {
  /** As in `DOCKER_HOST`. */
  readonly host: string
  /** How the connection is encrypted; undefined for one in the clear, and for hosts that TLS means nothing to. */
  readonly tls: TlsSettings | undefined
  /** The context in use, as `docker context show` has it. */
  readonly context: string
  /** What decided it, for people: "DOCKER_HOST", "context staging, from currentContext in config.json". */
  readonly reason: string
  /** Whether anything decided it: false for the platform's default. */
  readonly configured: boolean
  readonly apiVersion: string | undefined
  /** Which proxy to take to the Engine, where that is on TCP. */
  readonly proxy: ProxyChoice | undefined
  /** The proxy variables that config.json has for the containers of an Engine. Reads the file when it is called. */
  readonly proxies: (address: string) => Readonly<Record<string, string>>
}

export interface Choice {
  readonly host?: string | undefined
  readonly context?: string | undefined
  readonly tls?: boolean | TlsOptions | undefined
  readonly proxy?: string | false | undefined
}

/** What docker calls the context that is no file: DOCKER_HOST and the variables of TLS, or the platform's default. */
export const DEFAULT_CONTEXT = 'default'
/** The host where docker connects with TLS when no host is given. */
const DEFAULT_TLS_HOST = 'tcp://localhost:2376'
const NOTHING = "the platform's default"

/**
 * Where to connect, in the docker command's order: the explicit option, DOCKER_HOST, DOCKER_CONTEXT, currentContext, the
 * platform's default.
 */
export function resolveConnection(env: Environment, choice: Choice = {}): ConnectionSettings {
  const { host, context } = choice
  if (host && context) throw new InvalidArgumentError('host and context exclude each other')
  const chosen = chooseContext(env, choice)
  const found =
    chosen.name === DEFAULT_CONTEXT
      ? defaultEndpoint(env, chosen, choice)
      : namedEndpoint(env, chosen, choice)
  return {
    ...found,
    tls: checkedTls(found),
    context: chosen.name,
    configured: found.reason !== NOTHING,
    apiVersion: env.DOCKER_API_VERSION || undefined,
    proxy: proxyChoice(env, choice.proxy),
    proxies: (address) => proxyVariables(readUsableConfig(env), address),
  }
}

interface ChosenContext {
  readonly name: string
  readonly reason: string
}

interface ChosenEndpoint {
  readonly host: string
  readonly tls: TlsSettings | undefined
  readonly reason: string
}

/** The name of the context, and who named it. */
export function chooseContext(env: Environment, { host, context }: Choice = {}): ChosenContext {
  if (host) return { name: DEFAULT_CONTEXT, reason: 'the host option' }
  if (context) return { name: context, reason: 'the context option' }
  if (env.DOCKER_HOST) return { name: DEFAULT_CONTEXT, reason: 'DOCKER_HOST' }
  if (env.DOCKER_CONTEXT) return { name: env.DOCKER_CONTEXT, reason: 'DOCKER_CONTEXT' }
  const { currentContext: name } = readConfigFile(configFolder(env))
  if (!name) return { name: DEFAULT_CONTEXT, reason: NOTHING }
  if (typeof name === 'string') return { name, reason: 'currentContext in config.json' }
  throw new InvalidArgumentError('currentContext in config.json must be a string')
}

/** It is never read from disk: the variables of the environment are what it is made of. */
function defaultEndpoint(env: Environment, chosen: ChosenContext, choice: Choice): ChosenEndpoint {
  // Blanks around it do not count: ' ' is nothing.
  const host = (choice.host || env.DOCKER_HOST)?.trim() || undefined
  const wish = choice.tls === undefined ? wishOf(env) : { asked: 'the tls option' }
  if (host === undefined && (wish === undefined || choice.tls === false)) {
    return { host: DEFAULT_HOST, tls: undefined, reason: chosen.reason }
  }
  const address = host ?? DEFAULT_TLS_HOST
  const reason = host === undefined ? `the default with TLS, from ${wish?.asked}` : chosen.reason
  return { host: address, reason, tls: tlsOfDefault(env, address, choice) }
}

function tlsOfDefault(env: Environment, address: string, { tls }: Choice): TlsSettings | undefined {
  if (tls !== undefined) return tlsOfOption(tls)
  const wish = wishOf(env)
  if (wish === undefined || !isTcp(address)) return undefined
  return tlsOfFolder({ ...wish, address, folder: env.DOCKER_CERT_PATH || configFolder(env) })
}

/** As docker has it, any text at all asks for it, also '0'. */
function wishOf(env: Environment): { asked: string; verify: boolean } | undefined {
  if (env.DOCKER_TLS_VERIFY) return { asked: 'DOCKER_TLS_VERIFY', verify: true }
  return env.DOCKER_TLS ? { asked: 'DOCKER_TLS', verify: false } : undefined
}

/** A named context has TLS material of its own: the variables of TLS mean nothing to it. */
function namedEndpoint(env: Environment, { name, reason }: ChosenContext, choice: Choice): ChosenEndpoint {
  const { host, tls } = contextEndpoint(configFolder(env), name, reason)
  return {
    host,
    tls: choice.tls === undefined ? tls : tlsOfOption(choice.tls),
    reason: `context ${name}, from ${reason}`,
  }
}

/** Better no connection than one that was meant to be encrypted and is not. */
function checkedTls({ host, tls, reason }: ChosenEndpoint): TlsSettings | undefined {
  if (!isTcp(host)) return undefined
  if (/^http:/i.test(host) && tls !== undefined) {
    const hint = 'write https:// or tcp://'
    throw new InvalidArgumentError(`TLS is asked for, and http:// from ${reason} is not encrypted`, { hint })
  }
  return /^https:/i.test(host) ? (tls ?? {}) : tls
}

/** TLS means nothing to a socket, a pipe and ssh. */
function isTcp(host: string): boolean {
  return !/^(unix|npipe|ssh|fd):/i.test(host)
}
