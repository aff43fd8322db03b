import type { ApiClient } from '../../../api/index.js'
import { Control, connectionErrorOf, GrpcError, GrpcStatus, hijackedDoor } from '../../../buildkit/index.js'
import { ApiError } from '../../../errors.js'
import type { CallOptions } from '../../../http/index.js'

/** What HTTP has for the codes of gRPC. */
const STATUSES: Readonly<Record<number, number>> = {
  [GrpcStatus.INVALID_ARGUMENT]: 400,
  [GrpcStatus.NOT_FOUND]: 404,
  [GrpcStatus.PERMISSION_DENIED]: 403,
  [GrpcStatus.UNIMPLEMENTED]: 501,
  [GrpcStatus.UNAVAILABLE]: 503,
}

interface BuildKitCall extends CallOptions {
  /** The name of the method, for errors. */
  readonly method: string
}

/** Calls the Engine's BuildKit over a connection of its own, which ends with it. */
export async function* callBuildKit<T>(
  api: ApiClient,
  { method, signal, timeout }: BuildKitCall,
  run: (control: Control) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const client = await hijackedDoor(api.http, timeout).open(signal)
  try {
    yield* run(new Control(client))
  } catch (error) {
    throw explained(error, api.http.address, method)
  } finally {
    client.close()
  }
}

function explained(error: unknown, address: string, method: string): unknown {
  if (error instanceof GrpcError) {
    const path = `/moby.buildkit.v1.Control/${method}`
    const hint =
      error.status === GrpcStatus.UNIMPLEMENTED ? 'the BuildKit of this Engine is too old' : undefined
    const details = {
      status: STATUSES[error.status] ?? 500,
      method: 'POST',
      path,
      explanation: error.message,
    }
    return ApiError.from(details, { hint, cause: error })
  }
  return connectionErrorOf(error, address)
}
