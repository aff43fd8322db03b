import type { AuthConfig } from '../../api/index.js'
import { InvalidArgumentError, StreamError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { registryKey } from '../../support/reference.js'
import { refuseUnknown } from '../options/index.js'
import { type Convert, checkObject, define, invalid, invalidKind } from '../options/values.js'
import type { Credentials } from './credentials.js'

/** Who asks a registry: a user name and a password, or one of the two tokens. */
export interface RegistryAuth {
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** The registry it is for, as in 'localhost:5000'. */
  readonly serveraddress?: string | undefined
  /** What a login gave instead of the password. */
  readonly identitytoken?: string | undefined
  /** A token that is sent to the registry as it is. */
  readonly registrytoken?: string | undefined
}

export const AUTH_NAMES = ['username', 'password', 'serveraddress', 'identitytoken', 'registrytoken'] as const

/** Checks credentials. The error does not have them in it. */
export const parseAuth: Convert<AuthConfig> = (value, option) => {
  checkObject(value, option, 'an object such as { username, password }')
  refuseUnknown(value, AUTH_NAMES, option)
  return authIn(value, `${option}.`)
}

/** Reads credentials whose names have been checked. `owner` stands before each name in an error. */
export function authIn(value: RegistryAuth, owner: string): AuthConfig {
  const auth: AuthConfig = {}
  for (const name of AUTH_NAMES) {
    const given: unknown = value[name]
    if (given === undefined) continue
    if (typeof given !== 'string') invalidKind(`${owner}${name}`, 'a string', given)
    auth[name] = given
  }
  const { username, password, identitytoken, registrytoken } = auth
  const isHalf = (username === undefined) !== (password === undefined)
  if (isHalf && identitytoken === undefined && registrytoken === undefined) {
    const [missing, other] = password === undefined ? ['password', 'username'] : ['username', 'password']
    throw new InvalidArgumentError(`${owner}${missing} must be given beside ${other}`)
  }
  return auth
}

export function optionalAuth(value: unknown): AuthConfig | undefined {
  return value === undefined ? undefined : parseAuth(value, 'auth')
}

/** Credentials by registry, under the names that the Engine looks for. */
export const parseAuths: Convert<Record<string, AuthConfig>> = (value, option) => {
  checkObject(value, option, "an object such as { 'localhost:5000': { username, password } }")
  const auths: Record<string, AuthConfig> = {}
  for (const [registry, given] of Object.entries(value)) {
    if (given === undefined) continue
    if (registry === '') invalid(option, 'an object of registries', registry)
    const key = registryKey(registry)
    define(auths, key, { serveraddress: key, ...parseAuth(given, `${option}['${registry}']`) })
  }
  return auths
}

/** How to see to it that a registry is asked by the right one. */
export interface AskerSettings {
  readonly credentials: Credentials
  /** The registry as in an image's name. Undefined if only the Engine knows it. */
  readonly registry: string | undefined
  /** Without the registry. Undefined where no image is asked for. */
  readonly repository?: string | undefined
  /** The option of the call. An empty object uses no login. */
  readonly given: unknown
  /**
   * Whether the call goes on without a login when the stored logins cannot be read, since the image may be public.
   * Default: false.
   */
  readonly optional?: boolean
}

/** Who asks a registry during one call: what the call says, else what there is for the registry. */
export class Asker {
  readonly #settings: AskerSettings
  #auth: AuthConfig | undefined

  constructor(settings: AskerSettings) {
    this.#settings = settings
    this.#auth = optionalAuth(settings.given)
  }

  /** Looked up when it is time, so that a token is as fresh as it can be. */
  async auth(call: CallOptions): Promise<AuthConfig | undefined> {
    const { credentials, registry, given, optional } = this.#settings
    if (registry === undefined) return this.#auth
    if (given === undefined) this.#auth = await credentials.for(registry, { ...call, optional })
    // Without it, Engines with containerd's store of images take it for Docker Hub's.
    else if (this.#isSomebody) this.#auth = { serveraddress: registryKey(registry), ...this.#auth }
    return this.#auth
  }

  /** The messages of a call that asks a registry, sent when the first one is asked for. */
  async *messages<T>(
    call: CallOptions,
    begin: (options: CallOptions & { readonly registryAuth: AuthConfig | undefined }) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    const registryAuth = await this.auth(call)
    try {
      yield* begin({ ...call, registryAuth })
    } catch (error) {
      throw await this.explain(error)
    }
  }

  /** Makes a RegistryError of what the registry refused, with what to do about it. */
  async explain(error: unknown): Promise<unknown> {
    const { registry, repository } = this.#settings
    const { asRegistryError } = await import('./refusal.js')
    return asRegistryError(error, { registry, repository, advice: this.#advice })
  }

  /** The same for an error inside a stream. */
  explainWords(words: string): Promise<unknown> {
    return this.explain(new StreamError(words))
  }

  get #isSomebody(): boolean {
    return Object.keys(this.#auth ?? {}).length > 0
  }

  get #advice(): string {
    if (!this.#isSomebody) return 'does it want auth: { username, password }, or a login?'
    return this.#settings.given === undefined ? 'is the login still right?' : 'is auth right?'
  }
}
