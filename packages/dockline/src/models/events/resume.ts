import { setTimeout as delay } from 'node:timers/promises'
import type { ApiClient, EventMessage, EventsQuery } from '../../api/index.js'
import { ApiError, ConnectionError, StreamError, TimeoutError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'

/** Milliseconds from a lost connection to the next attempt; twice as many after each that fails, up to the most. */
const PATIENCE = { first: 100, most: 10_000 }
/** A connection that lasted so long was a good one: the next attempt is made as if it were the first. */
const GOOD = 10_000
/**
 * How far before the last event a new connection begins. Events that happen at the same time may be told in either
 * order, and `timeNano` is not exact as a number: what was told already is left out by what it is.
 */
const OVERLAP = 1_000_000_000n

/**
 * Events over as many connections as it takes. It asks for nothing but events: a proxy before the Engine may let nothing else
 * through. No Engine has to answer the first question twice: whoever cannot be reached at all is not waited for.
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

/** What was told of the last moments, each as often as it was told. */
class SeenEvents {
  #since: string | number | undefined
  #latest = 0n
  #recent: { readonly at: bigint; readonly key: string }[] = []

  constructor(since: string | number | undefined) {
    this.#since = since
  }

  /** From when on a new connection has to tell; undefined for now. */
  get since(): string | number | undefined {
    return this.#since
  }

  /**
   * Where no beginning is given, it is now by the Engine's own clock, since one connection may be lost before the first event.
   * Of that, the answer tells the second: better one too many than one that nobody is told of.
   */
  begunAt(engineTime: number): void {
    this.#since ??= engineTime
  }

  /** What a new connection will tell once more; each is asked about once. */
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

/** What an Engine that comes back may mend. Whatever stands before it answers with a 5xx meanwhile. */
function isLoss(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500
  return error instanceof ConnectionError || error instanceof StreamError || error instanceof TimeoutError
}
