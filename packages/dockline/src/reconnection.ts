import type { ApiClient } from './api/index.js'
import type { ClientOptions } from './client-options.js'
import type { ConnectionSettings } from './config/index.js'
import { InvalidArgumentError } from './errors.js'

/**
 * The options of a client in another process that connects as this one does, as JSON. What this client has read from files is
 * in them. Throws InvalidArgumentError where a function of this process has a part in it.
 */
export async function connectionFor(
  api: ApiClient,
  settings: ConnectionSettings,
  options: ClientOptions,
): Promise<string> {
  const { dial, proxy, ssh, headers, connectTimeout, env = process.env } = options
  if (dial !== undefined) throw needsThisProcess('dial')
  if (settings.tls?.checkServerIdentity !== undefined) throw needsThisProcess('tls.checkServerIdentity')
  const host = await hostOf(api, settings, options)
  const { tls = false, apiVersion = options.apiVersion } = settings
  return JSON.stringify({
    host,
    tls,
    apiVersion,
    proxy,
    ssh,
    headers,
    connectTimeout,
    credentials: false,
    env,
  })
}

/** Where the host is found out at the first call, it is known after one. */
async function hostOf(
  api: ApiClient,
  { host, configured }: ConnectionSettings,
  { host: given, autodetect }: ClientOptions,
): Promise<string> {
  if (typeof given !== 'function' && (configured || !autodetect)) return host
  await api.version()
  return api.http.address
}

function needsThisProcess(option: string): InvalidArgumentError {
  const hint = 'with reaper: false the scope does without another process'
  return new InvalidArgumentError(`${option} is a function, which the reaper of a scope cannot call`, {
    hint,
  })
}
