import { type ApiClient, removalOf } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'

/**
 * Returns the handler for a step that fails after an object was made, such as an inspect. The caller never learns the id then:
 * the handler removes the object, and rejects with the error. An abort does not wait for the removal.
 */
export function discarding(
  api: ApiClient,
  [kind, id]: readonly [kind: keyof typeof removalOf, id: string],
  { signal }: CallOptions,
): (error: unknown) => Promise<never> {
  return async (error) => {
    const gone = api.http.undo(removalOf[kind](id))
    if (!signal?.aborted) await gone
    throw error
  }
}
