// The main door: what people use. `dockline/api` is the Engine's API as it is, `dockline/syntax` docker's strings, and
// `dockline/terminal` a terminal inside a container.

export {
  type ClientOptions,
  type ConnectionDescription,
  type DataUsageOptions,
  DockerClient,
  fromEnv,
  type Ping,
} from './client.js'
export {
  type ContextChanges,
  type ContextDetails,
  ContextStore,
  type ContextStoreOptions,
  type ContextSummary,
  type ContextTlsOptions,
  type CreateContextOptions,
  type Environment as ProcessEnvironment,
  type RemoveContextOptions,
  type TlsOptions,
} from './config/index.js'
export * from './errors.js'
export type { CallOptions } from './http/index.js'
export * from './models/index.js'
export {
  type ByteSource,
  type Collected,
  type CollectOptions,
  type OutputChunk,
  type OutputLine,
  OutputStream,
  type PipeOptions,
  type Source,
} from './stream/index.js'
export type { Duration } from './support/duration.js'
export type { CheckServerIdentity, Dial, ProxyDescription, SshOptions } from './transport/index.js'
export { VERSION } from './version.js'
