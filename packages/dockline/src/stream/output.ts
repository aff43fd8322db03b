import type { Readable, Writable } from 'node:stream'
import { InvalidArgumentError, StreamError } from '../errors.js'
import { checkFlags, checkMethod, checkObject } from '../support/check.js'
import { refuseUnknown } from '../support/suggest.js'
import { ApartReader } from './apart-reader.js'
import { type Collected, Collection, type CollectOptions, checkCollecting } from './collection.js'
import { Destinations, endOf } from './destinations.js'
import { FrameDecoder, type OutputChunk, type Source } from './frames.js'
import { handOn } from './hand-on.js'
import { ByteQueue } from './queue.js'
import { linesOf, type OutputLine, type Reader, type WatchedReader } from './reader.js'
import { ReaderIterator } from './reader-iterator.js'

export type { OutputLine }

/** Bytes of output and how to read them. */
export interface OutputSource {
  readonly stream: Readable
  /** Whether the bytes are frames (stdout and stderr apart) or raw, as a tty gives them (all of it stdout). */
  readonly multiplexed: boolean
  /**
   * Called when the bytes have ended, or have failed, before the reader sees that. Rejects when an end is not to be trusted, and
   * when more is known of a failure.
   */
  readonly confirm?: (failure?: Error) => Promise<unknown>
}

export type OpenOutput = (signal: AbortSignal) => Promise<OutputSource>

/** Reads an output as lines that have more than their text, a batch at a time, until the signal aborts. */
export type ReadLines<Line> = (signal: AbortSignal) => AsyncGenerator<readonly Line[], void, undefined>

export interface PipeOptions {
  /** Ends the destinations when the output ends. Default: false. */
  readonly end?: boolean | undefined
}

/**
 * The output of a container or an exec, to be read once and in one way: iterated, as lines, collected, piped, or as the two
 * Readables `stdout` and `stderr`. Nothing is sent before the reading begins. Memory is bounded by what a reader collects.
 *
 * Reading rejects when the connection is lost, a frame is cut short or the Engine reports an error in the stream: an output
 * that ends without one is complete. Leaving a loop, `cancel()` and `await using` close the connection.
 */
export class OutputStream<Line extends OutputLine = OutputLine> implements AsyncIterable<OutputChunk> {
  readonly #open: OpenOutput
  readonly #readLines: ReadLines<Line> | undefined
  readonly #controller = new AbortController()
  #opening: Promise<Opened> | undefined
  #opened: Opened | undefined
  #readAs: string | undefined
  #apart: ApartReader | undefined
  #isCancelled = false

  constructor(open: OpenOutput, readLines?: ReadLines<Line>) {
    this.#open = open
    this.#readLines = readLines
  }

