import { writeFileSync } from 'node:fs'

/**
 * Writes a program that can be run, in one step of this thread: a process that another test started meanwhile would have the
 * file open for writing for a moment, and the kernel runs no such file ("Text file busy").
 */
export function writeProgram(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o755 })
}
