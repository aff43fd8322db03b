import type { Duplex } from 'node:stream'
import { onAbort } from '../support/abort.js'
import { startClock } from './deadline.js'

/**
 * Milliseconds that a call which was given up may go on behind its caller, and that the removal of what it made may take.
 * Until then this process does not end by itself.
 */
export const UNDOING_LIMIT_MS = 30_000

/** A call that makes something. */
export interface Making<T> {
  /** What its error calls it: 'POST /networks/create'. */
  readonly what: string
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  /** Sends the request, and says when it is on its way. */
  readonly send: (own: AbortSignal, onSent: (connection: Duplex) => void) => Promise<T>
  /** Takes away again what was made. */
  readonly undo: (made: T) => Promise<void>
}

/**
 * The calls of a client that make something. An Engine makes an object also when the client no longer waits, and only
 * the answer has the id. A call that is given up after it was sent therefore rejects at once and goes on in the
 * background, and the object it has made is removed.
 */
export class Makings {
  readonly #closing: AbortSignal
  readonly #behind = new Set<Promise<void>>()
  readonly #connections = new Set<Duplex>()

  constructor(closing: AbortSignal) {
    this.#closing = closing
  }

  /** The connections that the end of the client must leave alone. */
  get connections(): ReadonlySet<Duplex> {
    return this.#connections
  }

  /** Whether something is still going on behind its caller. */
  get isDone(): boolean {
    return this.#behind.size === 0
  }

  /** Resolves when nothing goes on any more behind its caller. */
  async done(): Promise<void> {
    while (this.#behind.size > 0) await Promise.all(this.#behind)
  }

  make<T>({ what, signal, timeoutMs, send, undo }: Making<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const own = new AbortController()
      let connection: Duplex | undefined
      const forget = () => connection && this.#connections.delete(connection)
      const making = send(own.signal, (sent) => {
        // The request may be sent once more, when the first connection was stale.
        forget()
        connection = sent
        this.#connections.add(sent)
      })
      // Either the caller gets the object or the object is removed. The first of the two decides.
      let isOver = false
      const finish = (): boolean => {
        const isFirst = !isOver
        isOver = true
        clearTimeout(timer)
        for (const release of releases) release()
        return isFirst
      }
      const giveUp = (reason: unknown) => {
        if (!finish()) return
        reject(reason)
        if (connection === undefined) own.abort(reason)
        else this.goOn(limited(making, own).then(undo))
      }
      const timer = startClock(what, timeoutMs, giveUp)
      const releases: (() => void)[] = []
      releases.push(onAbort(signal, () => giveUp(signal?.reason)))
      releases.push(onAbort(this.#closing, () => giveUp(this.#closing.reason)))
      // The stack of an error reaches the caller by a chain of promises alone, and not through functions around these two.
      making.finally(finish).finally(forget).then(resolve, reject)
    })
  }

  /** Goes on with work for which no caller waits. Its failure is ignored. */
  goOn(work: Promise<unknown>): Promise<void> {
    const behind = work.then(
      () => {},
      () => {},
    )
    this.#behind.add(behind)
    return behind.finally(() => this.#behind.delete(behind))
  }
}

async function limited<T>(making: Promise<T>, own: AbortController): Promise<T> {
  const timer = startClock('going on behind the caller', UNDOING_LIMIT_MS, (error) => own.abort(error))
  try {
    return await making
  } finally {
    clearTimeout(timer)
  }
}
