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
const PLAIN = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y

/** Nothing that an Engine says comes near; indented, it would be a hundred million blanks. */
const MAX_DEPTH = 5000

/** An object or a list that has not ended yet. */
class Level {
  readonly close: '}' | ']'
  readonly value: Map<string, unknown> | unknown[]
  /** Of an object: the name whose value is next. */
  name = ''

  constructor(open: '{' | '[') {
    this.close = open === '{' ? '}' : ']'
    this.value = open === '{' ? new Map() : []
  }

  add(value: unknown): void {
    if (Array.isArray(this.value)) this.value.push(value)
    else this.value.set(this.name, value)
  }
}

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Without calling itself: an answer may be nested more deeply than calls can be. */
  value(): unknown {
    const levels: Level[] = []
    for (;;) {
      const level = this.#open()
      if (level !== undefined && !this.#closes(level.close)) {
        if (levels.push(level) > MAX_DEPTH) throw this.#tooDeep()
        this.#name(level)
      } else {
        const value = this.#endedBy(level === undefined ? this.#simple() : level.value, levels)
        if (levels.length === 0) return value
      }
    }
  }

  end(): void {
    this.#take(SPACE)
    if (this.#at < this.#text.length) throw this.#unexpected()
  }

  #open(): Level | undefined {
    this.#take(SPACE)
    for (const mark of ['{', '['] as const) if (this.#skip(mark)) return new Level(mark)
    return undefined
  }

  /** Puts a value where it belongs, and every object and list that ends with it. */
  #endedBy(value: unknown, levels: Level[]): unknown {
    let ended = value
    for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
      level.add(ended)
      if (this.#goesOn(level.close)) {
        this.#name(level)
        return undefined
      }
      levels.pop()
      ended = level.value
    }
    return ended
  }

  #name(level: Level): void {
    if (level.close === ']') return
    this.#take(SPACE)
    level.name = this.#string()
    this.#take(SPACE)
    if (!this.#skip(':')) throw this.#unexpected()
  }

  #simple(): unknown {
    if (this.#text[this.#at] === '"') return this.#string()
    const word = this.#take(PLAIN)
    if (word === undefined) throw this.#unexpected()
    if (!/^-?\d+$/.test(word)) return JSON.parse(word)
    const number = Number(word)
    return Number.isSafeInteger(number) ? number : BigInt(word)
  }

  /** Not with a regular expression: one that may stop at every character takes its stack for each. */
  #string(): string {
    const start = this.#at
    if (this.#text[start] !== '"') throw this.#unexpected()
    let end = start
    do end = this.#text.indexOf('"', end + 1)
    while (end > 0 && this.#isEscaped(end))
    if (end < 0) throw this.#unexpected()
    this.#at = end + 1
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string
    } catch {
      this.#at = start
      throw this.#unexpected()
    }
  }

  #isEscaped(at: number): boolean {
    let before = at - 1
    while (this.#text[before] === '\\') before -= 1
    return (at - before) % 2 === 0
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

  #tooDeep(): SyntaxError {
    return new SyntaxError(`this JSON is nested more than ${MAX_DEPTH} levels deep`)
  }
}

/** To Go, null is an empty object. Throws an error that says which value is none. */
export function asObject(value: unknown): ReadonlyMap<string, unknown> {
  const object = value ?? new Map()
  if (object instanceof Map) return object
  throw new Error(`${Array.isArray(object) ? 'a list' : `a ${typeof object}`} where an object belongs`)
}
