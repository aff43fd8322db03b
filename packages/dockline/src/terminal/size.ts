import type { Writable } from 'node:stream'
import { checkMethod } from '../support/check.js'
import type { Channel, TerminalSize } from './channel.js'
import { isTerminal } from './raw-mode.js'

/** As docker does, a terminal that is still being made is asked again. The pauses grow. */
const ATTEMPTS = 10
const PAUSE_MS = 10

/** Returns the size of this side's terminal, else that of LINES and COLUMNS, else undefined. */
export function terminalSize(stdout: Writable): TerminalSize | undefined {
  checkMethod({ stdout }, 'write', 'a Writable')
  const { columns, rows } = isTerminal(stdout)
    ? (stdout as unknown as { columns?: number; rows?: number })
    : { columns: Number(process.env.COLUMNS), rows: Number(process.env.LINES) }
  return columns && rows && columns > 0 && rows > 0 ? { columns, rows } : undefined
}

/** Keeps the other side's terminal at the size of ours. */
export class SizeFollower {
  readonly #stdout: Writable
  readonly #resize: Channel['resize']
  /**
   * Ends a request that is on its way: an Engine may take ten seconds to say that a process never started.
   */
  readonly #stop = new AbortController()
  #sending = false
  #again = false
  #timer: NodeJS.Timeout | undefined
  #wake: (() => void) | undefined

  constructor(stdout: Writable, resize: Channel['resize']) {
    this.#stdout = stdout
    this.#resize = resize
  }

  /**
   * Sends the size now, and each time it changes. With `repaint` another size goes first: a process that has
   * drawn its screen before, for someone else, draws it again only when the size changes.
   */
  start({ repaint = false }: { readonly repaint?: boolean } = {}): void {
    process.on('SIGWINCH', this.#changed)
    this.#stdout.on('resize', this.#changed)
    this.#first(repaint).catch(() => {})
  }

  /** Makes the other side draw its screen again: ours has shown something else meanwhile. */
  repaint(): void {
    if (!this.#stopped) this.#first(true).catch(() => {})
  }

  stop(): void {
    this.#stop.abort()
    process.off('SIGWINCH', this.#changed)
    this.#stdout.off('resize', this.#changed)
    clearTimeout(this.#timer)
    this.#wake?.()
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted
  }

  async #first(repaint: boolean): Promise<void> {
    const size = repaint ? terminalSize(this.#stdout) : undefined
    if (size !== undefined) await this.#request({ columns: size.columns + 1, rows: size.rows + 1 })
    for (let attempt = 1; attempt <= ATTEMPTS && !this.#stopped; attempt++) {
      if ((await this.#send()) || this.#stopped) return
      await new Promise<void>((resolve) => {
        this.#wake = resolve
        this.#timer = setTimeout(resolve, PAUSE_MS * attempt)
      })
    }
  }

  readonly #changed = () => {
    this.#send().catch(() => {})
  }

  /** One request at a time, so that the last size is also the last to arrive. Whether it did. */
  async #send(): Promise<boolean> {
    this.#again = true
    if (this.#sending) return true
    this.#sending = true
    try {
      let sent = true
      while (this.#again && !this.#stopped) {
        this.#again = false
        sent = await this.#sendOnce()
      }
      return sent
    } finally {
      this.#sending = false
    }
  }

  /** That the process is gone already, or not there yet, is nothing to stop for. */
  async #sendOnce(): Promise<boolean> {
    const stream = this.#stdout as { _refreshSize?: () => void }
    // Node refreshes process.stdout by itself, but no other terminal one may hand in.
    if (this.#stdout !== process.stdout) stream._refreshSize?.()
    const size = terminalSize(this.#stdout)
    return size === undefined || this.#request(size)
  }

  #request(size: TerminalSize): Promise<boolean> {
    return this.#resize(size, { signal: this.#stop.signal }).then(
      () => true,
      () => false,
    )
  }
}
