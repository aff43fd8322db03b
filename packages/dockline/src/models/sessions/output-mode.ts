import type { ApiClient } from '../../api/index.js'

const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream'
const RAW = 'application/vnd.docker.raw-stream'

/**
 * Whether output comes in frames. From API 1.42 on the content type tells; older Engines call everything raw or nothing at
 * all, so there the tty decides: what has one is raw. Never guessed from the bytes.
 */
export async function isMultiplexed(
  api: ApiClient,
  contentType: string | undefined,
  hasTty: () => boolean | Promise<boolean>,
): Promise<boolean> {
  if (contentType === MULTIPLEXED) return true
  if (contentType === RAW && (await api.speaks('1.42'))) return false
  return !(await hasTty())
}
