import { type ClientHttp2Session, connect } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { TestContext } from 'node:test'
import { type Methods, type ServerCall, serve } from '#src/buildkit/grpc/server.js'
import { ListWorkersResponse, SolveRequest, SolveResponse } from '#src/buildkit/protobuf/control.js'
import { decode, encode } from '#src/buildkit/protobuf/message.js'
import { deferred } from './failure.js'
import { answer, type Call, FakeEngine, json, type Scripts, upgradeHead } from './fake-engine.js'

export const ID = `sha256:${'ab'.repeat(32)}`
export const CONTROL = 'moby.buildkit.v1.Control'
export const GRAPHDRIVER = { 'org.mobyproject.buildkit.worker.moby.host-gateway-ip': '172.17.0.1' }
export const CONTAINERD = { ...GRAPHDRIVER, 'org.mobyproject.buildkit.worker.snapshotter': 'overlayfs' }
export interface FakeSettings {
  readonly methods?: Methods
  readonly worker?: Readonly<Record<string, string>>
  readonly scripts?: Scripts
}

/** An Engine whose BuildKit builds everything at once. */
export async function start(
  test: TestContext,
  { methods, worker = GRAPHDRIVER, scripts }: FakeSettings = {},
) {
  const [solved, session] = [deferred<ReturnType<typeof readSolve>>(), deferred<Duplex>()]
  const asking = deferred<ClientHttp2Session>()
  const requests: unknown[] = []
  const served: Methods = {
    [`${CONTROL}/ListWorkers`]: (call) =>
      call.send(
        encode(ListWorkersResponse, {
          record: [{ id: 'w', labels: worker, platforms: [], gcPolicy: [], buildkitVersion: undefined }],
        }),
      ),
    [`${CONTROL}/Solve`]: async (call) => {
      const request = readSolve(await call.request())
      requests.push(request)
      solved.resolve(request)
      await call.send(
        encode(SolveResponse, {
          exporterResponse: { 'containerimage.config.digest': ID, 'containerimage.digest': ID },
        }),
      )
    },
    [`${CONTROL}/Status`]: async () => {},
    ...methods,
  }
  const engine = await FakeEngine.start(test, {
    'HEAD /_ping': answer(200, { 'Builder-Version': '2', 'Api-Version': '1.51', Ostype: 'linux' }, ''),
    'POST /grpc': async (call) => {
      serve(await hijacked(call), served)
    },
    'POST /session': async (call) => {
      const socket = await hijacked(call)
      session.resolve(socket)
      asking.resolve(connect('http://localhost', { createConnection: () => socket }).on('error', () => {}))
    },
    '*': json({ Id: ID }),
    ...scripts,
  })
  return {
    engine,
    client: engine.client(test),
    solved: solved.promise,
    session: session.promise,
    /** What the Engine asks of the session. */
    asking: asking.promise,
    requests,
  }
}

/** The connection of a call, with nothing of it read by anybody. */
export async function hijacked(call: Call): Promise<Duplex> {
  await call.body()
  const { socket } = call.takeOver()
  socket.removeAllListeners('data').pause()
  // An Engine takes the end of a connection for the end of its calls.
  socket.once('end', () => socket.destroy())
  await call.write(upgradeHead())
  return socket
}

export function readSolve(message: Buffer) {
  return decode(SolveRequest, message)
}

/** Ends when nobody waits for it any more. */
export function forever(call: ServerCall): Promise<void> {
  return new Promise((resolve) => call.signal.addEventListener('abort', () => resolve()))
}
