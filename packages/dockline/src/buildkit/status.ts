import type { StatusResponse, Timestamp } from './protobuf/control.js'

/** What BuildKit reports on a build, as its clients write it in JSON. Times are RFC 3339, with up to nine decimals. */
export interface SolveStatus {
  readonly vertexes: readonly SolveVertex[]
  readonly statuses: readonly VertexStatus[]
  readonly logs: readonly VertexLog[]
  readonly warnings: readonly VertexWarning[]
}

/** A step of the build. It is reported anew whenever it changes. */
export interface SolveVertex {
  readonly digest: string
  /** The digests of the steps that it needs. */
  readonly inputs: readonly string[]
  readonly name: string
  readonly started: string | undefined
  readonly completed: string | undefined
  readonly cached: boolean
  /** Why it failed; '' where it did not. */
  readonly error: string
  readonly progressGroup: ProgressGroup | undefined
}

/** Steps that belong together are shown as one, under the name of their group. */
export interface ProgressGroup {
  readonly id: string
  readonly name: string
  readonly weak: boolean
}

/** How far a part of a step is, such as the download of a layer. */
export interface VertexStatus {
  readonly id: string
  readonly vertex: string
  readonly name: string
  readonly current: number
  readonly total: number
  readonly timestamp: string | undefined
  readonly started: string | undefined
  readonly completed: string | undefined
}

export interface VertexLog {
  readonly vertex: string
  /** 1 for stdout, 2 for stderr. */
  readonly stream: number
  readonly data: Buffer
  readonly timestamp: string | undefined
}

export interface VertexWarning {
  readonly vertex: string
  readonly level: number
  readonly short: string
  readonly detail: readonly string[]
  readonly url: string
  readonly sourceInfo:
    | { readonly filename: string; readonly data: Buffer; readonly language: string }
    | undefined
  readonly range: readonly SourceRange[]
}

export interface SourceRange {
  readonly start: SourcePosition
  readonly end: SourcePosition
}

/** Lines count from 1. */
export interface SourcePosition {
  readonly line: number
  readonly character: number
}

export function readStatus({ vertexes, statuses, logs, warnings }: StatusResponse): SolveStatus {
  return {
    vertexes: vertexes.map((vertex) => ({ ...vertex, ...timesOf(vertex) })),
    statuses: statuses.map((status) => ({
      ...status,
      timestamp: formatTime(status.timestamp),
      ...timesOf(status),
    })),
    logs: logs.map(({ vertex, stream, msg, timestamp }) => ({
      vertex,
      stream,
      data: bufferOf(msg),
      timestamp: formatTime(timestamp),
    })),
    warnings: warnings.map(readWarning),
  }
}

const NOWHERE: SourcePosition = { line: 0, character: 0 }

function readWarning({
  vertex,
  level,
  short,
  detail,
  url,
  info,
  ranges,
}: StatusResponse['warnings'][number]): VertexWarning {
  return {
    vertex,
    level,
    short: textOf(short),
    detail: detail.map(textOf),
    url,
    sourceInfo: info === undefined ? undefined : { ...info, data: bufferOf(info.data) },
    range: ranges.map(({ start = NOWHERE, end = NOWHERE }) => ({ start, end })),
  }
}

interface Times {
  readonly started: Timestamp | undefined
  readonly completed: Timestamp | undefined
}

function timesOf({ started, completed }: Times): {
  started: string | undefined
  completed: string | undefined
} {
  return { started: formatTime(started), completed: formatTime(completed) }
}

/** RFC 3339 with as many decimals as it takes. */
export function formatTime(time: Timestamp | undefined): string | undefined {
  if (time === undefined) return undefined
  const seconds = new Date(time.seconds * 1000).toISOString().slice(0, 19)
  const decimals = String(time.nanos).padStart(9, '0').replace(/0+$/, '')
  return `${seconds}${decimals === '' ? '' : `.${decimals}`}Z`
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function textOf(bytes: Uint8Array): string {
  return bufferOf(bytes).toString()
}
