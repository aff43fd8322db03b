import { closeSync, fstatSync, openSync } from 'node:fs'
import { isTerminal } from './raw-mode.js'

const STANDARD_STREAMS = [0, 1, 2]

let guards = 0

/**
 * Makes this process end in order also when its terminal is gone, as that of a closed window is: Node gives terminals their
 * settings back at the end, and where that fails it aborts with a native stack. Until the returned function is called, and
 * longer when a terminal was lost meanwhile.
 */
export function guardExit(streams: readonly object[]): () => void {
  const terminals = streams.filter(isTerminal)
  if (process.platform === 'win32' || terminals.length === 0) return () => {}
  guards += 1
  if (guards === 1) process.on('exit', releaseLostTerminals)
  return () => {
    if (terminals.some(isLost)) return
    guards -= 1
    if (guards === 0) process.off('exit', releaseLostTerminals)
  }
}

function isLost(terminal: object): boolean {
  const { fd } = terminal as { readonly fd?: number }
  return fd !== undefined && !isatty(fd)
}

/** Node ignores a terminal that is lost. Nothing is read or written any more. */
function releaseLostTerminals(): void {
  for (const fd of STANDARD_STREAMS) if (isDevice(fd) && !isatty(fd)) replace(fd)
}

/** Not a file, a pipe or a socket. Of devices, only terminals get lost; /dev/null is what it was. */
function isDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice()
  } catch {
    return false
  }
}

/** The lowest number that is free is the next to be given out. */
function replace(fd: number): void {
  try {
    closeSync(fd)
    openSync('/dev/null', 'r+')
  } catch {
    // Closed will do.
  }
}

function isatty(fd: number): boolean {
  return process.getBuiltinModule('node:tty').isatty(fd)
}
