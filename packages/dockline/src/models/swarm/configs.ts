import type { ApiClient, ConfigListQuery, ConfigSpec, Driver, Filters } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { identified, idOfMade } from '../base/identity.js'
import { filters } from '../options/filters.js'
import { type StringMap, stringMap } from '../options/index.js'
import { nonEmpty } from '../options/values.js'
import { Config } from './config.js'
import { base64, type SwarmData } from './data.js'
import { driver } from './driver.js'
import type { LogDriverOptions } from './service-tables.js'

export interface ConfigSettings {
  readonly labels?: StringMap | undefined
  /** What fills in templates in it, such as `'golang'`. API 1.37. */
  readonly templating?: string | LogDriverOptions | Readonly<Driver> | undefined
}

export interface ConfigCreateOptions extends ConfigSettings, CallOptions {}

export interface ConfigListOptions extends CallOptions {
  /** As `{ name: 'nginx', label: 'a=b' }`. */
  readonly filters?: Filters | undefined
}

const createOptions = callTable<ConfigCreateOptions, ConfigSpec>({
  labels: ['Labels', stringMap],
  templating: ['Templating', driver],
})
const listOptions = callTable<ConfigListOptions, ConfigListQuery>({ filters })

/** The files of services. API 1.30. Only a manager knows them. */
export class Configs {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /**
   * Creates one of up to 1000 KiB. One request, `POST /configs/create`. Rejects with ConflictError when the name is
   * taken.
   */
  async create(name: string, data: SwarmData, options: ConfigCreateOptions = {}): Promise<Config> {
    const [settings, call] = createOptions.read(options)
    const known = { Name: nonEmpty('a name')(name, 'name'), ...settings }
    const { ID } = await this.#api.configs.create({ ...known, Data: base64(data) }, call)
    return new Config(this.#api, { ID: idOfMade(ID, 'POST /configs/create'), Spec: known })
  }

  /** Gets a config by its id, its name, or the beginning of its id. `GET /configs/{id}`. Rejects with NotFoundError. */
  async get(id: string, options: CallOptions = {}): Promise<Config> {
    return new Config(this.#api, await this.#api.configs.inspect(id, readCall(options)))
  }

  /** Lists the configs. One request, `GET /configs`. */
  async list(options: ConfigListOptions = {}): Promise<Config[]> {
    const [query, call] = listOptions.read(options)
    const found = await this.#api.configs.list(query, call)
    return identified(found, 'ID', 'GET /configs').map((attrs) => new Config(this.#api, attrs))
  }
}
