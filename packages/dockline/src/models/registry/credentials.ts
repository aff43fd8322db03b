import type { AuthConfig } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import { type CallOptions, deadline, orAborted } from '../../http/index.js'
import type { Duration } from '../../support/duration.js'
import { registryKey } from '../../support/reference.js'
import { callTable, readCall } from '../base/call.js'
import { flag, text } from '../options/values.js'
import { parseAuth, parseAuths, type RegistryAuth } from './registry-auth.js'

type Awaitable<T> = T | PromiseLike<T>

/** What a provider is given: abort ends the call that asks. */
export interface CredentialRequest {
  readonly signal: AbortSignal
  /** Whether the call goes on without a login where none is stored. A pull does so, since the image may be public. */
  readonly optional?: boolean | undefined
}

export interface CredentialOptions extends CallOptions {
  /** Takes credentials that cannot be read as missing, and warns. Default: false. */
  readonly optional?: boolean | undefined
}

/**
 * Where credentials come from, and go to. `registry` is 'ghcr.io', 'localhost:5000', or for Docker Hub
 * 'https://index.docker.io/v1/'.
 */
export interface CredentialProvider {
  /** Returns the login for this registry, or undefined for none. Called before every request that needs it. */
  for(registry: string, request: CredentialRequest): Awaitable<RegistryAuth | undefined>
  /** All logins, by registry, for the classic builder. Without this method, it uses no logins. */
  all?(request: CredentialRequest): Awaitable<Readonly<Record<string, RegistryAuth | undefined>>>
  /** Keeps what a login was accepted with. */
  store?(registry: string, auth: RegistryAuth, request: CredentialRequest): Awaitable<void>
  /** Forgets what a login had stored. */
  erase?(registry: string, request: CredentialRequest): Awaitable<void>
}

const NOBODY: CredentialProvider = { for: () => undefined }

/**
 * The logins for registries, for calls that give none. Each call looks the login up anew. A registry is named
 * as in an image's name: 'ghcr.io', 'localhost:5000', 'docker.io'.
 */
export class Credentials {
  readonly #provider: CredentialProvider
  readonly #timeout: Duration | undefined

  /** `timeout` is for calls that have none of their own. */
  constructor(provider: CredentialProvider = NOBODY, timeout?: Duration) {
    this.#provider = provider
    this.#timeout = timeout
  }

  /** Whether a login can be stored. */
  get canStore(): boolean {
    return this.#provider.store !== undefined
  }

  /** Returns the login for a registry, or undefined. Rejects with CredentialsError when the logins cannot be read. */
  async for(registry: string, options: CredentialOptions = {}): Promise<RegistryAuth | undefined> {
    const [{ optional = false }, call] = findOptions.read(options)
    return this.#find(keyOf(registry), call, optional)
  }

  /** Returns all logins by the names of their registries. */
  async all(options: CallOptions = {}): Promise<Record<string, RegistryAuth>> {
    const found = await this.#ask('reading all credentials', options, (request) =>
      this.#provider.all?.(request),
    )
    return found === undefined ? {} : parseAuths(found, 'credentials')
  }

  /** Stores a login, and does not ask the registry whether it is right: `client.login()` does. */
  async store(registry: string, auth: RegistryAuth, options: CallOptions = {}): Promise<void> {
    const key = keyOf(registry)
    const parsed = parseAuth(auth, 'auth')
    if (!this.canStore) throw new InvalidArgumentError('the credentials of this client cannot be stored')
    await this.#ask(`storing the credentials for ${key}`, options, (request) =>
      this.#provider.store?.(key, parsed, request),
    )
  }

  /** Removes the login for a registry. A missing login is not an error. */
  async erase(registry: string, options: CallOptions = {}): Promise<void> {
    const key = keyOf(registry)
    await this.#ask(`erasing the credentials for ${key}`, options, (request) =>
      this.#provider.erase?.(key, request),
    )
  }

  async #find(key: string, options: CallOptions, optional: boolean): Promise<AuthConfig | undefined> {
    const find = (request: CredentialRequest) => this.#provider.for(key, { ...request, optional })
    const found = await this.#ask(`looking up the credentials for ${key}`, options, find)
    if (found === undefined) return undefined
    const auth = parseAuth(found, `credentials for ${key}`)
    return Object.values(auth).some((value) => value !== '') ? { serveraddress: key, ...auth } : undefined
  }

  /** Also a provider that does not look at the signal must not hold up a call that is given up. */
  async #ask<T>(
    what: string,
    options: CallOptions,
    ask: (request: CredentialRequest) => Awaitable<T>,
  ): Promise<T> {
    const { signal, timeout = this.#timeout } = readCall(options)
    using limit = deadline(what, signal, timeout)
    limit.signal.throwIfAborted()
    return await orAborted(Promise.resolve(ask({ signal: limit.signal })), limit.signal)
  }
}

const findOptions = callTable<CredentialOptions>({ optional: flag })

function keyOf(registry: string): string {
  const key = registryKey(text(registry, 'registry'))
  if (key === '') throw new InvalidArgumentError("registry must be one such as 'ghcr.io'")
  return key
}
