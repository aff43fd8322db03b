import { connect } from 'node:net'
import { onAbort } from '../../../support/abort.js'
import type { PortAddress } from '../published.js'

/** How long a connection must last, and how long its opening may take. */
const OPEN_MS = 150
const CONNECT_LIMIT_MS = 3000

/** What became of a connection: not accepted, accepted and closed at once, or still open. */
export type Reached = 'refused' | 'closed' | 'open'

/** Connects once, and looks for a moment whether the other side keeps the connection. Data is a sign of life. */
export function tryConnect({ host, port }: PortAddress, signal: AbortSignal): Promise<Reached> {
  return new Promise((resolve) => {
    let isConnected = false
    const socket = connect({ host, port })
    let timer = setTimeout(() => settle('refused'), CONNECT_LIMIT_MS)
    const settle = (reached: Reached) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      socket.destroy()
      resolve(reached)
    }
    const stop = () => settle('refused')
    onAbort(signal, stop)
    socket.once('connect', () => {
      isConnected = true
      clearTimeout(timer)
      timer = setTimeout(() => settle('open'), OPEN_MS)
    })
    socket.once('data', () => settle('open'))
    socket.once('end', () => settle('closed'))
    // It stays for errors that come late.
    socket.on('error', () => settle(isConnected ? 'closed' : 'refused'))
  })
}
