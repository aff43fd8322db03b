/** Go's JSON: the same as ours but for a few characters, and for numbers that JavaScript cannot hold. */
export function goJson(value: unknown): string {
  return json(value, { escaped: /[<>&\u2028\u2029]/g }) ?? 'null'
}

/** As templates write it, and Engines: what is awkward only in a page of HTML stays as it is. */
export function plainJson(value: unknown): string {
  return json(value, { escaped: /[\u2028\u2029]/g }) ?? 'null'
}

/** `goJson` over several lines. */
export function goIndentedJson(value: unknown): string {
  return json(value, { escaped: /[<>&\u2028\u2029]/g, indent: '    ', newline: '\n' }) ?? 'null'
}

/** `plainJson` over several lines, as docker indents it. */
export function indentedJson(value: unknown, indent = '    '): string {
  return json(value, { escaped: /[\u2028\u2029]/g, indent, newline: '\n' }) ?? 'null'
}

interface JsonStyle {
  readonly escaped: RegExp
  readonly indent?: string
  readonly newline?: string
}

function json(value: unknown, style: JsonStyle): string | undefined {
  const content = contentOf(value)
  return content === undefined ? undefined : new JsonWriter(style).write(content)
}

/** What stands for the value in JSON; undefined when nothing does. */
function contentOf(value: unknown): unknown {
  let content = value
  while (hasOwnJson(content)) content = content.toJSON()
  return typeof content === 'function' || typeof content === 'symbol' ? undefined : content
}

function hasOwnJson(value: unknown): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON === 'function'
}

/** An object or a list that has not been written to its end. */
interface Level {
  readonly members: Iterator<readonly [name: string | undefined, value: unknown]>
  readonly close: '}' | ']'
  isEmpty: boolean
}

/** Writes without calling itself: what an Engine says may be nested more deeply than calls can be. */
class JsonWriter {
  readonly #style: JsonStyle
  readonly #parts: string[] = []
  readonly #levels: Level[] = []

  constructor(style: JsonStyle) {
    this.#style = style
  }

  write(content: unknown): string {
    this.#put(content)
    for (let level = this.#levels.at(-1); level !== undefined; level = this.#levels.at(-1)) this.#goOn(level)
    return this.#parts.join('')
  }

  #put(content: unknown): void {
    if (typeof content === 'bigint') this.#parts.push(String(content))
    else if (typeof content === 'object' && content !== null) this.#begin(content)
    else this.#parts.push(this.#simple(content))
  }

  #begin(content: object): void {
    const isList = Array.isArray(content)
    this.#parts.push(isList ? '[' : '{')
    const members = isList ? itemsOf(content) : fieldsOf(content)
    this.#levels.push({ members, close: isList ? ']' : '}', isEmpty: true })
  }

  #goOn(level: Level): void {
    const next = level.members.next()
    if (next.done) {
      this.#levels.pop()
      this.#parts.push(level.isEmpty ? '' : this.#newline(), level.close)
      return
    }
    const [name, content] = next.value
    this.#parts.push(level.isEmpty ? '' : ',', this.#newline())
    level.isEmpty = false
    if (name !== undefined)
      this.#parts.push(this.#simple(name), this.#style.newline === undefined ? ':' : ': ')
    this.#put(content)
  }

  /** Where what comes next begins, by how many levels are open. */
  #newline(): string {
    const { newline, indent = '' } = this.#style
    return newline === undefined ? '' : newline + indent.repeat(this.#levels.length)
  }

  #simple(content: unknown): string {
    const asGo = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    return (JSON.stringify(content) ?? 'null').replace(this.#style.escaped, asGo)
  }
}

function* itemsOf(list: readonly unknown[]): Generator<readonly [undefined, unknown]> {
  for (const item of list) yield [undefined, contentOf(item) ?? null]
}

function* fieldsOf(fields: object): Generator<readonly [string, unknown]> {
  for (const [name, value] of fields instanceof Map ? fields : Object.entries(fields)) {
    const content = contentOf(value)
    if (content !== undefined) yield [name, content]
  }
}
