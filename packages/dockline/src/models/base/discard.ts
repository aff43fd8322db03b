import { type ApiClient, removalOf } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'

/**
 * Takes a step after an object was made, such as an inspect. When the step fails, the caller never learns the id: the
 * object is removed. An abort does not wait for the removal.
 */
export async function orDiscard<T>(
  api: ApiClient,
  [kind, id]: readonly [kind: keyof typeof removalOf, id: string],
  { signal }: CallOptions,
  next: () => Promise<T>,
): Promise<T> {
  try {
    return await next()
  } catch (error) {
    const gone = api.http.undo(removalOf[kind](id))
    if (!signal?.aborted) await gone
    throw error
  }
}
