// `dockline/syntax`: docker's strings and files, and the Engine's streams, for tools that read and write them.

export { type CopyArgument, type CopyRoute, copyRoute, splitCopyArgument } from '../archive/copy.js'
export { decodeBuildTrace } from '../buildkit/trace.js'
export { type AuthEntry, type ConfigFile, configPath, readConfig } from '../config/index.js'
export { computeStats } from '../models/containers/stats.js'
export type { ContextOptions, PackedContext } from '../models/images/build-context/context.js'
export { packContext } from '../models/images/build-context/pack.js'
export { parsePlatform } from '../models/images/platform.js'
export {
  type CreateRequest,
  createRequest,
  type EnvFileOptions,
  type Environment,
  type ParsedPorts,
  type ParsedVolumes,
  parseBytes,
  parseDevice,
  parseDuration,
  parseEnvFile,
  parseEnvironment,
  parseGpus,
  parseMount,
  parseMountString,
  parsePorts,
  parseRestartPolicy,
  parseUlimit,
  parseVolumes,
  readEnvFile,
  splitCommand,
  splitFields,
  stringMap,
} from '../models/options/index.js'
export { toTimestamp } from '../models/options/time.js'
export {
  type DemultiplexOptions,
  demultiplex,
  FrameDecoder,
  type FrameOptions,
  LineDecoder,
  readPieces,
} from '../stream/index.js'
export { compareNaturally } from '../support/natural.js'
export {
  formatReference,
  type ImageReference,
  parseReference,
  registryKey,
  registryOf,
} from '../support/reference.js'
