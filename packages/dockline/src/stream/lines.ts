import { StringDecoder } from 'node:string_decoder'

/** A line without end in sight is passed on in parts of this many characters, so that memory stays bounded. */
const MAX_LINE_LENGTH = 1024 * 1024

/** Cuts bytes into lines. A character split between two chunks stays whole; '\n' and '\r\n' end a line and are left out. */
export class LineDecoder {
  readonly #decoder = new StringDecoder('utf8')
  #partial = ''

  decode(bytes: Buffer): string[] {
    return this.#cut(this.#decoder.write(bytes))
  }

  /** The last line, when nothing ended it. */
  end(): string[] {
    const lines = this.#cut(this.#decoder.end())
    if (this.#partial !== '') lines.push(this.#partial)
    this.#partial = ''
    return lines
  }

  #cut(text: string): string[] {
    const lines = text.split('\n')
    lines[0] = this.#partial + (lines[0] ?? '')
    this.#partial = lines.pop() ?? ''
    while (this.#partial.length > MAX_LINE_LENGTH) {
      lines.push(this.#partial.slice(0, MAX_LINE_LENGTH))
      this.#partial = this.#partial.slice(MAX_LINE_LENGTH)
    }
    return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line))
  }
}
