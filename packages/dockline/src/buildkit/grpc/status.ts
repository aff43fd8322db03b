import type { IncomingHttpHeaders } from 'node:http2'
import { RpcStatus } from '../protobuf/control.js'
import { decode } from '../protobuf/message.js'

export * as GrpcStatus from './codes.js'

/** More about an error, which BuildKit writes as JSON. */
export interface ErrorDetail {
  /** Such as 'github.com/moby/buildkit/errdefs.Source+json'. */
  readonly type: string
  readonly value: unknown
}

/** A call ended with a status that is not success. */
export class GrpcError extends Error {
  readonly status: number
  readonly details: readonly ErrorDetail[]

  constructor(status: number, message: string, details: readonly ErrorDetail[] = []) {
    super(message)
    this.name = 'GrpcError'
    this.status = status
    this.details = details
  }
}

/** The status in the last headers of a call; undefined where they have no status. */
export function statusIn(headers: IncomingHttpHeaders): GrpcError | 'ok' | undefined {
  const status = headers['grpc-status']
  if (status === undefined) return undefined
  if (status === '0') return 'ok'
  const encoded = headers['grpc-status-details-bin']
  const message = decodeMessage(String(headers['grpc-message'] ?? ''))
  const details = typeof encoded === 'string' ? detailsIn(Buffer.from(encoded, 'base64')) : undefined
  return new GrpcError(Number(status), details?.message || message, details?.details)
}

/** The message and the details of a google.rpc.Status. */
export function detailsIn(bytes: Uint8Array): { message: string; details: ErrorDetail[] } | undefined {
  try {
    const { message, details } = decode(RpcStatus, bytes)
    return { message, details: details.flatMap(({ typeUrl, value }) => readDetail(typeUrl, value)) }
  } catch {
    // The status and its message are there all the same.
    return undefined
  }
}

function readDetail(type: string, value: Uint8Array): ErrorDetail[] {
  try {
    return [{ type, value: JSON.parse(Buffer.from(value).toString()) }]
  } catch {
    return []
  }
}

/** Percent-encoded UTF-8; what is not well formed stays as it is. */
function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Everything but visible ASCII is escaped, and the sign of an escape. */
export function encodeMessage(text: string): string {
  const bytes = Buffer.from(text)
  let encoded = ''
  for (const byte of bytes) {
    const plain = byte >= 0x20 && byte <= 0x7e && byte !== 0x25
    encoded += plain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
