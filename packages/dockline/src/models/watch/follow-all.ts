import type { ApiClient, LogsQuery } from '../../api/index.js'
import { InvalidArgumentError } from '../../errors.js'
import type { CallOptions } from '../../http/index.js'
import { joinSignals, onAbort } from '../../support/abort.js'
import { invalid, isPlain } from '../../support/check.js'
import { callback, callTable } from '../base/call.js'
import { logsQuery } from '../logs/connection.js'
import type { LogLine } from '../logs/lines.js'
import { checkPosition, type LogPosition } from '../logs/position.js'
import { linesOf } from '../logs/read-logs.js'
import type { LogReading } from '../logs/resume.js'
import { filters } from '../options/filters.js'
import { asItIs } from '../options/values.js'
import { type Changed, type Listed, watchContainers } from './containers-watch.js'
import type {
  ContainerLogLine,
  FollowAllOptions,
  FollowAllPosition,
  FollowedPosition,
} from './followed-logs.js'
import { Merge } from './merge.js'
import { Places, TurnOver } from './places.js'
import type { WatchedContainer } from './watched-container.js'

/** Those of a log are read with the other options of a log. */
const followOptions = callTable<FollowAllOptions>({
  filters,
  tail: asItIs,
  since: asItIs,
  details: asItIs,
  stdout: asItIs,
  stderr: asItIs,
  position: checkFollowAllPosition,
  connections: (value, option) =>
    Number.isInteger(value) && Number(value) > 0
      ? Number(value)
      : invalid(option, 'a whole number from 1 on', value),
  onError: callback,
})

const CONNECTIONS = 100

/** Checks the options, and follows the logs until `closing` aborts. */
export function followAll(api: ApiClient, options: FollowAllOptions, closing: AbortSignal): Following {
  const [own, call] = followOptions.read(options)
  const { tail, since, details, stdout, stderr } = own
  const query = logsQuery({ follow: true, tail, since, details, stdout, stderr })
  return new Following({ api, call, closing, query, ...own, connections: own.connections ?? CONNECTIONS })
}

function checkFollowAllPosition(position: unknown): FollowAllPosition {
  const { time, containers } = (isPlain(position) ? position : {}) as Partial<FollowAllPosition>
  if (typeof time !== 'number' || !isPlain(containers))
    throw new InvalidArgumentError('position must be the position of an earlier followAll')
  for (const [id, each] of Object.entries(containers))
    checkPosition(each, `position.containers.${id.slice(0, 12)}`)
  return { time, containers }
}

interface Settings extends FollowAllOptions {
  readonly api: ApiClient
  readonly call: CallOptions
  readonly closing: AbortSignal
  readonly query: LogsQuery
  readonly connections: number
}

/** A container whose log is followed. */
interface Followed {
  container: WatchedContainer
  /** Where its log begins, as long as no line of it was read. */
  query: LogsQuery
  /** How far its log was read. */
  read: LogPosition | undefined
  /** How far the lines were taken. */
  taken: LogPosition | undefined
  isReading: boolean
  /** The part of the log to read next: new lines as they come, or only the lines that are there. */
  next: 'what comes' | 'what there is' | undefined
  isRemoved: boolean
}

/** Follows the logs of all containers that match. */
export class Following {
  readonly #settings: Settings
  readonly #followed = new Map<string, Followed>()
  readonly #merge = new Merge<{ readonly followed: Followed; readonly lines: readonly LogLine[] }>()
  /** Aborts when the lines are not read any more. */
  readonly #ending = new AbortController()
  /** When containers were first looked for, by the Engine's clock, in Unix seconds. */
  #begun: number | undefined
  /** When containers were last looked for. */
  #time: number | undefined

  constructor(settings: Settings) {
    this.#settings = settings
    const { position, query } = settings
    this.#time = position?.time
    for (const [id, { since, ...read }] of Object.entries(position?.containers ?? {})) {
      const container = { id, name: '', labels: {}, image: '' }
      const known = read.stdout === undefined && read.stderr === undefined ? undefined : read
      this.#add(container, { ...query, tail: undefined, since }, known)
    }
  }

