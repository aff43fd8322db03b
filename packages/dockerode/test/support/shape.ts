import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Duplex, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'

export type Callback = (...given: readonly unknown[]) => void

/** What a result is, so that results of two packages can be compared. */
export async function shapeOf(result: unknown): Promise<unknown> {
  if (Buffer.isBuffer(result)) return { bytes: result.toString() }
  if (result instanceof IncomingMessage)
    return { answer: result.statusCode, type: result.headers['content-type'], text: await text(result) }
  if (result instanceof Socket) return { connection: await text(result) }
  if (result instanceof Duplex || typeof (result as Readable | null)?.pipe === 'function')
    return { stream: await text(result as Readable) }
  return isHandle(result) ? { made: result.constructor.name, ...withoutModem(result) } : result
}

interface Known {
  readonly modem: unknown
}

function isHandle(result: unknown): result is Known {
  return typeof result === 'object' && result !== null && 'modem' in result
}

function withoutModem({ modem: _modem, ...rest }: Known): object {
  return rest
}

/** What programs look at of an error. */
export async function shapeOfError(error: unknown): Promise<object> {
  const { message, reason, statusCode, json } = error as Error & Record<string, unknown>
  return { message, reason, statusCode, json: await shapeOf(json) }
}
