import { deferred } from './failure.js'
import { type Call, chunk, chunkedHead, empty, json, MULTIPLEXED, type Scripts } from './fake-engine.js'

/** A container c1 that runs without a word and ends with this code. */
export function aRun(code: number): Scripts {
  const started = deferred<void>()
  return {
    'POST /containers/create': json({ Id: 'c1' }, 201),
    'GET /containers/c1/json': json({ Id: 'c1' }),
    'DELETE /containers/c1': empty(),
    'POST /containers/c1/attach': async (call: Call) => {
      await call.upgrade(MULTIPLEXED)
      await started.promise
      call.socket.end()
    },
    'POST /containers/c1/wait': async (call: Call) => {
      await call.write(chunkedHead('application/json'))
      await started.promise
      await call.write(Buffer.concat([chunk(JSON.stringify({ StatusCode: code })), chunk()]))
    },
    'POST /containers/c1/start': async (call: Call) => {
      await empty()(call)
      started.resolve()
    },
  }
}
