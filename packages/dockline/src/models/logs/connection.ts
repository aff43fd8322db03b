import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { LogsQuery } from '../../api/index.js'
import { InvalidArgumentError, StreamError } from '../../errors.js'
import type { CallOptions, StreamAnswer } from '../../http/index.js'
import { ByteQueue, type OutputSource } from '../../stream/index.js'
import type { EngineTarget } from '../base/object.js'
import { dialectOf } from '../podman/dialect.js'
import { isMultiplexed } from '../sessions/output-mode.js'
import { type LogsOptions, logsOptions } from './log-options.js'
import { type LogMessage, MessageDecoder } from './messages.js'

/** Whose log. */
export interface LogOwner extends EngineTarget {
  readonly hasTty: (call: CallOptions) => Promise<boolean>
}

/** Makes the request of the options. Throws InvalidArgumentError. */
export function logsQuery(options: LogsOptions): LogsQuery {
  const [{ resume: _resume, position: _position, ...given }] = logsOptions.read(options)
  const query = { follow: false, stdout: true, stderr: true, ...given }
  if (query.stdout || query.stderr) return query
  throw new InvalidArgumentError('logs needs stdout or stderr: both are false')
}

/** An answer with a log. */
export interface OpenedLog extends OutputSource {
  /** When it began, by the Engine's clock, in Unix seconds. */
  readonly begun: number
}

/** Opens the log. Resolves when the Engine answers. */
export async function openLog(owner: LogOwner, query: LogsQuery, call: CallOptions): Promise<OpenedLog> {
  const { api, id, hasTty } = owner
  const follow = query.follow === true && (await canBeFollowed(owner, call))
  const answer = await api.containers.logs(id, { ...query, follow }, call)
  const { stream, contentType, headers } = answer
  const begun = Math.floor((Date.parse(headers.date ?? '') || Date.now()) / 1000)
  try {
    return {
      stream: await logIn(answer, owner),
      multiplexed: await isMultiplexed(api, contentType, () => hasTty(call)),
      begun,
    }
  } catch (error) {
    stream.destroy()
    throw error
  }
}

/** A report is a sentence or two. */
const MAX_REPORT_BYTES = 4096

/** The bytes of the log. Throws the Engine's report that it cannot read the log, if that is what came. */
async function logIn({ stream, headers }: StreamAnswer, { api }: LogOwner): Promise<Readable> {
  const length = Number(headers['content-length'])
  if (!dialectOf(api).reportsInLogs || !(length > 0 && length <= MAX_REPORT_BYTES)) return stream
  const bytes = await buffer(stream)
  const { message, response } = parsed(bytes)
  if (message === undefined || response === undefined) return Readable.from([bytes], { objectMode: false })
  throw new StreamError(`the Engine reported an error in place of the log: ${message}`)
}

function parsed(bytes: Buffer): { readonly message?: string; readonly response?: number } {
  try {
    return Object(JSON.parse(bytes.toString()))
  } catch {
    return {}
  }
}

/** Whether the log is complete when it is followed. */
async function canBeFollowed({ api, id }: LogOwner, call: CallOptions): Promise<boolean> {
  if (dialectOf(api).followsEndedLogs) return true
  const { State } = await api.containers.inspect(id, {}, call)
  return State?.Status !== 'exited' && State?.Status !== 'dead'
}

/** Reads the messages of a log that was asked for with timestamps. */
export async function* messagesOf(
  { stream, multiplexed }: OpenedLog,
  { api }: LogOwner,
  { details }: LogsQuery,
): AsyncGenerator<LogMessage[], void, undefined> {
  try {
    const decoder = new MessageDecoder({
      multiplexed,
      details: details === true && dialectOf(api).givesLogDetails,
      sharesTimestamps: dialectOf(api).sharesTimestamps,
    })
    const queue = new ByteQueue(stream, 'the log')
    for (;;) {
      const bytes = queue.take() ?? (await queue.next())
      if (bytes === undefined) break
      yield decoder.decode(bytes)
      if (decoder.failure !== undefined) throw decoder.failure
    }
    yield decoder.end()
  } finally {
    stream.destroy()
  }
}
