import { type ApiClient, removalOf } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'

/**
 * What comes after something was made, as to look at it. When that fails, nobody ever learns the id: what was made is taken
 * away again. An abort does not wait for that.
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
