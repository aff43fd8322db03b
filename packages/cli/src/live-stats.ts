import type { ContainerStats, DockerClient } from 'dockline'
import type { Watched } from './output/stats-row.js'

interface Entry {
  readonly container: string
  readonly name: string
  readonly abort: AbortController
  stats: ContainerStats | undefined
}

export interface WatchOptions {
  readonly client: DockerClient
  readonly signal: AbortSignal
  /** Called when there is something new to show. */
  readonly changed: () => void
}

/** Containers that are measured, about once a second, until they are gone or the signal ends it. */
export class LiveStats {
  readonly #options: WatchOptions
  readonly #entries = new Map<string, Entry>()
  readonly #running = new Set<Promise<void>>()

  constructor(options: WatchOptions) {
    this.#options = options
  }

  get watched(): Watched[] {
    return [...this.#entries.values()].map(({ container, name, stats }) => ({
      container,
      id: stats?.raw.id ?? '',
      name: (stats?.raw.name ?? name).replace(/^\//, ''),
      stats,
    }))
  }

  /** Measures one more container. Resolves when it is gone. Rejects when it does not exist. */
  watch(id: string, container: string, name = ''): Promise<void> {
    if (this.#entries.has(id)) return Promise.resolve()
    const entry: Entry = { container, name, abort: new AbortController(), stats: undefined }
    this.#entries.set(id, entry)
    const running = this.#measure(id, entry)
    this.#running.add(running)
    running.catch(() => {}).finally(() => this.#running.delete(running))
    return running
  }

  forget(id: string): void {
    this.#entries.get(id)?.abort.abort()
    this.#entries.delete(id)
    this.#options.changed()
  }

  /**
   * Watches what starts, stops, comes and goes at the Engine. The events begin before `begin` asks for what is there already:
   * else a container that starts in between would be missed.
   */
  async follow(all: boolean, begin: () => Promise<void>): Promise<void> {
    const { client, signal } = this.#options
    // Docker's words and Podman's.
    const appear = all ? ['create'] : ['start', 'restore']
    const vanish = all ? ['destroy', 'remove'] : ['die', 'died']
    const filters = { type: ['container'], event: [...appear, ...vanish] }
    const { events } = await client.api.system.eventsBegun({ filters }, { signal })
    await begin()
    for await (const { Action, Actor } of events) {
      const { ID: id = '', Attributes = {} } = Actor ?? {}
      if (vanish.includes(Action ?? '')) this.forget(id)
      else this.watch(id, id.slice(0, 12), Attributes?.name).catch(() => this.forget(id))
    }
  }

  async #measure(id: string, entry: Entry): Promise<void> {
    const { client, signal, changed } = this.#options
    const either = AbortSignal.any([signal, entry.abort.signal])
    const { Container } = await import('dockline')
    try {
      for await (const stats of new Container(client.api, { id }).stats({ signal: either })) {
        entry.stats = stats
        changed()
      }
      this.forget(id)
    } catch (error) {
      if (!either.aborted) throw error
    }
  }
}
