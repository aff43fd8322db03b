import type { Duplex } from 'node:stream'

/**
 * Bytes that may be under way before a reader has taken them: of a call, and of all calls together. The two must be equal:
 * where the second is larger, Bun stops asking for more.
 */
export const WINDOW_BYTES = 8 * 1024 * 1024

/** Each pattern of an ignore file is a header, and there may be thousands. */
export const HTTP2_OPTIONS = {
  maxHeaderListPairs: 65_535,
  maxSessionMemory: 256,
  settings: { initialWindowSize: WINDOW_BYTES, maxHeaderListSize: 1024 * 1024, enablePush: false },
} as const

/**
 * Ends a connection, but not before Node has read what was there when its session began: a session that is destroyed in that
 * same turn makes Node throw where nobody can catch it.
 */
export function closeSoon(destroySession: () => void, socket: Duplex): void {
  setImmediate(() => {
    destroySession()
    socket.destroy()
  })
}
