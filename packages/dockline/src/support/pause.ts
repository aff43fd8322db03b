import { setTimeout as delay } from 'node:timers/promises'

/** Waits for some milliseconds. An abort rejects with its reason, and not with an error of Node's that hides it. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => signal?.throwIfAborted())
}