  /** Reads the chunks in the order in which the Engine sent them. */
  [Symbol.asyncIterator](): AsyncIterator<OutputChunk, undefined> {
    this.#claim('an iterator')
    return new ReaderIterator(this.#reader((decoder, bytes) => decoder.decode(bytes)))
  }

  /** Reads the output line by line. Lines of stdout and stderr are put together apart from each other. */
  lines(): AsyncGenerator<Line, void, undefined> {
    this.#claim('lines')
    if (this.#readLines === undefined) return new ReaderIterator(linesOf(this.#runs()) as Reader<Line>)
    return new ReaderIterator(this.#batches(this.#readLines(this.#controller.signal)))
  }

  /**
   * Returns all of it as one string, stdout and stderr as they came. Rejects with OutputLimitError when it is longer than
   * `maxOutput`, or than a string can be.
   */
  async text(options: CollectOptions = {}): Promise<string> {
    checkCollecting(options)
    return (await this.gather(new Collection({ ...options, encoding: 'utf8' }))).output.toString('utf8')
  }

  /** Returns all of it as one Buffer, stdout and stderr as they came. Rejects with OutputLimitError past `maxOutput`. */
  async bytes(options: CollectOptions = {}): Promise<Buffer> {
    return (await this.collect(options)).output
  }

  /** Returns all of it, stdout and stderr apart. Rejects with OutputLimitError past `maxOutput`. */
  async demux(options: CollectOptions = {}): Promise<{ stdout: Buffer; stderr: Buffer }> {
    const { stdout, stderr } = await this.collect(options)
    return { stdout, stderr }
  }

  /** Returns all of it, apart and together. Rejects with OutputLimitError past `maxOutput`. */
  async collect(options: CollectOptions = {}): Promise<Collected> {
    checkCollecting(options)
    return this.gather(new Collection({ ...options, encoding: 'buffer' }))
  }

  /**
   * As `collect`, for a caller that makes text of it, knows the container, or wants what there is after a failure.
   * @internal
   */
  async gather(collection: Collection): Promise<Collected> {
    this.#claim('collected output')
    await handOn(this.#runs(), (chunk) => collection.add(chunk))
    return collection.join()
  }

  /**
   * Only stdout, as a Readable. To read both, take `stderr` before reading: a source that was not taken is dropped,
   * and one that was taken holds the other back until it is read.
   */
  get stdout(): Readable {
    return this.#readApart('stdout')
  }

  /** Only stderr, as a Readable. See `stdout`. */
  get stderr(): Readable {
    return this.#readApart('stderr')
  }

  /**
   * Writes everything to `stdout` and `stderr`, in order and no faster than they take it; with one destination given,
   * all goes there. When both lead into one file, pipe or socket, as after `2>&1`, the order is kept there too.
   * Resolves when the output has ended and every byte was handed over.
   */
  async pipe(stdout: Writable, stderr: Writable = stdout, options: PipeOptions = {}): Promise<void> {
    checkMethod({ stdout, stderr }, 'write', 'a Writable')
    checkObject(options, 'options')
    refuseUnknown(options, ['end'])
    checkFlags(options)
    this.#claim('pipe')
    // Also noticed while there is nothing to write: the output of a silent container may never come.
    const { signal: cancelled } = this.#controller
    const destinations = new Destinations(stdout, stderr, { onGone: () => this.cancel(), cancelled })
    try {
      await destinations.begin()
      await handOn(this.#runs(), ({ source, data }) => destinations.write(source, data))
      await destinations.finish()
    } finally {
      destinations.release()
    }
    if (options.end) await Promise.all([...new Set([stdout, stderr])].map((each) => endOf(each, cancelled)))
  }

  /** Stops reading and closes the connection. A reader in the middle of it sees the output end. */
  cancel(): void {
    // A stream that failed is closed as well, but was not cancelled.
    if (!this.#controller.signal.aborted) this.#isCancelled = true
    this.#close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel()
  }

  /**
   * Opens now and reads ahead as far as memory allows. Resolves when the last byte has arrived, read or not; for sessions,
   * that have to know when their process is done.
   * @internal
   */
  async begin(): Promise<void> {
    const { queue } = await this.#start()
    try {
      await queue.ended
    } catch (error) {
      // The code that cancelled the stream knows that it is not complete.
      if (!this.#isCancelled) throw error
    }
  }

  /**
   * Whether somebody here has stopped the reading.
   * @internal
   */
  get isCancelled(): boolean {
    return this.#isCancelled
  }

  /**
   * Whether any byte has come, read or not.
   * @internal
   */
  get hasArrived(): boolean {
    return this.#opened?.queue.hasArrived === true
  }

  /**
   * Reads to the end and drops what is not taken: a reader that has left still wants to see the end.
   * @internal
   */
  drain(): void {
    void this.#start().then(
      ({ queue }) => queue.drain(),
      () => {},
    )
  }

  #close(): void {
    this.#controller.abort(new StreamError('the output was cancelled'))
    this.#opened?.stream.destroy()
  }

  #claim(readAs: string): void {
    if (this.#readAs !== undefined && !(readAs === 'stdout and stderr' && this.#readAs === readAs)) {
      throw new InvalidArgumentError(
        `the output is already being read as ${this.#readAs}: it can be read once`,
      )
    }
    this.#readAs = readAs
  }

  #start(): Promise<Opened> {
    this.#opening ??= this.#open(this.#controller.signal).then((source) => {
      this.#opened = { ...source, queue: new ByteQueue(source.stream), decoder: new FrameDecoder() }
      if (this.#controller.signal.aborted) source.stream.destroy()
      return this.#opened
    })
    return this.#opening
  }

  #reader(decode: Decode): WatchedReader {
    return {
      take: () => this.#opened && decodeTaken(this.#opened, decode),
      watch: (look) => this.#opened !== undefined && isSound(this.#opened) && this.#opened.queue.watch(look),
      next: () => this.#next(decode),
      cancel: () => this.cancel(),
    }
  }

  /** What fails because this side has stopped the reading is an end. */
  #batches(lines: AsyncGenerator<readonly Line[], void, undefined>): Reader<Line> {
    const next = async () => {
      try {
        const { value, done } = await lines.next()
        return done ? undefined : (value ?? [])
      } catch (error) {
        if (this.#isCancelled) return undefined
        throw error
      }
    }
    const cancel = () => {
      this.cancel()
      lines.return().catch(() => {})
    }
    return { take: () => undefined, next, cancel }
  }

  #runs(): WatchedReader {
    return this.#reader((decoder, bytes) => decoder.decodeRuns(bytes))
  }

  /** The next chunks; undefined at the end. What a broken stream still held comes first, then its error. */
  async #next(decode: Decode): Promise<readonly OutputChunk[] | undefined> {
    try {
      const opened = this.#opened ?? (await this.#start())
      const { decoder, queue } = opened
      if (decoder.failure !== undefined) throw decoder.failure
      const bytes = await queue.next().catch((error) => failed(opened, error))
      if (bytes !== undefined) return decodeBytes(opened, bytes, decode)
      decoder.end()
      if (decoder.failure !== undefined) return await failed(opened, decoder.failure)
      await opened.confirm?.()
      return undefined
    } catch (error) {
      if (this.#controller.signal.aborted) return undefined
      this.#close()
      throw error
    }
  }

  #readApart(source: Source): Readable {
    this.#claim('stdout and stderr')
    this.#apart ??= new ApartReader(this.#reader((decoder, bytes) => decoder.decodeSources(bytes)))
    return this.#apart.readable(source)
  }
}

async function failed({ confirm }: OutputSource, failure: Error): Promise<never> {
  await confirm?.(failure)
  throw failure
}

/** Makes an output. When its options are wrong, it rejects with that error when it is read. */
export function orFailing<Line extends OutputLine>(make: () => OutputStream<Line>): OutputStream<Line> {
  try {
    return make()
  } catch (error) {
    return new OutputStream(() => Promise.reject(error))
  }
}

interface Opened extends OutputSource {
  readonly queue: ByteQueue
  readonly decoder: FrameDecoder
}

type Decode = (decoder: FrameDecoder, bytes: Buffer) => OutputChunk[]

function isSound({ decoder }: Opened): boolean {
  return decoder.failure === undefined
}

function decodeTaken(opened: Opened, decode: Decode): readonly OutputChunk[] | undefined {
  if (!isSound(opened)) return undefined
  const bytes = opened.queue.take()
  return bytes && decodeBytes(opened, bytes, decode)
}

function decodeBytes(
  { multiplexed, decoder }: Opened,
  bytes: Buffer,
  decode: Decode,
): readonly OutputChunk[] {
  return multiplexed ? decode(decoder, bytes) : [{ source: 'stdout', data: bytes }]
}
