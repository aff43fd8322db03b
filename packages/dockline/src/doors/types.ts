// `dockline/types`: the types of rarer options and results, and of their parts, for programs that name them.

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
export type {
  ContextChanges,
  ContextDetails,
  ContextStoreOptions,
  ContextTlsOptions,
  CreateContextOptions,
  Environment as ProcessEnvironment,
  RemoveContextOptions,
} from '../config/index.js'
export type { ApiErrorDetails } from '../errors/api.js'
export type { DockerErrorOptions } from '../errors/base.js'
export type { TimeoutDetails } from '../errors/connection.js'
export type { OutputLimitErrorDetails } from '../errors/limit.js'
export type {
  BuildErrorDetails,
  BuildLocation,
  ContainerErrorDetails,
  HealthCheckResult,
  KillErrorDetails,
  LeftProcess,
  ScopeRemainder,
  ServiceErrorDetails,
  UnhealthyErrorDetails,
} from '../errors/outcome.js'
export type { UrlOptions } from '../models/containers/address.js'
export type { CommitOptions, RemoveOptions, UpdateOptions } from '../models/containers/container-options.js'
export type { ContainerCreated, ContainerPruneOptions, ImageName } from '../models/containers/containers.js'
export type {
  FileData,
  FileExistsOptions,
  MakeFolderOptions,
  ReadFileOptions,
  WriteFilesOptions,
} from '../models/containers/files/options.js'
export type { SandboxPermission } from '../models/containers/sandbox/sandbox-options.js'
export type { OneShotOptions, StatsStream } from '../models/containers/stats.js'
export type { HttpCondition, LogCondition } from '../models/containers/waiting/options.js'
export type { EventAction, EventName } from '../models/events/events.js'
export type {
  BuildCacheFilters,
  BuildCachePruneOptions,
  BuildCachePruning,
  BuildCacheRecord,
  BuildCacheUsageOptions,
} from '../models/images/builds/build-cache.js'
export type { BuildSessionOptions } from '../models/images/builds/build-session.js'
export type { BuildListOptions, ProvenanceOptions } from '../models/images/builds/history.js'
export type {
  BuilderName,
  BuildKitOptions,
  CheckOptions,
  FileOutput,
  FolderOutput,
  ImageOutput,
  NoOutput,
  SshSource,
} from '../models/images/builds/options.js'
export type { BuildMessage } from '../models/images/builds/progress.js'
export type {
  BuildOutline,
  BuildTarget,
  BuildTargets,
  OutlineArgument,
  OutlineNeed,
} from '../models/images/builds/questions.js'
export type { BuiltOutput } from '../models/images/builds/result.js'
export type { BuildGcPolicy, BuildWorker } from '../models/images/builds/workers.js'
export type {
  ImageHistoryOptions,
  ImageInspectOptions,
  ImageRemoveOptions,
  ImageSaveOptions,
  NamedSaveOptions,
} from '../models/images/image.js'
export type { ImageImportOptions, PushedImage } from '../models/images/image-transfers.js'
export type { BuildPruneOptions, ImagePruneOptions, ImageSearchOptions } from '../models/images/images.js'
export type { ImagePlatform } from '../models/images/platform.js'
export type { RegistryDataOptions } from '../models/images/registry-data.js'
export type { TimedLogsOptions } from '../models/logs/log-options.js'
export type { LogMark } from '../models/logs/position.js'
export type {
  ConnectOptions,
  ContainerReference,
  DisconnectOptions,
  NetworkInspectOptions,
} from '../models/networks/network.js'
export type { IpamOptions, IpamPool } from '../models/networks/network-options.js'
export type { NetworkListOptions, NetworkPruneOptions } from '../models/networks/networks.js'
export type {
  BindOptions,
  ConfigOptions,
  DeviceOptions,
  DeviceRate,
  DeviceRequestOptions,
  DeviceWeight,
  HostOptions,
  Links,
  NetworkOptions,
  PortBindingOptions,
  ResourceOptions,
  RestartPolicyOptions,
  Scalar,
  StringMap,
  UlimitOptions,
} from '../models/options/index.js'
export type {
  PluginEnableOptions,
  PluginForceOptions,
  PluginPushOptions,
  PluginUpgradeOptions,
} from '../models/plugins/plugin.js'
export type { Grant, PluginPullOptions } from '../models/plugins/plugin-pull.js'
export type {
  PluginCreateOptions,
  PluginInstallOptions,
  PluginListOptions,
} from '../models/plugins/plugins.js'
export type { CredentialOptions, CredentialRequest } from '../models/registry/credentials.js'
export type { LoginOptions } from '../models/registry/login.js'
export type { BridgeExit, BridgeRequest } from '../models/sessions/bridge/bridge-messages.js'
export type { WebSocketEvent } from '../models/sessions/bridge/bridge-websocket.js'
export type { ExecSettings } from '../models/sessions/exec-options.js'
export type { KillSequence } from '../models/sessions/kill/kill-option.js'
export type { Encoding } from '../models/sessions/result.js'
export type { ConfigCreateOptions, ConfigListOptions, ConfigSettings } from '../models/swarm/configs.js'
export type { ConvergeOptions, WaitConvergedOptions } from '../models/swarm/converge.js'
export type { ConvergenceProgress } from '../models/swarm/convergence.js'
export type { SwarmData } from '../models/swarm/data.js'
export type { EndpointSpecOptions, ServicePort, ServicePortOptions } from '../models/swarm/endpoint.js'
export type { ServiceModeName, ServiceModeOptions } from '../models/swarm/mode.js'
export type { NodeRemoveOptions, NodeUpdateOptions } from '../models/swarm/node.js'
export type { NodeListOptions } from '../models/swarm/nodes.js'
export type { SwarmObject, Versioned } from '../models/swarm/object.js'
export type { Privileges, PrivilegesOptions } from '../models/swarm/privileges.js'
export type {
  ConfigReference as ServiceConfig,
  Named,
  ReferenceFile,
  SecretReference as ServiceSecret,
} from '../models/swarm/references.js'
export type { LabelsOptions } from '../models/swarm/secret.js'
export type { SecretCreateOptions, SecretListOptions, SecretOptions } from '../models/swarm/secrets.js'
export type { ServiceInspectOptions, ServiceWarnings } from '../models/swarm/service.js'
export type { RawServiceLogsOptions, ServiceLogsOptions } from '../models/swarm/service-logs.js'
export type { ServiceRequestOptions } from '../models/swarm/service-request.js'
export type { ServiceOptions } from '../models/swarm/service-spec.js'
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
} from '../models/swarm/service-tables.js'
export type { ServiceListOptions } from '../models/swarm/services.js'
export type {
  JoinTokens as SwarmJoinTokens,
  SwarmJoinOptions,
  SwarmLeaveOptions,
  SwarmUpdateOptions,
} from '../models/swarm/swarm.js'
export type { ExternalCaOptions, SwarmSpecOptions } from '../models/swarm/swarm-options.js'
export type { DnsConfigOptions, DnsOptions, TaskContainerOptions } from '../models/swarm/task-options.js'
export type { TaskListOptions } from '../models/swarm/tasks.js'
export type { LayerState, ProgressSummary } from '../models/transfers/progress.js'
export type { TransferPlan } from '../models/transfers/transfer.js'
export type { VolumeListOptions, VolumePruneOptions, VolumeRemoveOptions } from '../models/volumes/volumes.js'
export type { AllStatsOptions } from '../models/watch/all-stats.js'
export type { FollowedPosition } from '../models/watch/followed-logs.js'
export type { WatchedContainer } from '../models/watch/watched-container.js'
export type { ByteSource, Collected, CollectOptions, PipeOptions, Source } from '../stream/index.js'
export type { CheckServerIdentity, Dial, ProxyDescription } from '../transport/index.js'
