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
  return json(value) ?? 'null'
}

/** The same over several lines, as docker indents it. */
export function indentedJson(value: unknown, indent = '    '): string {
  return json(value, indent, '\n') ?? 'null'
}

function json(value: unknown, indent = '', newline = ''): string | undefined {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'object' && value !== null) {
    if (value instanceof Date) return json(value.toISOString())
    const inner = newline + indent
    const [open, close] = Array.isArray(value) ? '[]' : '{}'
    const colon = newline === '' ? ':' : ': '
    const parts = Array.isArray(value)
      ? value.map((item) => json(item, indent, inner) ?? 'null')
      : (value instanceof Map ? [...value] : Object.entries(value)).flatMap(([name, item]) => {
          const text = json(item, indent, inner)
          return text === undefined ? [] : [`${json(name)}${colon}${text}`]
        })
    return parts.length === 0
      ? `${open}${close}`
      : `${open}${inner}${parts.join(`,${inner}`)}${newline}${close}`
  }
  const asGo = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  return JSON.stringify(value)?.replace(/[<>&\u2028\u2029]/g, asGo)
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
