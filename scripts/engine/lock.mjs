// @ts-check
// A lock between processes: a listening abstract Unix socket. Only one process can have the name, the kernel
// gives it back when that process dies however it dies, and there is no file to leave behind. Whoever waits
// connects to the holder and is woken when the connection closes.
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** @typedef {{ signal?: AbortSignal | undefined, onWait?: (() => void) | undefined }} LockOptions */

/**
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} work
 * @param {LockOptions} [options]
 * @returns {Promise<T>}
 */
export async function withLock(name, work, { signal, onWait } = {}) {
  const address = `\0dockline-lock-${name}`
  let release = await tryLock(address)
  if (!release) onWait?.()
  while (!release) {
    signal?.throwIfAborted()
    await holderGone(address, signal)
    release = await tryLock(address)
  }
  try {
    signal?.throwIfAborted()
    return await work()
  } finally {
    release()
  }
}

/**
 * @param {string} address
 * @returns {Promise<(() => void) | undefined>} what gives the lock back, or nothing when another holds it
 */
function tryLock(address) {
  /** @type {Set<import('node:net').Socket>} */
  const waiting = new Set()
  const server = createServer((socket) => {
    waiting.add(socket.unref())
    socket.on('error', () => {}).on('close', () => waiting.delete(socket))
  })
  const release = () => {
    server.close()
    for (const socket of waiting) socket.destroy()
  }
  return new Promise((done, fail) => {
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') done(undefined)
      else fail(error)
    })
    server.listen({ path: address, exclusive: true }, () => done(release))
    server.unref()
  })
}

/**
 * @param {string} address
 * @param {AbortSignal | undefined} [signal]
 */
async function holderGone(address, signal) {
  const refused = await new Promise((done) => {
    const socket = connect({ path: address, signal })
    // A holder that is just coming or going refuses; it is asked again a moment later.
    socket
      .on('error', () => done(true))
      .on('close', () => done(false))
      .resume()
  })
  if (refused) await sleep(20)
}
