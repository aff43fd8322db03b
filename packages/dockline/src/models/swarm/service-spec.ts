import type {
  EndpointSpec,
  HealthConfig,
  NetworkAttachmentConfig,
  ServiceSpec,
  ServiceSpecMode,
  ServiceSpecRollbackConfig,
  ServiceSpecUpdateConfig,
  TaskSpec,
  TaskSpecContainerSpec,
  TaskSpecLogDriver,
  TaskSpecResources,
  TaskSpecRestartPolicy,
} from '../../api/index.js'
import { refuseUnknown, type StringMap, stringMap } from '../options/index.js'
import { type Option, table } from '../options/table.js'
import { checkObject, listOf, object, text } from '../options/values.js'
import { type EndpointSpecOptions, endpointSpec, type ServicePort, servicePorts } from './endpoint.js'
import { type ServiceModeName, type ServiceModeOptions, serviceMode, withReplicas } from './mode.js'
import type { ConfigReference, SecretReference } from './references.js'
import {
  type LogDriverOptions,
  type NetworkAttachmentOptions,
  networkAttachment,
  type PlacementOptions,
  placementOptions,
  type RollbackConfigOptions,
  rollbackConfig,
  type TaskResourceOptions,
  type TaskRestartPolicyOptions,
  taskLogDriver,
  taskResources,
  taskRestartPolicy,
  type UpdateConfigOptions,
  updateConfig,
} from './service-tables.js'
import { containerOptions, type DnsOptions, dnsOptions, type TaskContainerOptions } from './task-options.js'

interface LevelOptions {
  /** The name of the service. */
  readonly name?: string | undefined
  /** Labels of the service; those of its containers are `containerLabels`. */
  readonly labels?: Option<StringMap>
  readonly updateConfig?: Option<UpdateConfigOptions | Readonly<ServiceSpecUpdateConfig>>
  /** API 1.28. */
  readonly rollbackConfig?: Option<RollbackConfigOptions | Readonly<ServiceSpecRollbackConfig>>
}

interface TaskOptions {
  /** The networks that tasks join, by name or as `{ target, aliases, driverOpt }`. */
  readonly networks?: Option<
    readonly (string | NetworkAttachmentOptions | Readonly<NetworkAttachmentConfig>)[]
  >
  readonly resources?: Option<TaskResourceOptions | Readonly<TaskSpecResources>>
  /** `'none'`, `'on-failure'`, `'any'`, or `{ condition, delay, maxAttempts, window }`. */
  readonly restart?: Option<
    'none' | 'on-failure' | 'any' | TaskRestartPolicyOptions | Readonly<TaskSpecRestartPolicy>
  >
}

/**
 * Everything a service can have. `undefined` is not sent, and at an update leaves what is there; `null`, `[]`
 * and `{}` take it away. What takes an object takes the Engine's own as well.
 */
export interface ServiceOptions
  extends LevelOptions,
    TaskOptions,
    TaskContainerOptions,
    DnsOptions,
    PlacementOptions {
  readonly image?: string | undefined
  /** By name, as objects, or `{ config, filename, uid, gid, mode }`. API 1.30. */
  readonly configs?: Option<readonly ConfigReference[]>
  /** By name, as objects, or `{ secret, filename, uid, gid, mode }`. */
  readonly secrets?: Option<readonly SecretReference[]>
  /** A name, or `{ mode, replicas, concurrency }`. Jobs need API 1.41. Default: replicated. */
  readonly mode?: ServiceModeName | ServiceModeOptions | Readonly<ServiceSpecMode> | undefined
  /** How many tasks; for a replicated job, how many have to complete. */
  readonly replicas?: number | undefined
  readonly endpointSpec?: Option<EndpointSpecOptions | Readonly<EndpointSpec>>
  /** The ports of `endpointSpec` alone: `['8080:80', '53:53/udp']`, or as objects. */
  readonly ports?: Option<readonly ServicePort[]>
  /** Where the tasks' output is logged to: a name, or `{ name, options }`. */
  readonly logDriver?: Option<string | LogDriverOptions | Readonly<TaskSpecLogDriver>>
  /** The options of `logDriver`, apart from it. */
  readonly logOpt?: Option<StringMap>
  /** The Engine's own spec. Each option that is given replaces its key here. */
  readonly spec?: Readonly<ServiceSpec> | undefined
}

const level = table<LevelOptions, ServiceSpec>({
  name: ['Name', text],
  labels: ['Labels', stringMap],
  updateConfig: ['UpdateConfig', updateConfig],
  rollbackConfig: ['RollbackConfig', rollbackConfig],
})

const task = table<TaskOptions, TaskSpec>({
  networks: ['Networks', listOf(networkAttachment)],
  resources: ['Resources', taskResources],
  restart: ['RestartPolicy', taskRestartPolicy],
})

