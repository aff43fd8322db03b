import type { ApiClient, Filters } from '../../api/index.js'
import { ConflictError, DockerError, NotFoundError } from '../../errors.js'
import { type CallOptions, deadline, orAborted } from '../../http/index.js'
import { pause } from '../../support/pause.js'
import { dialectOf } from '../podman/dialect.js'
import { untilGone } from '../podman/podman.js'
import { registerWait } from './register-wait.js'

// A removal takes an Engine a moment, in which it refuses others that come for the same object. These wait here.

/** Milliseconds between two attempts, while containers that use an object are being removed. */
const PAUSE_MS = 50

/** Waits for the removal of a container that the Engine says is under way; any other conflict is thrown. */
export async function awaitRemoval(
  api: ApiClient,
  id: string,
  { signal, timeout, conflict }: CallOptions & { readonly conflict: unknown },
): Promise<void> {
  if (!isUnderWay(conflict)) throw conflict
  using limit = deadline(`waiting for the removal of container ${id.slice(0, 12)}`, signal, timeout)
  await containerRemoved(api, id, limit.signal)
}

function isUnderWay(error: unknown): boolean {
  return error instanceof ConflictError && /removal of container .* in progress/i.test(error.explanation)
}

/** Resolves when a container is gone, and its name and volumes are free. */
export async function containerRemoved(api: ApiClient, id: string, signal: AbortSignal): Promise<void> {
  if (!dialectOf(api).waitsForRemoval) return untilGone(api, id, signal)
  try {
    const query = { condition: 'removed' } as const
    const waiting = registerWait(api, id, { query, signal, timeout: 0 }).then(({ result }) => result)
    const { Error: error } = await orAborted(waiting, signal)
    if (error?.Message)
      throw new DockerError('ERR_DOCKER_API', `removing ${id.slice(0, 12)} failed: ${error.Message}`)
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error
  }
}

export interface Freeing<T> extends CallOptions {
  /** What the Engine refused. */
  readonly conflict: unknown
  /** Which containers use the object. */
  readonly users: Filters
  readonly remove: (call: CallOptions) => Promise<T>
}

/** Removes an object once the containers that use it are gone, if their removal is under way. */
export async function removeOnceFree<T>(api: ApiClient, freeing: Freeing<T>): Promise<T> {
  const { users, remove, signal, timeout } = freeing
  using limit = deadline('waiting for the removal of containers', signal, timeout)
  let { conflict } = freeing
  while (conflict instanceof ConflictError) {
    const filters = { ...users, status: ['removing'] }
    const leaving = await api.containers.list({ all: true, filters }, limit.call)
    if (leaving.length === 0) break
    await Promise.all(leaving.map(({ Id = '' }) => containerRemoved(api, Id, limit.signal)))
    try {
      return await remove(limit.call)
    } catch (error) {
      conflict = error
    }
    await pause(PAUSE_MS, limit.signal)
  }
  throw conflict
}
