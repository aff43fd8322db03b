import type { AuthEntry } from '../file.js'
import type { Environment } from '../resolve.js'
import type { CredentialPlace } from './credentials.js'

interface Options {
  readonly signal?: AbortSignal | undefined
}

interface FindOptions extends Options {
  /**
   * Whether the call works without credentials. Credentials that cannot be read are then a warning, and the call goes
   * on without.
   */
  readonly optional?: boolean | undefined
}

/** The docker command's credentials. What reads them is loaded when they are first asked for. */
export interface ConfigCredentials {
  for(registry: string, options: FindOptions): Promise<AuthEntry | undefined>
  all(options: Options): Promise<Record<string, AuthEntry>>
  store(registry: string, auth: AuthEntry, options: Options): Promise<void>
  erase(registry: string, options: Options): Promise<void>
}

/** `helperEnv` adds to what the helpers run with, or replaces it. */
export function configCredentials(env: Environment, helperEnv: Environment = {}): ConfigCredentials {
  const place = (): CredentialPlace => ({ env, helperEnv: { ...env, ...helperEnv } })
  const load = () => import('./credentials.js')
  return {
    for: async (registry, options) => (await load()).findCredentials(place(), registry, options),
    all: async (options) => (await load()).allCredentials(place(), options),
    store: async (registry, auth, options) =>
      (await load()).storeCredentials(place(), { registry, auth }, options),
    erase: async (registry, options) => (await load()).eraseCredentials(place(), registry, options),
  }
}
