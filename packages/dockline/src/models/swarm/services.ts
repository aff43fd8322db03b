import type {
  ApiClient,
  Filters,
  Service as ServiceAttrs,
  ServiceListQuery,
  ServiceSpec,
} from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { callTable } from '../base/call.js'
import { discarding } from '../base/discard.js'
import { identified, idOfMade } from '../base/identity.js'
import { filters } from '../options/filters.js'
import { checkObject, flag, invalid, text } from '../options/values.js'
import { Credentials } from '../registry/credentials.js'
import type { Command } from '../sessions/exec-options.js'
import { inspectOptions, Service, type ServiceInspectOptions } from './service.js'
import { type ServiceRequestOptions, serviceRequest } from './service-request.js'
import type { ServiceOptions } from './service-spec.js'

export interface ServiceCreateOptions
  extends Omit<ServiceOptions, 'image' | 'command'>,
    ServiceRequestOptions {}

export interface ServiceListOptions extends CallOptions {
  /** As `docker service ls --filter`: `{ name: 'web', mode: 'global', label: 'a=b' }`. */
  readonly filters?: Filters | undefined
  /** Adds `ServiceStatus` to each: how many tasks run and should. Default: false. API 1.41. */
  readonly status?: boolean | undefined
}

const listOptions = callTable<ServiceListOptions, ServiceListQuery>({ status: flag, filters })

/** The services of the swarm. Only a manager knows them. */
export class Services {
  readonly #api: ApiClient
  readonly #credentials: Credentials

  constructor(api: ApiClient, credentials: Credentials = new Credentials()) {
    this.#api = api
    this.#credentials = credentials
  }

  /**
   * Creates a service from an image or the Engine's own spec, and returns before its tasks run: see `waitConverged`. The
   * command replaces the image's entrypoint; `args` are what follows the image in `docker service create`. `POST
   * /services/create`. Rejects with ConflictError if the name is taken.
   */
  create(image: string, command?: Command, options?: ServiceCreateOptions): Promise<Service>
  create(spec: Readonly<ServiceSpec>, options?: ServiceRequestOptions): Promise<Service>
  async create(
    what: string | Readonly<ServiceSpec>,
    second?: Second,
    options: ServiceCreateOptions = {},
  ): Promise<Service> {
    const given = typeof what === 'string' ? ofImage(what, second, options) : ofSpec(what, second)
    const access = { api: this.#api, credentials: this.#credentials }
    const { registryAuth, call, specOf } = await serviceRequest(access, given)
    const spec = specOf(given.spec ?? {})
    requireImage(spec)
    const created = await this.#api.services.create(spec, { registryAuth, ...call })
    const ID = idOfMade(created.ID, 'POST /services/create')
    return this.get(ID, call).catch(discarding(this.#api, ['service', ID], call))
  }

  /** Returns a handle of a service by its id or name, without a request: its `attrs` are undefined until `reload()`. */
  ref(id: string): Service<ServiceAttrs | undefined> {
    return new Service<ServiceAttrs | undefined>(this.#api, undefined, this.#credentials, text(id, 'id'))
  }

  /** Gets a service by its id, its name, or the beginning of its id. `GET /services/{id}`. Rejects with NotFoundError. */
  async get(id: string, options: ServiceInspectOptions = {}): Promise<Service> {
    const [query, call] = inspectOptions.read(options)
    return this.#made(await this.#api.services.inspect(id, query, call))
  }

  /** Lists services. One request, `GET /services`. */
  async list(options: ServiceListOptions = {}): Promise<Service[]> {
    const [query, call] = listOptions.read(options)
    const found = await this.#api.services.list(query, call)
    return identified(found, 'ID', 'GET /services').map((attrs) => this.#made(attrs))
  }

  #made(attrs: ServiceAttrs): Service {
    return new Service(this.#api, attrs, this.#credentials)
  }
}

type Second = Command | ServiceRequestOptions | undefined
type Given = ServiceOptions & ServiceRequestOptions

function ofImage(image: string, second: Second, options: ServiceCreateOptions): Given {
  checkObject(options, 'options')
  return { ...options, image, command: second as Command | undefined }
}

function ofSpec(spec: Readonly<ServiceSpec>, second: Second = {}): Given {
  if (typeof spec !== 'object' || spec === null) return invalid('image', "a name, or the Engine's spec", spec)
  checkObject(second, 'options')
  return { ...(second as ServiceRequestOptions), spec }
}

/** A plugin or a network attachment is a task without an image. */
function requireImage({ TaskTemplate }: ServiceSpec): void {
  const { ContainerSpec, PluginSpec, NetworkAttachmentSpec } = TaskTemplate ?? {}
  if (PluginSpec || NetworkAttachmentSpec || ContainerSpec?.Image) return
  throw new InvalidArgumentError('a service needs an image')
}
