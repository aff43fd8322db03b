import { InvalidArgumentError } from '../errors.js'
import { show } from '../support/check.js'

declare const checked: unique symbol
/** A request path whose values are encoded. Only the `path` tag makes one. */
export type Path = string & { readonly [checked]: true }

/** A name that may hold slashes, such as `library/alpine`: each part is encoded for itself and the slashes stay. */
export class Segments {
  constructor(readonly value: string) {}
}

/**
 * Writes a request path: ``path`/containers/${id}/json` ``. Every value is encoded, and one that would change which
 * endpoint is called ('', '.', '..', or these between slashes) is refused.
 */
export function path(literals: TemplateStringsArray, ...values: readonly (string | Segments)[]): Path {
  let written = literals[0] ?? ''
  for (const [index, value] of values.entries()) {
    written += value instanceof Segments ? encodeName(value.value, '/') : encodeName(value, '%2F')
    written += literals[index + 1] ?? ''
  }
  return written as Path
}

/** A path that is written and encoded already, such as `/v5.0.0/libpod/info`. Refuses what no request line can hold. */
export function encodedPath(text: string): Path {
  if (typeof text === 'string' && /^\/[!-~]*$/.test(text) && !/[?#]/.test(text)) return text as Path
  throw new InvalidArgumentError(
    `a path must begin with a slash and be encoded, without a query (got ${show(text)})`,
  )
}

/** An Engine decodes a slash before it looks at the path, so that parts are parts however the slash is written. */
function encodeName(name: unknown, slash: '/' | '%2F'): string {
  if (typeof name !== 'string') throw refusal('be a string', name)
  return name
    .split('/')
    .map((part) => encodePart(part, name))
    .join(slash)
}

function encodePart(part: string, name: string): string {
  if (name === '') throw refusal('not be empty', name)
  if (part === '') throw refusal('have something on both sides of a slash', name)
  if (part === '.' || part === '..') throw refusal(`not be or contain '${part}'`, name)
  try {
    return encodeURIComponent(part)
  } catch {
    throw refusal('be well-formed Unicode', name)
  }
}

function refusal(must: string, name: unknown): InvalidArgumentError {
  return new InvalidArgumentError(`an id or name must ${must} (got ${show(name)})`)
}
