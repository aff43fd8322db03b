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

  /** Returns the last line, when nothing ended it. */
  end(): string[] {
    const lines = this.#cut(this.#decoder.end())
    if (this.#partial !== '') lines.push(this.#partial)
    this.#partial = ''
    return lines
  }

  /** Looks for one end after the other: most pieces have few lines, and `split` is made for many. */
  #cut(text: string): string[] {
    const lines: string[] = []
    let begin = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', begin)) {
      lines.push(withoutReturn(this.#partial + text.slice(begin, end)))
      this.#partial = ''
      begin = end + 1
    }
    this.#partial += text.slice(begin)
    while (this.#partial.length > MAX_LINE_LENGTH) {
      const end = endOfPart(this.#partial)
      lines.push(this.#partial.slice(0, end))
      this.#partial = this.#partial.slice(end)
    }
    return lines
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
