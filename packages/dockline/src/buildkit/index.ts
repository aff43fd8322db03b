export { askFrontend, type FrontendAnswer, type FrontendRequest } from './ask.js'
export { Control } from './control.js'
export { hijackedDoor } from './door.js'
export { locationOf } from './excerpt.js'
export { buildErrorOf, connectionErrorOf } from './failure.js'
export { type LocalFolder, virtualFolder } from './filesync/tree.js'
export type { Methods } from './grpc/server.js'
export { GrpcError, GrpcStatus } from './grpc/status.js'
export {
  type BuildLogPiece,
  type BuildSummary,
  BuildTracker,
  type SentFile,
  type SentFiles,
  SentFilesCounter,
} from './progress.js'
export type { BuildHistoryRecord, UsageRecord } from './protobuf/control.js'
export { contentService, type Descriptor, OciLayout } from './session/content.js'
export { credentialService, type RegistryCredentials } from './session/credentials.js'
export { folderService } from './session/folders.js'
export { type OutputTarget, outputService } from './session/outputs.js'
export { MAX_SECRET_BYTES, type ReadSecret, secretService, tooBig } from './session/secrets.js'
export { BuildSession } from './session/session.js'
export { type SshAgent, sshService } from './session/ssh.js'
export { parseSshKey, type SshKey, SshKeyError } from './session/ssh-key.js'
export { KeyAgent } from './session/ssh-keys.js'
export { UPLOAD_HOST, uploadService } from './session/upload.js'
export { type Builder, type Solved, SolveFailure, type SolvePlan, solve } from './solve.js'
export type {
  ProgressGroup,
  SolveStatus,
  SolveVertex,
  SourcePosition,
  SourceRange,
  VertexLog,
  VertexStatus,
  VertexWarning,
} from './status.js'
export { formatTime, readStatus } from './status.js'
export type { BuildStep, BuildStepState, BuildTask } from './steps.js'
