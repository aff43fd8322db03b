import type {
  ApiClient,
  ClusterVolumeSpec,
  Filters,
  Volume as VolumeAttrs,
  VolumeCreateBody,
  VolumeDeleteQuery,
  VolumeListQuery,
  VolumePruneResponse,
} from '../../api/index.js'
import { ApiError, ConflictError, NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { callTable, readCall } from '../base/call.js'
import { identified, idOfMade } from '../base/identity.js'
import { EngineObject, type IfKnown } from '../base/object.js'
import { filters } from '../options/filters.js'
import type { StringMap } from '../options/index.js'
import { checkObject, flag, object, stringMap, text } from '../options/values.js'

export interface VolumeCreateOptions extends CallOptions {
  /** The name of the volume. Default: a name that the Engine makes up. */
  readonly name?: string | undefined
  /** The driver: 'local', or a plugin's. Default: 'local'. */
  readonly driver?: string | undefined
  /** Options for the driver: for 'local' those of mount, `{ type: 'tmpfs', device: 'tmpfs', o: 'size=64m' }`. */
  readonly driverOpt?: StringMap | undefined
  readonly labels?: StringMap | undefined
  /** Makes a volume of the swarm, as the Engine describes it. API 1.42. */
  readonly clusterVolumeSpec?: Readonly<ClusterVolumeSpec> | undefined
}

export interface VolumeListOptions extends CallOptions {
  /** As `docker volume ls --filter`: `{ dangling: true, label: 'a' }`. */
  readonly filters?: Filters | undefined
}

export interface VolumePruneOptions extends CallOptions {
  /** Removes named volumes too, not only anonymous ones. Before API 1.42, the Engine always does. */
  readonly all?: boolean | undefined
  /** Removes only the volumes that fit: `{ label: 'a', 'label!': 'keep' }`. */
  readonly filters?: Filters | undefined
}

export interface VolumeRemoveOptions extends CallOptions {
  /** Removes the volume even if its driver fails. A volume that does not exist is then no error. Default: false. API 1.25. */
  readonly force?: boolean | undefined
}

const createOptions = callTable<VolumeCreateOptions, VolumeCreateBody>({
  name: ['Name', text],
  driver: ['Driver', text],
  driverOpt: ['DriverOpts', stringMap],
  labels: ['Labels', stringMap],
  clusterVolumeSpec: ['ClusterVolumeSpec', (value, option): ClusterVolumeSpec => object(value, option)],
})
const listOptions = callTable<VolumeListOptions, VolumeListQuery>({ filters })
const pruneOptions = callTable<VolumePruneOptions>({ all: flag, filters })
const removeOptions = callTable<VolumeRemoveOptions, VolumeDeleteQuery>({ force: flag })

export class Volumes {
  readonly #api: ApiClient

  constructor(api: ApiClient) {
    this.#api = api
  }

  /**
   * Makes a volume, or returns the one of that name. `POST /volumes/create`. An abandoned call removes no
   * volume that existed.
   */
  create(name: string, options?: Omit<VolumeCreateOptions, 'name'>): Promise<Volume>
  create(options?: VolumeCreateOptions): Promise<Volume>
  async create(first?: string | VolumeCreateOptions, more: VolumeCreateOptions = {}): Promise<Volume> {
    checkObject(more, 'options')
    const given = first === undefined ? more : first
    const options = typeof given === 'string' ? { ...more, name: given } : given
    const [body, call] = createOptions.read(options)
    const isNew = canBeGivenUp(call) ? await this.#isNew(body.Name, call) : undefined
    const made = await this.#api.volumes.create(body, { ...call, isNew })
    idOfMade(made.Name, 'POST /volumes/create')
    return new Volume(this.#api, made)
  }

  /**
   * Returns the volume of that name, or creates it. Rejects with ConflictError, which names the options, if
   * it has another driver, other driver options, or lacks a label. `POST /volumes/create`
   */
  async getOrCreate(name: string, options: Omit<VolumeCreateOptions, 'name'> = {}): Promise<Volume> {
    const { refuseOtherVolume } = await import('./same-volume.js')
    const found = await this.create(text(name, 'name'), options).catch((error) => {
      // It is there with another driver, or somebody makes it at the same moment.
      if (!(error instanceof ConflictError)) throw error
      return this.get(name, { signal: options.signal, timeout: options.timeout })
    })
    refuseOtherVolume(found.attrs, createOptions.read(options)[0])
    return found
  }

  /** Without an answer, the volume counts as one that existed before. */
  async #isNew(name: string | undefined, call: CallOptions): Promise<boolean> {
    if (!name) return true
    try {
      await this.#api.volumes.inspect(name, call)
      return false
    } catch (error) {
      if (error instanceof ApiError) return error instanceof NotFoundError
      throw error
    }
  }

  /** Returns a handle of a volume by its name, without a request: its `attrs` are undefined until `reload()`. */
  ref(name: string): Volume<VolumeAttrs | undefined> {
    return new Volume<VolumeAttrs | undefined>(this.#api, undefined, text(name, 'name'))
  }

  /** Gets a volume by its name. `GET /volumes/{name}`. Rejects with NotFoundError. */
  async get(name: string, options: CallOptions = {}): Promise<Volume> {
    return new Volume(this.#api, await this.#api.volumes.inspect(name, readCall(options)))
  }

  /** Lists volumes: all, or those that fit. One request, `GET /volumes`. */
  async list(options: VolumeListOptions = {}): Promise<Volume[]> {
    const [query, call] = listOptions.read(options)
    const { Volumes: found } = await this.#api.volumes.list(query, call)
    return identified(found ?? [], 'Name', 'GET /volumes').map((attrs) => new Volume(this.#api, attrs))
  }

  /**
   * Removes those that no container uses; from API 1.42 on, without `all`, only anonymous ones. `POST
   * /volumes/prune`
   */
  async prune(options: VolumePruneOptions = {}): Promise<VolumePruneResponse> {
    const [{ all, filters: given }, call] = pruneOptions.read(options)
    if (all === false) await this.#api.require('volumes.prune with all: false', '1.42', call.signal)
    const asks = all === true && (await this.#api.speaks('1.42', call.signal))
    return this.#api.volumes.prune({ filters: asks ? { ...given, all: ['true'] } : given }, call)
  }
}

function canBeGivenUp({ signal, timeout }: CallOptions): boolean {
  return signal !== undefined || timeout !== undefined
}

/** A volume, by its name, which is its id. Its properties are as they were at the last request; `reload()` asks again. */
export class Volume<Attrs extends VolumeAttrs | undefined = VolumeAttrs> extends EngineObject<Attrs> {
  constructor(api: ApiClient, attrs: Attrs, name = attrs?.Name ?? '') {
    super(api, name, attrs)
  }

  get name(): string {
    return this.id
  }

  /** The driver, such as 'local'. */
  get driver(): IfKnown<Attrs, string> {
    return this.read(({ Driver }) => Driver)
  }

  /** The path of the volume on the Engine's machine. */
  get mountpoint(): IfKnown<Attrs, string> {
    return this.read(({ Mountpoint }) => Mountpoint)
  }

  get labels(): IfKnown<Attrs, Readonly<Record<string, string>>> {
    return this.read(({ Labels }) => Labels ?? {})
  }

  /** Returns fresh details. `GET /volumes/{name}` */
  async inspect(options: CallOptions = {}): Promise<VolumeAttrs> {
    return this.api.volumes.inspect(this.id, readCall(options))
  }

  /** Refreshes `attrs` and what follows from it. */
  async reload(options?: CallOptions): Promise<Volume> {
    const attrs: VolumeAttrs = await this.inspect(options)
    return this.learn(attrs as NonNullable<Attrs>) as Volume<VolumeAttrs | undefined> as Volume
  }

  /**
   * Removes the volume, once the containers are gone that use it and whose removal is under way. Rejects with ConflictError
   * while another container uses it. `DELETE /volumes/{name}`
   */
  async remove(options: VolumeRemoveOptions = {}): Promise<void> {
    const [query, call] = removeOptions.read(options)
    const remove = (own: CallOptions) => this.api.volumes.delete(this.id, query, own)
    await remove(call).catch(async (conflict) => {
      const { removeOnceFree } = await import('../removal/under-way.js')
      return removeOnceFree(this.api, { ...call, conflict, remove, users: { volume: [this.id] } })
    })
  }
}
