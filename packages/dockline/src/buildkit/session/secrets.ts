import type { Methods } from '../grpc/server.js'
import { GrpcError, GrpcStatus } from '../grpc/status.js'
import { decode, encode } from '../protobuf/message.js'
import { GetSecretRequest, GetSecretResponse } from '../protobuf/session.js'

/** The most bytes that a secret may have. */
export const MAX_SECRET_BYTES = 500 * 1024

/** Reads a secret when a step asks for it. */
export type ReadSecret = () => Promise<Uint8Array>

export function secretService(secrets: ReadonlyMap<string, ReadSecret>): Methods {
  return {
    'moby.buildkit.secrets.v1.Secrets/GetSecret': async (call) => {
      const { id } = decode(GetSecretRequest, await call.request())
      const data = await secrets.get(id)?.()
      if (data === undefined) throw new GrpcError(GrpcStatus.NOT_FOUND, `secret ${id} not found`)
      if (data.length > MAX_SECRET_BYTES) throw new GrpcError(GrpcStatus.RESOURCE_EXHAUSTED, tooBig(id))
      await call.send(encode(GetSecretResponse, { data }))
    },
  }
}

export function tooBig(id: string): string {
  return `secret ${id} is larger than ${MAX_SECRET_BYTES / 1024} KiB`
}
