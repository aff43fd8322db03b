// The messages of moby.buildkit.v1.Control, with the fields that are used here.
import { bool, bytes, type Decoded, int64, mapOf, message, nested, repeated, string } from './message.js'

export const Timestamp = message({ seconds: int64(1), nanos: int64(2) })
export type Timestamp = Decoded<typeof Timestamp>

const CacheEntry = message({ type: string(1), attrs: mapOf(2, string(2)) })
const CacheOptions = message({
  exports: repeated(nested(4, CacheEntry)),
  imports: repeated(nested(5, CacheEntry)),
})
const Exporter = message({ type: string(1), attrs: mapOf(2, string(2)) })
export type Exporter = Decoded<typeof Exporter>

export const SolveRequest = message({
  ref: string(1),
  exporterDeprecated: string(3),
  exporterAttrsDeprecated: mapOf(4, string(2)),
  session: string(5),
  frontend: string(6),
  frontendAttrs: mapOf(7, string(2)),
  cache: nested(8, CacheOptions),
  entitlements: repeated(string(9)),
  internal: bool(11),
  sourcePolicy: bytes(12),
  exporters: repeated(nested(13, Exporter)),
})
export type SolveRequest = Decoded<typeof SolveRequest>

export const SolveResponse = message({ exporterResponse: mapOf(1, string(2)) })

export const StatusRequest = message({ ref: string(1) })

const ProgressGroup = message({ id: string(1), name: string(2), weak: bool(3) })
const Vertex = message({
  digest: string(1),
  inputs: repeated(string(2)),
  name: string(3),
  cached: bool(4),
  started: nested(5, Timestamp),
  completed: nested(6, Timestamp),
  error: string(7),
  progressGroup: nested(8, ProgressGroup),
})
const VertexStatus = message({
  id: string(1),
  vertex: string(2),
  name: string(3),
  current: int64(4),
  total: int64(5),
  timestamp: nested(6, Timestamp),
  started: nested(7, Timestamp),
  completed: nested(8, Timestamp),
})
const VertexLog = message({
  vertex: string(1),
  timestamp: nested(2, Timestamp),
  stream: int64(3),
  msg: bytes(4),
})
const Position = message({ line: int64(1), character: int64(2) })
const Range = message({ start: nested(1, Position), end: nested(2, Position) })
const SourceInfo = message({ filename: string(1), data: bytes(2), language: string(4) })
const VertexWarning = message({
  vertex: string(1),
  level: int64(2),
  short: bytes(3),
  detail: repeated(bytes(4)),
  url: string(5),
  info: nested(6, SourceInfo),
  ranges: repeated(nested(7, Range)),
})
export const StatusResponse = message({
  vertexes: repeated(nested(1, Vertex)),
  statuses: repeated(nested(2, VertexStatus)),
  logs: repeated(nested(3, VertexLog)),
  warnings: repeated(nested(4, VertexWarning)),
})
export type StatusResponse = Decoded<typeof StatusResponse>

const Platform = message({ architecture: string(1), os: string(2), variant: string(3) })
const GarbagePolicy = message({
  all: bool(1),
  keepDuration: int64(2),
  reservedSpace: int64(3),
  filters: repeated(string(4)),
  maxUsedSpace: int64(5),
  minFreeSpace: int64(6),
})
const BuildKitVersion = message({ package: string(1), version: string(2), revision: string(3) })
const WorkerRecord = message({
  id: string(1),
  labels: mapOf(2, string(2)),
  platforms: repeated(nested(3, Platform)),
  gcPolicy: repeated(nested(4, GarbagePolicy)),
  buildkitVersion: nested(5, BuildKitVersion),
})
export type WorkerRecord = Decoded<typeof WorkerRecord>
export const ListWorkersRequest = message({ filter: repeated(string(1)) })
export const ListWorkersResponse = message({ record: repeated(nested(1, WorkerRecord)) })

export const InfoResponse = message({
  version: nested(1, BuildKitVersion),
})

export const UsageRecord = message({
  id: string(1),
  mutable: bool(2),
  inUse: bool(3),
  size: int64(4),
  parent: string(5),
  createdAt: nested(6, Timestamp),
  lastUsedAt: nested(7, Timestamp),
  usageCount: int64(8),
  description: string(9),
  recordType: string(10),
  shared: bool(11),
  parents: repeated(string(12)),
})
export type UsageRecord = Decoded<typeof UsageRecord>
export const DiskUsageRequest = message({ filter: repeated(string(1)) })
export const DiskUsageResponse = message({ record: repeated(nested(1, UsageRecord)) })
export const PruneRequest = message({
  filter: repeated(string(1)),
  all: bool(2),
  keepDuration: int64(3),
  reservedSpace: int64(4),
  maxUsedSpace: int64(5),
  minFreeSpace: int64(6),
})
export type PruneRequest = Decoded<typeof PruneRequest>

const Descriptor = message({
  mediaType: string(1),
  digest: string(2),
  size: int64(3),
  annotations: mapOf(5, string(2)),
})
const Any = message({ typeUrl: string(1), value: bytes(2) })
export const RpcStatus = message({ code: int64(1), message: string(2), details: repeated(nested(3, Any)) })
export type RpcStatus = Decoded<typeof RpcStatus>

const BuildResultInfo = message({
  attestations: repeated(nested(2, Descriptor)),
})
export const BuildHistoryRecord = message({
  ref: string(1),
  frontend: string(2),
  frontendAttrs: mapOf(3, string(2)),
  exporters: repeated(nested(4, Exporter)),
  error: nested(5, RpcStatus),
  createdAt: nested(6, Timestamp),
  completedAt: nested(7, Timestamp),
  logs: nested(8, Descriptor),
  exporterResponse: mapOf(9, string(2)),
  result: nested(10, BuildResultInfo),
  results: mapOf(11, nested(2, BuildResultInfo)),
  pinned: bool(14),
  numCachedSteps: int64(15),
  numTotalSteps: int64(16),
  numCompletedSteps: int64(17),
  externalError: nested(18, Descriptor),
  numWarnings: int64(19),
})
export type BuildHistoryRecord = Decoded<typeof BuildHistoryRecord>
export const BuildHistoryRequest = message({
  activeOnly: bool(1),
  ref: string(2),
  earlyExit: bool(3),
  filter: repeated(string(4)),
  limit: int64(5),
})
export const BuildHistoryEvent = message({ type: int64(1), record: nested(2, BuildHistoryRecord) })
export const UpdateBuildHistoryRequest = message({
  ref: string(1),
  pinned: bool(2),
  delete: bool(3),
})
export const Empty = message({})
