import { constants } from 'node:buffer'
import type { Readable } from 'node:stream'
import { LimitError, StreamError } from '../errors.js'
import { jsonValues } from '../stream/index.js'
import { reasonOf } from '../support/abort.js'
import type { Answer } from './exchange.js'
import type { ReadingValues } from './request.js'

/** The answer as it came, of the type that the call names. */
export function asItIs<T>(answer: unknown): T {
  return answer as T
}

interface Collecting {
  /** The most bytes that can be used. */
  readonly limit: number
  readonly what: string
}

const WHOLE: Collecting = { limit: constants.MAX_LENGTH, what: 'the call' }

/** A body that is not kept. */
export const UNREAD: Collecting = { limit: Infinity, what: 'the call' }

/** The whole body, which is refused as soon as it is known to be too long. The clock of the call runs until it is here. */
export function collect(
  { message, explain, settle }: Answer,
  { limit, what }: Collecting = WHOLE,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const refuse = () => {
      chunks.length = 0
      reject(tooLong(what, limit))
      message.destroy()
    }
    message.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) refuse()
      else chunks.push(chunk)
    })
    message.on('error', (error) => reject(explain(error)))
    message.on('close', () => {
      settle()
      // Every answer closes, so the error is made only where it is one: its stack trace costs as much as a tenth of a call.
      if (!message.readableEnded) reject(StreamError.truncated('the answer'))
    })
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    if (Number(message.headers['content-length']) > limit) refuse()
  })
}

function tooLong(what: string, limit: number): LimitError {
  const hint = 'http.stream() and http.lines() read an answer of any length'
  const most = limit === constants.MAX_LENGTH ? 'Buffer' : 'string'
  const message = `${what} answered with more than ${limit} bytes, the most that one ${most} can hold`
  return new LimitError(message, limit, { hint })
}

/** A body of JSON values that has begun. `call` is for the words of an error. */
export async function* valuesIn<T>(
  stream: Readable,
  call: string,
  { read = asItIs, parse }: ReadingValues<T> = {},
): AsyncGenerator<T, void, undefined> {
  try {
    const values = jsonValues(stream, { what: `the answer to ${call}`, parse })
    for await (const value of values) yield read(value, call)
  } catch (error) {
    throw reasonOf(error)
  }
}
