import { connect, type NetConnectOpts, type Socket } from 'node:net'
import { onAbort } from '../abort.js'
import { TimeoutError } from '../errors.js'
import type { Dial } from './dial.js'

/** As the docker command has it: a host that does not answer at all is given up after this long. */
const DIAL_TIMEOUT = 10_000

/** A Unix socket or a Windows named pipe: to Node they are the same. */
export function dialPath(path: string): Dial {
  return (signal) => open({ path }, signal)
}

export function dialTcp({ host, port }: { host: string; port: number }): Dial {
  return async (signal) => {
    const socket = await open({ host, port, autoSelectFamily: true }, signal)
    // A keystroke must not wait for the one before it to be acknowledged.
    socket.setNoDelay(true)
    return socket
  }
}

function open(options: NetConnectOpts, signal?: AbortSignal): Promise<Socket> {
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const socket = connect(options)
    const timer = setTimeout(() => fail(new TimeoutError('connecting', DIAL_TIMEOUT)), DIAL_TIMEOUT)
    const settle = () => {
      clearTimeout(timer)
      release()
      socket.off('error', fail).off('connect', succeed)
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
    socket.once('error', fail).once('connect', succeed)
  })
}
