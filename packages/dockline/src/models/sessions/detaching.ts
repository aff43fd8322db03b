import type { DetachMatcher } from '../../stream/detach-keys.js'

/**
 * Looks for the detach keys in what goes to a tty, as the docker command does, before the Engine can: that would end an
 * exec by them, Podman finds them only when each comes by itself, and nobody would be told that they were the reason.
 */
export async function detachMatcher(keys: string | Buffer | undefined): Promise<DetachMatcher> {
  // Loaded here, because most sessions have no tty.
  const { DEFAULT_DETACH_KEYS, DetachMatcher, parseDetachKeys } = await import('../../stream/detach-keys.js')
  return new DetachMatcher(Buffer.isBuffer(keys) ? keys : parseDetachKeys(keys ?? DEFAULT_DETACH_KEYS))
}
