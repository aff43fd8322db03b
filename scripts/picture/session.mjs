// @ts-check
import { once } from 'node:events'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'

/** How long a screen may take to show what is waited for. */
const PATIENCE = 60_000

/**
 * @typedef {object} SessionOptions
 * @property {number} columns
 * @property {number} rows
 * @property {string} home where it runs
 * @property {NodeJS.ProcessEnv} env
 * @property {AbortSignal} signal
 */

/** @typedef {{ text: string, width: number, color: number | undefined, background: number | undefined, bold: boolean, inverse: boolean }} Cell */
/** @typedef {{ rows: Cell[][], cursor: { x: number, y: number } | undefined }} Screen */

/** A command on a pty whose screen is kept. */
export class Session {
  #terminal
  #child
  #ended
  #signal
  #drawn = new EventTarget()

  /**
   * @param {string} command
   * @param {SessionOptions} options
   */
  constructor(command, { columns: cols, rows, home: cwd, env, signal }) {
    this.#terminal = new xterm.Terminal({ cols, rows, allowProposedApi: true })
    this.#child = pty.spawn(command, [], { cols, rows, cwd, env, name: 'xterm-256color' })
    this.#ended = new Promise((resolve) => this.#child.onExit(resolve))
    this.#signal = signal
    this.#terminal.onData((answer) => this.#child.write(answer))
    this.#child.onData((data) =>
      this.#terminal.write(data, () => this.#drawn.dispatchEvent(new Event('drawn'))),
    )
  }

  /**
   * Types a line, and waits for the prompt after its output.
   * @param {string} line
   * @param {string} prompt
   */
  async type(line, prompt) {
    const before = this.#cursorLine
    this.press(`${line}\r`)
    await this.prompt(prompt, before + 1)
  }

  /** @param {string} keys */
  press(keys) {
    this.#child.write(keys)
  }

  /**
   * Waits for a prompt with nothing behind it, at that line of all lines there have been or further down.
   * @param {string} prompt
   * @param {number} [line]
   */
  async prompt(prompt, line = 0) {
    await this.until(`the prompt ${prompt}`, (lines) => {
      const { active } = this.#terminal.buffer
      return this.#cursorLine >= line && lines[active.cursorY] === prompt
    })
  }

  /**
   * Waits until the screen fulfils a condition.
   * @param {string} what
   * @param {(lines: string[]) => boolean} condition
   */
  async until(what, condition) {
    const timeout = AbortSignal.timeout(PATIENCE)
    const signal = AbortSignal.any([this.#signal, timeout])
    while (!condition(this.#lines)) {
      try {
        await once(this.#drawn, 'drawn', { signal })
      } catch (error) {
        if (!timeout.aborted) throw error
        throw new Error(`${what} did not appear:\n${this.#lines.join('\n').trimEnd()}`, { cause: error })
      }
    }
  }

  /** @returns {Screen} */
  screen() {
    const { active } = this.#terminal.buffer
    const rows = Array.from({ length: this.#terminal.rows }, (_, y) => this.#row(active.baseY + y))
    // What has a screen of its own hides the cursor there.
    const cursor = active.type === 'normal' ? { x: active.cursorX, y: active.cursorY } : undefined
    return { rows, cursor }
  }

  /** Hangs up. */
  async close() {
    this.#child.kill()
    await this.#ended
    this.#terminal.dispose()
  }

  get #cursorLine() {
    const { active } = this.#terminal.buffer
    return active.baseY + active.cursorY
  }

  get #lines() {
    const { active } = this.#terminal.buffer
    return Array.from(
      { length: this.#terminal.rows },
      (_, y) =>
        active
          .getLine(active.baseY + y)
          ?.translateToString()
          .trimEnd() ?? '',
    )
  }

  /**
   * @param {number} y
   * @returns {Cell[]}
   */
  #row(y) {
    const line = this.#terminal.buffer.active.getLine(y)
    return Array.from({ length: this.#terminal.cols }, (_, x) => cellOf(line?.getCell(x)))
  }
}

/**
 * @param {import('@xterm/headless').IBufferCell | undefined} cell
 * @returns {Cell}
 */
function cellOf(cell) {
  return {
    text: cell?.getChars() || ' ',
    width: cell?.getWidth() ?? 1,
    color: cell?.isFgPalette() ? cell.getFgColor() : undefined,
    background: cell?.isBgPalette() ? cell.getBgColor() : undefined,
    bold: Boolean(cell?.isBold()),
    inverse: Boolean(cell?.isInverse()),
  }
}
