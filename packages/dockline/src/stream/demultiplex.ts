import type { Readable, Writable } from 'node:stream'
import { checkSignal, onAbort } from '../support/abort.js'
import { checkMethod, checkObject } from '../support/check.js'
import { OutputStream, type PipeOptions } from './output.js'

export interface DemultiplexOptions extends PipeOptions {
  /** Aborting closes the source and rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Takes the Engine's multiplexed stream apart, wherever it comes from: an attach, an exec or a log without a tty.
 * Everything is written in order. Resolves when the source has ended and every byte was handed over. Rejects with
 * StreamError when the stream is cut short or the Engine reports an error in it, and with ProtocolError when it is no
 * multiplexed stream.
 */
// biome-ignore lint/complexity/useMaxParams: Programs call this exported function with these arguments.
export async function demultiplex(
  source: Readable,
  stdout: Writable,
  stderr: Writable = stdout,
  options: DemultiplexOptions = {},
): Promise<void> {
  checkMethod({ source }, 'read', 'a Readable')
  checkObject(options, 'options')
  const { signal, ...piping } = options
  checkSignal(signal)
  signal?.throwIfAborted()
  const output = new OutputStream(async (left) => {
    onAbort(left, () => source.destroy())
    return { stream: source, multiplexed: true }
  })
  const release = onAbort(signal, () => output.cancel())
  try {
    await output.pipe(stdout, stderr, piping)
    signal?.throwIfAborted()
  } finally {
    release()
  }
}
