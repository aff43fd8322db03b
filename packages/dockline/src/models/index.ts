export type {
  BuildLogPiece,
  BuildStep,
  BuildStepState,
  BuildSummary,
  BuildTask,
  ProgressGroup,
  SentFile,
  SentFiles,
  SolveStatus,
  SolveVertex,
  SourcePosition,
  SourceRange,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from '../buildkit/index.js'
export type { UrlOptions } from './containers/address.js'
export { Container } from './containers/container.js'
export type {
  CommitOptions,
  RemoveOptions,
  StopOptions,
  UpdateOptions,
  WaitOptions,
} from './containers/container-options.js'
export {
  type ContainerCreated,
  type ContainerListOptions,
  type ContainerPruneOptions,
  Containers,
  type ImageName,
  type InspectedContainer,
  type ListedContainer,
} from './containers/containers.js'
export type { CopyFromOptions, CopyToOptions } from './containers/copy.js'
export type { CreateOptions, PullPolicy } from './containers/create-container.js'
export type {
  FileData,
  FileExistsOptions,
  FilesToWrite,
  FileToWrite,
  MakeFolderOptions,
  ReadFileOptions,
  WriteFilesOptions,
} from './containers/files/options.js'
export type { HealthStatus } from './containers/health.js'
export type { ContainerPort } from './containers/published.js'
export type { RunResult } from './containers/run.js'
export type { RunOptions } from './containers/run-options.js'
export type { Sandbox } from './containers/sandbox/sandbox.js'
export type { SandboxOptions, SandboxPermission } from './containers/sandbox/sandbox-options.js'
export type {
  ContainerStats,
  OneShotOptions,
  StatsOptions,
  StatsStream,
} from './containers/stats.js'
export type {
  HttpCondition,
  LogCondition,
  WaitConditions,
  WaitForOptions,
} from './containers/waiting/options.js'
export type { WaitResult } from './containers/waiting/wait-for.js'
export {
  type EngineEvent,
  type EventAction,
  type EventName,
  type EventOf,
  type EventsOptions,
  type EventType,
  eventName,
  isEvent,
} from './events/events.js'
export type { Build, BuildOptions } from './images/build.js'
export {
  BuildCacheCollection,
  type BuildCacheFilters,
  type BuildCachePruneOptions,
  type BuildCacheRecord,
  type BuildCacheUsageOptions,
} from './images/builds/build-cache.js'
export type { BuildSession, BuildSessionOptions } from './images/builds/build-session.js'
export {
  type BuildListOptions,
  type BuildRecord,
  Builds,
  type ProvenanceOptions,
} from './images/builds/history.js'
export type {
  BuilderName,
  BuildKitOptions,
  BuildOutput,
  BuildSecret,
  CacheOptions,
  CheckOptions,
  FileOutput,
  FolderOutput,
  ImageOutput,
  NoOutput,
  SshSource,
} from './images/builds/options.js'
export type { BuildMessage, BuildProgress } from './images/builds/progress.js'
export type {
  BuildOutline,
  BuildTarget,
  BuildTargets,
  CheckResult,
  OutlineArgument,
  OutlineNeed,
} from './images/builds/questions.js'
export type { BuildResult, BuiltOutput } from './images/builds/result.js'
export type { BuildGcPolicy, BuildWorker } from './images/builds/workers.js'
export {
  Image,
  type ImageHistoryOptions,
  type ImageInspectOptions,
  type ImageRemoveOptions,
  type ImageSaveOptions,
  type NamedSaveOptions,
} from './images/image.js'
export type {
  ImageImportOptions,
  ImageLoadOptions,
  ImagePullOptions,
  ImagePushOptions,
  PushedImage,
  Tar,
} from './images/image-transfers.js'
export {
  type BuildPruneOptions,
  type ImageListOptions,
  type ImagePruneOptions,
  type ImageSearchOptions,
  Images,
} from './images/images.js'
export type { ImagePlatform } from './images/platform.js'
export { RegistryData, type RegistryDataOptions } from './images/registry-data.js'
export type { LogLine } from './logs/lines.js'
export type { LogsOptions, TimedLogsOptions } from './logs/log-options.js'
export type { LogMark, LogPosition } from './logs/position.js'
export {
  type ConnectOptions,
  type ContainerReference,
  type DisconnectOptions,
  Network,
  type NetworkInspectOptions,
} from './networks/network.js'
export type { IpamOptions, IpamPool, NetworkCreateOptions } from './networks/network-options.js'
export { type NetworkListOptions, type NetworkPruneOptions, Networks } from './networks/networks.js'
export type {
  BindOptions,
  ConfigOptions,
  ContainerCreateOptions,
  DeviceOptions,
  DeviceRate,
  DeviceRequestOptions,
  DeviceWeight,
  EndpointOptions,
  HealthcheckOptions,
  HostOptions,
  Links,
  MountOptions,
  NetworkOptions,
  PortBindingOptions,
  Ports as ContainerPorts,
  ResourceOptions,
  RestartPolicyOptions,
  Scalar,
  StringMap,
  UlimitOptions,
  Volumes as ContainerVolumes,
} from './options/index.js'
export type { Moment } from './options/time.js'
export {
  Plugin,
  type PluginEnableOptions,
  type PluginForceOptions,
  type PluginPushOptions,
  type PluginUpgradeOptions,
} from './plugins/plugin.js'
export type { Grant, PluginPullOptions } from './plugins/plugin-pull.js'
export {
  type PluginCreateOptions,
  type PluginInstallOptions,
  type PluginListOptions,
  Plugins,
} from './plugins/plugins.js'
export { type CredentialProvider, type CredentialRequest, Credentials } from './registry/credentials.js'
export type { LoginOptions } from './registry/login.js'
export type { RegistryAuth } from './registry/registry-auth.js'
export { Scope, type ScopeOptions } from './scopes/scope.js'
export type { AttachOptions } from './sessions/attach.js'
export { type BridgeOptions, bridge } from './sessions/bridge/bridge.js'
export type { BridgeExit, BridgeRequest } from './sessions/bridge/bridge-messages.js'
export type { WebSocketEvent, WebSocketLike } from './sessions/bridge/bridge-websocket.js'
export type {
  Command,
  Environment,
  ExecOptions,
  ExecSettings,
  SpawnOptions,
} from './sessions/exec-options.js'
export type { KillOption, KillSequence } from './sessions/kill/kill-option.js'
export type { CommandResult, Encoding, Input } from './sessions/result.js'
export { Session, type SessionExit, type TerminalSize } from './sessions/session.js'
export * from './swarm/index.js'
export type {
  LayerProgress,
  LayerState,
  Progress,
  ProgressMessage,
  ProgressSummary,
} from './transfers/progress.js'
export { Transfer, type TransferPlan } from './transfers/transfer.js'
export {
  Volume,
  type VolumeCreateOptions,
  type VolumeListOptions,
  type VolumePruneOptions,
  type VolumeRemoveOptions,
  Volumes,
} from './volumes/volumes.js'
export type { AllStatsOptions, StatsSnapshot, WatchedStats } from './watch/all-stats.js'
export {
  type ContainerLogLine,
  type FollowAllOptions,
  type FollowAllPosition,
  FollowedLogs,
  type FollowedPosition,
} from './watch/followed-logs.js'
export type { WatchedContainer } from './watch/watched-container.js'
