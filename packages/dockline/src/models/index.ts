export type { AttachOptions } from './attach.js'
export {
  Container,
  type ExecOptions,
  type LogsOptions,
  type RemoveOptions,
  type StopOptions,
  type WaitOptions,
} from './container.js'
export { type ContainerListOptions, Containers } from './containers.js'
export {
  type Command,
  type Environment,
  type ExecSettings,
  type SpawnOptions,
  startExecSession,
} from './exec.js'
export { type ImageImportOptions, type ImageListOptions, type ImagePullOptions, Images } from './images.js'
export * from './options/index.js'
export type { CommandResult, Encoding, Input } from './result.js'
export type { CreateOptions, PullPolicy, RunOptions, RunResult } from './run.js'
export { Session, type SessionExit, type TerminalSize } from './session.js'
export { type Moment, toTimestamp } from './time.js'
export { type ProgressMessage, Transfer } from './transfer.js'
