import type { ApiClient, EventActor, EventMessage, EventsQuery, Filters } from '../../api/index.js'
import { type CallOptions, deadline } from '../../http/index.js'
import { joinSignals } from '../../support/abort.js'
import { checkObject } from '../../support/check.js'
import { callTable } from '../base/call.js'
import { engineTime } from '../base/engine-time.js'
import { filters } from '../options/filters.js'
import { type Moment, moment } from '../options/time.js'
import { flag } from '../options/values.js'
import { dialectOf } from '../podman/dialect.js'

export interface EventsOptions extends CallOptions {
  /** Begins with what happened since then, as far as the Engine remembers: 256 events. Default: now. */
  readonly since?: Moment | undefined
  /** When to stop; without it, never. */
  readonly until?: Moment | undefined
  /** As `docker events --filter`: `{ type: 'container', event: ['start', 'die'] }`. */
  readonly filters?: Filters | undefined
  /**
   * Connects again when the connection is lost, and goes on after the last event. No event is missed that the
   * Engine remembers, and none comes twice. Default: false.
   */
  readonly resume?: boolean | undefined
}

/** The known actions of each type of object. An Engine may report others. */
interface Actions {
  builder: 'prune'
  config: 'create' | 'update' | 'remove'
  container:
    | 'attach'
    | 'commit'
    | 'copy'
    | 'create'
    | 'destroy'
    | 'detach'
    | 'die'
    | `exec_create: ${string}`
    | `exec_start: ${string}`
    | 'exec_detach'
    | 'exec_die'
    | 'export'
    | `health_status: ${string}`
    | 'kill'
    | 'oom'
    | 'pause'
    | 'prune'
    | 'rename'
    | 'resize'
    | 'restart'
    | 'start'
    | 'stop'
    | 'top'
    | 'unpause'
    | 'update'
  daemon: 'reload'
  image: 'create' | 'delete' | 'import' | 'load' | 'prune' | 'pull' | 'push' | 'save' | 'tag' | 'untag'
  network: 'connect' | 'create' | 'destroy' | 'disconnect' | 'prune' | 'remove' | 'update'
  node: 'create' | 'remove' | 'update'
  plugin: 'create' | 'disable' | 'enable' | 'pull' | 'push' | 'remove'
  secret: 'create' | 'remove' | 'update'
  service: 'create' | 'remove' | 'update'
  volume: 'create' | 'destroy' | 'mount' | 'prune' | 'unmount'
}

/** The type of an event's object, such as 'container' or 'network'. */
export type EventType = keyof Actions

/** An action as the Engine writes it, which may have more behind a colon: 'exec_create: ls -l'. */
export type EventAction<Type extends EventType = EventType> = Actions[Type] | (string & {})

/** An action by name alone: 'exec_create'. */
export type EventName<Type extends EventType = EventType> =
  | (Actions[Type] extends infer Action ? (Action extends `${infer Name}: ${string}` ? Name : Action) : never)
  | (string & {})

/** An event of one type. */
export interface EventOf<Type extends EventType> extends EventMessage {
  Type: Type
  Action: EventAction<Type>
  Actor: EventActor & { ID: string }
  /** In seconds. */
  time: number
  /** In nanoseconds, as far as a number holds them: to a quarter of a microsecond. */
  timeNano: number
}

/** An action on an object. `Type` distinguishes the types. */
export type EngineEvent = { [Type in EventType]: EventOf<Type> }[EventType]

/** Returns the action up to the colon: 'health_status' for 'health_status: healthy'. */
export function eventName(event: EventMessage): string {
  checkObject(event, 'event')
  return (event.Action ?? '').replace(/:.*$/s, '')
}

/** Returns whether the event has that type, and one of these actions if any are given: `isEvent(event, 'container', 'die')`. */
export function isEvent<Type extends EventType>(
  event: EventMessage,
  type: Type,
  ...names: readonly EventName<Type>[]
): event is EventOf<Type> {
  checkObject(event, 'event')
  return event.Type === type && (names.length === 0 || names.includes(eventName(event)))
}

/**
 * What happens at the Engine, as it happens, in Docker's words also where Podman has others. When `closing` aborts, nothing
 * is connected anew.
 */
export async function* engineEvents(
  api: ApiClient,
  options: EventsOptions,
  closing: AbortSignal,
): AsyncGenerator<EngineEvent, void, undefined> {
  const [{ resume = false, ...query }, call] = eventsOptions.read(options)
  const events = tellEvents(api, query, { ...call, resume, closing })
  yield* events as AsyncGenerator<EngineEvent, void, undefined>
}

interface Telling extends CallOptions {
  readonly resume: boolean
  readonly closing: AbortSignal
}

async function* tellEvents(
  api: ApiClient,
  query: EventsQuery,
  { resume, closing, signal, timeout }: Telling,
): AsyncGenerator<EventMessage, void, undefined> {
  const { filters = {} } = query
  using either = resume ? joinSignals(signal, closing) : undefined
  const call = { signal: either?.signal ?? signal, timeout }
  const isPlain = filters.event === undefined && query.until === undefined
  const podman = isPlain ? undefined : await wordsOfPodman(api, call)
  const asked = podman === undefined ? query : podman.forPodman(query, await engineTime(api, call.signal))
  const resumed = resume ? await import('./resume.js') : undefined
  const events = resumed?.resumedEvents(api, asked, call) ?? api.system.events(asked, call)
  for await (const event of events) {
    const words = podman ?? (dialectOf(api).isPodman ? await import('../podman/podman-events.js') : undefined)
    const told = words === undefined ? event : words.asDocker(event)
    if (podman === undefined || podman.isAsked(told, query)) yield told
  }
}

/** Loads Podman's words for events if Podman answers. The query can be written only then. */
async function wordsOfPodman(api: ApiClient, { signal, timeout }: CallOptions) {
  using limit = deadline('GET /events', signal, timeout)
  await api.version(limit.signal)
  return dialectOf(api).isPodman ? await import('../podman/podman-events.js') : undefined
}

interface Resuming {
  readonly resume?: boolean | undefined
}

const eventsOptions = callTable<EventsOptions, EventsQuery & Resuming>({
  since: moment,
  until: moment,
  filters,
  resume: flag,
})
