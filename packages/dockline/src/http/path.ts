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
 * Writes a request path: ``path`/containers/${id}/json` ``. Encodes every value, and refuses one that would
 * lead to another endpoint: '', '.', '..', or these between slashes.
 */
export function path(literals: TemplateStringsArray, ...values: readonly (string | Segments)[]): Path {
  let written = literals[0] ?? ''
  for (const [index, value] of values.entries()) {
    const place = literals[index] ?? ''
    written +=
      value instanceof Segments ? encodeName(value.value, '/', place) : encodeName(value, '%2F', place)
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
function encodeName(name: unknown, slash: '/' | '%2F', place: string): string {
  const refuse = (must: string): never => {
    throw new InvalidArgumentError(`the id or name in '${place}…' must ${must} (got ${show(name)})`)
  }
  if (typeof name !== 'string') return refuse('be a string')
  if (name === '') return refuse('not be empty')
  return name
    .split('/')
    .map((part) => encodePart(part, refuse))
    .join(slash)
}

function encodePart(part: string, refuse: (must: string) => never): string {
  if (part === '') refuse('have something on both sides of a slash')
  if (part === '.' || part === '..') refuse(`not be or contain '${part}'`)
  try {
    return encodeURIComponent(part)
  } catch {
    return refuse('be well-formed Unicode')
  }
}
