import type { Duplex } from 'node:stream'
import type { ApiClient, ContainerWaitResponse } from '../../api/index.js'
import { isStill, type LastRun, stateOf } from './attach-exit.js'

/** The last output of a container that has ended comes without such a pause, and a start right after an attach, too. */
const SILENCE_MS = 3000

interface Silent {
  readonly id: string
  readonly running?: boolean
  readonly lastRun?: LastRun | undefined
}

interface Attached {
  readonly socket: Duplex
  readonly logs: boolean
  readonly result: Promise<ContainerWaitResponse>
  readonly signal: AbortSignal
}

/**
 * Ends outputs that the Engine leaves open for ever, without a byte. A session attached before the container started
 * is never ended here, because its late output would be lost.
 */
export function endWhenSilent(api: ApiClient, target: Silent, attached: Attached): void {
  // To listen would set it flowing before its reader is there.
  attached.socket.pause()
  if (target.running) void endIfTooLate(attached)
  else if (attached.logs && target.lastRun !== undefined) void endUnlessStarted(api, target, attached)
}

/**
 * Ends an attach that came a moment too late: the container has ended, and the Engine never ends the output. One byte
 * that is not a replay shows that the attach was in time.
 */
async function endIfTooLate({ socket, logs, result }: Attached): Promise<void> {
  let inTime = false
  socket.once('data', () => {
    inTime = !logs
  })
  const hasEnded = await result.then(
    () => true,
    () => false,
  )
  if (!hasEnded || inTime) return
  await silence(socket)
  if (!inTime) socket.push(null)
}

/**
 * Ends the replay of a container that has ended, unless the container is started. The Engine would wait for a start.
 */
async function endUnlessStarted(api: ApiClient, target: Silent, attached: Attached): Promise<void> {
  const { socket, signal } = attached
  await silence(socket)
  try {
    if (isStill(target.lastRun, await stateOf(api, target.id, signal))) socket.push(null)
  } catch (error) {
    socket.destroy(error as Error)
  }
}

/** Resolves when nothing has come for a while, and never once the socket is closed. */
function silence(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) return
    let timer: NodeJS.Timeout
    let turn: NodeJS.Immediate
    const stop = () => {
      clearTimeout(timer)
      clearImmediate(turn)
    }
    const finish = () => {
      socket.off('data', listen).off('close', stop)
      resolve()
    }
    const look = () => {
      // One that is paused waits for its reader. After a time when nothing could run, timers come before what has arrived.
      if (socket.isPaused()) listen()
      else turn = setImmediate(finish)
    }
    const listen = () => {
      stop()
      timer = setTimeout(look, SILENCE_MS)
    }
    listen()
    socket.on('data', listen).once('close', stop)
  })
}
