import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pty, { type IPty, type IPtyForkOptions } from '@lydell/node-pty'

/** The last words of a shell, which no screen shows. */
export const OVER = '\x1b]2;over\x07'
/** How much of the output is looked through for the last words: they may come in pieces. */
const LATELY = 4096

/**
 * The end of a shell's script: it says its last words, and ends with `$code` once they were heard. Node-pty gives up on what a
 * terminal still holds soon after its last program has ended.
 */
export function untilHeard(folder: string): string {
  return `printf '\\033]2;over\\007'
  until [ -e "${folder}/heard" ]; do sleep 0.1; done
  exit $code`
}

/** Returns a function that takes all output, and lets the shell end when its last words are among it. */
export function hearing(folder: string): (data: string) => void {
  let lately: string | undefined = ''
  return (data) => {
    if (lately === undefined) return
    lately = (lately + data).slice(-LATELY)
    if (!lately.includes(OVER)) return
    lately = undefined
    letEnd(folder)
  }
}

/** Lets a shell end that waits until it was heard. */
export function letEnd(folder: string): void {
  writeFileSync(join(folder, 'heard'), '')
}

/** A signal from the keyboard is for the program, and the shell waits for its end. */
const SHELL = `trap : INT QUIT; "$@"; code=$?; ${untilHeard('$HELD')}`

/** Runs a program on a new terminal, which stays until all was heard that the program wrote. */
export function spawnHeld(program: readonly string[], options: IPtyForkOptions): IPty {
  const folder = mkdtempSync(join(tmpdir(), 'dockline-held-'))
  const env = { ...options.env, HELD: folder }
  const terminal = pty.spawn('/bin/sh', ['-c', SHELL, 'sh', ...program], { ...options, env })
  terminal.onData(hearing(folder))
  terminal.onExit(() => rmSync(folder, { recursive: true }))
  return terminal
}
