import type { ContainerSummary, EventMessage } from '../../api/index.js'

/** A container among those that are watched. */
export interface WatchedContainer {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** The image it was created from, as it was named then. */
  readonly image: string
}

/** Reads a container from a list. */
export function fromSummary({ Id = '', Names, Labels, Image = '' }: ContainerSummary): WatchedContainer {
  // The other names are those that links gave it: '/web/db'.
  const name = Names?.find((each) => each.lastIndexOf('/') <= 0) ?? Names?.[0] ?? ''
  return { id: Id, name: name.replace(/^\//, ''), labels: Labels ?? {}, image: Image }
}

/** The id of the container that an event is of. */
export function idOf({ Actor, id }: EventMessage): string {
  return Actor?.ID ?? id ?? ''
}