const image = table<Pick<ServiceOptions, 'image'>, TaskSpecContainerSpec>({ image: ['Image', text] })

/** The names that `serviceSpec` knows. */
export const serviceOptionNames: readonly string[] = [
  ...[...level.names, ...task.names, ...image.names, ...containerOptions.names],
  ...[...dnsOptions.names, ...placementOptions.names],
  ...['configs', 'secrets', 'mode', 'replicas', 'endpointSpec', 'ports'],
  ...['logDriver', 'logOpt', 'spec'],
]

/** Secrets and configs as the Engine wants them, which takes a look at what there is. */
export interface References {
  readonly secrets?: TaskSpecContainerSpec['Secrets']
  readonly configs?: TaskSpecContainerSpec['Configs']
}

/**
 * The spec with the options in it: what is not given stays as it is there. Nothing that is given is changed.
 * Of the task's settings only those are merged that have options for their parts: container, placement, log
 * driver and ports.
 */
export function serviceSpec(
  base: ServiceSpec,
  options: ServiceOptions,
  references: References = {},
): ServiceSpec {
  refuseUnknown(object(options, 'options'), serviceOptionNames)
  if (options.spec !== undefined) checkObject(options.spec, 'spec')
  const { TaskTemplate, Networks, ...others } = base
  const moved = options.networks !== undefined || Networks === undefined
  return {
    ...others,
    // Where networks used to be. The Engine would join both lists.
    ...(moved ? {} : { Networks }),
    ...level.pick(options),
    ...mode(others.Mode, options),
    ...endpoint(others.EndpointSpec, options),
    TaskTemplate: taskTemplate(TaskTemplate ?? {}, options, references),
  }
}

function taskTemplate(base: TaskSpec, options: ServiceOptions, references: References): TaskSpec {
  const placement = placementOptions.pick(options)
  return {
    ...base,
    ...task.pick(options),
    ...(Object.keys(placement).length === 0 ? {} : { Placement: { ...base.Placement, ...placement } }),
    ...logging(base.LogDriver, options),
    ...containers(base, options, references),
  }
}

function containers(base: TaskSpec, options: ServiceOptions, { secrets, configs }: References): TaskSpec {
  const current = oneHealthCheck(base.ContainerSpec)
  const own = {
    ...image.pick(options),
    ...containerOptions.pick(options),
    ...(secrets === undefined ? {} : { Secrets: secrets }),
    ...(configs === undefined ? {} : { Configs: configs }),
  }
  const dns = dnsOptions.pick(options)
  if (Object.keys(dns).length > 0) {
    Object.assign(own, { DNSConfig: { ...current?.DNSConfig, ...own.DNSConfig, ...dns } })
  }
  // A task of a plugin has no container.
  if (current === undefined && Object.keys(own).length === 0) return {}
  return { ContainerSpec: { ...current, ...own } }
}

/** Engines answer `Healthcheck`, the description has `HealthCheck`, and an Engine accepts both. */
function oneHealthCheck(spec: TaskSpecContainerSpec | undefined): TaskSpecContainerSpec | undefined {
  if (spec === undefined || !('Healthcheck' in spec)) return spec
  const { Healthcheck, ...rest } = spec as TaskSpecContainerSpec & { Healthcheck?: HealthConfig }
  return Healthcheck === undefined ? rest : { HealthCheck: Healthcheck, ...rest }
}

function mode(current: ServiceSpecMode | undefined, options: ServiceOptions): Pick<ServiceSpec, 'Mode'> {
  if (options.mode === undefined && options.replicas === undefined) return {}
  const wanted = options.mode === undefined ? current : serviceMode(options.mode)
  if (options.replicas === undefined) return { Mode: wanted }
  return { Mode: withReplicas(wanted, options.replicas) }
}

function endpoint(
  current: EndpointSpec | undefined,
  options: ServiceOptions,
): Pick<ServiceSpec, 'EndpointSpec'> {
  const { endpointSpec: whole, ports } = options
  if (whole === undefined && ports === undefined) return {}
  const base =
    whole === undefined ? current : whole === null ? undefined : endpointSpec(whole, 'endpointSpec')
  if (ports === undefined) return { EndpointSpec: base }
  return { EndpointSpec: { ...base, Ports: ports === null ? [] : servicePorts(ports, 'ports') } }
}

function logging(
  current: TaskSpecLogDriver | undefined,
  options: ServiceOptions,
): Pick<TaskSpec, 'LogDriver'> {
  const { logDriver, logOpt } = options
  if (logDriver === undefined && logOpt === undefined) return {}
  const base =
    logDriver === undefined ? current : logDriver === null ? undefined : taskLogDriver(logDriver, 'logDriver')
  if (logOpt === undefined) return { LogDriver: base }
  const Options = logOpt === null ? {} : stringMap(logOpt, 'logOpt')
  return { LogDriver: { ...base, Options } }
}
