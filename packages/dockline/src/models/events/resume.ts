import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient, EventMessage, EventsQuery } from '../../api/index.js'
import { ApiError, ConnectionError, StreamError, TimeoutError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'

/** Milliseconds from a lost connection to the next attempt; twice as many after each that fails, up to the most. */
const PATIENCE = { first: 100, most: 10_000 }
/** A connection that lasted so long was a good one: the next attempt is made as if it were the first. */
const GOOD = 10_000
/**
 * How far before the last event a new connection begins, in nanoseconds. Events of one moment may come in either
 * order, and `timeNano` is not exact as a number. Events that came already are recognized by their content and left
 * out.
 */
const OVERLAP = 1_000_000_000n

/**
 * Yields events over as many connections as needed. It asks for nothing but events, because a proxy before the Engine
 * may refuse all else. An Engine that cannot be reached at the first attempt rejects at once.
 */
export async function* resumedEvents(
  api: ApiClient,
  query: EventsQuery,
  call: CallOptions,
): AsyncGenerator<EventMessage, void, undefined> {
  const seen = new SeenEvents(query.since)
  let patience = PATIENCE.first
  for (let isReached = false; ; ) {
    const begun = performance.now()
    const replayed = seen.begin()
    try {
      const { begun: engineTime, events } = await api.system.eventsBegun(
        { ...query, since: seen.since },
        call,
      )
      isReached = true
      seen.begunAt(engineTime)
      for await (const event of events) {
        patience = PATIENCE.first
        if (replayed.has(event)) continue
        seen.add(event)
        yield event
      }
      if (isOver(query.until)) return
    } catch (error) {
      call.signal?.throwIfAborted()
      if (!isReached || !isLoss(error)) throw error
    }
    if (performance.now() - begun > GOOD) patience = PATIENCE.first
    // An abort rejects with an error of Node's own, which hides the reason.
    await delay(patience, undefined, { signal: call.signal }).catch(() => call.signal?.throwIfAborted())
    patience = Math.min(patience * 2, PATIENCE.most)
  }
}

/** The events of the last moments, each with its number of occurrences. */
class SeenEvents {
  #since: string | number | undefined
  #latest = 0n
  #recent: { readonly at: bigint; readonly key: string }[] = []

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

  add(event: EventMessage): void {
    const at = nanoseconds(event)
    this.#recent.push({ at, key: keyOf(event) })
    if (at <= this.#latest) return
    this.#latest = at
    const from = at - OVERLAP
    if (from <= parseTimestamp(this.#since ?? 0)) return
    this.#since = `${from / 1_000_000_000n}.${String(from % 1_000_000_000n).padStart(9, '0')}`
    // Looking through all of them at each event would take its time in a storm of them.
    if (this.#recent.length > 64 && (this.#recent[0]?.at ?? from) < from - OVERLAP) {
      this.#recent = this.#recent.filter((known) => known.at >= from)
    }
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

/** An Engine that shuts down ends the answer as it does when `until` has come. */
function isOver(until: EventsQuery['until']): boolean {
  return until !== undefined && Date.now() / 1000 >= Number(until) - 1
}

/** A failure that may be over when the Engine is back. A proxy before the Engine answers with a 5xx meanwhile. */
function isLoss(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500
  return error instanceof ConnectionError || error instanceof StreamError || error instanceof TimeoutError
}
