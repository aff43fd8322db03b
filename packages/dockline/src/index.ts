// The main door: what people use. `dockline/types` has the types of rarer options and results, `dockline/api` is the Engine's
// API as it is, `dockline/syntax` docker's strings, and `dockline/terminal` a terminal inside a container.

export {
  type ClientOptions,
  type ConnectionDescription,
  type DataUsageOptions,
  DockerClient,
  fromEnv,
  type Ping,
  type StartExecOptions,
} from './client.js'
export { ContextStore, type ContextSummary, type TlsOptions } from './config/index.js'
export {
  ApiError,
  BuildError,
  type BuildWarning,
  ConflictError,
  ConnectionError,
  ContainerError,
  ContextError,
  ContextNotFoundError,
  CredentialsError,
  DockerError,
  type DockerErrorCode,
  ImageLoadError,
  ImageNotFoundError,
  InvalidArgumentError,
  InvalidVersionError,
  KillError,
  LimitError,
  NotFoundError,
  OutputLimitError,
  ProtocolError,
  RegistryError,
  ScopeError,
  ServiceError,
  StreamError,
  TerminalError,
  TimeoutError,
  TlsError,
  UnhealthyError,
} from './errors.js'
export type { CallOptions } from './http/index.js'
export * from './models/index.js'
export { type OutputChunk, type OutputLine, OutputStream } from './stream/index.js'
export type { Duration } from './support/duration.js'
export type { SshOptions } from './transport/index.js'
export { VERSION } from './version.js'
