import type { ApiClient } from '../../api/index.js'
import { ApiError, NotFoundError, ScopeError, type ScopeRemainder } from '../../errors.js'
import { type CallOptions, deadline } from '../../http/index.js'
import { pause } from '../../support/pause.js'
import { filtersWith, outsiders, SCOPE_IMAGE_LABEL, SCOPE_LABEL } from './labels.js'

export interface RemovalOptions extends CallOptions {
  /** Milliseconds for which nothing new may appear. Default: 0, when nobody can be making anything. */
  readonly quietMs?: number | undefined
}

/** The time between two looks for objects that are left. */
const LOOK_MS = 150
/** The time without progress after which the removal is given up: an Engine needs some seconds to end a container. */
const PATIENCE_MS = 10_000
/** How many are removed at once. */
const REMOVALS_AT_ONCE = 16

/**
 * Removes all that has the label of a scope: containers, networks, volumes, images, in this order. Looks again until nothing
 * is left, because what is asked for in the moment of a crash is made after it. Rejects with ScopeError.
 */
export async function removeScope(
  api: ApiClient,
  scope: string,
  { quietMs = 0, signal, timeout }: RemovalOptions = {},
): Promise<void> {
  using limit = deadline(`removing the scope ${scope}`, signal, timeout)
  let progressAt = Date.now()
  let emptySince: number | undefined
  for (;;) {
    const { found, left } = await removeOnce(api, scope, limit.call)
    const now = Date.now()
    if (found > left.length) progressAt = now
    emptySince = found === 0 ? (emptySince ?? now) : undefined
    if (emptySince !== undefined && now - emptySince >= quietMs) return
    if (left.length > 0 && now - progressAt > PATIENCE_MS) throw remaining(scope, left)
    if (found === left.length) await pause(LOOK_MS, limit.signal)
  }
}

function remaining(scope: string, left: readonly ScopeRemainder[]): ScopeError {
  const [{ kind, id, error } = { kind: '', id: '', error: undefined }] = left
  const more = left.length === 1 ? '' : ` and ${left.length - 1} more`
  const message = `the scope ${scope} is not gone, ${kind} ${id.slice(0, 12)}${more} stays: ${error?.message}`
  return new ScopeError(scope, message, { cause: error, left })
}

interface Removed {
  /** How many there were. */
  readonly found: number
  readonly left: readonly ScopeRemainder[]
}

async function removeOnce(api: ApiClient, scope: string, call: CallOptions): Promise<Removed> {
  const done: Removed[] = []
  for (const kind of kindsOf(api, scope, call)) done.push(await removeKind(kind))
  return { found: done.reduce((sum, { found }) => sum + found, 0), left: done.flatMap(({ left }) => left) }
}

interface Kind {
  readonly kind: ScopeRemainder['kind']
  readonly list: () => Promise<readonly (string | undefined)[]>
  readonly remove: (id: string) => Promise<unknown>
}

/** In the order in which they can be removed: each is used by those before it. */
function kindsOf(api: ApiClient, scope: string, call: CallOptions): readonly Kind[] {
  const filters = filtersWith(undefined, SCOPE_LABEL, scope)
  const ofImages = filtersWith(undefined, SCOPE_IMAGE_LABEL, scope)
  return [
    {
      kind: 'container',
      list: async () => {
        const all = await api.containers.list({ all: true, filters }, call)
        const others = await outsiders({ api, call }, all)
        return all.flatMap((each) => (others.has(each) ? [] : [each.Id]))
      },
      remove: (id) => api.containers.delete(id, { force: true, v: true }, call),
    },
    {
      kind: 'network',
      list: async () => (await api.networks.list({ filters }, call)).map(({ Id }) => Id),
      remove: (id) => api.networks.delete(id, call),
    },
    {
      kind: 'volume',
      list: async () => ((await api.volumes.list({ filters }, call)).Volumes ?? []).map(({ Name }) => Name),
      remove: (name) => api.volumes.delete(name, {}, call),
    },
    {
      kind: 'image',
      list: async () => (await api.images.list({ filters: ofImages }, call)).map(({ Id }) => Id),
      // With all of its names.
      remove: (id) => api.images.delete(id, { force: true }, call),
    },
  ]
}

async function removeKind({ kind, list, remove }: Kind): Promise<Removed> {
  const ids = (await list()).filter((id) => id !== undefined)
  const left: ScopeRemainder[] = []
  const pending = ids.values()
  const work = async () => {
    for (const id of pending) {
      const error = await remove(id).then(() => undefined, failureOf)
      if (error !== undefined) left.push({ kind, id, error })
    }
  }
  await Promise.all(Array.from({ length: REMOVALS_AT_ONCE }, work))
  return { found: ids.length, left }
}

/** What is gone already is as good as removed. An Engine that does not answer ends the removal. */
function failureOf(error: unknown): Error | undefined {
  if (error instanceof NotFoundError) return undefined
  if (error instanceof ApiError) return error
  throw error
}
