import type {
  ApiClient,
  ContainerInspectResponse,
  ContainerListQuery,
  ContainerPruneQuery,
  ContainerPruneResponse,
  ContainerSummary,
  Filters,
} from '../../api/index.js'
import { type CallOptions, deadline } from '../../http/index.js'
import { callTable, checkNames, readCall } from '../base/call.js'
import { discarding } from '../base/discard.js'
import { identified, idOfMade } from '../base/identity.js'
import { reloadAll } from '../base/reload.js'
import type { Images } from '../images/images.js'
import { filters } from '../options/filters.js'
import type { CreateRequest } from '../options/index.js'
import { checkObject, flag, integer, text } from '../options/values.js'
import type { Command } from '../sessions/exec-options.js'
import { holdSource } from '../sessions/source.js'
import { Container } from './container.js'
import {
  CREATE_NAMES,
  type CreateOptions,
  createContainer,
  type RunContext,
  readCreate,
  withProxies,
  withStdinOnce,
} from './create-container.js'
import { forApiVersion } from './endpoints.js'
import { type RunResult, runDetached, runToEnd } from './run.js'
import { type RunOptions, readRun } from './run-options.js'
import type { Sandbox } from './sandbox/sandbox.js'
import type { SandboxOptions } from './sandbox/sandbox-options.js'

export interface ContainerListOptions extends CallOptions {
  /** Lists containers that do not run too. Default: false. */
  readonly all?: boolean | undefined
  /** Filters as in `docker ps --filter`: `{ status: 'exited', label: ['a', 'b=c'] }`. */
  readonly filters?: Filters | undefined
  /** Lists only the newest containers, this many, running or not. */
  readonly limit?: number | undefined
  /** Adds `SizeRw` and `SizeRootFs` to each summary, which takes the Engine a while. Default: false. */
  readonly size?: boolean | undefined
  /** Asks for the details of each that is still there. Default: false, which is one request in all. */
  readonly inspect?: boolean | undefined
}

export interface ContainerPruneOptions extends CallOptions {
  /** Removes only the containers that fit: `{ label: 'a', until: '24h' }`. */
  readonly filters?: Filters | undefined
}

/** A container whose details are known, as from `get()`. */
export type InspectedContainer = Container<ContainerInspectResponse>
/** A container that `createFrom()` made. */
export interface ContainerCreated {
  readonly id: string
  readonly warnings: readonly string[]
}

/** A container as `list()` finds it. */
export type ListedContainer = Container<ContainerInspectResponse | undefined, ContainerSummary>

/** An image by name or id, or the object. */
export type ImageName = string | { readonly id: string }

interface Inspecting {
  readonly inspect?: boolean | undefined
}

const listOptions = callTable<ContainerListOptions, ContainerListQuery & Inspecting>({
  all: flag,
  limit: integer,
  size: flag,
  filters,
  inspect: flag,
})
const pruneOptions = callTable<ContainerPruneOptions, ContainerPruneQuery>({ filters })

export class Containers {
  readonly #api: ApiClient
  readonly #images: () => Images
  readonly #proxies: RunContext['proxies']

  constructor(api: ApiClient, images: () => Images, proxies: RunContext['proxies'] = () => ({})) {
    this.#api = api
    this.#images = images
    this.#proxies = proxies
  }

