import type { Readable } from 'node:stream'
import type { ApiClient, CreateImageInfo, Filters, PluginPrivilege } from '../api/index.js'
import type { CallOptions } from '../http/index.js'
import { splitCall } from './call.js'
import { Plugin } from './plugin.js'
import { type PluginPullOptions, pullAgreed } from './plugin-pull.js'
import { Transfer } from './transfer.js'

export interface PluginListOptions extends CallOptions {
  /** As `docker plugin ls --filter`: `{ enabled: true, capability: 'volumedriver' }`. */
  readonly filters?: Filters | undefined
}

export interface PluginInstallOptions extends PluginPullOptions {
  /** What it is called here; its own name unless said otherwise. */
  readonly localName?: string | undefined
}

export class Plugins {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /** All that are installed, enabled or not. One request, `GET /plugins`. */
  async list(options: PluginListOptions = {}): Promise<Plugin[]> {
    const [{ filters }, call] = splitCall(options, ['filters'])
    return (await this.#api.plugins.list({ filters }, call)).map((attrs) => new Plugin(this.#api, attrs))
  }

  /** By name or id. `GET /plugins/{name}/json`. Rejects with NotFoundError. */
  async get(name: string, options?: CallOptions): Promise<Plugin> {
    return new Plugin(this.#api, await this.#api.plugins.inspect(name, options))
  }

  /**
   * Asks what the plugin wants to be allowed, has that agreed to, and pulls it. It is not enabled yet.
   * `GET /plugins/privileges`, `POST /plugins/pull`
   */
  install(remote: string, options: PluginInstallOptions = {}): Transfer<Plugin, CreateImageInfo> {
    const [own, call] = splitCall(options, ['privileges', 'registryAuth', 'localName'])
    const { localName: name, ...pull } = own
    const begin = (agreed: PluginPrivilege[]) =>
      this.#api.plugins.pull({ remote, name }, agreed, { registryAuth: own.registryAuth, ...call })
    return new Transfer({
      messages: () => pullAgreed(this.#api, { remote, begin, ...pull, ...call }),
      finish: () => this.get(name ?? remote, call),
    })
  }

  /** Makes one of a tar with its `config.json` and the folder `rootfs`. `POST /plugins/create` */
  async create(name: string, tar: Buffer | Readable, options?: CallOptions): Promise<Plugin> {
    await this.#api.plugins.create({ name }, tar, options)
    return this.get(name, options)
  }
}
