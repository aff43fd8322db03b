import type {
  ApiClient,
  AuthConfig,
  CreateImageInfo,
  Plugin as PluginAttrs,
  PluginPrivilege,
  PluginSettings,
  PushImageInfo,
} from '../api/index.js'
import type { CallOptions } from '../http/index.js'
import { splitCall } from './call.js'
import { stringMap } from './options/index.js'
import { integer, type StringMap, strings } from './options/values.js'
import { type PluginPullOptions, pullAgreed } from './plugin-pull.js'
import { Transfer } from './transfer.js'

export interface PluginEnableOptions extends CallOptions {
  /** Seconds the plugin may take to answer; 0, the default, is the Engine's own limit. */
  readonly enableTimeout?: number | undefined
}

export interface PluginForceOptions extends CallOptions {
  /** Also while it is used; for `remove` also while it is enabled. Default false. */
  readonly force?: boolean | undefined
}

export interface PluginPushOptions extends CallOptions {
  /** Who asks the registry, or the header `X-Registry-Auth` as it is. */
  readonly registryAuth?: AuthConfig | string | undefined
}

export interface PluginUpgradeOptions extends PluginPullOptions {
  /** What to upgrade to; the name it was installed from unless said otherwise. */
  readonly remote?: string | undefined
}

/** A plugin. What changes it refreshes `attrs`, so that `enabled` and `settings` stay true. */
export class Plugin {
  readonly id: string
  readonly #api: ApiClient
  #attrs: PluginAttrs

  constructor(api: ApiClient, attrs: PluginAttrs) {
    this.#api = api
    this.#attrs = attrs
    this.id = attrs.Id ?? attrs.Name
  }

  /** What the Engine told last. */
  get attrs(): PluginAttrs {
    return this.#attrs
  }

  /** The first 12 characters of the id. */
  get shortId(): string {
    return this.id.slice(0, 12)
  }

  get name(): string {
    return this.#attrs.Name
  }

  get enabled(): boolean {
    return this.#attrs.Enabled
  }

  /** What `configure` can change, as it is now. */
  get settings(): PluginSettings {
    return this.#attrs.Settings
  }

  /** Fresh details. `GET /plugins/{name}/json` */
  inspect(options?: CallOptions): Promise<PluginAttrs> {
    return this.#api.plugins.inspect(this.name, options)
  }

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<this> {
    this.#attrs = await this.inspect(options)
    return this
  }

  /** `{ DEBUG: '1' }` or `['DEBUG=1']`. `POST /plugins/{name}/set`. It must be disabled. */
  async configure(settings: StringMap, options?: CallOptions): Promise<void> {
    const lines = Array.isArray(settings)
      ? strings(settings, 'settings')
      : Object.entries(stringMap(settings, 'settings')).map(([name, value]) => `${name}=${value}`)
    await this.#api.plugins.set(this.name, lines, options)
    await this.reload(options)
  }

  /** `POST /plugins/{name}/enable` */
  async enable(options: PluginEnableOptions = {}): Promise<void> {
    const [{ enableTimeout = 0 }, call] = splitCall(options, ['enableTimeout'])
    await this.#api.plugins.enable(this.name, { timeout: integer(enableTimeout, 'enableTimeout') }, call)
    await this.reload(call)
  }

  /** `POST /plugins/{name}/disable`. `force` needs API 1.28. */
  async disable(options: PluginForceOptions = {}): Promise<void> {
    const [{ force }, call] = splitCall(options, ['force'])
    await this.#api.plugins.disable(this.name, { force }, call)
    await this.reload(call)
  }

  /** To the registry of its name. `POST /plugins/{name}/push` */
  push(options: PluginPushOptions = {}): Transfer<void, PushImageInfo> {
    const [{ registryAuth }, call] = splitCall(options, ['registryAuth'])
    return new Transfer({
      messages: () => this.#api.plugins.push(this.name, { registryAuth, ...call }),
      finish: () => {},
    })
  }

  /** To another version, with its settings kept. `POST /plugins/{name}/upgrade`. It must be disabled. API 1.26. */
  upgrade(options: PluginUpgradeOptions = {}): Transfer<this, CreateImageInfo> {
    const [own, call] = splitCall(options, ['remote', 'privileges', 'registryAuth'])
    const { remote = this.#attrs.PluginReference ?? this.name, registryAuth } = own
    const begin = (agreed: PluginPrivilege[]) =>
      this.#api.plugins.upgrade(this.name, { remote }, agreed, { registryAuth, ...call })
    return new Transfer({
      messages: () => pullAgreed(this.#api, { ...own, remote, begin, ...call }),
      finish: () => this.reload(call),
    })
  }

  /** `DELETE /plugins/{name}` */
  async remove(options: PluginForceOptions = {}): Promise<void> {
    const [{ force }, call] = splitCall(options, ['force'])
    await this.#api.plugins.delete(this.name, { force }, call)
  }
}
