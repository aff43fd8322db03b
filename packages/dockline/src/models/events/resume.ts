import type { ApiClient, EventMessage, EventsQuery } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { hasCome } from '../base/engine-time.js'
import { isLoss, Reconnection } from '../base/reconnection.js'

/**
 * How far before the last event a new connection begins, in nanoseconds. Events of one moment may come in either
 * order, and `timeNano` is not exact as a number. Events that came already are recognized by their content and left
 * out.
 */
const OVERLAP = 1_000_000_000n

/** A connection that has begun: what happened before may have been missed. */
export class Begun {
  /** When it was, by the Engine's clock, in Unix seconds. */
  readonly time: number

  constructor(time: number) {
    this.time = time
  }
}

/** Reads events over as many connections as it takes. */
export async function* resumedEvents(
  api: ApiClient,
  query: EventsQuery,
  call: CallOptions,
): AsyncGenerator<EventMessage, void, undefined> {
  for await (const event of eventsAndBeginnings(api, query, call)) if (!(event instanceof Begun)) yield event
}

/**
 * Yields events over as many connections as needed, and the beginning of each connection. It asks for nothing but events,
 * because a proxy before the Engine may refuse all else. An Engine that cannot be reached at the first attempt rejects at once.
 */
export async function* eventsAndBeginnings(
  api: ApiClient,
  query: EventsQuery,
  call: CallOptions,
): AsyncGenerator<EventMessage | Begun, void, undefined> {
  const seen = new SeenEvents(query.since)
  const reconnection = new Reconnection()
  for (let isReached = false; ; ) {
    reconnection.begin()
    const replayed = seen.begin()
    try {
      const { begun, events } = await api.system.eventsBegun({ ...query, since: seen.since }, call)
      isReached = true
      seen.begunAt(begun)
      const ahead = begun - Date.now() / 1000
      yield new Begun(begun)
      for await (const event of events) {
        reconnection.succeed()
        seen.reach(event)
        if (replayed.has(event)) continue
        seen.add(event)
        yield event
      }
      // An Engine that shuts down ends the answer in the same way.
      if (hasCome(query.until, Date.now() / 1000 + ahead)) return
    } catch (error) {
      call.signal?.throwIfAborted()
      if (!isReached || !isLoss(error)) throw error
    }
    await reconnection.wait(call.signal)
  }
}

/** The events of the last moments, each with its number of occurrences. */
class SeenEvents {
  #since: string | number | undefined
  #latest = 0n
  #recent: { readonly at: bigint; readonly key: string }[] = []
  /** With so many, those that will not come again are let go. */
  #most = 64

  constructor(since: string | number | undefined) {
    this.#since = since
  }

  /** The time at which a new connection begins; undefined: now. */
  get since(): string | number | undefined {
    return this.#since
  }

  /**
   * Sets the beginning to now by the Engine's clock where none was given, since a connection may be lost before its
   * first event. The answer has that time in seconds: an event too many is better than an event that is missed.
   */
  begunAt(engineTime: number): void {
    this.#since ??= engineTime
  }

  /** The events that a new connection will repeat. Each is asked for once. */
  begin(): { has(event: EventMessage): boolean } {
    const counts = new Map<string, number>()
    for (const { key } of this.#recent) counts.set(key, (counts.get(key) ?? 0) + 1)
    return {
      has(event) {
        const key = keyOf(event)
        const count = counts.get(key) ?? 0
        counts.set(key, count - 1)
        return count > 0
      },
    }
  }

  /**
   * Goes on to the time of an event, also of one that a new connection repeats. A clock that was set back by more than a moment is
   * believed: what comes then is new.
   */
  reach(event: EventMessage): void {
    const at = nanoseconds(event)
    const from = at - OVERLAP
    const isBack = from > 0n && at < this.#latest - OVERLAP
    if (at <= this.#latest && !isBack) return
    this.#latest = at
    if (!isBack && from <= parseTimestamp(this.#since ?? 0)) return
    this.#since = `${from / 1_000_000_000n}.${String(from % 1_000_000_000n).padStart(9, '0')}`
  }

  add(event: EventMessage): void {
    this.#recent.push({ at: nanoseconds(event), key: keyOf(event) })
    // Looking through all of them at each event would take its time in a storm of them.
    if (this.#recent.length < this.#most) return
    const from = this.#latest - OVERLAP
    this.#recent = this.#recent.filter((known) => known.at >= from)
    this.#most = 64 + 2 * this.#recent.length
  }
}

function keyOf(event: EventMessage): string {
  return JSON.stringify(event)
}

function nanoseconds({ timeNano, time = 0 }: EventMessage): bigint {
  return timeNano === undefined ? wholeOf(time) * 1_000_000_000n : wholeOf(timeNano)
}

/** Go has whole numbers there, and would not take another. */
function wholeOf(number: number): bigint {
  return BigInt(Number.isFinite(number) ? Math.trunc(number) : 0)
}

function parseTimestamp(timestamp: string | number): bigint {
  const [seconds = '0', fraction = ''] = String(timestamp).split('.')
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0').slice(0, 9))
}
