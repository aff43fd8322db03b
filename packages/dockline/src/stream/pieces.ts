import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { checkMethod, invalidKind } from '../support/check.js'

/** The streams whose pieces nobody keeps at present: their memory may be used again. */
const lent = new WeakSet<Readable>()

/**
 * Gives `take` each piece of a stream, such as the tar of `save()`. A piece is valid until `take` returns:
 * its memory is used again. Rejects with what `take` throws.
 */
export function readPieces(stream: Readable, take: (piece: Buffer) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    checkMethod({ stream }, 'read', 'a Readable')
    if (typeof take !== 'function') invalidKind('take', 'a function', take)
    beginLending(stream)
    stream.on('data', (piece: Buffer) => {
      try {
        take(piece)
      } catch (error) {
        reject(error)
        stream.destroy()
      }
    })
    finished(stream).then(resolve, reject)
  })
}

/** Says that the reader of a stream keeps no piece, from now on. */
export function beginLending(stream: Readable): void {
  lent.add(stream)
}

/** Says that the reader keeps each piece that comes from now on. */
export function endLending(stream: Readable): void {
  lent.delete(stream)
}

/** Whether nobody keeps what the stream has given until now. */
export function hasReturnedAll(stream: Readable): boolean {
  return lent.has(stream) && stream.readableLength === 0 && stream.listenerCount('data') === 1
}
