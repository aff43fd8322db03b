import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** The same bytes, with somebody who is told of them. An end or error of one side is that of the other. */
export function counted(tar: Readable, onProgress: ((bytes: number) => void) | undefined): Readable {
  if (onProgress === undefined) return tar
  let bytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      onProgress(bytes)
      done(null, chunk)
    },
  })
  // What goes wrong destroys both, and whoever reads the counter is told of it.
  pipeline(tar, counter).catch(() => {})
  return counter
}
