import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { checkChunk } from '../../http/index.js'
import { asError } from '../../support/abort.js'

/** The same bytes, counted on their way. An end or error of one side is that of the other. */
export function counted(tar: Readable, onProgress: ((bytes: number) => void) | undefined): Readable {
  if (onProgress === undefined) return tar
  let bytes = 0
  const count = (chunk: unknown) => {
    const data = checkChunk(chunk)
    bytes += Buffer.byteLength(data)
    onProgress(bytes)
    return data
  }
  const counter = new Transform({
    // What a source gives may be no bytes. One piece is all that may wait here.
    writableObjectMode: true,
    writableHighWaterMark: 1,
    transform(chunk, _encoding, done) {
      let data: string | Uint8Array
      try {
        data = count(chunk)
      } catch (error) {
        done(asError(error))
        return
      }
      done(null, data)
    },
  })
  // An error destroys both, and the reader of the counter gets it, also later.
  pipeline(
    tar,
    counter.on('error', () => {}),
  ).catch(() => {})
  return counter
}
