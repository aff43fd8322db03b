import type { EventMessage } from '../../api/index.js'
import { engineTime } from '../base/engine-time.js'
import type { EngineTarget } from '../base/object.js'

export interface Telling {
  readonly event: 'die' | 'exec_die'
  /** In Unix seconds. */
  readonly since: number
  readonly isIt: (actor: NonNullable<EventMessage['Actor']>) => boolean
}

/**
 * The exit code in the Engine's latest events, which it remembers. It tells an end before it notes that, so that there is
 * nothing to wait for. Returns undefined where it tells none.
 */
export async function toldExitCode(
  { api }: EngineTarget,
  { event, since, isIt }: Telling,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const until = (await engineTime(api, signal)) + 1
  const query = { since, until, filters: { event: [event] } }
  for await (const { Actor } of api.system.events(query, { signal })) {
    const exitCode = Number(Actor?.Attributes?.exitCode)
    if (Actor && isIt(Actor) && exitCode >= 0) return exitCode
  }
  return undefined
}
