import type { Duplex } from 'node:stream'
import type { ApiClient } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { isMultiplexed } from './output-mode.js'
import { keepInput } from './session.js'

/** What is asked of the Engine. */
export interface AttachQuery {
  readonly stream: boolean
  readonly stdin: boolean
  readonly stdout: boolean
  readonly stderr: boolean
  readonly logs: boolean
  readonly detachKeys: string | undefined
}

/** One connection for all streams. */
export interface AttachConnection {
  readonly socket: Duplex
  readonly multiplexed: boolean
}

/** A container, and how it is attached to. */
interface Attachment {
  readonly id: string
  readonly tty: boolean
  readonly openStdin: boolean
  readonly query: AttachQuery
}

/** Over the upgrade that is the Engine's own. */
export async function connectHijacked(
  api: ApiClient,
  { id, tty, query }: Attachment,
  call: CallOptions,
): Promise<AttachConnection> {
  const { socket, contentType } = await api.containers.attach(id, query, call)
  keepInput(socket)
  try {
    return { socket, multiplexed: await isMultiplexed(api, contentType, () => tty) }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Over a WebSocket, where nothing else comes through. */
export async function connectWebSocket(
  api: ApiClient,
  { id, openStdin, query }: Attachment,
  call: CallOptions,
): Promise<AttachConnection> {
  // Loaded here, because hardly anybody comes this way.
  const { WebSocketStream } = await import('../../stream/websocket.js')
  const chosen = (await api.speaks('1.42', call.signal))
    ? query
    : { ...query, ...exceptions(query, openStdin) }
  const { socket } = await api.containers.attachWebsocket(id, chosen, call)
  return { socket: new WebSocketStream(socket), multiplexed: false }
}

/** Names only the streams to leave out, and so refuses them: an older Engine connects all streams. */
function exceptions({ stdin, stdout, stderr }: AttachQuery, openStdin: boolean) {
  return {
    stdin: stdin === openStdin ? undefined : stdin,
    stdout: stdout ? undefined : stdout,
    stderr: stderr ? undefined : stderr,
  }
}
