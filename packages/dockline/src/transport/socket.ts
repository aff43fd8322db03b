import { connect, type NetConnectOpts, type OnReadOpts, type Socket } from 'node:net'
import { TimeoutError } from '../errors.js'
import { onAbort } from '../support/abort.js'
import type { AsyncDial, DialInto } from './dial.js'
import { ReadBlocks } from './read-blocks.js'

/** A host that does not answer is given up after this time, as by the docker command. */
export const DIAL_TIMEOUT_MS = 10_000

/** Milliseconds of silence after which TCP asks whether the other side is still there, as docker has it. */
export const KEEP_ALIVE_MS = 15_000

/** A Unix socket holds a little less. Twice as much takes twice the memory where a reader is slow. */
const BLOCK_BYTES = 256 * 1024

export interface Address {
  readonly host: string
  readonly port: number
}

/** A Unix socket or a Windows named pipe: to Node they are the same. */
export function dialPath(path: string, limitMs?: number): AsyncDial {
  return dialInBlocks(dialPathInto(path, limitMs)) ?? ((signal) => connectTo({ path }, { signal, limitMs }))
}

export function dialTcp(address: Address, limitMs?: number): (signal?: AbortSignal) => Promise<Socket> {
  const inBlocks = dialInBlocks(dialTcpInto(address, limitMs))
  return inBlocks ?? ((signal) => connectToPort(address, { signal, limitMs }))
}

/** Opens the same connections, and reads them into larger memory than Node does. */
function dialInBlocks(dial: DialInto | undefined): ((signal?: AbortSignal) => Promise<Socket>) | undefined {
  if (dial === undefined) return undefined
  return async (signal) => {
    const blocks = new ReadBlocks(BLOCK_BYTES)
    const callback = (length: number) => socket.push(blocks.take(length))
    const socket = await dial({ buffer: blocks.room, callback }, signal)
    return socket
  }
}

async function connectToPort(
  { host, port }: Address,
  { onread, ...opening }: Omit<Opening, 'ready'> & Partial<Reading>,
): Promise<Socket> {
  const socket = await connectTo({ host, port, autoSelectFamily: true, ...(onread && { onread }) }, opening)
  // A keystroke must not wait for the one before it to be acknowledged.
  socket.setNoDelay(true)
  return socket
}

interface Reading {
  readonly onread: OnReadOpts
}

/** As `dialPath`, but the bytes are read into memory of the caller's. Undefined where only Node could do that. */
export function dialPathInto(path: string, limitMs?: number): DialInto | undefined {
  if (!isNode()) return undefined
  return (onread, signal) => connectTo({ path, onread }, { signal, limitMs })
}

/** As `dialTcp`, but the bytes are read into memory of the caller's. Undefined where only Node could do that. */
export function dialTcpInto(address: Address, limitMs?: number): DialInto | undefined {
  if (!isNode()) return undefined
  return (onread, signal) => connectToPort(address, { onread, signal, limitMs })
}

/** Others call themselves Node as well, and ignore some of its options. */
function isNode(): boolean {
  const { bun, deno } = process.versions
  return bun === undefined && deno === undefined
}

function connectTo(options: NetConnectOpts, opening: Omit<Opening, 'ready'>): Promise<Socket> {
  return open(() => connect(options), { ready: 'connect', ...opening })
}

export interface Opening {
  /** The event that says that it can be used. */
  readonly ready: 'connect' | 'secureConnect'
  readonly signal: AbortSignal | undefined
  /** Milliseconds until it is given up. Default: 10 s, Infinity for none. */
  readonly limitMs?: number | undefined
}

/**
 * A connection that is ready, or the reason why it is not. A TCP connection has keep-alive from its first byte on: a
 * machine that vanishes sends nothing, and a client that only reads would wait for ever.
 */
export function open<S extends Socket>(
  start: () => S,
  { ready, signal, limitMs = DIAL_TIMEOUT_MS }: Opening,
): Promise<S> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const socket = start().setKeepAlive(true, KEEP_ALIVE_MS)
    const giveUp = () => fail(new TimeoutError('connecting', limitMs))
    const timer = limitMs === Number.POSITIVE_INFINITY ? undefined : setTimeout(giveUp, limitMs)
    const settle = () => {
      clearTimeout(timer)
      release()
      socket.off('error', fail).off(ready, succeed)
    }
    const fail = (error: unknown) => {
      settle()
      socket.on('error', () => {}).destroy()
      reject(error)
    }
    const succeed = () => {
      settle()
      resolve(socket)
    }
    const release = onAbort(signal, () => fail(signal?.reason))
    socket.once('error', fail).once(ready, succeed)
  })
}
