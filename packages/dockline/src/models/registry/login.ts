import type { ApiClient, AuthResponse } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { DOCKER_HUB, hostOf, registryKey, registryOf } from '../../support/reference.js'
import { callTable, readCall } from '../base/call.js'
import { flag } from '../options/values.js'
import type { Credentials } from './credentials.js'
import { AUTH_NAMES, authIn, type RegistryAuth } from './registry-auth.js'

export interface LoginOptions extends CallOptions, RegistryAuth {
  /** Keeps what the registry accepted: with the credential helper, else in config.json. Default: true. */
  readonly store?: boolean | undefined
}

const loginOptions = callTable<LoginOptions, Pick<LoginOptions, 'store'>, RegistryAuth>(
  { store: flag },
  AUTH_NAMES,
)

/** Logs in with `POST /auth`, and stores the login only if the registry accepts it. */
export async function login(
  api: ApiClient,
  credentials: Credentials,
  options: LoginOptions = {},
): Promise<AuthResponse> {
  const [{ store: keep = credentials.canStore }, call, given] = loginOptions.read(options)
  if (keep && !credentials.canStore) {
    throw new InvalidArgumentError('store: the credentials of this client cannot be stored')
  }
  const { serveraddress = DOCKER_HUB, ...who } = authIn(given, '')
  const key = registryKey(serveraddress)
  const auth = { ...(isSomebody(who) ? who : await stored(credentials, key, call)), serveraddress: key }
  const answer = await api.system.auth(auth, call).catch(async (error) => {
    const { asRegistryError } = await import('./refusal.js')
    throw asRegistryError(error, { registry: registryOf(`${hostOf(key)}/`) })
  })
  if (keep) await credentials.store(key, kept(auth, answer), call)
  return answer
}

/** Forgets what a login has stored. */
export async function logout(
  credentials: Credentials,
  registry: string = DOCKER_HUB,
  options: CallOptions = {},
): Promise<void> {
  await credentials.erase(registry, readCall(options))
}

function isSomebody({ username, password, identitytoken, registrytoken }: RegistryAuth): boolean {
  return [username, password, identitytoken, registrytoken].some((value) => value !== undefined)
}

async function stored(credentials: Credentials, key: string, call: CallOptions): Promise<RegistryAuth> {
  const found = await credentials.for(key, call)
  if (found !== undefined) return found
  const hint = 'give username and password'
  throw new InvalidArgumentError(`there are no credentials for ${key} to log in with`, { hint })
}

/** A token that came in the answer takes the place of the password. */
function kept({ password, ...auth }: RegistryAuth, { IdentityToken }: AuthResponse): RegistryAuth {
  return IdentityToken ? { ...auth, identitytoken: IdentityToken } : { ...auth, password }
}
