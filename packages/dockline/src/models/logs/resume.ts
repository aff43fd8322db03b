import type { ContainerState, LogsQuery } from '../../api/index.js'
import { ApiError, ConflictError, NotFoundError, StreamError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { joinSignals } from '../../support/abort.js'
import { hasCome } from '../base/engine-time.js'
import { isLoss, Reconnection } from '../base/reconnection.js'
import { dialectOf } from '../podman/dialect.js'
import { type LogOwner, messagesOf, type OpenedLog, openLog } from './connection.js'
import type { LogMessage } from './messages.js'
import { LogMarks, type LogPosition, type Replay } from './position.js'
import { nanosecondsOf, toSeconds } from './timestamp.js'

/** A log to be read behind a position, and how. */
export interface LogReading extends LogOwner {
  readonly query: LogsQuery
  readonly call: CallOptions
  readonly position?: LogPosition | undefined
  /** Whether the Engine has answered before, so that it is waited for. Default: false. */
  readonly isReached?: boolean | undefined
}

type Batches = AsyncGenerator<readonly LogMessage[], void, undefined>

/** Reads the log behind its position, over one connection. */
export async function* unreadMessages(reading: LogReading): Batches {
  const connection = new Connection(reading, { resumes: false })
  await connection.open()
  yield* connection.unread()
}

/**
 * Reads the log over as many connections as it takes. An Engine that cannot be reached at all is not waited for.
 * Ends when the container has ended or is removed, and its log is read.
 */
export async function* resumedMessages(given: LogReading): Batches {
  using either = joinSignals(given.call.signal, given.api.http.closing)
  const { signal } = either
  const reading = { ...given, call: { ...given.call, signal } }
  const connection = new Connection(reading, { resumes: true })
  const reconnection = new Reconnection()
  for (;;) {
    reconnection.begin()
    try {
      await connection.open()
      for await (const messages of connection.unread()) {
        reconnection.succeed()
        yield messages
      }
      const end = await connection.look()
      if (end === 'reached') return
      if (end === 'near') continue
    } catch (error) {
      signal.throwIfAborted()
      if (connection.isReached && isGone(error)) return yield* connection.rest()
      if (!connection.isReached || !isLoss(error) || connection.isRefused(error)) throw error
    }
    await reconnection.wait(signal, connection.pauseMs)
  }
}

/** Milliseconds from one look at a log that cannot be followed to the next, at most. */
const POLL_MS = 1000
/** Milliseconds until a last message that may have been cut is looked at once more, at most. */
const SECOND_LOOK_MS = 100

/** An error of the Engine's own, and not of a proxy before it. */
function isReport(error: unknown): boolean {
  if (error instanceof ApiError) return error.status <= 501
  return error instanceof StreamError && error.code === 'ERR_DOCKER_STREAM'
}

const MOST_REFUSALS = 3
/** Podman also refuses while it removes a container, which may take ten seconds: so often is a log looked at meanwhile. */
const MOST_REFUSALS_OF_POLLS = 13
/** Reports that are further apart are not of one failure. */
const REFUSAL_STREAK_MS = 60_000

/** A container that is being removed gives its log no more. */
function isGone(error: unknown): boolean {
  return error instanceof NotFoundError || error instanceof ConflictError
}

/**
 * The connection of the moment. A log that has ended need not be complete: an Engine of 20.10 leaves out what was not read
 * by the end of the container, and a container may have been started anew. It is complete when it was asked for after the end.
 */
class Connection {
  readonly #reading: LogReading
  readonly #resumes: boolean
  readonly #marks: LogMarks
  #isReached: boolean
  #opened: OpenedLog | undefined
  /** When the log was first asked for, by the Engine's clock, in Unix seconds. */
  #begun: number | undefined
  /** How many seconds the Engine's clock is ahead of that of this machine. */
  #ahead = 0
  #refusals = 0
  #refusedAt = 0
  /** When the container ended, by the Engine's clock, if it had when it was last looked at. */
  #ended: string | undefined
  readonly #lasts = new LastMessages()

  constructor(reading: LogReading, { resumes }: { readonly resumes: boolean }) {
    this.#reading = reading
    this.#resumes = resumes
    this.#marks = new LogMarks(reading.position)
    this.#isReached = reading.isReached === true
  }

  /** Whether the Engine has answered once. */
  get isReached(): boolean {
    return this.#isReached
  }

  /** Whether the log is read again and again: Podman leaves out lines of a log that is followed while the container ends. */
  get isPolled(): boolean {
    return this.#resumes && !dialectOf(this.#reading.api).followsEndedLogs
  }

  /** Milliseconds until the next connection, at most. */
  get pauseMs(): number | undefined {
    if (this.#lasts.held !== undefined) return SECOND_LOOK_MS
    return this.isPolled ? POLL_MS : undefined
  }

  async open(): Promise<void> {
    // Who answers has to be known before the log is asked for.
    await this.#reading.api.version(this.#reading.call.signal)
    try {
      this.#opened = await openLog(this.#reading, this.#query, this.#reading.call)
    } catch (error) {
      // Such an error came with an answer.
      this.#isReached ||= error instanceof StreamError
      throw error
    }
    this.#isReached = true
    this.#begun ??= this.#opened.begun
    this.#ahead = this.#opened.begun - Date.now() / 1000
  }

  /** Gives what was not read over an earlier connection. */
  async *unread(): Batches {
    if (this.#opened === undefined) return
    const unread = unreadIn(messagesOf(this.#opened, this.#reading, this.#query), this.#marks.replay())
    for await (const messages of this.isPolled ? this.#lasts.check(unread, this.#isGrowing) : unread) {
      if (messages.length === 0) continue
      this.#refusals = 0
      for (const message of messages) this.#marks.note(message)
      yield messages
    }
  }

  /** Gives the message that is held back, when there is no second look at it. */
  *rest(): Generator<readonly LogMessage[], void, undefined> {
    const { held } = this.#lasts
    if (held !== undefined) yield [held]
  }

  /**
   * Whether the Engine reports an error in place of the log, again and again: the log driver may be one that cannot be read.
   * An Engine that is about to end may do so once.
   */
  isRefused(error: unknown): boolean {
    if (!isReport(error)) return false
    const now = performance.now()
    this.#refusals = now - this.#refusedAt > REFUSAL_STREAK_MS ? 1 : this.#refusals + 1
    this.#refusedAt = now
    return this.#refusals >= (this.isPolled ? MOST_REFUSALS_OF_POLLS : MOST_REFUSALS)
  }

  /** Finds out, when a connection has ended as it should, whether the log is complete. */
  async look(): Promise<'reached' | 'near' | 'far'> {
    const { api, id, query, call } = this.#reading
    if (!query.follow) return 'reached'
    if (this.#isPast(query.until)) return this.#lasts.held !== undefined ? 'near' : 'reached'
    const { State } = await api.containers.inspect(id, {}, call)
    const before = this.#ended
    this.#ended = isGoing(State) ? undefined : (State?.FinishedAt ?? '')
    if (this.#ended === undefined) return 'far'
    return this.#ended === before ? 'reached' : 'near'
  }

  /** Whether the container may write to the log while it is read. */
  get #isGrowing(): boolean {
    const { follow, until } = this.#reading.query
    return follow === true && !this.#isPast(until) && this.#ended === undefined
  }

  #isPast(until: LogsQuery['until']): boolean {
    return hasCome(until, Date.now() / 1000 + this.#ahead)
  }

  get #query(): LogsQuery {
    const { query } = this.#reading
    const follow = query.follow && this.#ended === undefined && !this.isPolled
    const asked = { ...query, follow, timestamps: true }
    // The last lines are asked for once: a second time they would be others.
    const begun = query.tail === undefined ? undefined : (this.#lasts.since ?? this.#begun?.toString())
    const since = this.#marks.since ?? begun
    return since === undefined ? asked : { ...asked, since, tail: undefined }
  }
}

async function* unreadIn(all: Batches, replay: Replay): Batches {
  for await (const messages of all) yield replay.unread(messages)
}

/**
 * Podman cuts the last message of a log that it reads while the message is being written. So a last message is held back until
 * another one comes behind it, or it comes a second time as it was.
 */
class LastMessages {
  #held: LogMessage | undefined

  get held(): LogMessage | undefined {
    return this.#held
  }

  /** From when on a new connection has to give the message that is held back. */
  get since(): string | undefined {
    return this.#held && toSeconds(nanosecondsOf(this.#held.timestamp) - 1n)
  }

  /** Holds the last of the messages back where the log is growing. */
  async *check(unread: Batches, isGrowing: boolean): Batches {
    const before = this.#held
    let last: LogMessage | undefined
    for await (const messages of unread) {
      const batch = last === undefined ? messages : [last, ...messages]
      last = batch.at(-1)
      yield batch.slice(0, -1)
    }
    this.#held = undefined
    if (last === undefined) return
    if (isGrowing && !isSame(last, before)) this.#held = last
    else yield [last]
  }
}

function isSame(one: LogMessage, other: LogMessage | undefined): boolean {
  return one.timestamp === other?.timestamp && one.source === other.source && one.text.equals(other.text)
}

function isGoing(state: ContainerState | null | undefined): boolean {
  return state?.Running === true || state?.Restarting === true
}
