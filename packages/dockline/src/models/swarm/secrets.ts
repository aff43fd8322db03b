import type { ApiClient, Driver, Filters, SecretListQuery, SecretSpec } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { identified, idOfMade } from '../base/identity.js'
import { filters } from '../options/filters.js'
import { type StringMap, stringMap } from '../options/index.js'
import { nonEmpty } from '../options/values.js'
import { base64, type SwarmData } from './data.js'
import { driver } from './driver.js'
import { Secret } from './secret.js'
import type { LogDriverOptions } from './service-tables.js'

export interface SecretOptions {
  readonly labels?: StringMap | undefined
  /** What keeps it in place of the swarm, by name or as `{ name, options }`. API 1.31. */
  readonly driver?: string | LogDriverOptions | Readonly<Driver> | undefined
  /** What fills in templates in it, such as `'golang'`. API 1.37. */
  readonly templating?: string | LogDriverOptions | Readonly<Driver> | undefined
}

export interface SecretCreateOptions extends SecretOptions, CallOptions {}

export interface SecretListOptions extends CallOptions {
  /** As `{ name: 'db', label: 'a=b' }`. */
  readonly filters?: Filters | undefined
}

const createOptions = callTable<SecretCreateOptions, SecretSpec>({
  labels: ['Labels', stringMap],
  driver: ['Driver', driver],
  templating: ['Templating', driver],
})
const listOptions = callTable<SecretListOptions, SecretListQuery>({ filters })

/** What services keep from others. Only a manager knows them. */
export class Secrets {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /**
   * Makes one of up to 500 KiB; with a driver, `data` may be undefined. One request, `POST /secrets/create`.
   * Rejects with ConflictError when the name is taken.
   */
  async create(
    name: string,
    data: SwarmData | undefined,
    options: SecretCreateOptions = {},
  ): Promise<Secret> {
    const [settings, call] = createOptions.read(options)
    const known = { Name: nonEmpty('a name')(name, 'name'), ...settings }
    const held = data === undefined && known.Driver !== undefined ? {} : { Data: base64(data) }
    const { ID } = await this.#api.secrets.create({ ...known, ...held }, call)
    return new Secret(this.#api, { ID: idOfMade(ID, 'POST /secrets/create'), Spec: known })
  }

  /** Gets a secret by its id, its name, or the beginning of its id. `GET /secrets/{id}`. Rejects with NotFoundError. */
  async get(id: string, options: CallOptions = {}): Promise<Secret> {
    return new Secret(this.#api, await this.#api.secrets.inspect(id, readCall(options)))
  }

  /** Lists the secrets. One request, `GET /secrets`. */
  async list(options: SecretListOptions = {}): Promise<Secret[]> {
    const [query, call] = listOptions.read(options)
    const found = await this.#api.secrets.list(query, call)
    return identified(found, 'ID', 'GET /secrets').map((attrs) => new Secret(this.#api, attrs))
  }
}
