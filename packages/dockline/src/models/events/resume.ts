import type { ApiClient, EventMessage, EventsQuery } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { isLoss, Reconnection } from '../base/reconnection.js'

/**
 * How far before the last event a new connection begins. Events that happen at the same time may be told in either
 * order, and `timeNano` is not exact as a number: what was told already is left out by what it is.
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
 * Events over as many connections as it takes, and the beginning of each connection. It asks for nothing but events: a proxy
 * before the Engine may let nothing else through. No Engine has to answer the first question twice: whoever cannot be reached
 * at all is not waited for.
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
      yield new Begun(begun)
      for await (const event of events) {
        reconnection.succeed()
        if (replayed.has(event)) continue
        seen.add(event)
        yield event
      }
      if (isOver(query.until)) return
    } catch (error) {
      call.signal?.throwIfAborted()
      if (!isReached || !isLoss(error)) throw error
    }
    await reconnection.wait(call.signal)
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
