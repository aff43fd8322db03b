import { Duplex } from 'node:stream'
import { NotFoundError } from '../errors.js'
import { type HttpClient, path } from '../http/index.js'
import { onAbort } from '../support/abort.js'
import type { Duration } from '../support/duration.js'
import { GrpcClient } from './grpc/client.js'
import { frame } from './grpc/frames.js'
import { decode, encode } from './protobuf/message.js'
import { BytesMessage } from './protobuf/session.js'

/** How a session introduces itself. */
export interface SessionIntroduction {
  /** A unique name for it. */
  readonly id: string
  /** What the Engine keeps the folders under that it has synchronized. */
  readonly sharedKey: string
  /** The methods that it serves, as 'package.Service/Method'. */
  readonly methods: readonly string[]
}

/** The ways to the Engine's BuildKit. */
export interface Door {
  /** Opens a connection for calls of ours. */
  open(signal?: AbortSignal): Promise<GrpcClient>
  /** Opens a connection for calls of the Engine's. */
  openSession(introduction: SessionIntroduction, signal?: AbortSignal): Promise<Duplex>
}

/** The door that every Engine since 18.09 has: connections that were HTTP/1.1 become HTTP/2. `timeout` is for each of them. */
export function hijackedDoor(http: HttpClient, timeout?: Duration): Door {
  const open = async (signal?: AbortSignal) => {
    const request = { method: 'POST', path: path`/grpc`, protocol: 'h2c', timeout } as const
    const socket = await upgraded(http, request, signal).catch((error) => {
      // Engines from 29 on also speak HTTP/2 right away, and later ones are to do only that.
      if (error instanceof NotFoundError) return http.connect({ timeout })
      throw error
    })
    return new GrpcClient(socket)
  }
  return {
    open,
    openSession: (introduction, signal) =>
      upgraded(
        http,
        { method: 'POST', path: path`/session`, protocol: 'h2c', headers: headersOf(introduction), timeout },
        signal,
      ).catch(async (error) => {
        // It is to go in an Engine after 29, and a call of BuildKit's own takes its place.
        if (error instanceof NotFoundError) return tunnelSession(await open(signal), introduction)
        throw error
      }),
  }
}

type Upgrade = Parameters<HttpClient['upgrade']>[0]

/** The signal ends the request only: how a build is given up is decided where it runs. */
async function upgraded(
  http: HttpClient,
  request: Upgrade,
  signal: AbortSignal | undefined,
): Promise<Duplex> {
  const opening = new AbortController()
  const release = onAbort(signal, () => opening.abort(signal?.reason))
  try {
    return (await http.upgrade({ ...request, signal: opening.signal })).socket
  } finally {
    release()
  }
}

/** In lower case, as HTTP/2 has them. HTTP/1.1 takes any case. */
function headersOf({ id, sharedKey, methods }: SessionIntroduction): Record<string, string | string[]> {
  return {
    'x-docker-expose-session-uuid': id,
    'x-docker-expose-session-name': '',
    'x-docker-expose-session-sharedkey': sharedKey,
    'x-docker-expose-session-grpc-method': methods.map((method) => `/${method}`),
  }
}

/** The way of a session where there is no `/session`: its bytes go through a call, in messages. */
export function tunnelSession(client: GrpcClient, introduction: SessionIntroduction): Duplex {
  const call = client.call('moby.buildkit.v1.Control/Session', { metadata: headersOf(introduction) })
  const incoming = call.messages()
  const tunnel = new Duplex({
    read() {
      incoming.next().then(
        ({ done, value }) =>
          void tunnel.push(done === true ? null : Buffer.from(decode(BytesMessage, value).data)),
        (error: Error) => tunnel.destroy(error),
      )
    },
    write(chunk: Buffer, _encoding, done) {
      if (call.stream.write(frame(encode(BytesMessage, { data: chunk })))) done()
      else call.stream.once('drain', done)
    },
    final(done) {
      call.stream.end(done)
    },
    destroy(error, done) {
      call.cancel()
      done(error)
    },
  })
  call.stream.once('close', () => tunnel.destroy())
  // The connection is there for the tunnel only.
  tunnel.once('close', () => client.close())
  return tunnel
}
