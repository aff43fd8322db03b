import type { EventMessage, Filters } from '../api/index.js'

// Podman tells of what happens in words of its own, and knows only those when it is asked for some.

/** Podman's words to Docker's, of one type of object. */
const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  container: { died: 'die', remove: 'destroy', exec: 'exec_start', exec_died: 'exec_die', restore: 'start' },
  image: { remove: 'delete', loadfromarchive: 'load' },
  network: { remove: 'destroy' },
  volume: { remove: 'destroy' },
}

/** The event as Docker would tell it. What Docker has no word for stays as it is. */
export function asDocker(event: EventMessage): EventMessage {
  const { Type = '', Action = '' } = event
  const health = Action === 'health_status' ? healthOf(event) : undefined
  const word = health === undefined ? WORDS[Type]?.[Action] : `health_status: ${health}`
  if (word === undefined) return event
  return { ...event, Action: word, ...('status' in event ? { status: word } : {}) }
}

/** Filters that let through whatever may be meant by them. `isAsked` is what decides. */
export function forPodman(filters: Filters): Filters {
  const asked = namesIn(filters)
  const words = Object.values(WORDS).flatMap((each) => Object.entries(each))
  const more = words.filter(([, docker]) => asked.includes(docker)).map(([podman]) => podman)
  // Docker's exec_create is told by nobody here, and a health check by its name alone.
  const names = asked.map((name) => name.replace(/:.*$/s, ''))
  return { ...filters, event: [...new Set([...asked, ...names, ...more])] }
}

/** Whether the event, in Docker's words, is one of those that were asked for. */
export function isAsked({ Action = '' }: EventMessage, filters: Filters): boolean {
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
