import { EventEmitter, once } from 'node:events'
import type { TestContext } from 'node:test'
import type { IPty } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { spawnHeld } from '../../../dockline/dist-test/support/held-terminal.js'
import { PATIENCE_MS } from '../../../dockline/dist-test/support/patience.js'
import { BIN } from './dockline.js'

export interface ScreenOptions {
  readonly columns?: number
  readonly rows?: number
  readonly env?: Readonly<Record<string, string>>
}

/** The real `dockline` on a terminal, and what a person would see there. */
export class DocklineScreen {
  readonly exitCode: Promise<number>
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #pty: IPty
  readonly #drawn = new EventEmitter().setMaxListeners(0)
  #ended = false

  constructor(test: TestContext, host: string, args: readonly string[], options: ScreenOptions = {}) {
    const { columns = 100, rows = 24, env } = options
    this.#terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 1000, allowProposedApi: true })
    this.#pty = spawnHeld([process.execPath, BIN, ...args], {
      cols: columns,
      rows,
      env: { ...process.env, TERM: 'xterm-256color', DOCKER_HOST: host, ...env },
    })
    this.#pty.onData((data) => this.#terminal.write(data, () => this.#drawn.emit('drawn')))
    this.exitCode = new Promise((resolve) => {
      this.#pty.onExit(({ exitCode }) => {
        this.#ended = true
        // Once its last words are on the screen.
        this.#terminal.write('', () => resolve(exitCode))
      })
    })
    test.after(() => {
      if (!this.#ended) this.#pty.kill('SIGKILL')
    })
  }

  type(keys: string): void {
    this.#pty.write(keys)
  }

  /** As a window does: it has the new size, and then tells the program. */
  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** Everything that was written, with what has scrolled away. */
  all(): string[] {
    return this.#lines(0)
  }

  /** What can be seen now. */
  visible(): string[] {
    return this.#lines(this.#terminal.buffer.active.baseY)
  }

  /** Where the cursor is: the column. */
  get column(): number {
    return this.#terminal.buffer.active.cursorX
  }

  /** Waits until what can be seen is so. */
  async looks(matches: (lines: readonly string[]) => boolean, what: string): Promise<void> {
    const limit = AbortSignal.timeout(PATIENCE_MS)
    try {
      while (!matches(this.visible())) await once(this.#drawn, 'drawn', { signal: limit })
    } catch {
      throw new Error(
        `the screen never ${what} within ${PATIENCE_MS} ms. It shows:\n${this.all().join('\n')}`,
      )
    }
  }

  /** Waits until something more has been drawn. */
  async redrawn(): Promise<void> {
    await once(this.#drawn, 'drawn', { signal: AbortSignal.timeout(PATIENCE_MS) })
  }

  /** Waits until what can be seen matches. */
  async shows(pattern: RegExp): Promise<void> {
    await this.looks((lines) => pattern.test(lines.join('\n')), `shows ${pattern}`)
  }

  #lines(from: number): string[] {
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: active.length - from }, (_, index) =>
      (active.getLine(from + index)?.translateToString(true, 0, this.#terminal.cols) ?? '').trimEnd(),
    )
    while (lines.at(-1) === '') lines.pop()
    return lines
  }
}
