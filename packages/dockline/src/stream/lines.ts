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
    const cut = text.includes('\r') || lines[0]?.endsWith('\r') ? lines.map(withoutReturn) : lines
    while (this.#partial.length > MAX_LINE_LENGTH) {
      const end = endOfPart(this.#partial)
      cut.push(this.#partial.slice(0, end))
      this.#partial = this.#partial.slice(end)
    }
    return cut
  }
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line
}

/** Where to part a line that is too long: not between the two halves of a character. */
function endOfPart(line: string): number {
  const last = line.charCodeAt(MAX_LINE_LENGTH - 1)
  return last >= 0xd800 && last <= 0xdbff ? MAX_LINE_LENGTH - 1 : MAX_LINE_LENGTH
}
