import type { ClientRequest } from 'node:http'
import type { Readable } from 'node:stream'
import { closedEarly } from '../stream/index.js'
import { invalidKind } from '../support/check.js'

/** A source that fails fails the call, and a call that ends lets go of its source. */
export function sendBody(body: Readable, request: ClientRequest, give: (reason: unknown) => void): void {
  const fail = () => give(body.errored === null ? closedEarly() : explained(body.errored))
  const close = () => {
    if (!body.readableEnded) fail()
  }
  if (body.destroyed || body.readableEnded || body.errored !== null) {
    fail()
    return
  }
  body.once('error', (error) => give(explained(error))).once('close', close)
  request.once('close', () => body.off('close', close).destroy())
  pump(body, request, give)
}

/** A source that reads another, such as a counter of bytes, reports the end of the other in Node's words. */
function explained(error: Error): Error {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_STREAM_PREMATURE_CLOSE' ? closedEarly(error) : error
}

/** Works as `pipe`, except for values that cannot be sent: `pipe` would throw where no code can catch it. */
function pump(body: Readable, request: ClientRequest, give: (reason: unknown) => void): void {
  const write = (chunk: unknown) => {
    if (!request.write(checkChunk(chunk))) body.pause()
  }
  body.on('data', (chunk) => {
    try {
      write(chunk)
    } catch (error) {
      give(error)
    }
  })
  body.once('end', () => request.end())
  request.on('drain', () => body.resume())
  body.resume()
}

/** Refuses what a source of objects may give. */
export function checkChunk(chunk: unknown): string | Uint8Array {
  if (typeof chunk === 'string' || chunk instanceof Uint8Array) return chunk
  return invalidKind('the source', 'one of Buffers or strings', chunk)
}
