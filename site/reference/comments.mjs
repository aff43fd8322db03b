// @ts-check
// Doc comments as markdown, with the default and the API version told apart from the prose.
import { linkRoute } from './operations.mjs'

/** A sentence of its own that names the default: "Default false." or "Default: 10 s." */
const DEFAULT = /(?:^|(?<=[.:]\s))Default:? ([^\n]{1,60}?)\.(?=\s|$)/
/** A default in the middle of a sentence, which stays as it is: "Default true: one a second", "'all' by default". */
const INLINE_DEFAULT = /\b[Dd]efault:? (true|false|null|'[^']*'|\d\w*)|(true|false|'[^']*'|\d+) by default/
/** A route in code, without its query, and one that a comment begins with. */
const ROUTE_IN_CODE = /^`([A-Z]+ \/[^`?]*)[^`]*`$/
const ROUTE = /^([A-Z]+ \/\S*?)(?=\.?(?:\s|$))/
/** A sentence of its own that names the API version which brought something: "API 1.41." */
const SINCE = /(?:^|(?<=[.:]\s))API (1\.\d+)\.(?=\s|$)/

/**
 * @typedef {object} Prose
 * @property {string} text
 * @property {string} default
 * @property {string} since
 */

/**
 * @param {import('typedoc').Comment | undefined} comment
 * @returns {Prose}
 */
export function proseOf(comment) {
  const written = markdownOf(comment?.summary)
  const text = written.replace(DEFAULT, '').replace(SINCE, '').replace(/ {2,}/g, ' ').trim()
  return { text, default: defaultIn(written), since: SINCE.exec(written)?.[1] ?? '' }
}

/** @param {string} text */
function defaultIn(text) {
  const inline = INLINE_DEFAULT.exec(text)
  return DEFAULT.exec(text)?.[1] ?? inline?.[1] ?? inline?.[2] ?? ''
}

/**
 * @param {import('typedoc').Comment | undefined} comment
 * @param {`@${string}`} name
 */
export function tagOf(comment, name) {
  return markdownOf(comment?.getTag(name)?.content)
}

/** @param {readonly import('typedoc').CommentDisplayPart[] | undefined} parts */
export function markdownOf(parts = []) {
  return parts.map(partOf).join('').trim()
}

/** @param {import('typedoc').CommentDisplayPart} part */
function partOf(part) {
  if (part.kind === 'code') return part.text.replace(ROUTE_IN_CODE, linkRoute)
  if (part.kind === 'inline-tag') return `\`${part.text}\``
  const [route = ''] = ROUTE.exec(part.text) ?? []
  const linked = linkRoute(route, route)
  return linked === route ? escaped(part.text) : linked + escaped(part.text.slice(route.length))
}

/** @param {string} text */
function escaped(text) {
  return text.replaceAll('<', '&lt;').replaceAll('{', '&#123;')
}
