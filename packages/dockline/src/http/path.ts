import { InvalidArgumentError } from '../errors.js'

declare const checked: unique symbol
/** A request path whose values are encoded. Only the `path` tag makes one. */
export type Path = string & { readonly [checked]: true }

/** A name that may hold slashes, such as `library/alpine`: each part is encoded for itself and the slashes stay. */
export class Segments {
  constructor(readonly value: string) {}
}

/**
 * Writes a request path: ``path`/containers/${id}/json` ``. Every value is encoded, and one that would change which
 * endpoint is called ('', '.', '..') is refused.
 */
export function path(literals: TemplateStringsArray, ...values: readonly (string | Segments)[]): Path {
  let written = literals[0] ?? ''
  for (const [index, value] of values.entries()) {
    written += value instanceof Segments ? encodeSegments(value.value) : encodeSegment(value, value)
    written += literals[index + 1] ?? ''
  }
  return written as Path
}

function encodeSegments(value: string): string {
  return value
    .split('/')
    .map((segment) => encodeSegment(segment, value))
    .join('/')
}

function encodeSegment(segment: string, whole: string): string {
  if (typeof segment !== 'string')
    throw new InvalidArgumentError(`an id or name is a string, not ${typeof segment}`)
  if (segment === '') throw new InvalidArgumentError(`an id or name must not be empty (got '${whole}')`)
  if (segment === '.' || segment === '..') {
    throw new InvalidArgumentError(`an id or name must not be or contain '${segment}' (got '${whole}')`)
  }
  return encodeURIComponent(segment)
}
