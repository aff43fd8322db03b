import { type ChildProcess, spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { unref } from './child-connection.js'

/** Remembers the last line it received, and at the end of its stdin ends those processes and removes the folder. */
const SCRIPT =
  'while read -r line; do pids=$line; done; [ -z "$pids" ] || kill $pids; [ -z "$1" ] || rm -rf -- "$1"'

/**
 * Ends processes when this one ends, however it ends: by itself, by exit or by SIGKILL. A shell that waits for the end of
 * a pipe can do that where no kernel does it. Windows has none; there a process has to notice that its pipes are closed.
 */
export class Watchdog {
  readonly #folder: string
  readonly #shell: ChildProcess | undefined
  readonly #pids = new Set<number>()

  /** @param folder removed at the end */
  constructor(folder = '') {
    this.#folder = folder
    if (process.platform === 'win32') return
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#shell.on('error', () => {}).unref()
    this.#shell.stdin?.on('error', () => {})
    if (this.#shell.stdin) unref(this.#shell.stdin)
  }

  add(child: ChildProcess): void {
    const { pid } = child
    if (pid === undefined) return
    this.#pids.add(pid)
    this.#tell()
    child.once('exit', () => {
      this.#pids.delete(pid)
      this.#tell()
    })
  }

  /** Ends them now. Where the shell could not be started, there is nobody else to do that. */
  end(): void {
    if (this.#shell?.pid !== undefined) return void this.#shell.stdin?.end()
    for (const pid of this.#pids) attempt(() => process.kill(pid))
    if (this.#folder !== '') attempt(() => rmSync(this.#folder, { recursive: true, force: true }))
  }

  #tell(): void {
    if (this.#shell?.stdin?.writable) this.#shell.stdin.write(`${[...this.#pids].join(' ')}\n`)
  }
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {}
}
