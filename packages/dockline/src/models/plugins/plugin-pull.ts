import type { ApiClient, CreateImageInfo, PluginPrivilege, RegistryOptions } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { registryOf, withoutRegistry } from '../../support/reference.js'
import { callback } from '../base/call.js'
import { asItIs } from '../options/values.js'
import type { Credentials } from '../registry/credentials.js'
import { Asker, type RegistryAuth } from '../registry/registry-auth.js'

/** Whether to grant the privileges that a plugin asks for. */
export type Grant = (privileges: readonly PluginPrivilege[], plugin: string) => boolean | PromiseLike<boolean>

export interface PluginPullOptions extends CallOptions {
  /**
   * Called with the rights that the plugin asks for; returns whether it gets them. Without this option, only a plugin
   * that asks for no rights is installed. `() => true` agrees to everything.
   */
  readonly privileges?: Grant | undefined
  /** The login for the registry. Default: the docker command's. `{}` uses no login. */
  readonly auth?: RegistryAuth | undefined
}

/** How the options of a pull are read. */
export const pluginPullRules = { privileges: callback, auth: asItIs } as const

/** Returns the asker of a plugin's registry. The Engine judges the name. */
export function pluginAsker(credentials: Credentials, name: string, given: RegistryAuth | undefined): Asker {
  const [repository = name] = /^(?:.*\/)?[^:@]*/s.exec(name) ?? []
  return new Asker({
    ...{ credentials, given },
    ...{ registry: registryOf(name), repository: withoutRegistry(repository) },
  })
}

interface AgreedPull {
  readonly remote: string
  readonly privileges: Grant | undefined
  readonly asker: Asker
  readonly call: CallOptions
  readonly begin: (
    agreed: PluginPrivilege[],
    asking: RegistryOptions,
  ) => AsyncGenerator<CreateImageInfo, void, undefined>
}

/** Pulls after the rights of the plugin have been agreed to, and not before. */
export function pullAgreed(
  api: ApiClient,
  { remote, begin, privileges, asker, call }: AgreedPull,
): AsyncGenerator<CreateImageInfo, void, undefined> {
  return asker.messages(call, async function* (asking) {
    const asked = await api.plugins.privileges({ remote }, asking)
    const agreed = asked.length === 0 || (await privileges?.(asked, remote)) === true
    if (agreed) yield* begin(asked, asking)
    else throw refusal(remote, asked, privileges !== undefined)
  })
}

function refusal(remote: string, asked: readonly PluginPrivilege[], wasAsked: boolean): InvalidArgumentError {
  const wants = asked.map(({ Name, Value }) => `${Name} ${JSON.stringify(Value ?? [])}`).join(', ')
  if (wasAsked) return new InvalidArgumentError(`privileges did not agree to what ${remote} wants: ${wants}`)
  const hint = 'give privileges: () => true to agree to that'
  return new InvalidArgumentError(`${remote} wants ${wants}, and privileges is not given`, { hint })
}
