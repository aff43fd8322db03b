import { ProtocolError } from '../../errors.js'

/**
 * The rows of a list that say which object they are of. Nothing can be done with one that does not, and it does not take
 * the others down; a list of nothing else is no list of such objects.
 */
export function identified<Row>(rows: readonly Row[], id: keyof Row & string, call: string): Row[] {
  const known = rows.filter((row) => row[id] !== undefined && row[id] !== '')
  if (known.length > 0 || rows.length === 0) return known
  throw new ProtocolError(`${call} answered with a list in which nothing has the field ${id}`)
}

/** The id of an object that was made. Without an id, the caller could neither use nor remove the object. */
export function idOfMade(id: string | undefined, call: string): string {
  if (id) return id
  throw new ProtocolError(`${call} answered without the id of what it made`)
}
