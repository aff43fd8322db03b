import type { Methods } from '../grpc/server.js'
import { encode } from '../protobuf/message.js'
import { HealthCheckResponse } from '../protobuf/session.js'

const SERVING = encode(HealthCheckResponse, { status: 1 })

/**
 * Answers that all is well. An Engine that gets no answer closes the session. `onCheck` is called each time the
 * Engine asks.
 */
export function healthService(onCheck: () => void): Methods {
  return {
    'grpc.health.v1.Health/Check': async (call) => {
      onCheck()
      await call.send(SERVING)
    },
  }
}
