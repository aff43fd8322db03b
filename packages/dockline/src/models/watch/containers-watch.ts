import type { ApiClient, ContainerSummary, EventMessage, Filters } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { filterSets } from '../../http/query.js'
import { own } from '../../support/own.js'
import { isLoss, Reconnection } from '../base/reconnection.js'
import { eventName } from '../events/events.js'
import { Begun, eventsAndBeginnings } from '../events/resume.js'
import { fromSummary, idOf, type WatchedContainer } from './watched-container.js'

/** All containers that match, running or not, at the beginning of a connection. */
export interface Listed {
  readonly change: 'listed'
  /** By the Engine's clock, in Unix seconds. */
  readonly time: number
  readonly running: readonly WatchedContainer[]
  readonly stopped: readonly WatchedContainer[]
}

/** What has happened to a container that matches. */
export interface Changed {
  readonly change: 'started' | 'ended' | 'removed' | 'renamed'
  readonly time: number
  readonly container: WatchedContainer
}

/** Podman's words beside Docker's: none is a word of the other for anything else. */
const EVENTS = ['create', 'start', 'die', 'died', 'destroy', 'remove', 'rename']
/** With it, a container may come to match long after its start. */
const HEALTH_EVENT = 'health_status'
const CHANGES: Readonly<Record<string, Changed['change']>> = {
  start: 'started',
  die: 'ended',
  died: 'ended',
  destroy: 'removed',
  remove: 'removed',
  rename: 'renamed',
}

/** States of a container whose log and stats go on. */
const RUNNING = ['running', 'paused', 'restarting']

/**
 * Reports the containers that match, as they come and go, over as many connections as it takes. A list at the beginning of
 * each connection has the changes between two connections, because a restarted Engine has forgotten its events.
 */
export async function* watchContainers(
  api: ApiClient,
  filters: Filters | undefined,
  call: CallOptions,
): AsyncGenerator<Listed | Changed, void, undefined> {
  const matches = new Matches(api, filters, call)
  const events = filters?.health === undefined ? EVENTS : [...EVENTS, HEALTH_EVENT]
  const query = { filters: filterSets({ type: 'container', event: events }) }
  for await (const event of eventsAndBeginnings(api, query, call)) {
    if (event instanceof Begun) yield await matches.list(event.time)
    else yield* matches.changesBy(event)
  }
}

/** The containers that match, by their ids. */
class Matches {
  readonly #api: ApiClient
  readonly #filters: Filters
  readonly #call: CallOptions
  #known = new Map<string, WatchedContainer>()
  /** Those that were created and have not started. */
  readonly #created = new Map<string, Promise<WatchedContainer | undefined>>()
  #isListed = false

  constructor(api: ApiClient, filters: Filters = {}, call: CallOptions) {
    this.#api = api
    this.#filters = filters
    this.#call = call
  }

  async list(time: number): Promise<Listed> {
    const summaries = await this.#ask(this.#filters)
    const isRunning = ({ State }: ContainerSummary) => RUNNING.includes(State ?? '')
    const running = summaries.filter(isRunning).map(fromSummary)
    const stopped = summaries.filter((each) => !isRunning(each)).map(fromSummary)
    this.#known = new Map([...running, ...stopped].map((container) => [container.id, container]))
    return { change: 'listed', time, running, stopped }
  }

  async *changesBy(event: EventMessage): AsyncGenerator<Changed, void, undefined> {
    const isKnown = this.#known.has(idOf(event))
    const container = await this.#matching(event)
    if (['destroy', 'remove'].includes(eventName(event))) this.#created.delete(idOf(event))
    const isHealth = eventName(event) === HEALTH_EVENT
    const change = isHealth && !isKnown ? 'started' : own(CHANGES, eventName(event))
    if (container === undefined || change === undefined) return
    if (change === 'removed') this.#known.delete(container.id)
    yield { change, time: event.time ?? 0, container }
  }

  /** The container, if it matches. The Engine decides that. */
  async #matching(event: EventMessage): Promise<WatchedContainer | undefined> {
    const [id, name] = [idOf(event), eventName(event)]
    const renamed = name === 'rename' ? event.Actor?.Attributes?.name : undefined
    if (name === 'create') this.#prepare(id, this.#find(id))
    if (renamed !== undefined) this.#renameCreated(id, renamed)
    const known = this.#known.get(id) ?? (await this.#foundBy(name, id))
    if (known === undefined) return undefined
    const container = renamed === undefined ? known : { ...known, name: renamed }
    this.#known.set(id, container)
    return container
  }

  /**
   * Looks up the name and labels of a container while it is created, and does not wait for the answer: a container that removes
   * itself may be gone soon after its start.
   */
  #prepare(id: string, finding: Promise<WatchedContainer | undefined>): void {
    finding.catch(() => {})
    this.#created.set(id, finding)
  }

  /** Only the Engine decides whether another name matches. */
  #renameCreated(id: string, name: string): void {
    const created = this.#created.get(id)
    if (created === undefined) return
    const isAsked = this.#filters.name !== undefined
    this.#prepare(id, isAsked ? this.#find(id) : created.then((found) => found && { ...found, name }))
  }

  /** The container, if an event of this name may be the first by which it matches. */
  #foundBy(name: string, id: string): Promise<WatchedContainer | undefined> | undefined {
    if (name === HEALTH_EVENT) return this.#find(id)
    return name === 'start' ? this.#started(id) : undefined
  }

  async #started(id: string): Promise<WatchedContainer | undefined> {
    const prepared = await this.#created.get(id)
    this.#created.delete(id)
    return prepared ?? this.#find(id)
  }

  async #find(id: string): Promise<WatchedContainer | undefined> {
    const filters = this.#filters.id === undefined ? { ...this.#filters, id: [id] } : this.#filters
    const summaries = await this.#ask(filters)
    return summaries.filter(({ Id }) => Id === id).map(fromSummary)[0]
  }

  /** An Engine that has answered once is waited for. */
  async #ask(filters: Filters): Promise<ContainerSummary[]> {
    const reconnection = new Reconnection()
    for (;;) {
      reconnection.begin()
      try {
        const summaries = await this.#api.containers.list({ all: true, filters }, this.#call)
        this.#isListed = true
        return summaries
      } catch (error) {
        this.#call.signal?.throwIfAborted()
        if (!this.#isListed || !isLoss(error)) throw error
      }
      await reconnection.wait(this.#call.signal)
    }
  }
}
