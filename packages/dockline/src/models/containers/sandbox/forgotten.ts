import type { ApiClient, SystemInfo } from '../../../api/index.js'
import type { CallOptions } from '../../../http/index.js'
import { inheriting } from '../../base/inherited.js'

/** On every sandbox, with a value that its image does not have. */
export const SANDBOX_LABEL = 'dockline.sandbox'

/** Seconds after which a sandbox that was created is never started any more. */
const STARTED_WITHIN_S = 600

/**
 * Removes the sandboxes whose process was killed after it had created them and before it held their leash. They have never
 * run. Failures do not matter: the next sandbox tries again. What is old is judged by the Engine's clock, which may be another than
 * that of this machine.
 */
export async function removeForgotten(
  api: ApiClient,
  asked: Promise<SystemInfo>,
  call: CallOptions,
): Promise<void> {
  const filters = { label: SANDBOX_LABEL, status: 'created' }
  const created = await api.containers.list({ all: true, filters }, call).catch(() => [])
  const { SystemTime = '' } = await asked
  const before = Date.parse(SystemTime) / 1000 - STARTED_WITHIN_S
  const forgotten = created.filter(({ Created = before }) => Created < before)
  const others = await inheriting({ api, call }, forgotten, [SANDBOX_LABEL]).catch(() => undefined)
  const removals = forgotten.map(async (each) => {
    if (others?.has(each) === false)
      await api.containers.delete(each.Id ?? '', { force: true, v: true }, call)
  })
  await Promise.allSettled(removals)
}
