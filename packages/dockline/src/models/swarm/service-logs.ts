import type { ApiClient, ServiceTaskLogsQuery } from '../../api/index.js'
import { InvalidArgumentError, NotFoundError } from '../../errors.js'
import type { CallOptions, StreamAnswer } from '../../http/index.js'
import { OutputStream, orFailing, type Source } from '../../stream/index.js'
import { withBothSignals } from '../../support/abort.js'
import { callTable } from '../base/call.js'
import { lineCount } from '../logs/log-options.js'
import { needed } from '../options/table.js'
import { type Moment, moment } from '../options/time.js'
import { checkObject, flag } from '../options/values.js'
import { isMultiplexed } from '../sessions/output-mode.js'
import { type Ids, type TaskLine, TaskLines } from './log-lines.js'

export interface ServiceLogsOptions extends CallOptions {
  /** Goes on with new output, also that of new tasks. Default: false. */
  readonly follow?: boolean | undefined
  /** How many earlier lines of each task to read. Default: 'all'. */
  readonly tail?: number | 'all' | undefined
  readonly since?: Moment | undefined
  /** Adds the time of each line. Default: false. */
  readonly timestamps?: boolean | undefined
  /** Default: true. */
  readonly stdout?: boolean | undefined
  /** Default: true. */
  readonly stderr?: boolean | undefined
}

export interface RawServiceLogsOptions extends ServiceLogsOptions {
  /** Yields plain output, as of a container. Needed when the tasks have a tty. */
  readonly raw: true
  /** Puts the log driver's attributes before each line. Default: false. */
  readonly details?: boolean | undefined
}

/** A line, and who wrote it. */
export interface ServiceLogLine {
  /** The name, such as 'web.1', or 'web.<node id>' of a global one. */
  readonly replica: string
  /** The host name of the node, or its id when the node is gone. */
  readonly node: string
  /** The id of the task. */
  readonly task: string
  readonly source: Source
  /** Without the line's end. */
  readonly line: string
  /** RFC 3339 with nine digits, when `timestamps` is true. */
  readonly timestamp: string | undefined
  /** The same time, to the millisecond. */
  readonly time: Date | undefined
  /** What the log driver adds, such as labels of the container. */
  readonly attributes: Readonly<Record<string, string>>
}

// Whose logs.
export interface LogTarget {
  /** For messages: 'service web'. */
  readonly what: string
  /** Whether its tasks have a tty, or how to find out. */
  readonly tty: boolean | ((call: CallOptions) => Promise<boolean>)
  /** Refuses a tty, whose log has no frames. Then the bytes come with their frames: each is a message. */
  readonly refuseTty?: () => never
  readonly open: (query: ServiceTaskLogsQuery, call: CallOptions) => Promise<StreamAnswer>
}

interface LogsSettings extends ServiceTaskLogsQuery {
  readonly raw?: boolean | undefined
}

const logsOptions = callTable<RawServiceLogsOptions, LogsSettings>({
  follow: flag,
  stdout: flag,
  stderr: flag,
  since: moment,
  timestamps: flag,
  details: flag,
  tail: lineCount,
  raw: needed(flag),
})

/** Returns the log as `raw` asks for it. Options that are wrong reject when the log is read. */
export function taskLogs(
  api: ApiClient,
  target: LogTarget,
  options: ServiceLogsOptions | RawServiceLogsOptions,
): ServiceLogs | OutputStream {
  const isRaw = Boolean(Object(options).raw)
  return isRaw
    ? rawLogs(api, target, options as RawServiceLogsOptions)
    : new ServiceLogs(api, target, options as ServiceLogsOptions)
}

/** The logs as they come, sent for when first read. */
function rawLogs(api: ApiClient, target: LogTarget, options: RawServiceLogsOptions): OutputStream {
  return orFailing(() => openLogs(api, target, options))
}

function openLogs(api: ApiClient, target: LogTarget, options: RawServiceLogsOptions): OutputStream {
  const [given, call] = logsOptions.read(options)
  const query = logsQuery(given)
  const open = async (signal: AbortSignal) => {
    const tty = typeof target.tty === 'boolean' ? target.tty : await target.tty({ ...call, signal })
    if (tty) target.refuseTty?.()
    const { stream, contentType } = await target.open(query, { ...call, signal })
    if (target.refuseTty) return { stream, multiplexed: false }
    try {
      return { stream, multiplexed: await isMultiplexed(api, contentType, () => tty) }
    } catch (error) {
      stream.destroy()
      throw error
    }
  }
  return new OutputStream((cancelled) => withBothSignals(call.signal, cancelled, open))
}

