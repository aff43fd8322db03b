import type { Duplex } from 'node:stream'
import type { CallOptions } from '../../../http/index.js'
import { onAbort } from '../../../support/abort.js'
import { checkMethod } from '../../../support/check.js'
import type { Duration } from '../../../support/duration.js'
import { callTable } from '../../base/call.js'
import { checkObject, invalid, invalidKind, oneOf } from '../../options/values.js'
import type { Session, SessionExit } from '../session.js'
import { DuplexPeer } from './bridge-duplex.js'
import { ignore, type Peer } from './bridge-peer.js'
import { type WebSocketLike, WebSocketPeer } from './bridge-websocket.js'

export interface BridgeOptions extends CallOptions {
  /**
   * What happens if the peer leaves first. 'close' closes the connection to the process, which runs on.
   * 'keep' leaves the session, with its stdin, to another bridge. Default: 'close'.
   */
  readonly whenPeerLeaves?: 'close' | 'keep' | undefined
  /**
   * How much may wait in a WebSocket until the process is held back, in bytes. Default: 1 MiB. A Duplex has a mark of its
   * own.
   */
  readonly highWaterMark?: number | undefined
  /** Aborting closes the peer, and the session unless it is to be kept, and rejects with the reason. */
  readonly signal?: AbortSignal | undefined
  /** The time limit of each resize. Default: none. */
  readonly timeout?: Duration | undefined
}

const bridgeOptions = callTable<BridgeOptions>({
  whenPeerLeaves: oneOf('close', 'keep'),
  highWaterMark: (value, option) =>
    Number(value) > 0 ? Number(value) : invalid(option, 'a number of bytes', value),
})
const PEER = 'a Duplex or a WebSocket with addEventListener'
const HIGH_WATER_MARK = 1024 * 1024
const DETACHED: SessionExit = { exitCode: undefined, detached: true }

/**
 * Connects a session to a WebSocket or a Duplex, and resolves with how the session ended. Takes a promise of
 * a session, too.
 *
 * * * A Duplex gets the output and gives the input, each until its end. A WebSocket gets the output as binary
 * messages, and at the end `{"exit":{"exitCode":0,"detached":false}}` and a close with 1000. It sends input
 * as binary messages, and as text `{"resize":{"columns":80,"rows":24}}` or `{"end":true}` for the end of
 * stdin. stdout and stderr are one stream.
 *
 * * * Any other message of a WebSocket rejects with ProtocolError and closes it with 1007 or 1003. A session
 * that fails rejects as `session.exit` does, and closes it with 1011.
 */
export async function bridge(
  session: Session | PromiseLike<Session>,
  peer: Duplex | WebSocketLike,
  options: BridgeOptions = {},
): Promise<SessionExit> {
  const end = peerOf(peer, options)
  const keep = options.whenPeerLeaves === 'keep'
  const aborted = abortOf(options.signal)
  let opened: Session | undefined
  try {
    const found = await orAbort(session, aborted.promise, keep)
    checkMethod({ session: found }, 'detach', 'a session')
    opened = found
    const first = Promise.race([end.show(opened), aborted.promise, end.left.then(() => 'left' as const)])
    if ((await first) === 'left')
      return keep ? DETACHED : await Promise.race([leave(opened), aborted.promise])
    const exit = await Promise.race([opened.exit, aborted.promise])
    end.finish(exit)
    return exit
  } catch (error) {
    end.abandon(options.signal?.aborted ? 'aborted' : 'failed')
    if (!keep) opened?.close()
    throw error
  } finally {
    aborted.release()
    end.release()
  }
}

function peerOf(peer: Duplex | WebSocketLike, options: BridgeOptions): Peer {
  const [own, { timeout }] = bridgeOptions.read(options)
  const { whenPeerLeaves = 'close', highWaterMark = HIGH_WATER_MARK } = own
  checkObject(peer, 'peer', PEER)
  if ('pipe' in peer && 'write' in peer) {
    return new DuplexPeer(peer, { endsInput: whenPeerLeaves === 'close' })
  }
  if ('send' in peer && 'addEventListener' in peer) {
    return new WebSocketPeer(peer, { highWaterMark, timeout })
  }
  return invalidKind('peer', PEER, peer)
}

interface Abort {
  readonly promise: Promise<never>
  readonly release: () => void
}

function abortOf(signal: AbortSignal | undefined): Abort {
  let release = ignore
  const promise = new Promise<never>((_resolve, reject) => {
    release = onAbort(signal, () => reject(signal?.reason))
  })
  promise.catch(ignore)
  return { promise, release }
}

/** The session, or the abort: then one that comes too late is closed. */
async function orAbort(
  session: Session | PromiseLike<Session>,
  aborted: Promise<never>,
  keep: boolean,
): Promise<Session> {
  const opening = Promise.resolve(session)
  try {
    return await Promise.race([aborted, opening])
  } catch (error) {
    if (!keep) opening.then((late) => late.close(), ignore)
    throw error
  }
}

/** What was typed until now still arrives, unless the process does not read it in time. */
async function leave(session: Session): Promise<SessionExit> {
  await session.detach().catch(ignore)
  return session.exit
}
