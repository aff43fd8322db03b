import type { ApiClient } from '../../api/index.js'

const MULTIPLEXED = 'application/vnd.docker.multiplexed-stream'
const RAW = 'application/vnd.docker.raw-stream'

/**
 * Whether output comes in frames. From API 1.42 on the content type says so. Older Engines name everything raw or
 * nothing at all; there the tty decides: the output of a tty is raw. The bytes are never used to guess.
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
