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

/** Go's JSON: the same as ours but for three characters. */
export function goJson(value: unknown): string {
  const asGo = (character: string) => `\\u00${character.charCodeAt(0).toString(16)}`
  return (JSON.stringify(value) ?? 'null').replace(/[<>&]/g, asGo)
}

/** The name without docker.io/library/, which nobody types. */
export function familiarName(name: string): string {
  return name.replace(/^(index\.)?docker\.io\//, '').replace(/^library\/(?=[^/]+$)/, '')
}
