import { EventEmitter, once } from 'node:events'
import xterm from '@xterm/headless'
import { PATIENCE_MS } from './patience.js'

/** A terminal emulator without a window: what a person would see of the output. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #drawn = new EventEmitter().setMaxListeners(0)

  /** `answer` gets what the terminal itself says, as when a program asks where the cursor is. */
  constructor(columns: number, rows: number, answer: (data: string) => void) {
    const options = { cols: columns, rows, scrollback: 1000, allowProposedApi: true }
    this.#terminal = new xterm.Terminal(options)
    this.#terminal.onData(answer)
  }

  write(data: string): void {
    this.#terminal.write(data, () => this.#drawn.emit('drawn'))
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
  }

  /** Waits until everything written has been drawn. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve))
  }

  /** Its lines with what has scrolled away, without blanks at the ends of lines and of the screen. */
  lines(): string[] {
    const { active } = this.#terminal.buffer
    const lines = Array.from({ length: active.length }, (_, index) =>
      active.getLine(index)?.translateToString(true),
    )
    const text = lines.map((line) => line?.trimEnd() ?? '')
    while (text.at(-1) === '') text.pop()
    return text
  }

  /** The last lines. */
  last(count: number): string[] {
    return this.lines().slice(-count)
  }

  /** Waits until the last lines are these. */
  async endsWith(...lines: string[]): Promise<void> {
    const matches = () => this.last(lines.length).join('\n') === lines.join('\n')
    await this.#until(matches, `ends with ${JSON.stringify(lines)}`)
  }

  /** Waits until it matches the pattern, or contains the text. */
  async shows(pattern: string | RegExp): Promise<void> {
    await this.#until(() => contains(this.lines().join('\n'), pattern), `shows ${pattern}`)
  }

  async #until(matches: () => boolean, what: string): Promise<void> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), PATIENCE_MS)
    try {
      while (!matches()) await once(this.#drawn, 'drawn', { signal: late.signal })
    } catch {
      throw new Error(
        `the screen never ${what} within ${PATIENCE_MS} ms. It shows:\n${this.lines().join('\n')}`,
      )
    } finally {
      clearTimeout(timer)
    }
  }
}

function contains(text: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? text.includes(pattern) : pattern.test(text)
}
