import { cellsOf } from './width.js'

/** What fits into so many columns of a terminal, the last of them '…' when there was more. */
export function ellipsis(text: string, columns: number): string {
  let used = 0
  let fitting = ''
  for (const character of text) {
    used += cellsOf(character)
    if (used > columns) return `${fitting}…`
    if (used < columns) fitting += character
  }
  return text
}

/** What Go has short escapes for. */
const ESCAPES: Readonly<Record<string, string>> = {
  ...{ '"': '\\"', '\\': '\\\\', '\u0007': '\\a', '\b': '\\b', '\f': '\\f' },
  ...{ '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' },
}

/** In double quotes, as Go writes them: nothing in it moves a cursor, changes a colour or turns the direction of text. */
export function quoted(text: string): string {
  const inner = /^[ !#-[\]-~]*$/.test(text)
    ? text
    : text.replace(
        /["\\]|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu,
        (character) => ESCAPES[character] ?? escaped(character),
      )
  return `"${inner}"`
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0
  const hexadecimal = (digits: number) => code.toString(16).padStart(digits, '0')
  if (code < 0x80) return `\\x${hexadecimal(2)}`
  // Half of a pair is no character.
  if (code >= 0xd800 && code < 0xe000) return '\\ufffd'
  return code < 0x10000 ? `\\u${hexadecimal(4)}` : `\\U${hexadecimal(8)}`
}

/** The 12 characters people know an id by. */
export function shortId(id: string): string {
  return id.replace(/^[^:]*:/, '').slice(0, 12)
}

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

/** The name without docker.io/library/, which nobody types. */
export function familiarName(name: string): string {
  return name.replace(/^(index\.)?docker\.io\//, '').replace(/^library\/(?=[^/]+$)/, '')
}

/** The name with all that goes without saying: 'docker.io/library/busybox' for 'busybox'. */
export function fullName(repository: string): string {
  const [first = '', ...rest] = repository.replace(/^index\.docker\.io\//, 'docker.io/').split('/')
  if (rest.length === 0) return `docker.io/library/${first}`
  const registry = /[.:]|^localhost$/.test(first) || first !== first.toLowerCase()
  if (!registry) return `docker.io/${repository}`
  return first === 'docker.io' && rest.length === 1
    ? `docker.io/library/${rest[0]}`
    : [first, ...rest].join('/')
}
