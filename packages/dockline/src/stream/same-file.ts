import { fstatSync } from 'node:fs'
import type { Writable } from 'node:stream'

/**
 * Whether both lead into one and the same file, pipe, socket or terminal, as after `2>&1`. Each keeps a queue of its own
 * while the reader is slow, and what is written to the two of them by turns comes out in another order.
 */
export function leadToSameFile(a: Writable, b: Writable): boolean {
  if (a === b) return true
  const [fileA, fileB] = [fileOf(a), fileOf(b)]
  return fileA !== undefined && fileA === fileB
}

function fileOf(writable: Writable): string | undefined {
  // Those of the process have it, and those of `node:fs` once they are open.
  const { fd } = writable as { readonly fd?: unknown }
  if (typeof fd !== 'number') return undefined
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true })
    // Windows does not number its pipes, and Node waits there until they have taken what is written.
    return ino === 0n ? undefined : `${dev}:${ino}`
  } catch {
    // The file has been closed. The write will report it.
    return undefined
  }
}
