import type { ApiClient, Filters } from '../../api/index.js'
import type { CallOptions } from '../../http/index.js'
import { joinSignals } from '../../support/abort.js'
import type { LogLine } from '../logs/lines.js'
import type { LogPosition } from '../logs/position.js'
import type { Moment } from '../options/time.js'
import type { Following } from './follow-all.js'
import type { WatchedContainer } from './watched-container.js'

export interface FollowAllOptions extends CallOptions {
  /** Follows only the containers that match, as in `docker ps --filter`: `{ label: 'a=b' }`. */
  readonly filters?: Filters | undefined
  /** How many lines of the past, of each container that runs at the beginning. Default: 'all'. */
  readonly tail?: number | 'all' | undefined
  /** Begins with what was written since then. Default: the beginning of each log. */
  readonly since?: Moment | undefined
  /** Adds the log driver's attributes to each line. Default: false. */
  readonly details?: boolean | undefined
  /** Default: true. */
  readonly stdout?: boolean | undefined
  /** Default: true. */
  readonly stderr?: boolean | undefined
  /** Goes on from where an earlier `followAll` was. Takes the place of `since` and `tail`. */
  readonly position?: FollowAllPosition | undefined
  /**
   * How many logs are read at a time. When more containers run, their logs take turns of 2 s, also the quiet ones: with N
   * containers, a line waits up to N / `connections` × 2 s. Default: 100.
   */
  readonly connections?: number | undefined
  /**
   * Called when the log of a container cannot be read, as with the log driver `none`. The other logs go on.
   * Default: the loop rejects with the error.
   */
  readonly onError?: ((error: unknown, container: WatchedContainer) => void) | undefined
}

/** A line of the log of a container. */
export interface ContainerLogLine extends Omit<LogLine, 'position'> {
  readonly container: WatchedContainer
}

/** How far the logs were read: plain JSON, to be saved, and given to `followAll()` to go on from there. */
export interface FollowAllPosition {
  /** When containers were last looked for, by the Engine's clock, in Unix seconds. */
  readonly time: number
  /** How far the log of each container was read, by its id. */
  readonly containers: Readonly<Record<string, FollowedPosition>>
}

/** The place up to which the log of a container was read. */
export interface FollowedPosition extends LogPosition {
  /** Where its log begins, in Unix seconds, as long as no line of it was read. */
  readonly since?: string | undefined
}

/**
 * The logs of all containers that match, line by line. It can be read once; leaving the loop, `cancel()` and `await using`
 * close the connections. Lines of one container keep their order; those of several come as they arrive.
 */
export class FollowedLogs implements AsyncIterable<ContainerLogLine>, AsyncDisposable {
  readonly #api: ApiClient
  readonly #options: FollowAllOptions
  readonly #closing: AbortSignal
  readonly #cancelling = new AbortController()
  #following: Following | undefined

  constructor(api: ApiClient, options: FollowAllOptions, closing: AbortSignal) {
    this.#api = api
    this.#options = options
    this.#closing = closing
  }

  /** How far the lines were read that the loop was given. Undefined before the first answer of the Engine. */
  get position(): FollowAllPosition | undefined {
    return this.#following?.position ?? this.#options?.position
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ContainerLogLine, void, undefined> {
    const { signal: cancelled } = this.#cancelling
    // Loaded here, because most programs never follow logs of many containers.
    const { followAll } = await import('./follow-all.js')
    using either = joinSignals(this.#closing, cancelled)
    try {
      const following = followAll(this.#api, this.#options, either.signal)
      this.#following = following
      yield* following.lines()
    } catch (error) {
      if (!cancelled.aborted) throw error
    }
  }

  /** Stops the reading and closes the connections. A loop over the lines ends. */
  cancel(): void {
    this.#cancelling.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel()
  }
}
