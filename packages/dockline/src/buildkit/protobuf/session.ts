// The messages of the services that the Engine calls during a build.

import { Timestamp } from './control.js'
import { bool, bytes, int64, mapOf, message, nested, string } from './message.js'

export const HealthCheckResponse = message({ status: int64(1) })

export const CredentialsRequest = message({ host: string(1) })
export const CredentialsResponse = message({ username: string(1), secret: string(2) })

export const TokenAuthorityResponse = message({ publicKey: bytes(1) })
export const FetchTokenRequest = message({ host: string(2) })
export const FetchTokenResponse = message({ token: string(1) })

export const GetSecretRequest = message({ id: string(1) })
export const GetSecretResponse = message({ data: bytes(1) })

export const CheckAgentRequest = message({ id: string(1) })

/** A piece of a tar, of a connection to an ssh agent, or of the tunnel for a session. */
export const BytesMessage = message({ data: bytes(1) })

const BlobInfo = message({
  digest: string(1),
  size: int64(2),
  createdAt: nested(3, Timestamp),
  updatedAt: nested(4, Timestamp),
  labels: mapOf(5, string(2)),
})
export const InfoRequest = message({ digest: string(1) })
export const InfoResponse = message({ info: nested(1, BlobInfo) })
export const ReadRequest = message({ digest: string(1), offset: int64(2), size: int64(3) })
export const ReadResponse = message({ offset: int64(1), data: bytes(2) })
export const WriteRequest = message({
  action: int64(1),
  ref: string(2),
  total: int64(3),
  expected: string(4),
  offset: int64(5),
  data: bytes(6),
})
export const WriteResponse = message({
  action: int64(1),
  startedAt: nested(2, Timestamp),
  updatedAt: nested(3, Timestamp),
  offset: int64(4),
  total: int64(5),
  digest: string(6),
})

// moby.buildkit.v1.frontend.LLBBridge, which answers questions about a Dockerfile.
export const BridgeSolveRequest = message({
  frontend: string(2),
  frontendOpt: mapOf(3, string(2)),
  allowResultReturn: bool(5),
  allowResultArrayRef: bool(6),
})
export const BridgeSolveResponse = message({
  result: nested(3, message({ metadata: mapOf(10, bytes(2)) })),
})
