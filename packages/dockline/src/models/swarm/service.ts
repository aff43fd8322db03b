import type {
  ApiClient,
  Service as ServiceAttrs,
  ServiceInspectQuery,
  ServiceSpec,
  ServiceUpdateQuery,
} from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import type { OutputStream } from '../../stream/index.js'
import { callback, callTable, readCall } from '../base/call.js'
import type { IfKnown } from '../base/object.js'
import { parseDuration } from '../options/units.js'
import { flag, oneOf } from '../options/values.js'
import { Credentials } from '../registry/credentials.js'
import type { ConvergeOptions, Converging, WaitConvergedOptions } from './converge.js'
import type { ConvergenceProgress } from './convergence.js'
import { withReplicas } from './mode.js'
import { changeLatest, SwarmObject } from './object.js'
import {
  type RawServiceLogsOptions,
  type ServiceLogs,
  type ServiceLogsOptions,
  taskLogs,
} from './service-logs.js'
import { type ServiceRequestOptions, serviceRequest, serviceRequestOptions } from './service-request.js'
import { type ServiceOptions, serviceOptionNames } from './service-spec.js'
import { count } from './service-tables.js'
import { Task } from './task.js'
import { type TaskListOptions, taskListOptions } from './tasks.js'

/** An option that is not given keeps its setting. `spec` replaces the whole spec, before the options are applied. */
export interface ServiceUpdateOptions extends ServiceOptions, ServiceRequestOptions {
  /** Starts every task anew though nothing has changed; a number sets the counter that does it. Default: false. */
  readonly forceUpdate?: boolean | number | undefined
  /** Takes the credentials for the image from where the swarm has them, not from a login. Without an image that is 'spec'. */
  readonly authFrom?: 'spec' | 'previous-spec' | undefined
}

/** What the Engine warns of. */
export interface ServiceWarnings {
  readonly warnings: readonly string[]
}

export interface ServiceInspectOptions extends CallOptions, ServiceInspectQuery {}

export const inspectOptions = callTable<ServiceInspectOptions, ServiceInspectQuery>({ insertDefaults: flag })

interface UpdateSettings extends Pick<ServiceUpdateQuery, 'registryAuthFrom'> {
  readonly forceUpdate?: boolean | number | undefined
}

const updateOptions = callTable<ServiceUpdateOptions, UpdateSettings, ServiceOptions & ServiceRequestOptions>(
  {
    forceUpdate: (value, option) => (typeof value === 'boolean' ? value : count(value, option)),
    authFrom: ['registryAuthFrom', oneOf('spec', 'previous-spec')],
  },
  [...serviceOptionNames, ...serviceRequestOptions.names],
)
const convergeOptions = callTable<ConvergeOptions, Pick<Converging, 'monitorMs'>>({
  monitor: ['monitorMs', (value, option) => parseDuration(value, option) / 1e6],
})
const waitConvergedOptions = callTable<
  WaitConvergedOptions,
  Pick<WaitConvergedOptions, 'onProgress'>,
  ConvergeOptions
>({ onProgress: callback }, convergeOptions.names)

/** A number of equal tasks that the swarm keeps running. */
export class Service<Attrs extends ServiceAttrs | undefined = ServiceAttrs> extends SwarmObject<Attrs> {
  readonly #credentials: Credentials

  // biome-ignore lint/complexity/useMaxParams: Programs make the class with these arguments.
  constructor(
    api: ApiClient,
    attrs: Attrs,
    credentials: Credentials = new Credentials(),
    id = attrs?.ID ?? '',
  ) {
    super(api, attrs, id)
    this.#credentials = credentials
  }

  get name(): IfKnown<Attrs, string> {
    return this.read(({ Spec }) => Spec?.Name ?? '')
  }

  get labels(): IfKnown<Attrs, Readonly<Record<string, string>>> {
    return this.read(({ Spec }) => Spec?.Labels ?? {})
  }

  /** How many tasks it should have; undefined when it is global. */
  get replicas(): number | undefined {
    const { Replicated, ReplicatedJob } = this.attrs?.Spec?.Mode ?? {}
    return Replicated?.Replicas ?? ReplicatedJob?.TotalCompletions
  }

  /** Returns fresh details; with `insertDefaults`, the Engine's defaults too. `GET /services/{id}` */
  async inspect(options: ServiceInspectOptions = {}): Promise<NonNullable<Attrs>> {
    const [query, call] = inspectOptions.read(options)
    const attrs: ServiceAttrs = await this.api.services.inspect(this.id, query, call)
    return attrs as NonNullable<Attrs>
  }

  /** Refreshes `attrs` and what follows from it. */
  override async reload(options?: CallOptions): Promise<this & Service> {
    return (await super.reload(options)) as this & Service
  }

