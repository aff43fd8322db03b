export { Container } from './containers/container.js'
export type { StopOptions, WaitOptions } from './containers/container-options.js'
export {
  type ContainerListOptions,
  Containers,
  type InspectedContainer,
  type ListedContainer,
} from './containers/containers.js'
export type { CopyFromOptions, CopyToOptions } from './containers/copy.js'
export type { CreateOptions, PullPolicy } from './containers/create-container.js'
export type { FilesToWrite, FileToWrite } from './containers/files/options.js'
export type { HealthStatus } from './containers/health.js'
export type { ContainerPort } from './containers/published.js'
export type { RunResult } from './containers/run.js'
export type { RunOptions } from './containers/run-options.js'
export type { Sandbox } from './containers/sandbox/sandbox.js'
export type { SandboxOptions } from './containers/sandbox/sandbox-options.js'
export type { ContainerStats, StatsOptions } from './containers/stats.js'
export type { WaitConditions, WaitForOptions } from './containers/waiting/options.js'
export type { WaitResult } from './containers/waiting/wait-for.js'
export {
  type EngineEvent,
  type EventOf,
  type EventsOptions,
  type EventType,
  eventName,
  isEvent,
} from './events/events.js'
export type { Build, BuildOptions } from './images/build.js'
export { BuildCacheCollection } from './images/builds/build-cache.js'
export type { BuildSession } from './images/builds/build-session.js'
export { type BuildRecord, Builds } from './images/builds/history.js'
export type { BuildOutput, BuildSecret, CacheOptions } from './images/builds/options.js'
export type { BuildProgress } from './images/builds/progress.js'
export type { CheckResult } from './images/builds/questions.js'
export type { BuildResult } from './images/builds/result.js'
export { Image } from './images/image.js'
export type { ImageLoadOptions, ImagePullOptions, ImagePushOptions, Tar } from './images/image-transfers.js'
export { type ImageListOptions, Images } from './images/images.js'
export { RegistryData } from './images/registry-data.js'
export type { LogLine } from './logs/lines.js'
export type { LogsOptions } from './logs/log-options.js'
export type { LogPosition } from './logs/position.js'
export { Network } from './networks/network.js'
export type { NetworkCreateOptions } from './networks/network-options.js'
export { Networks } from './networks/networks.js'
export type {
  ContainerCreateOptions,
  EndpointOptions,
  HealthcheckOptions,
  MountOptions,
  Ports as ContainerPorts,
  Volumes as ContainerVolumes,
} from './options/index.js'
export type { Moment } from './options/time.js'
export { Plugin } from './plugins/plugin.js'
export { Plugins } from './plugins/plugins.js'
export { type CredentialProvider, Credentials } from './registry/credentials.js'
export type { RegistryAuth } from './registry/registry-auth.js'
export { Scope, type ScopeOptions } from './scopes/scope.js'
export type { AttachOptions } from './sessions/attach.js'
export { type BridgeOptions, bridge } from './sessions/bridge/bridge.js'
export type { WebSocketLike } from './sessions/bridge/bridge-websocket.js'
export type { Command, Environment, ExecOptions, SpawnOptions } from './sessions/exec-options.js'
export type { KillOption } from './sessions/kill/kill-option.js'
export type { CommandResult, Input } from './sessions/result.js'
export { Session, type SessionExit, type TerminalSize } from './sessions/session.js'
export * from './swarm/index.js'
export type { LayerProgress, Progress, ProgressMessage } from './transfers/progress.js'
export { Transfer } from './transfers/transfer.js'
export { Volume, type VolumeCreateOptions, Volumes } from './volumes/volumes.js'
export type { StatsSnapshot, WatchedStats } from './watch/all-stats.js'
export {
  type ContainerLogLine,
  type FollowAllOptions,
  type FollowAllPosition,
  FollowedLogs,
} from './watch/followed-logs.js'
