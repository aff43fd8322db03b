import { cellsOf, isPlain } from './width.js'

/** Cuts a text to so many columns of a terminal. The last column is '…' if the text was longer. */
export function ellipsis(text: string, columns: number): string {
  if (isPlain(text)) return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`
  let used = 0
  let fitting = ''
  for (const character of text) {
    used += cellsOf(character)
    if (used > columns) return `${fitting}…`
    if (used < columns) fitting += character
  }
  return text
}

/** The 12 characters people know an id by. */
export function shortId(id: string): string {
  return id.replace(/^[^:]*:/, '').slice(0, 12)
}

/** The name without docker.io/library/, as people type it. */
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
