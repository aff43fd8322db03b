import type { Duplex, Readable, Writable } from 'node:stream'
import { ProtocolError } from 'dockline'
import { FrameDecoder } from 'dockline/syntax'

/**
 * Takes the Engine's multiplexed stream apart. Neither output is ever ended. One that is full holds the stream back, if it can
 * ever have room again. Any object with a `write` method is an output. Bytes that are no frame, as with a tty, go to `stdout` as
 * they are, and an error that the Engine reports to `stderr`.
 */
export function demuxStream(stream: Readable, stdout: Output, stderr: Output): void {
  // Frames of stdin, which no Engine sends on purpose, count as stderr here.
  const decoder = new FrameDecoder({ stdin: 'stderr' })
  const write = writer(stream)
  stream.on('data', (chunk: Buffer | string) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    const { failure } = decoder
    if (failure instanceof ProtocolError) write(stdout, bytes)
    if (failure !== undefined) return
    for (const { source, data } of decoder.decodeRuns(bytes))
      write(source === 'stdout' ? stdout : stderr, data)
    if (decoder.failure instanceof ProtocolError) write(stdout, decoder.rest)
    else if (decoder.failure !== undefined) write(stderr, Buffer.from(`${decoder.failure.message}\n`))
  })
}

/** A stream, or an object that people wrote by hand. */
type Output = Pick<Writable, 'write'> & Partial<Duplex>

/** Writes, and pauses the source until every output that was full has room again, or is closed. */
function writer(source: Readable): (output: Output, bytes: Buffer) => void {
  const full = new Set<Output>()
  return (output, bytes) => {
    if (output.write(bytes) !== false || full.has(output) || !willDrain(output)) return
    full.add(output)
    source.pause()
    const proceed = () => {
      output.off('drain', proceed).off('close', proceed)
      full.delete(output)
      if (full.size === 0) source.resume()
    }
    output.on('drain', proceed).on('close', proceed)
  }
}

/**
 * Tells whether an output that is full will say when it has room. A PassThrough that nothing reads may be read only after the
 * source has ended, as dockerode allows: it takes everything.
 */
function willDrain(output: Output): output is Duplex {
  const { on, destroyed, writableEnded, readableFlowing } = output
  const isUnread = '_transform' in output && readableFlowing === null
  return typeof on === 'function' && !destroyed && !writableEnded && !isUnread
}