  get position(): FollowAllPosition | undefined {
    if (this.#time === undefined) return undefined
    const positions = [...this.#followed.values()].map(
      ({ container, query, taken }): [string, FollowedPosition] => [
        container.id,
        taken ?? { since: this.#behindTail(query).since?.toString() },
      ],
    )
    return { time: this.#time, containers: Object.fromEntries(positions) }
  }

  async *lines(): AsyncGenerator<ContainerLogLine, void, undefined> {
    const { call, closing, connections } = this.#settings
    const { signal } = this.#ending
    using given = joinSignals(call.signal, closing)
    const release = onAbort(given.signal, () => {
      this.#ending.abort(given.signal.reason)
      this.#merge.fail(given.signal.reason)
    })
    void this.#watch(new Places(connections, signal), signal)
    try {
      for await (const { followed, lines } of this.#merge) {
        for (const { position, ...line } of lines) {
          followed.taken = position
          yield { ...line, container: followed.container }
        }
      }
    } finally {
      release()
      this.#ending.abort()
    }
  }

  async #watch(places: Places, signal: AbortSignal): Promise<void> {
    const { api, filters, call } = this.#settings
    try {
      for await (const change of watchContainers(api, filters, { ...call, signal })) {
        if (change.change === 'listed') this.#list(change, places)
        else this.#change(change, places)
        this.#time = change.time || this.#time
      }
    } catch (error) {
      this.#merge.fail(error)
    }
  }

  /** Containers that do not run are read as well, once they are known: they may have run since. */
  #list({ running, stopped, time }: Listed, places: Places): void {
    this.#begun ??= time || undefined
    const listed = new Set([...running, ...stopped].map(({ id }) => id))
    for (const [id, followed] of this.#followed) if (!listed.has(id)) this.#remove(followed)
    const since = this.#before(time)
    for (const container of running) this.#follow(container, places, since)
    if (since !== undefined) for (const container of stopped) this.#catchUp(container, places, since)
  }

  #change({ change, container, time }: Changed, places: Places): void {
    const followed = this.#followed.get(container.id)
    if (change === 'started') this.#follow(container, places, this.#before(time))
    else if (followed === undefined) return
    else if (change === 'renamed') followed.container = container
    else if (change === 'removed') this.#remove(followed)
  }

  /** From when on the logs are read of containers that were not known. A clock may have been set back meanwhile. */
  #before(time: number): number | undefined {
    return this.#time === undefined ? undefined : Math.min(this.#time, time || this.#time)
  }

  #follow(container: WatchedContainer, places: Places, since: number | undefined): void {
    const followed = this.#know(container, since)
    followed.next = 'what comes'
    if (!followed.isReading) void this.#read(followed, places)
  }

  #catchUp(container: WatchedContainer, places: Places, since: number): void {
    const followed = this.#know(container, since)
    followed.next ??= 'what there is'
    if (!followed.isReading) void this.#read(followed, places)
  }

  #know(container: WatchedContainer, since: number | undefined): Followed {
    const { query } = this.#settings
    const begin = since === undefined ? query : { ...query, tail: undefined, since }
    const followed = this.#followed.get(container.id) ?? this.#add(container, begin, undefined)
    followed.container = container
    return followed
  }

  #add(container: WatchedContainer, query: LogsQuery, position: LogPosition | undefined): Followed {
    const followed: Followed = {
      ...{ container, query, read: position, taken: position },
      ...{ isReading: false, next: undefined, isRemoved: false },
    }
    this.#followed.set(container.id, followed)
    return followed
  }

  #remove(followed: Followed): void {
    followed.isRemoved = true
    if (!followed.isReading) this.#followed.delete(followed.container.id)
  }

  /** Reads the log until the container has ended, and again if it was started meanwhile. */
  async #read(followed: Followed, places: Places): Promise<void> {
    followed.isReading = true
    try {
      while (followed.next !== undefined) await this.#readInTurn(followed, places)
    } catch (error) {
      this.#report(error, followed)
    } finally {
      followed.isReading = false
      if (followed.isRemoved) this.#followed.delete(followed.container.id)
    }
  }

  async #readInTurn(followed: Followed, places: Places): Promise<void> {
    using place = await places.enter()
    const { next } = followed
    followed.next = undefined
    try {
      const reading = this.#reading(followed, next === 'what comes', place.signal)
      for await (const lines of linesOf(reading, { resume: true, position: followed.read })) {
        const last = lines.at(-1)
        if (last === undefined) continue
        followed.read = last.position
        await this.#merge.give({ followed, lines })
      }
    } catch (error) {
      if (!(error instanceof TurnOver)) throw error
      followed.next ??= next
    } finally {
      followed.query = this.#behindTail(followed.query)
    }
  }

  /** The last lines of a log are asked for once: a second time they would be others. */
  #behindTail(query: LogsQuery): LogsQuery {
    return query.tail === undefined ? query : { ...query, tail: undefined, since: this.#begun }
  }

  #reading({ container: { id }, query }: Followed, follow: boolean, signal: AbortSignal): LogReading {
    const { api } = this.#settings
    const call = { ...this.#settings.call, signal }
    const hasTty = async () => (await api.containers.inspect(id, {}, call)).Config?.Tty === true
    // An older Engine does not say so with the log, and by then the container may be gone.
    const early = askOnce(async () => ((await api.speaks('1.42', signal)) ? undefined : hasTty()))
    return {
      ...{ api, id, call, isReached: true },
      query: { ...query, follow },
      hasTty: async () => (await early()) ?? hasTty(),
    }
  }

  #report(error: unknown, { container }: Followed): void {
    const { onError } = this.#settings
    if (this.#ending.signal.aborted) return
    try {
      if (onError === undefined) throw error
      onError(error, container)
    } catch (thrown) {
      this.#merge.fail(thrown)
    }
  }
}

/** Asks at once, and gives the answer to the first who wants it: a question that has failed is not to fail for ever. */
function askOnce<T>(ask: () => Promise<T>): () => Promise<T | undefined> {
  let asked: Promise<T | undefined> | undefined = ask()
  asked.catch(() => {})
  return async () => {
    const answer = asked
    asked = undefined
    return answer
  }
}
