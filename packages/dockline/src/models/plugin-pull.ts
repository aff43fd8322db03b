import type { ApiClient, AuthConfig, CreateImageInfo, PluginPrivilege } from '../api/index.js'
import { InvalidArgumentError } from '../errors.js'
import type { CallOptions } from '../http/index.js'

/** Whether a plugin is to have what it asks for. */
export type Grant = (privileges: readonly PluginPrivilege[], plugin: string) => boolean | PromiseLike<boolean>

export interface PluginPullOptions extends CallOptions {
  /**
   * Told what the plugin wants to be allowed, and says whether it may. Without it, only a plugin that wants nothing
   * is installed; `() => true` agrees to everything.
   */
  readonly privileges?: Grant | undefined
  /** Who asks the registry, or the header `X-Registry-Auth` as it is. */
  readonly registryAuth?: AuthConfig | string | undefined
}

interface AgreedPull extends PluginPullOptions {
  readonly remote: string
  readonly begin: (agreed: PluginPrivilege[]) => AsyncGenerator<CreateImageInfo, void, undefined>
}

/** Nothing is pulled before what the plugin wants has been agreed to. */
export async function* pullAgreed(
  api: ApiClient,
  { remote, begin, privileges, registryAuth, signal, timeout }: AgreedPull,
): AsyncGenerator<CreateImageInfo, void, undefined> {
  const asked = await api.plugins.privileges({ remote }, { registryAuth, signal, timeout })
  const agreed = asked.length === 0 || (await privileges?.(asked, remote)) === true
  if (agreed) yield* begin(asked)
  else throw refusal(remote, asked, privileges !== undefined)
}

function refusal(remote: string, asked: readonly PluginPrivilege[], wasAsked: boolean): InvalidArgumentError {
  const wants = asked.map(({ Name, Value }) => `${Name} ${JSON.stringify(Value ?? [])}`).join(', ')
  if (wasAsked) return new InvalidArgumentError(`privileges did not agree to what ${remote} wants: ${wants}`)
  const hint = 'give privileges: () => true to agree to that'
  return new InvalidArgumentError(`${remote} wants ${wants}, and privileges is not given`, { hint })
}
