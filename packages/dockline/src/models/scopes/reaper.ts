import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { ScopeError } from '../../errors.js'
import {
  forgetLine,
  type ReaperAnswer,
  reaperCommand,
  type WatchedScope,
  watchLine,
} from './reaper-command.js'

/** The reaper's care for one scope. */
export interface Watch {
  /** Resolves when the reaper knows the scope. */
  readonly begun: Promise<void>
  readonly isAlive: boolean
  /** The scope is gone, and the reaper may forget it. */
  end(): void
}

/** Milliseconds until a reaper that does not answer counts as failed. */
const START_LIMIT_MS = 30_000
/** Milliseconds that a reaper without scopes waits for the next scope. */
const IDLE_LIMIT_MS = 10_000

/**
 * A process of its own, one for all scopes of this process. It holds a pipe from this process: the pipe ends when this
 * process does, however it ends, and the reaper then removes the scopes by their labels.
 */
export class Reaper {
  static #current: Reaper | undefined
  static #keys = 0
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (answer: ReaperAnswer) => void>()
  /** The scopes that it knows or is about to know, and who has to learn that it was killed. */
  readonly #watched = new Map<number, () => void>()
  #idle: NodeJS.Timeout | undefined
  #isAlive = true

  private constructor() {
    const { program, args, env } = reaperCommand('linger')
    // Apart from this process's terminal and group, whose signals end all of them.
    this.#child = spawn(program, args, {
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    const { stdin, stdout } = this.#child
    this.#child.once('error', (error) => this.#fail(error.message))
    this.#child.once('exit', (code, signal) => this.#fail(`it ended with ${signal ?? `exit code ${code}`}`))
    stdin?.on('error', () => {})
    for (const handle of [this.#child, stdin, stdout]) unref(handle)
    // A process that may open no more files gets a child without streams, and then the error.
    if (stdout) createInterface({ input: stdout }).on('line', (line) => this.#read(line))
  }

  /** Has the reaper watch a scope. Starts it when none runs. `onLost` is called when it has ended before the scope. */
  static watch(scope: WatchedScope, onLost: () => void): Watch {
    const reaper = Reaper.#running()
    const key = Reaper.#keys++
    reaper.#watched.set(key, onLost)
    const begun = reaper.#begin(key, scope)
    begun.catch(() => {})
    return {
      begun,
      get isAlive() {
        return reaper.#isAlive && reaper.#watched.has(key)
      },
      end: () => reaper.#forget(key),
    }
  }

  static #running(): Reaper {
    if (Reaper.#current === undefined || !Reaper.#current.#isAlive) Reaper.#current = new Reaper()
    return Reaper.#current
  }

  #begin(key: number, watched: WatchedScope): Promise<void> {
    clearTimeout(this.#idle)
    return new Promise((resolve, reject) => {
      // This timer keeps the process alive until the answer is here.
      const timer = setTimeout(() => answer({ watching: key, refused: 'it does not answer' }), START_LIMIT_MS)
      const answer = ({ refused }: ReaperAnswer) => {
        clearTimeout(timer)
        this.#waiting.delete(key)
        if (refused === undefined) return resolve()
        this.#watched.delete(key)
        reject(failure(watched.scope, refused))
      }
      this.#waiting.set(key, answer)
      this.#child.stdin?.write(watchLine(key, watched))
    })
  }

  #read(line: string): void {
    try {
      const answer = JSON.parse(line) as ReaperAnswer
      this.#waiting.get(answer.watching)?.(answer)
    } catch {
      // Another program runs in its place.
      this.#end()
      this.#fail(`it says ${JSON.stringify(line.slice(0, 80))}`)
    }
  }

  #forget(key: number): void {
    if (!this.#watched.delete(key) || !this.#isAlive) return
    this.#child.stdin?.write(forgetLine(key))
    if (this.#watched.size === 0) this.#idle = setTimeout(() => this.#end(), IDLE_LIMIT_MS).unref()
  }

  /** Without scopes it ends at the end of its pipe. */
  #end(): void {
    this.#isAlive = false
    this.#child.stdin?.end()
  }

  #fail(reason: string): void {
    this.#isAlive = false
    for (const [watching, answer] of this.#waiting) answer({ watching, refused: reason })
    // Those that were refused are not among them, so a reaper that cannot start is not started again and again.
    for (const onLost of this.#watched.values()) onLost()
    this.#watched.clear()
  }
}

function failure(scope: string, reason: string): ScopeError {
  const hint = 'reaper: false does without it'
  return new ScopeError(scope, `the reaper of the scope ${scope} failed: ${reason}`, { hint })
}

/** The streams of a process are sockets, which the types do not tell. */
function unref(handle: object | null): void {
  ;(handle as { unref?(): void } | null)?.unref?.()
}
