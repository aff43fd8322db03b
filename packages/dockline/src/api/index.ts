export type { ArchiveAnswer, ArchiveStat } from './archive.js'
export { ApiClient } from './client.js'
export { ConfigsApi } from './configs.js'
export {
  type Checkpoint,
  type CheckpointCreateBody,
  type CheckpointQuery,
  ContainersApi,
  type LogsQuery,
  type RegisteredWait,
} from './containers.js'
export { DistributionApi } from './distribution.js'
export { ExecApi } from './exec.js'
export { type ImageImportQuery, type ImagePullQuery, ImagesApi } from './images.js'
export { NetworksApi } from './networks.js'
export { NodesApi } from './nodes.js'
export { PluginsApi } from './plugins.js'
export type { BuildCallOptions, RegistryOptions } from './registry.js'
export { removalOf } from './removal.js'
export { ApiResource } from './resource.js'
export { SecretsApi } from './secrets.js'
export { ServicesApi, type ServiceTaskLogsQuery } from './services.js'
export { SwarmApi } from './swarm.js'
export { type BegunEvents, type EventsQuery, type PingHeaders, SystemApi, type Timestamp } from './system.js'
export { TasksApi } from './tasks.js'
export type * from './types.gen.js'
export { type VolumeCreateCallOptions, VolumesApi } from './volumes.js'
