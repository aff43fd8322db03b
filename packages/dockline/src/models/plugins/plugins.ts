import type {
  ApiClient,
  CreateImageInfo,
  Filters,
  Plugin as PluginAttrs,
  PluginListQuery,
  PluginPrivilege,
  RegistryOptions,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { discarding } from '../base/discard.js'
import { identified } from '../base/identity.js'
import { type Tar, tarBody } from '../images/image-transfers.js'
import { filters } from '../options/filters.js'
import { needed } from '../options/table.js'
import { asItIs, nonEmpty, text } from '../options/values.js'
import { Credentials } from '../registry/credentials.js'
import { orRejecting, Transfer } from '../transfers/transfer.js'
import { Plugin } from './plugin.js'
import { packPlugin } from './plugin-context.js'
import { type PluginPullOptions, pluginAsker, pluginPullRules, pullAgreed } from './plugin-pull.js'

export interface PluginListOptions extends CallOptions {
  /** As `docker plugin ls --filter`: `{ enabled: true, capability: 'volumedriver' }`. */
  readonly filters?: Filters | undefined
}

export interface PluginInstallOptions extends PluginPullOptions {
  /** The name of the plugin on this Engine. Default: its own name. */
  readonly localName?: string | undefined
}

export interface PluginCreateOptions extends CallOptions {
  /** The name of the plugin, with or without a tag. */
  readonly name: string
  /** A folder with `config.json` and the folder `rootfs`, or both as a tar, which no Engine takes compressed. */
  readonly context: string | Tar
}

const listOptions = callTable<PluginListOptions, PluginListQuery>({ filters })
const installOptions = callTable<PluginInstallOptions>({ localName: text, ...pluginPullRules })
const createOptions = callTable<PluginCreateOptions>({
  name: needed(nonEmpty('a name')),
  context: needed(asItIs),
})

export class Plugins {
  readonly #api: ApiClient
  readonly #credentials: Credentials

  constructor(api: ApiClient, credentials: Credentials = new Credentials()) {
    this.#api = api
    this.#credentials = credentials
  }

  /** Lists the installed plugins, enabled or not. One request, `GET /plugins`. */
  async list(options: PluginListOptions = {}): Promise<Plugin[]> {
    const [query, call] = listOptions.read(options)
    const found = await this.#api.plugins.list(query, call)
    return identified(found, 'Name', 'GET /plugins').map((attrs) => this.#made(attrs))
  }

  /** Gets a plugin by its name or id. `GET /plugins/{name}/json`. Rejects with NotFoundError. */
  async get(name: string, options: CallOptions = {}): Promise<Plugin> {
    return this.#made(await this.#api.plugins.inspect(name, readCall(options)))
  }

  /**
   * Pulls a plugin, once its rights are agreed to, and leaves it disabled. `GET /plugins/privileges`, `POST
   * /plugins/pull`
   */
  install(remote: string, options: PluginInstallOptions = {}): Transfer<Plugin, CreateImageInfo> {
    return orRejecting(() => this.#planInstall(remote, options))
  }

  #planInstall(remote: string, options: PluginInstallOptions): Transfer<Plugin, CreateImageInfo> {
    const [{ localName: name, privileges, auth }, call] = installOptions.read(options)
    const asker = pluginAsker(this.#credentials, text(remote, 'remote'), auth)
    const begin = (agreed: PluginPrivilege[], asking: RegistryOptions) =>
      this.#api.plugins.pull({ remote, name }, agreed, asking)
    return new Transfer({
      messages: () => pullAgreed(this.#api, { remote, begin, privileges, asker, call }),
      failure: (words) => asker.explainWords(words),
      finish: () => this.get(name ?? remote, call),
    })
  }

  /**
   * Makes a disabled plugin of a folder, as `docker plugin create` does, or of a tar. Rejects with ConflictError if the name
   * is taken. `POST /plugins/create`
   */
  async create(options: PluginCreateOptions): Promise<Plugin> {
    const [{ name, context }, call] = createOptions.read(options)
    const tar =
      typeof context === 'string' ? await packPlugin(context, call.signal) : tarBody(context, 'context')
    await this.#api.plugins.create({ name }, tar, call)
    return this.get(name, call).catch(discarding(this.#api, ['plugin', name], call))
  }

  #made(attrs: PluginAttrs): Plugin {
    return new Plugin(this.#api, attrs, this.#credentials)
  }
}
