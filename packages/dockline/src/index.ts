export * from './api/index.js'
export type { ContextOptions, PackedContext } from './build/context.js'
export { type CopyArgument, type CopyRoute, copyRoute, splitCopyArgument } from './build/copy.js'
export {
  type ClientOptions,
  type ConnectionDescription,
  type DataUsageOptions,
  DockerClient,
  fromEnv,
  type Ping,
} from './client.js'
export {
  type AuthEntry,
  type ConfigFile,
  type ContextChanges,
  type ContextDetails,
  ContextStore,
  type ContextStoreOptions,
  type ContextSummary,
  type ContextTlsOptions,
  type CreateContextOptions,
  configPath,
  type Environment as ProcessEnvironment,
  type RemoveContextOptions,
  readConfig,
  type TlsOptions,
} from './config/index.js'
export * from './errors.js'
export {
  type AnswerRequest,
  type CallOptions,
  compareVersions,
  encodedPath,
  type HttpAnswer,
  HttpClient,
  type HttpOptions,
  MAX_API_VERSION,
  MIN_API_VERSION,
  type Path,
  path,
  type Request as HttpRequest,
  Segments,
  type StreamAnswer,
  type UpgradedConnection,
  type UpgradeRequest,
} from './http/index.js'
export * from './models/index.js'
// The objects go before the Engine's types of the same name, which are also there as `ServiceInspectResponse` and so on.
// These are objects here; what the Engine tells of them is NetworkInspect, PluginInspectResponse, VolumeInspectResponse.
export { Config, Network, Node, Plugin, Secret, Service, Swarm, Task, Volume } from './models/index.js'
export { packContext } from './pack-context.js'
export { formatReference, type ImageReference, parseReference, registryKey, registryOf } from './reference.js'
export {
  type ByteSource,
  type DemultiplexOptions,
  demultiplex,
  FrameDecoder,
  type FrameOptions,
  type OutputChunk,
  type OutputLine,
  OutputStream,
  type PipeOptions,
  type Source,
} from './stream/index.js'
export type { CheckServerIdentity, Dial, ProxyDescription, SshOptions } from './transport/index.js'
export { VERSION } from './version.js'
