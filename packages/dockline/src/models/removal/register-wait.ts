import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient, ContainerWaitQuery, RegisteredWait } from '../../api/index.js'
import { NotFoundError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { joinSignals } from '../../support/abort.js'

/** Milliseconds in which an Engine answers a wait for a removal that is over. */
const ANSWER_PATIENCE_MS = 5000

/**
 * Registers a wait for the end or the removal of a container. An Engine of 20.10 never answers a wait for a removal that it
 * registers when the removal is just over: rejects with NotFoundError then.
 */
export async function registerWait(
  api: ApiClient,
  id: string,
  { query, signal, ...call }: CallOptions & { readonly query: ContainerWaitQuery },
): Promise<RegisteredWait> {
  if (query.condition !== 'removed') return api.containers.waitRegistered(id, query, { signal, ...call })
  const giveUp = new AbortController()
  const both = joinSignals(signal, giveUp.signal)
  const release = () => both[Symbol.dispose]()
  try {
    const registered = await api.containers.waitRegistered(id, query, { signal: both.signal, ...call })
    registered.result.then(release, release)
    const gone = await notFound(api, id, { ...call, signal: both.signal })
    if (gone !== undefined && !(await isAnswered(registered))) throw gone
    return registered
  } catch (error) {
    giveUp.abort(error)
    throw error
  }
}

/** Returns why the container is not found. The wait itself meets any other failure. */
async function notFound(api: ApiClient, id: string, call: CallOptions): Promise<NotFoundError | undefined> {
  try {
    await api.containers.inspect(id, {}, call)
  } catch (error) {
    if (error instanceof NotFoundError) return error
  }
  return undefined
}

async function isAnswered({ result }: RegisteredWait): Promise<boolean> {
  const stop = new AbortController()
  const patience = delay(ANSWER_PATIENCE_MS, false, { signal: stop.signal }).catch(() => false)
  const answered = result.then(
    () => true,
    () => true,
  )
  const isHere = await Promise.race([answered, patience])
  stop.abort()
  return isHere
}
