import type { EventMessage, EventsQuery, Filters } from '../../api/index.js'

// Podman has words of its own for events, and knows only those in filters.

/** Podman's words to Docker's, of one type of object. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  container: { died: 'die', remove: 'destroy', exec: 'exec_start', exec_died: 'exec_die', restore: 'start' },
  image: { remove: 'delete', loadfromarchive: 'load' },
  network: { remove: 'destroy' },
  volume: { remove: 'destroy' },
}

/** The event in Docker's words. An event for which Docker has no word stays as it is. */
export function asDocker(event: EventMessage): EventMessage {
  const { Type = '', Action = '' } = event
  const health = Action === 'health_status' ? healthOf(event) : undefined
  const word = health === undefined ? WORDS[Type]?.[Action] : `health_status: ${health}`
  if (word === undefined) return event
  return { ...event, Action: word, ...('status' in event ? { status: word } : {}) }
}

/** A question whose answer has all that is meant, and more: `isAsked` is what decides. `now` is the Engine's time. */
export function forPodman({ until, filters, ...query }: EventsQuery, now: number): EventsQuery {
  return {
    ...query,
    // Podman reports the past only when the end of the question lies in the future.
    until: until === undefined ? undefined : Math.max(Number(until), now + 2),
    filters: filters?.event === undefined ? filters : { ...filters, event: wordsFor(filters) },
  }
}

function wordsFor(filters: Filters): string[] {
  const asked = namesIn(filters)
  const words = Object.values(WORDS).flatMap((each) => Object.entries(each))
  const more = words.filter(([, docker]) => asked.includes(docker)).map(([podman]) => podman)
  // Podman has no event for Docker's exec_create, and names a health check without its result.
  const names = asked.map((name) => name.replace(/:.*$/s, ''))
  return [...new Set([...asked, ...names, ...more])]
}

/** Whether the event, in Docker's words, is one of those that were asked for. */
export function isAsked({ Action = '', time = 0, timeNano }: EventMessage, query: EventsQuery): boolean {
  const { until, filters } = query
  if (until !== undefined && (timeNano ?? time * 1e9) / 1e9 > Number(until)) return false
  if (filters?.event === undefined) return true
  return namesIn(filters).some((name) => Action === name || Action.startsWith(`${name}:`))
}

function namesIn({ event }: Filters): string[] {
  if (typeof event === 'object' && event !== null && !Array.isArray(event)) return Object.keys(event)
  return [event ?? []].flat().map(String)
}

/** Podman has written it in one place and in another. */
function healthOf(event: EventMessage & { readonly HealthStatus?: string }): string | undefined {
  const attributes = event.Actor?.Attributes ?? {}
  return event.HealthStatus || attributes.health_status || attributes.healthStatus || undefined
}