function logsQuery({ raw: _raw, ...given }: LogsSettings): ServiceTaskLogsQuery {
  const query = { follow: false, stdout: true, stderr: true, ...given }
  if (query.stdout || query.stderr) return query
  throw new InvalidArgumentError('logs needs stdout or stderr: both are false')
}

/**
 * The log of a service, line by line, each with its replica. Lines of different tasks come in no certain
 * order. Can be read once; leaving the loop, `cancel()` and `await using` close the connection. Rejects if a
 * node cannot be asked, after the lines of the others.
 */
export class ServiceLogs implements AsyncIterable<ServiceLogLine>, AsyncDisposable {
  readonly #output: OutputStream
  readonly #names: ReplicaNames
  readonly #timestamps: boolean

  constructor(api: ApiClient, target: LogTarget, options: ServiceLogsOptions) {
    const refuseTty = () => {
      const reason = `the tasks of ${target.what} have a tty: nothing separates their lines`
      throw new InvalidArgumentError(reason, { hint: 'read them with raw: true' })
    }
    this.#output = orFailing(() => {
      checkObject(options, 'options')
      if ('details' in options)
        throw new InvalidArgumentError('details needs raw: true', { hint: 'see `attributes`' })
      return openLogs(
        api,
        { ...target, refuseTty },
        { ...options, raw: true, details: true, timestamps: true },
      )
    })
    // Reading reports options that are no object.
    const { signal, timeout, timestamps }: ServiceLogsOptions = Object(options)
    this.#names = new ReplicaNames(api, { signal, timeout })
    this.#timestamps = timestamps === true
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ServiceLogLine, void, undefined> {
    const lines = new TaskLines()
    for await (const { data } of this.#output) {
      for (const line of lines.in(data)) yield await this.#named(line)
      if (lines.failure) throw lines.failure
    }
    if (!this.#output.isCancelled) for (const line of lines.end()) yield await this.#named(line)
  }

  async #named({ source, line, timestamp, time, ids, attributes }: TaskLine): Promise<ServiceLogLine> {
    const when = this.#timestamps ? { timestamp, time } : { timestamp: undefined, time: undefined }
    return { source, line, ...when, attributes, task: ids.task, ...(await this.#names.of(ids)) }
  }

  /** Stops reading and closes the connection. A reader in the middle of it sees the log end. */
  cancel(): void {
    this.#output.cancel()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel()
  }
}

interface Names {
  readonly replica: string
  readonly node: string
}

/** A service. Of one that is gone, nothing tells the mode. */
interface Named {
  readonly name: string
  readonly isGlobal: boolean
}

/** The names behind the ids, each asked for once. What is gone by then keeps its id. */
class ReplicaNames {
  readonly #api: ApiClient
  readonly #call: CallOptions
  readonly #known = new Map<string, Promise<Names>>()
  readonly #nodes = new Map<string, Promise<string>>()
  readonly #services = new Map<string, Promise<Named>>()

  constructor(api: ApiClient, call: CallOptions) {
    this.#api = api
    this.#call = call
  }

  of(ids: Ids): Promise<Names> {
    // The line has no task. No Engine is known to send such a line.
    if (ids.task === '') return Promise.resolve({ replica: '', node: '' })
    return once(this.#known, ids.task, () => this.#ask(ids))
  }

  async #ask({ task: id, service, node }: Ids): Promise<Names> {
    const [task, { name, isGlobal }, host] = await Promise.all([
      orGone(this.#api.tasks.inspect(id, this.#call)),
      once(this.#services, service, () => this.#service(service)),
      once(this.#nodes, node, () => this.#hostName(node)),
    ])
    // The Engine leaves out the slot 0, which the first task of a job has.
    const replica = task === undefined ? id : isGlobal ? node : (task.Slot ?? 0)
    return { replica: `${name}.${replica}`, node: host }
  }

  async #service(id: string): Promise<Named> {
    const { Spec } = (await orGone(this.#api.services.inspect(id, {}, this.#call))) ?? {}
    return { name: Spec?.Name ?? id, isGlobal: Boolean(Spec?.Mode?.Global ?? Spec?.Mode?.GlobalJob) }
  }

  async #hostName(id: string): Promise<string> {
    const node = await orGone(this.#api.nodes.inspect(id, this.#call))
    return node?.Description?.Hostname || id
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const answer = known.get(key) ?? ask()
  known.set(key, answer)
  return answer
}

async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof NotFoundError) return undefined
    throw error
  }
}
