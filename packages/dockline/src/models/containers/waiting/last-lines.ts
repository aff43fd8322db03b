import type { OutputLine } from '../../../stream/index.js'

export const LAST_LINES = 20
/** Of a longer line, its end is kept. */
const MAX_LINE_LENGTH = 2000

/** The last lines of an output, for the words of an error. */
export class LastLines {
  readonly #lines: OutputLine[] = []

  add({ source, line }: OutputLine): void {
    this.#lines.push({ source, line: line.slice(-MAX_LINE_LENGTH) })
    if (this.#lines.length > LAST_LINES) this.#lines.shift()
  }

  text(source: OutputLine['source'] | 'output'): string {
    const lines = this.#lines.filter((each) => source === 'output' || each.source === source)
    return lines.map(({ line }) => `${line}\n`).join('')
  }
}
