import { ApiError } from '../../../errors.js'
import type { PortName } from '../../options/ports.js'
import type { Target } from './target.js'

/** The states of the kernel's tables: TCP that listens, and UDP that is bound. */
const LISTENING: Readonly<Record<string, string>> = { tcp: '0A', udp: '07' }

/** Exit codes of an exec whose program is missing or cannot run. */
const CANNOT_RUN = [126, 127]
/** Above this, a signal has ended the program, such as that of a container that ends. */
const MOST_EXIT_CODES = 128

/**
 * Whether a process in the container listens on a port: read from the kernel's tables by a `cat` of the container. Undefined
 * where that cannot be found out, as in an image without programs.
 */
export async function isListenedOn(
  target: Target,
  { number, protocol }: PortName,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const state = LISTENING[protocol]
  if (state === undefined) return undefined
  try {
    const tables = ['/proc/net/', '/proc/net/'].map(
      (folder, at) => `${folder}${protocol}${at === 0 ? '' : '6'}`,
    )
    const { exitCode, stdout } = await target.exec(['cat', ...tables], { signal })
    if (exitCode > MOST_EXIT_CODES) return false
    return CANNOT_RUN.includes(exitCode) || stdout === '' ? undefined : hasListener(stdout, number, state)
  } catch (error) {
    // A container that is paused or has ended runs nothing.
    if (error instanceof ApiError) return undefined
    throw error
  }
}

/** A listener on the loopback address of the container is for the container alone. */
export function hasListener(tables: string, port: number, state: string): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return tables.split('\n').some((row) => {
    const [, address = '', bound, , found] =
      /^\s*\d+: ([\dA-F]+):([\dA-F]{4}) (\S+) ([\dA-F]{2}) /.exec(row) ?? []
    return bound === wanted && found === state && !isOwnLoopback(address)
  })
}

/** The kernel writes each group of four bytes backwards. */
function isOwnLoopback(address: string): boolean {
  return /^[\dA-F]{6}7F$/.test(address) || address === '00000000000000000000000001000000'
}
