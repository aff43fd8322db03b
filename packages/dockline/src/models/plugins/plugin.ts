import type {
  ApiClient,
  CreateImageInfo,
  Plugin as PluginAttrs,
  PluginEnableQuery,
  PluginPrivilege,
  PluginSettings,
  PushImageInfo,
  RegistryOptions,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import type { Duration } from '../../support/duration.js'
import { callTable } from '../base/call.js'
import { EngineObject } from '../base/object.js'
import { stringMap } from '../options/index.js'
import { wholeSeconds } from '../options/units.js'
import { asItIs, flag, type StringMap, strings, text } from '../options/values.js'
import { Credentials } from '../registry/credentials.js'
import type { RegistryAuth } from '../registry/registry-auth.js'
import { orRejecting, Transfer } from '../transfers/transfer.js'
import { type PluginPullOptions, pluginAsker, pluginPullRules, pullAgreed } from './plugin-pull.js'

export interface PluginEnableOptions extends CallOptions {
  /** How long the plugin may take to answer, in whole seconds: `'30s'` or 30_000. Default: 0, the Engine's own limit. */
  readonly enableTimeout?: Duration | undefined
}

export interface PluginForceOptions extends CallOptions {
  /** Acts even while the plugin is used, and `remove` also while it is enabled. Default: false. */
  readonly force?: boolean | undefined
}

export interface PluginPushOptions extends CallOptions {
  /** The login for the registry. Default: the docker command's. `{}` uses no login. */
  readonly auth?: RegistryAuth | undefined
}

export interface PluginUpgradeOptions extends PluginPullOptions {
  /** The name of the version to upgrade to. Default: the name that the plugin was installed from. */
  readonly remote?: string | undefined
}

const enableOptions = callTable<PluginEnableOptions, PluginEnableQuery>({
  enableTimeout: ['timeout', wholeSeconds],
})
const forceOptions = callTable<PluginForceOptions>({ force: flag })
const pushOptions = callTable<PluginPushOptions>({ auth: asItIs })
const upgradeOptions = callTable<PluginUpgradeOptions>({ remote: text, ...pluginPullRules })

/** A plugin. What changes it refreshes `attrs`, so that `enabled` and `settings` stay true. */
export class Plugin extends EngineObject<PluginAttrs> {
  readonly #credentials: Credentials

  constructor(api: ApiClient, attrs: PluginAttrs, credentials: Credentials = new Credentials()) {
    super(api, attrs.Id || attrs.Name, attrs)
    this.#credentials = credentials
  }

  get name(): string {
    return this.attrs.Name
  }

  get enabled(): boolean {
    return this.attrs.Enabled
  }

  /** What `configure` can change, as it is now. */
  get settings(): PluginSettings {
    return this.attrs.Settings
  }

  /** Returns fresh details. `GET /plugins/{name}/json` */
  inspect(options?: CallOptions): Promise<PluginAttrs> {
    return this.api.plugins.inspect(this.name, options)
  }

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<this> {
    return this.learn(await this.inspect(options))
  }

  /** Sets `{ DEBUG: '1' }` or `['DEBUG=1']`. The plugin must be disabled. `POST /plugins/{name}/set` */
  async configure(settings: StringMap, options?: CallOptions): Promise<void> {
    const lines = Array.isArray(settings)
      ? strings(settings, 'settings')
      : Object.entries(stringMap(settings, 'settings')).map(([name, value]) => `${name}=${value}`)
    await this.api.plugins.set(this.name, lines, options)
    await this.reload(options)
  }

  /** Enables the plugin. `POST /plugins/{name}/enable` */
  async enable(options: PluginEnableOptions = {}): Promise<void> {
    const [{ timeout = 0 }, call] = enableOptions.read(options)
    await this.api.plugins.enable(this.name, { timeout }, call)
    await this.reload(call)
  }

  /** Disables the plugin. `force` needs API 1.28. `POST /plugins/{name}/disable` */
  async disable(options: PluginForceOptions = {}): Promise<void> {
    const [query, call] = forceOptions.read(options)
    await this.api.plugins.disable(this.name, query, call)
    await this.reload(call)
  }

  /** Pushes the plugin to the registry of its name. `POST /plugins/{name}/push` */
  push(options: PluginPushOptions = {}): Transfer<void, PushImageInfo> {
    return orRejecting(() => this.#planPush(options))
  }

  #planPush(options: PluginPushOptions): Transfer<void, PushImageInfo> {
    const [{ auth }, call] = pushOptions.read(options)
    const asker = pluginAsker(this.#credentials, this.name, auth)
    return new Transfer({
      messages: () => asker.messages(call, (asking) => this.api.plugins.push(this.name, asking)),
      failure: (words) => asker.explainWords(words),
      finish: () => {},
    })
  }

  /** Upgrades the plugin, which must be disabled, and keeps its settings. `POST /plugins/{name}/upgrade`. API 1.26. */
  upgrade(options: PluginUpgradeOptions = {}): Transfer<this, CreateImageInfo> {
    return orRejecting(() => this.#planUpgrade(options))
  }

  #planUpgrade(options: PluginUpgradeOptions): Transfer<this, CreateImageInfo> {
    const [own, call] = upgradeOptions.read(options)
    const { remote = this.attrs.PluginReference ?? this.name, privileges, auth } = own
    const asker = pluginAsker(this.#credentials, remote, auth)
    const begin = (agreed: PluginPrivilege[], asking: RegistryOptions) =>
      this.api.plugins.upgrade(this.name, { remote }, agreed, asking)
    return new Transfer({
      messages: () => pullAgreed(this.api, { remote, begin, privileges, asker, call }),
      failure: (words) => asker.explainWords(words),
      finish: () => this.reload(call),
    })
  }

  /** Removes the plugin. `DELETE /plugins/{name}` */
  async remove(options: PluginForceOptions = {}): Promise<void> {
    const [query, call] = forceOptions.read(options)
    await this.api.plugins.delete(this.name, query, call)
  }
}
