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
export type { AttachOptions } from './attach.js'
export { type BridgeOptions, bridge } from './bridge.js'
export type { BridgeExit, BridgeRequest } from './bridge-messages.js'
export type { WebSocketEvent, WebSocketLike } from './bridge-websocket.js'
export type { Build, BuildOptions } from './build.js'
export {
  BuildCacheCollection,
  type BuildCacheFilters,
  type BuildCachePruneOptions,
  type BuildCacheRecord,
  type BuildCacheUsageOptions,
} from './builds/build-cache.js'
export { type BuildListOptions, type BuildRecord, Builds } from './builds/history.js'
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
} from './builds/options.js'
export type { BuildMessage, BuildProgress } from './builds/progress.js'
export type {
  BuildOutline,
  BuildTarget,
  BuildTargets,
  CheckResult,
  OutlineArgument,
  OutlineNeed,
} from './builds/questions.js'
export type { BuildResult, BuiltOutput } from './builds/result.js'
export type { BuildGcPolicy, BuildWorker } from './builds/workers.js'
export { Container } from './container.js'
export type {
  CommitOptions,
  ExecOptions,
  LogsOptions,
  RemoveOptions,
  StopOptions,
  UpdateOptions,
  WaitOptions,
} from './container-options.js'
export {
  type ContainerListOptions,
  type ContainerPruneOptions,
  Containers,
  type ImageName,
  type InspectedContainer,
  type ListedContainer,
} from './containers.js'
export type { CopyFromOptions, CopyToOptions } from './copy.js'
export { type CredentialProvider, type CredentialRequest, Credentials } from './credentials.js'
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
export {
  Image,
  type ImageHistoryOptions,
  type ImageInspectOptions,
  type ImageRemoveOptions,
  type ImageSaveOptions,
  type NamedSaveOptions,
} from './image.js'
export type {
  ImageImportOptions,
  ImageLoadOptions,
  ImagePullOptions,
  ImagePushOptions,
  PushedImage,
  Tar,
} from './image-transfers.js'
export {
  type BuildPruneOptions,
  type ImageListOptions,
  type ImagePruneOptions,
  type ImageSearchOptions,
  Images,
} from './images.js'
export type { LoginOptions } from './login.js'
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
export type { ImagePlatform } from './platform.js'
export {
  Plugin,
  type PluginEnableOptions,
  type PluginForceOptions,
  type PluginPushOptions,
  type PluginUpgradeOptions,
} from './plugin.js'
export type { Grant, PluginPullOptions } from './plugin-pull.js'
export {
  type PluginCreateOptions,
  type PluginInstallOptions,
  type PluginListOptions,
  Plugins,
} from './plugins.js'
export type { LayerProgress, LayerState, Progress, ProgressMessage, ProgressSummary } from './progress.js'
export type { RegistryAuth } from './registry-auth.js'
export { RegistryData, type RegistryDataOptions } from './registry-data.js'
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
export * from './swarm/index.js'
export { type Moment, toTimestamp } from './time.js'
export { Transfer, type TransferPlan } from './transfer.js'
export {
  Volume,
  type VolumeCreateOptions,
  type VolumeListOptions,
  type VolumePruneOptions,
  type VolumeRemoveOptions,
  Volumes,
} from './volumes.js'
