import type { Environment, TlsOptions } from './config/index.js'
import { InvalidArgumentError } from './errors.js'
import { limitOf } from './http/deadline.js'
import { checkPinnedVersion } from './http/negotiate.js'
import type { CredentialProvider } from './models/index.js'
import { type Convert, checkObject, flag, invalid, text } from './models/options/values.js'
import type { Duration } from './support/duration.js'
import { refuseUnknown } from './support/suggest.js'
import type { Dial, SshOptions } from './transport/index.js'

export interface ClientOptions {
  /**
   * As in DOCKER_HOST: 'unix:///var/run/docker.sock', 'tcp://box:2375', 'https://box', 'ssh://me@box'.
   * Default: what the docker command would use here. A function gives it, or a promise of it, when the first
   * call connects, and again after it could not be reached.
   */
  readonly host?: string | (() => string | PromiseLike<string>) | undefined
  /**
   * Opens each connection, and returns a Duplex to an Engine, or a promise of it. Excludes `host` and `context`. A connection
   * that is not open when the signal aborts is no longer needed.
   */
  readonly dial?: Dial | undefined
  /** Milliseconds until a connection that is being opened is given up. 0 and Infinity are no limit. Default: 10 s. */
  readonly connectTimeout?: Duration | undefined
  /** The name of a context of the docker command. Excludes `host`. */
  readonly context?: string | undefined
  /**
   * Encrypts a TCP connection: `true` checks the Engine's certificate against the system's authorities,
   * `false` is in the clear. Default: what the context says, or DOCKER_TLS_VERIFY, DOCKER_TLS and
   * DOCKER_CERT_PATH. Not for sockets, pipes and ssh.
   */
  readonly tls?: boolean | TlsOptions | undefined
  /**
   * The HTTP proxy through which a TCP host is reached, for every host: 'http://user:password@box:3128',
   * 'https://box', 'box:3128'. `false` uses no proxy. Default: HTTPS_PROXY for TLS and HTTP_PROXY without,
   * except for this machine and NO_PROXY. Not for sockets, pipes and ssh.
   */
  readonly proxy?: string | false | undefined
  /** How ssh is run for `ssh://` hosts. By default as the docker command does it, with one login for all connections. */
  readonly ssh?: SshOptions | undefined
  /**
   * Where no setting names an Engine and the default socket does not answer, tries rootless Docker, Docker
   * Desktop, Colima, OrbStack, Rancher Desktop and Podman. Looks at the first call. Default: false.
   */
  readonly autodetect?: boolean | undefined
  /** Pins the API version, as in '1.41', instead of negotiating it. DOCKER_API_VERSION wins over it. */
  readonly apiVersion?: string | undefined
  /** Milliseconds for each request; for a stream, until it begins. Default: none. */
  readonly timeout?: Duration | undefined
  /** Sent with every request, besides those of DOCKER_CUSTOM_HEADERS or HttpHeaders in config.json. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * The credentials for a registry where a call gives none. Default: the logins of the docker command. `false` uses
   * no credentials. An object finds them in its own way.
   */
  readonly credentials?: false | CredentialProvider | undefined
  /** Variables for credential helpers, besides those of `env`. */
  readonly credentialEnv?: Environment | undefined
  /** What stands in for `process.env`. */
  readonly env?: Environment | undefined
}

/** Where it is used, which is when a client is made as well. */
const elsewhere: Convert<unknown> = (value) => value

const callable: Convert<unknown> = (value, option) =>
  typeof value === 'function' ? value : invalid(option, 'a function', value)

/** The milliseconds until a connection is given up; Infinity for no limit, undefined for that of the platform. */
export function connectLimitOf(connectTimeout: Duration | undefined): number | undefined {
  if (connectTimeout === undefined) return undefined
  return limitOf(connectTimeout, 'connectTimeout') ?? Number.POSITIVE_INFINITY
}

const CHECKS: { readonly [Name in keyof ClientOptions]-?: Convert<unknown> } = {
  host: (value, option) => (typeof value === 'function' ? value : text(value, option)),
  dial: callable,
  connectTimeout: (value) => connectLimitOf(value as Duration),
  context: text,
  tls: elsewhere,
  proxy: elsewhere,
  ssh: checkObject,
  autodetect: flag,
  apiVersion: (value) => checkPinnedVersion(value as string),
  timeout: (value) => limitOf(value as Duration),
  headers: elsewhere,
  credentials: elsewhere,
  credentialEnv: checkObject,
  env: checkObject,
}

const NAMES = Object.keys(CHECKS) as (keyof ClientOptions)[]

/** Refuses what cannot be right when the client is made, and not at its first call. */
export function checkClientOptions(options: ClientOptions): void {
  checkObject(options, 'options')
  refuseUnknown({ ...options }, NAMES)
  for (const name of NAMES) if (options[name] !== undefined) CHECKS[name](options[name], name)
  const beside = options.dial && (['host', 'context'] as const).find((name) => options[name])
  if (beside) throw new InvalidArgumentError(`dial and ${beside} exclude each other`)
}
