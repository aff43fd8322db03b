export type { AttachOptions } from './attach.js'
export { Container, type InspectedContainer, type ListedContainer } from './container.js'
export type {
  CommitOptions,
  ExecOptions,
  LogsOptions,
  RemoveOptions,
  StopOptions,
  UpdateOptions,
  WaitOptions,
} from './container-options.js'
export { type ContainerListOptions, type ContainerPruneOptions, Containers } from './containers.js'
export {
  type EngineEvent,
  type EventAction,
  type EventName,
  type EventOf,
  type EventsOptions,
  type EventType,
  eventName,
  isEvent,
} from './events.js'
export {
  type Command,
  type Environment,
  type ExecSettings,
  type SpawnOptions,
  startExecSession,
} from './exec.js'
export type { HealthStatus } from './health.js'
export { type ImageImportOptions, type ImageListOptions, type ImagePullOptions, Images } from './images.js'
export {
  type ConnectOptions,
  type ContainerReference,
  type DisconnectOptions,
  Network,
  type NetworkInspectOptions,
} from './network.js'
export type { IpamOptions, IpamPool, NetworkCreateOptions } from './network-options.js'
export { type NetworkListOptions, type NetworkPruneOptions, Networks } from './networks.js'
export * from './options/index.js'
export {
  Plugin,
  type PluginEnableOptions,
  type PluginForceOptions,
  type PluginPushOptions,
  type PluginUpgradeOptions,
} from './plugin.js'
export type { Grant, PluginPullOptions } from './plugin-pull.js'
export { type PluginInstallOptions, type PluginListOptions, Plugins } from './plugins.js'
export type { CommandResult, Encoding, Input } from './result.js'
export type { CreateOptions, PullPolicy, RunOptions, RunResult } from './run.js'
export { Session, type SessionExit, type TerminalSize } from './session.js'
export {
  type ContainerStats,
  computeStats,
  type OneShotOptions,
  type StatsOptions,
  type StatsStream,
} from './stats.js'
export { type Moment, toTimestamp } from './time.js'
export { type ProgressMessage, Transfer } from './transfer.js'
export {
  Volume,
  type VolumeCreateOptions,
  type VolumeListOptions,
  type VolumePruneOptions,
  type VolumeRemoveOptions,
  Volumes,
} from './volumes.js'