  /** Lists running containers, newest first. One request, `GET /containers/json`. */
  list(
    options: ContainerListOptions & { readonly inspect: true },
  ): Promise<Container<ContainerInspectResponse, ContainerSummary>[]>
  list(options?: ContainerListOptions): Promise<ListedContainer[]>
  async list(options: ContainerListOptions = {}): Promise<ListedContainer[]> {
    const [{ inspect, ...query }, call] = listOptions.read(options)
    const summaries = await this.#api.containers.list(query, call)
    const containers = identified(summaries, 'Id', 'GET /containers/json').map(
      (summary): ListedContainer => new Container(this.#api, { id: summary.Id ?? '', summary }),
    )
    return inspect
      ? reloadAll(containers.map((container) => ({ reload: () => container.reload(call) })))
      : containers
  }

  /** Returns a handle of a container by its id or name, without a request: its `attrs` are undefined until `reload()`. */
  ref(id: string): Container {
    return new Container(this.#api, { id: containerName(id) })
  }

  /**
   * Gets a container by its id, the beginning of its id, or its name. `GET /containers/{id}/json`. Rejects with
   * NotFoundError.
   */
  async get(id: string, options: CallOptions = {}): Promise<InspectedContainer> {
    const call = readCall(options)
    const attrs = await this.#api.containers.inspect(containerName(id), {}, call)
    return new Container(this.#api, { id: attrs.Id || id, attrs })
  }

  /** Creates a container, which does not run yet. `POST /containers/create`. */
  async create(
    image: ImageName,
    command?: Command,
    options: CreateOptions = {},
  ): Promise<InspectedContainer> {
    const name = nameOf(image)
    const plan = readCreate(name, command, withStdinOnce(options))
    using limit = deadline(`creating a container of ${name}`, plan.call.signal, plan.call.timeout)
    const { call } = limit
    const id = await createContainer(this.#context, { ...plan, call })
    return await this.get(id, call).catch(discarding(this.#api, ['container', id], call))
  }

  /**
   * Returns the container of that name, or creates it, also while another process does so.
   * Does not start it; `start()` is no error for a container that runs. Rejects with ConflictError,
   * which names the options, if it has another configuration. An option that is not given counts as the
   * default; further variables and labels are allowed.
   */
  // biome-ignore lint/complexity/useMaxParams: Programs call this method with these arguments.
  async getOrCreate(
    name: string,
    image: ImageName,
    command?: Command,
    options: Omit<CreateOptions, 'name'> = {},
  ): Promise<InspectedContainer> {
    const { getOrCreateContainer } = await import('./get-or-create-container.js')
    checkNames(
      options,
      CREATE_NAMES.filter((each) => each !== 'name'),
    )
    const create = { ...options, name: text(name, 'name') }
    const wanted = { image: nameOf(image), command, options: create }
    return getOrCreateContainer({ api: this.#api, containers: this }, wanted)
  }

  /**
   * Runs a command in a new container to its end; an image that is not here is pulled. Rejects with ContainerError when
   * the exit code is not 0. With `detach`, returns the running container instead.
   */
  run(
    image: ImageName,
    command: Command | undefined,
    options: RunOptions & { readonly detach: true },
  ): Promise<InspectedContainer>
  run(
    image: ImageName,
    command: Command | undefined,
    options: RunOptions & { readonly encoding: 'buffer'; readonly detach?: false },
  ): Promise<RunResult<Buffer>>
  run(
    image: ImageName,
    command?: Command,
    options?: RunOptions & { readonly encoding?: 'utf8'; readonly detach?: false },
  ): Promise<RunResult>
  /** For options that are known only at run time. */
  run(
    image: ImageName,
    command: Command | undefined,
    options: RunOptions,
  ): Promise<InspectedContainer | RunResult<string | Buffer>>
  async run(
    image: ImageName,
    command?: Command,
    options: RunOptions = {},
  ): Promise<InspectedContainer | RunResult<string | Buffer>> {
    // Held before there is anything to refuse.
    using _source = holdSource(options?.input)
    const plan = await readRun(nameOf(image), command, options)
    if (!plan.detach) return await runToEnd(this.#context, plan)
    const { id, attrs } = await runDetached(this.#context, plan)
    return new Container(this.#api, { id, attrs })
  }

  /**
   * Starts a sandbox: a running container without network, rights, disk and with little memory, in which `exec` runs commands.
   * It ends with `close()`, `await using`, and with this process, also by SIGKILL. Pulls a missing image. Rejects with
   * InvalidArgumentError for an option that weakens the sandbox and that `allow` does not name. Linux on amd64 and arm64.
   */
  async sandbox(image: ImageName, options: SandboxOptions = {}): Promise<Sandbox> {
    // Loaded here, because most programs have no sandbox.
    const { startSandbox } = await import('./sandbox/sandbox.js')
    return startSandbox(this.#context, nameOf(image), options)
  }

  /** Removes stopped containers. `POST /containers/prune` */
  async prune(options: ContainerPruneOptions = {}): Promise<ContainerPruneResponse> {
    const [query, call] = pruneOptions.read(options)
    return this.#api.containers.prune(query, call)
  }

  /**
   * Creates a container from the Engine's own request, such as that of `createRequest` in `dockline/syntax`.
   * Adds the proxy variables of config.json, and fits the body to the API version. `POST /containers/create`
   */
  async createFrom(request: CreateRequest, options: CallOptions = {}): Promise<ContainerCreated> {
    const call = readCall(options)
    checkObject(request, 'request')
    checkObject(request.body, 'request.body')
    const body = withProxies(await forApiVersion(this.#api, request.body, call), this.#proxies())
    const { Id, Warnings } = await this.#api.containers.create(request.query, body, call)
    return { id: idOfMade(Id, 'POST /containers/create'), warnings: Warnings ?? [] }
  }

  get #context() {
    return { api: this.#api, images: this.#images(), proxies: this.#proxies }
  }
}

/** Lists name a container with a slash before its name. */
function containerName(id: string): string {
  return text(id, 'id').replace(/^\/(?=.)/, '')
}

function nameOf(image: ImageName): string {
  return typeof image === 'object' && image !== null ? image.id : image
}
