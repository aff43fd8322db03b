export { Config } from './config.js'
export { type ConfigCreateOptions, type ConfigListOptions, type ConfigSettings, Configs } from './configs.js'
export type { ConvergeOptions, WaitConvergedOptions } from './converge.js'
export type { ConvergenceProgress } from './convergence.js'
export type { SwarmData } from './data.js'
export type { EndpointSpecOptions, ServicePort, ServicePortOptions } from './endpoint.js'
export type { ServiceModeName, ServiceModeOptions } from './mode.js'
export { Node, type NodeUpdateOptions } from './node.js'
export { type NodeListOptions, Nodes } from './nodes.js'
export type { Versioned } from './object.js'
export { SwarmObject } from './object.js'
export type { Privileges, PrivilegesOptions } from './privileges.js'
export type {
  ConfigReference as ServiceConfig,
  Named,
  ReferenceFile,
  SecretReference as ServiceSecret,
} from './references.js'
export { type LabelsOptions, Secret } from './secret.js'
export { type SecretCreateOptions, type SecretListOptions, type SecretOptions, Secrets } from './secrets.js'
export {
  Service,
  type ServiceInspectOptions,
  type ServiceUpdateOptions,
  type ServiceWarnings,
} from './service.js'
export {
  type RawServiceLogsOptions,
  type ServiceLogLine,
  ServiceLogs,
  type ServiceLogsOptions,
} from './service-logs.js'
export type { ServiceRequestOptions } from './service-request.js'
export type { ServiceOptions } from './service-spec.js'
export type {
  LogDriverOptions,
  NetworkAttachmentOptions,
  PlacementOptions,
  PlacementPlatform,
  PlacementPreference,
  RollbackConfigOptions,
  TaskResourceOptions,
  TaskRestartPolicyOptions,
  UpdateConfigOptions,
} from './service-tables.js'
export { type ServiceCreateOptions, type ServiceListOptions, Services } from './services.js'
export {
  type JoinTokens as SwarmJoinTokens,
  Swarm,
  type SwarmInitOptions,
  type SwarmJoinOptions,
  type SwarmUpdateOptions,
} from './swarm.js'
export type { ExternalCaOptions, SwarmSpecOptions } from './swarm-options.js'
export { Task } from './task.js'
export type { DnsConfigOptions, DnsOptions, TaskContainerOptions } from './task-options.js'
export { type TaskListOptions, Tasks } from './tasks.js'
