import type { DetachMatcher } from '../../stream/detach-keys.js'

/**
 * Looks for the detach keys in the input of a tty, as the docker command does, before the Engine sees them. The
 * Engine would end an exec by them, Podman finds them only when each comes by itself, and neither reports that the
 * keys were the reason.
 */
export async function detachMatcher(keys: string | Buffer | undefined): Promise<DetachMatcher> {
  // Loaded here, because most sessions have no tty.
  const { DEFAULT_DETACH_KEYS, DetachMatcher, parseDetachKeys } = await import('../../stream/detach-keys.js')
  return new DetachMatcher(Buffer.isBuffer(keys) ? keys : parseDetachKeys(keys ?? DEFAULT_DETACH_KEYS))
}
