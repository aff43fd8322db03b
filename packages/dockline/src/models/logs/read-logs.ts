import { Readable } from 'node:stream'
import type { OutputSource } from '../../stream/index.js'
import { joinSignals, withBothSignals } from '../../support/abort.js'
import { dialectOf } from '../podman/dialect.js'
import { type LogOwner, logsQuery, openLog } from './connection.js'
import { LineJoiner, type LogLine } from './lines.js'
import type { LogsOptions } from './log-options.js'
import type { LogMessage } from './messages.js'
import { checkPosition } from './position.js'
import { type LogReading, resumedMessages, unreadMessages } from './resume.js'

/** Reads the bytes of a log, until `cancelled` aborts. */
export function logBytes(
  owner: LogOwner,
  options: LogsOptions,
  cancelled: AbortSignal,
): Promise<OutputSource> {
  const { signal, timeout, timestamps = false } = options
  const query = logsQuery(options)
  return withBothSignals(signal, cancelled, async (both) => {
    const call = { signal: both, timeout }
    if (!options.resume && options.position === undefined) return openLog(owner, query, call)
    const messages = messagesFor({ ...owner, query, call }, options)
    return { stream: Readable.from(frames(messages, timestamps), { objectMode: false }), multiplexed: true }
  })
}

/** Reads the lines of a log with their times, until `cancelled` aborts. */
export async function* logLines(
  owner: LogOwner,
  options: LogsOptions,
  cancelled: AbortSignal,
): AsyncGenerator<readonly LogLine[], void, undefined> {
  using both = joinSignals(options.signal, cancelled)
  const call = { signal: both.signal, timeout: options.timeout }
  yield* linesOf({ ...owner, query: logsQuery(options), call }, options)
}

/** Reads the lines behind a position, if there is one, and over more than one connection, if that is asked for. */
export async function* linesOf(
  reading: LogReading,
  options: LogsOptions,
): AsyncGenerator<readonly LogLine[], void, undefined> {
  let joiner: LineJoiner | undefined
  for await (const messages of messagesFor(reading, options)) {
    // Who answers is known only now.
    joiner ??= new LineJoiner(dialectOf(reading.api).sharesTimestamps, options.position)
    yield joiner.join(messages)
  }
  if (joiner !== undefined) yield joiner.end()
}

function messagesFor(
  reading: LogReading,
  { resume, position }: LogsOptions,
): AsyncGenerator<readonly LogMessage[], void, undefined> {
  const checked = position === undefined ? undefined : checkPosition(position)
  if (resume) return resumedMessages({ ...reading, position: checked })
  return unreadMessages({ ...reading, position: checked })
}

/** The messages as the Engine would send them over one connection. */
async function* frames(
  batches: AsyncGenerator<readonly LogMessage[], void, undefined>,
  timestamps: boolean,
): AsyncGenerator<Buffer, void, undefined> {
  for await (const messages of batches)
    yield Buffer.concat(messages.flatMap((message) => frameOf(message, timestamps)))
}

function frameOf({ source, timestamp, details, text }: LogMessage, timestamps: boolean): Buffer[] {
  const prefix = Buffer.from(`${timestamps ? `${timestamp} ` : ''}${details === '' ? '' : `${details} `}`)
  const header = Buffer.alloc(8)
  header[0] = source === 'stdout' ? 1 : 2
  header.writeUInt32BE(prefix.length + text.length, 4)
  return [header, prefix, text]
}
