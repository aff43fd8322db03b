import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient, ContainerStatsResponse, Filters } from '../../api/index.js'
import { ApiError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { joinSignals, onAbort } from '../../support/abort.js'
import { invalid } from '../../support/check.js'
import { type Duration, millisecondsOf } from '../../support/duration.js'
import { pause } from '../../support/pause.js'
import { callTable } from '../base/call.js'
import { isLoss, Reconnection } from '../base/reconnection.js'
import { type ContainerStats, computeStats } from '../containers/stats.js'
import { filters } from '../options/filters.js'
import { type Changed, type Listed, watchContainers } from './containers-watch.js'
import type { WatchedContainer } from './watched-container.js'

export interface AllStatsOptions extends CallOptions {
  /** Measures only the containers that match, as in `docker ps --filter`: `{ label: 'a=b' }`. */
  readonly filters?: Filters | undefined
  /** The time from one snapshot to the next. An Engine measures once a second. Default: 1 s. */
  readonly interval?: Duration | undefined
}

/** What all containers use at a moment. */
export interface StatsSnapshot {
  /** When the snapshot was taken, by the clock of this machine. */
  readonly time: Date
  /** The containers that run. One that has just started follows with its first measurement. */
  readonly containers: readonly WatchedStats[]
}

/** What a container uses. `cpuPercent` is that since the snapshot before. */
export interface WatchedStats extends ContainerStats {
  readonly container: WatchedContainer
}

const INTERVAL_MS = 1000
/** A timer cannot be longer: it is almost 25 days. */
const LONGEST_MS = 2 ** 31 - 1

/** Measures all containers that match, until the loop is left or `closing` aborts. */
export async function* allStats(
  api: ApiClient,
  options: AllStatsOptions,
  closing: AbortSignal,
): AsyncGenerator<StatsSnapshot, void, undefined> {
  const [{ filters: wanted, interval: pause = INTERVAL_MS }, call] = statsOptions.read(options)
  using given = joinSignals(call.signal, closing)
  const measuring = new Measuring(api, call, given.signal)
  try {
    void measuring.watch(wanted)
    await measuring.begun(pause)
    for (let next = performance.now() + pause; ; next = Math.max(next + pause, performance.now())) {
      yield measuring.snapshot()
      await measuring.wait(next - performance.now())
    }
  } finally {
    measuring.end()
  }
}

const statsOptions = callTable<AllStatsOptions, IntervalOptions>({ filters, interval: intervalMs })

interface IntervalOptions {
  readonly filters?: Filters | undefined
  readonly interval?: number | undefined
}

function intervalMs(interval: unknown, option: string): number {
  const milliseconds = millisecondsOf(interval) ?? 0
  if (milliseconds > 0 && milliseconds <= LONGEST_MS) return milliseconds
  return invalid(option, "a positive number of milliseconds or a string such as '10s'", interval)
}

/** A container that is measured. */
interface Measured {
  container: WatchedContainer
  readonly ending: AbortController
  /** The last measurement. */
  raw: ContainerStatsResponse | undefined
  /** What the snapshot before has of it. */
  shown: ContainerStats | undefined
}

/** Measures containers as they come and go: one stream each. */
class Measuring {
  readonly #api: ApiClient
  readonly #call: CallOptions
  readonly #ending = new AbortController()
  readonly #release: () => void
  readonly #measured = new Map<string, Measured>()
  /** Those of the first list that have no measurement yet; undefined before that list. */
  #missing: Set<string> | undefined
  readonly #complete: Promise<void>
  #resolve = () => {}

  constructor(api: ApiClient, call: CallOptions, signal: AbortSignal) {
    this.#api = api
    this.#complete = new Promise((resolve) => {
      this.#resolve = resolve
    })
    this.#call = { ...call, signal: this.#ending.signal }
    this.#release = onAbort(signal, () => this.#ending.abort(signal.reason))
    // One listener for all containers: Node walks the list of a signal's listeners for each that comes or leaves.
    onAbort(this.#ending.signal, () => {
      for (const { ending } of this.#measured.values()) ending.abort()
    })
  }

  end(): void {
    this.#release()
    this.#ending.abort()
  }

  async watch(filters: Filters | undefined): Promise<void> {
    try {
      for await (const change of watchContainers(this.#api, filters, this.#call)) {
        if (change.change === 'listed') this.#list(change)
        else this.#change(change)
      }
    } catch (error) {
      this.#ending.abort(error)
    }
  }

  /** Resolves when each container of the first list was measured, after `most` milliseconds at the latest. */
  async begun(most: number): Promise<void> {
    const limit = new AbortController()
    using either = joinSignals(limit.signal, this.#ending.signal)
    const waited = delay(most, undefined, { signal: either.signal }).catch(() => {})
    await Promise.race([this.#complete, waited])
    limit.abort()
    this.#ending.signal.throwIfAborted()
  }

  /** Waits for the next snapshot. Rejects with the reason of the signal, or with what has ended the watching. */
  async wait(milliseconds: number): Promise<void> {
    const { signal } = this.#ending
    await pause(milliseconds, signal)
  }

  snapshot(): StatsSnapshot {
    const containers = [...this.#measured.values()].flatMap((measured) => showStats(measured) ?? [])
    return { time: new Date(), containers }
  }

  #list({ running }: Listed): void {
    const ids = new Set(running.map(({ id }) => id))
    for (const id of this.#measured.keys()) if (!ids.has(id)) this.#drop(id)
    this.#missing ??= ids
    for (const container of running) this.#begin(container)
    this.#check()
  }

  #change({ change, container }: Changed): void {
    const measured = this.#measured.get(container.id)
    if (change === 'started') this.#begin(container)
    else if (change === 'ended' || change === 'removed') this.#drop(container.id)
    else if (measured !== undefined) measured.container = container
  }

  #begin(container: WatchedContainer): void {
    const known = this.#measured.get(container.id)
    if (known !== undefined) known.container = container
    if (known !== undefined || this.#ending.signal.aborted) return
    const measured = { container, ending: new AbortController(), raw: undefined, shown: undefined }
    this.#measured.set(container.id, measured)
    void this.#measure(measured)
  }

  #drop(id: string): void {
    this.#measured.get(id)?.ending.abort()
    this.#measured.delete(id)
    this.#found(id)
  }

  async #measure(measured: Measured): Promise<void> {
    const { signal } = measured.ending
    const reconnection = new Reconnection()
    try {
      while (!signal.aborted) {
        reconnection.begin()
        await this.#read(measured, signal)
        await reconnection.wait(signal)
      }
    } catch (error) {
      if (signal.aborted) return
      this.#ending.abort(error)
    }
  }

  async #read(measured: Measured, signal: AbortSignal): Promise<void> {
    const { id } = measured.container
    try {
      for await (const raw of this.#api.containers.stats(id, { stream: true }, { ...this.#call, signal })) {
        measured.raw = raw
        this.#found(id)
      }
    } catch (error) {
      // One that has ended meanwhile is reported by an event. Podman answers with a 4xx then.
      if (!isLoss(error) && !(error instanceof ApiError)) throw error
    } finally {
      measured.raw = undefined
    }
  }

  #found(id: string): void {
    this.#missing?.delete(id)
    this.#check()
  }

  #check(): void {
    if (this.#missing?.size === 0) this.#resolve()
  }
}

/** Nothing for a container that does not run, or was not measured yet. A measurement that was shown before stays as it was. */
function showStats(measured: Measured): WatchedStats | undefined {
  const { container, raw, shown } = measured
  if (raw === undefined) return undefined
  const stats = shown?.raw === raw ? shown : computeStats(raw, shown)
  if (stats.time === undefined) return undefined
  measured.shown = stats
  return { ...stats, container }
}
