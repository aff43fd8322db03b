/** At most so many characters, the last of them '…' when there were more. */
export function ellipsis(text: string, length: number): string {
  const characters = [...text]
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`
}

/** In double quotes, as Go writes them. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(/\\u00([0-9a-f]{2})/g, '\\x$1')
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
  if (typeof value === 'bigint') return String(value)
  if (Array.isArray(value))
    return enclosed(
      '[]',
      value.map((item) => json(item, inner(style)) ?? 'null'),
      style,
    )
  if (hasOwnJson(value)) return json(value.toJSON(), style)
  if (typeof value === 'object' && value !== null) {
    const colon = style.newline === undefined ? ':' : ': '
    const fields = value instanceof Map ? [...value] : Object.entries(value)
    const parts = fields.flatMap(([name, item]) => {
      const text = json(item, inner(style))
      return text === undefined ? [] : [`${json(name, style)}${colon}${text}`]
    })
    return enclosed('{}', parts, style)
  }
  const asGo = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value)?.replace(style.escaped, asGo)
}

function hasOwnJson(value: unknown): value is { toJSON(): unknown } {
  return typeof (value as { toJSON?: unknown } | null | undefined)?.toJSON === 'function'
}

function inner(style: JsonStyle): JsonStyle {
  const { newline, indent = '' } = style
  return newline === undefined ? style : { ...style, newline: newline + indent }
}

function enclosed(marks: '[]' | '{}', parts: readonly string[], style: JsonStyle): string {
  const { newline = '', indent = '' } = style
  const [open, close] = [marks.charAt(0), marks.charAt(1)]
  if (parts.length === 0) return `${open}${close}`
  return `${open}${newline}${indent}${parts.join(`,${newline}${indent}`)}${newline}${close}`
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
