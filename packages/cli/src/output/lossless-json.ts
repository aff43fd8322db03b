/**
 * What an Engine said, as it said it: objects become maps, which keep the order of all names, and whole numbers that
 * JavaScript cannot hold become bigints.
 */
export function parseLossless(text: string): unknown {
  const reader = new Reader(text)
  const value = reader.value()
  reader.end()
  return value
}

const SPACE = /[ \t\r\n]*/y
const STRING = /"(?:[^"\\]|\\.)*"/y
const PLAIN = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(): unknown {
    this.#take(SPACE)
    if (this.#skip('{')) return this.#object()
    if (this.#skip('[')) return this.#array()
    if (this.#text[this.#at] === '"') return this.#string()
    const word = this.#take(PLAIN)
    if (word === undefined) throw this.#unexpected()
    if (!/^-?\d+$/.test(word)) return JSON.parse(word)
    const number = Number(word)
    return Number.isSafeInteger(number) ? number : BigInt(word)
  }

  end(): void {
    this.#take(SPACE)
    if (this.#at < this.#text.length) throw this.#unexpected()
  }

  #object(): Map<string, unknown> {
    const fields = new Map<string, unknown>()
    if (this.#closes('}')) return fields
    do {
      this.#take(SPACE)
      const name = this.#string()
      this.#take(SPACE)
      if (!this.#skip(':')) throw this.#unexpected()
      fields.set(name, this.value())
    } while (this.#goesOn('}'))
    return fields
  }

  #array(): unknown[] {
    const items: unknown[] = []
    if (this.#closes(']')) return items
    do items.push(this.value())
    while (this.#goesOn(']'))
    return items
  }

  #string(): string {
    const text = this.#take(STRING)
    if (text === undefined) throw this.#unexpected()
    return JSON.parse(text) as string
  }

  #closes(mark: string): boolean {
    this.#take(SPACE)
    return this.#skip(mark)
  }

  #goesOn(close: string): boolean {
    if (this.#closes(close)) return false
    if (this.#skip(',')) return true
    throw this.#unexpected()
  }

  #skip(mark: string): boolean {
    if (this.#text[this.#at] !== mark) return false
    this.#at += 1
    return true
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    this.#at += found?.length ?? 0
    return found
  }

  #unexpected(): SyntaxError {
    return new SyntaxError(
      `this is no JSON, from character ${this.#at} on: ${this.#text.slice(this.#at, this.#at + 40)}`,
    )
  }
}