  /**
   * Changes the given settings and keeps the others, also if the service changed meanwhile. Returns before the tasks follow:
   * see `waitConverged`. `POST /services/{id}/update`
   */
  async update(options: ServiceUpdateOptions): Promise<ServiceWarnings> {
    const [{ forceUpdate: force = false, ...query }, limits, given] = updateOptions.read(options)
    const { registryAuth, call, specOf } = await serviceRequest(
      { api: this.api, credentials: this.#credentials },
      { ...given, ...limits },
      { keepAuth: query.registryAuthFrom !== undefined },
    )
    return changeLatest(
      () => this.inspect(call),
      async ({ Spec = {} }, version) => {
        const spec = forced(specOf(given.spec ?? Spec), Spec, force)
        const asking = { registryAuth, ...call }
        return warningsOf(await this.api.services.update(this.id, { version, ...query }, spec, asking))
      },
    )
  }

  /** Changes the number of tasks. Rejects with InvalidArgumentError for a global service. */
  async scale(replicas: number, options: CallOptions = {}): Promise<ServiceWarnings> {
    const call = readCall(options)
    count(replicas, 'replicas')
    return this.#change(call, (Spec) => ({ ...Spec, Mode: withReplicas(Spec.Mode, replicas) }))
  }

  /** Starts every task anew, as `update({ forceUpdate: true })`. */
  async forceUpdate(options: CallOptions = {}): Promise<ServiceWarnings> {
    const call = readCall(options)
    return this.update({ ...call, forceUpdate: true })
  }

  /** Rolls back to the spec before the last update. Rejects with ApiError when there was no update. */
  async rollback(options: CallOptions = {}): Promise<ServiceWarnings> {
    const call = readCall(options)
    return this.#change(call, (Spec) => Spec, { rollback: 'previous' })
  }

  /** Removes the service. Its tasks end after that. `DELETE /services/{id}` */
  async remove(options: CallOptions = {}): Promise<void> {
    await this.api.services.delete(this.id, readCall(options))
  }

  /** Lists the tasks that run and the last few that ended. `GET /tasks` */
  async tasks(options: TaskListOptions = {}): Promise<Task[]> {
    const [{ filters }, call] = taskListOptions.read(options)
    const found = await this.api.tasks.list({ filters: { ...filters, service: this.id } }, call)
    return found.map((attrs) => new Task(this.api, attrs))
  }

  /**
   * Reads the output of the tasks line by line, each line with its replica. `raw: true` returns the plain output, and is needed
   * when the tasks have a tty. `GET /services/{id}/logs`
   */
  logs(options: RawServiceLogsOptions): OutputStream
  logs(options?: ServiceLogsOptions): ServiceLogs
  logs(options: ServiceLogsOptions | RawServiceLogsOptions = {}): ServiceLogs | OutputStream {
    const target = {
      what: `service ${this.name ?? this.id}`,
      tty:
        this.attrs === undefined
          ? async (call: CallOptions) => hasTty(await this.inspect(call))
          : hasTty(this.attrs),
      open: this.api.services.logs.bind(this.api.services, this.id),
    }
    return taskLogs(this.api, target, options)
  }

  /**
   * Yields the steps of the service towards its spec, and ends when all tasks have run long enough, or a job
   * has completed, as in the docker command. Rejects with ServiceError if an update pauses or is rolled back.
   * Leaving the loop only ends the watching.
   */
  async *convergence(options: ConvergeOptions = {}): AsyncGenerator<ConvergenceProgress, void, undefined> {
    const [{ monitorMs }, call] = convergeOptions.read(options)
    // Loaded here, because few programs watch a service.
    const { converge } = await import('./converge.js')
    yield* converge(this.api, this.id, { monitorMs, ...call })
  }

  /** Resolves when the service is as its spec says, with the last step of `convergence`. */
  async waitConverged(options: WaitConvergedOptions = {}): Promise<ConvergenceProgress> {
    const [{ onProgress }, call, watching] = waitConvergedOptions.read(options)
    let last: ConvergenceProgress | undefined
    for await (const progress of this.convergence({ ...watching, ...call })) {
      last = progress
      onProgress?.(progress)
    }
    return last as ConvergenceProgress
  }

  #change(
    call: CallOptions,
    specOf: (spec: ServiceSpec) => ServiceSpec,
    query: { readonly rollback?: 'previous' } = {},
  ): Promise<ServiceWarnings> {
    return changeLatest(
      () => this.inspect(call),
      async ({ Spec = {} }, version) =>
        warningsOf(await this.api.services.update(this.id, { version, ...query }, specOf(Spec), call)),
    )
  }
}

function hasTty({ Spec }: ServiceAttrs): boolean {
  return Spec?.TaskTemplate?.ContainerSpec?.TTY === true
}

/** The counter counts on from what the service has, also when another spec replaces it. */
function forced(spec: ServiceSpec, before: ServiceSpec, force: boolean | number): ServiceSpec {
  if (force === false) return spec
  const next = force === true ? (before.TaskTemplate?.ForceUpdate ?? 0) + 1 : force
  return { ...spec, TaskTemplate: { ...spec.TaskTemplate, ForceUpdate: next } }
}

function warningsOf({ Warnings }: { Warnings?: string[] | null | undefined }): ServiceWarnings {
  return { warnings: Warnings ?? [] }
}
