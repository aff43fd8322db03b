import { Readable, type Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { InvalidArgumentError, StreamError } from '../errors.js'
import { FrameDecoder, type OutputChunk, type Source } from './frames.js'
import { LineDecoder } from './lines.js'
import { ByteQueue } from './queue.js'
import { leadToSameFile } from './same-file.js'

/** Bytes of output and how to read them. */
export interface OutputSource {
  readonly stream: Readable
  /** Whether the bytes are frames (stdout and stderr apart) or raw, as a tty gives them (all of it stdout). */
  readonly multiplexed: boolean
  /** Asked when the bytes have ended, before the reader is told: rejects when that end is not to be trusted. */
  readonly confirm?: () => Promise<unknown>
}

export type OpenOutput = (signal: AbortSignal) => Promise<OutputSource>

export interface OutputLine {
  readonly source: Source
  /** Without the line's end. */
  readonly line: string
}

export interface PipeOptions {
  /** Ends the destinations when the output ends. Default false. */
  readonly end?: boolean
}

/**
 * The output of a container or an exec, to be read once and in one way: iterated, as lines, collected, piped, or as the two
 * Readables `stdout` and `stderr`. Nothing is sent before the reading begins. Memory is bounded by what a reader collects.
 *
 * Reading rejects when the connection is lost, a frame is cut short or the Engine reports an error in the stream: an output
 * that ends without one is complete. Leaving a loop, `cancel()` and `await using` close the connection.
 */
export class OutputStream implements AsyncIterable<OutputChunk> {
  readonly #open: OpenOutput
  readonly #controller = new AbortController()
  #opening: Promise<Opened> | undefined
  #opened: Opened | undefined
  #readAs: string | undefined
  #apart: ApartReader | undefined
  #isCancelled = false

  constructor(open: OpenOutput) {
    this.#open = open
  }

  /** The chunks in the order the Engine sent them. */
  [Symbol.asyncIterator](): AsyncIterator<OutputChunk, undefined> {
    this.#claim('an iterator')
    return new ReaderIterator(this.#reader((decoder, bytes) => decoder.decode(bytes)))
  }

  /** The output line by line. Lines of stdout and stderr are put together apart from each other. */
  lines(): AsyncGenerator<OutputLine, void, undefined> {
    this.#claim('lines')
    return new ReaderIterator(linesOf(this.#runs()))
  }

  /** All of it as one string, stdout and stderr as they came. */
  async text(): Promise<string> {
    return (await this.bytes()).toString('utf8')
  }

  /** All of it as one Buffer, stdout and stderr as they came. */
  async bytes(): Promise<Buffer> {
    return (await this.collect()).output
  }

  /** All of it, stdout and stderr apart. */
  async demux(): Promise<{ stdout: Buffer; stderr: Buffer }> {
    const { stdout, stderr } = await this.collect()
    return { stdout, stderr }
  }

  /** All of it, apart and together. */
  async collect(): Promise<{ stdout: Buffer; stderr: Buffer; output: Buffer }> {
    this.#claim('collected output')
    const all: Buffer[] = []
    const apart: Record<Source, Buffer[]> = { stdout: [], stderr: [] }
    await handOn(this.#runs(), ({ source, data }) => {
      all.push(data)
      apart[source].push(data)
    })
    const stdout = Buffer.concat(apart.stdout)
    const output = apart.stderr.length === 0 ? stdout : Buffer.concat(all)
    return { stdout, stderr: Buffer.concat(apart.stderr), output }
  }

  /**
   * Only stdout, as a Readable. Take `stderr` before reading if you want both: a source nobody took is dropped, one that
   * was taken holds the other back until it is read.
   */
  get stdout(): Readable {
    return this.#readApart('stdout')
  }

  /** Only stderr, as a Readable. See `stdout`. */
  get stderr(): Readable {
    return this.#readApart('stderr')
  }

  /**
   * Writes everything to `stdout` and `stderr`, in order and no faster than they take it; with one destination given, all
   * goes there. When both lead into one file, pipe or socket, as after `2>&1`, the order is kept there too: everything is
   * written by way of `stdout`. Resolves when the output has ended and every byte was handed over.
   */
  async pipe(stdout: Writable, stderr: Writable = stdout, { end = false }: PipeOptions = {}): Promise<void> {
    this.#claim('pipe')
    // Also noticed while there is nothing to write: the output of a silent container may never come.
    const destinations = new Destinations(stdout, stderr, () => this.cancel())
    try {
      await destinations.begin()
      await handOn(this.#runs(), ({ source, data }) => destinations.write(source, data))
      await destinations.finish()
      if (end) await Promise.all([...new Set([stdout, stderr])].map(endOf))
    } finally {
      destinations.release()
    }
  }

  /** Stops reading and closes the connection. A reader in the middle of it sees the output end. */
  cancel(): void {
    // What has failed is closed as well, and nobody's wish.
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
      // Whoever cancelled it knows that it is not complete.
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
   * Reads to the end whether or not anybody takes it: whoever leaves wants nothing more of it than its end.
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

  #reader(decode: Decode): Reader<OutputChunk> {
    return {
      take: () => this.#opened && decodeTaken(this.#opened, decode),
      next: () => this.#next(decode),
      cancel: () => this.cancel(),
    }
  }

  #runs(): Reader<OutputChunk> {
    return this.#reader((decoder, bytes) => decoder.decodeRuns(bytes))
  }

  /** The next chunks; undefined at the end. What a broken stream still held comes first, then its error. */
  async #next(decode: Decode): Promise<readonly OutputChunk[] | undefined> {
    try {
      const opened = this.#opened ?? (await this.#start())
      const { decoder, queue } = opened
      if (decoder.failure !== undefined) throw decoder.failure
      const bytes = await queue.next()
      if (bytes !== undefined) return decodeBytes(opened, bytes, decode)
      decoder.end()
      if (decoder.failure !== undefined) throw decoder.failure
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

/** Makes an output. When its options are wrong, it rejects with that error when it is read. */
export function orFailing(make: () => OutputStream): OutputStream {
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

interface Reader<T> {
  /** What is here already: no promise has to be waited for. */
  readonly take: () => readonly T[] | undefined
  readonly next: () => Promise<readonly T[] | undefined>
  readonly cancel: () => void
}

function linesOf(reader: Reader<OutputChunk>): Reader<OutputLine> {
  const decoders = { stdout: new LineDecoder(), stderr: new LineDecoder() }
  let ended = false
  const linesIn = (chunks: readonly OutputChunk[]) => {
    const lines: OutputLine[] = []
    for (const { source, data } of chunks) {
      for (const line of decoders[source].decode(data)) lines.push({ source, line })
    }
    return lines
  }
  const lastLines = () => {
    ended = true
    return SOURCES.flatMap((source) => decoders[source].end().map((line) => ({ source, line })))
  }
  return {
    take: () => {
      const chunks = reader.take()
      return chunks && linesIn(chunks)
    },
    next: async () => {
      const chunks = await reader.next()
      if (chunks !== undefined) return linesIn(chunks)
      return ended ? undefined : lastLines()
    },
    cancel: reader.cancel,
  }
}

const SOURCES = ['stdout', 'stderr'] as const

function decodeTaken(opened: Opened, decode: Decode): readonly OutputChunk[] | undefined {
  if (opened.decoder.failure !== undefined) return undefined
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

/**
 * Gives `receive` every chunk, in order, and waits when it asks for that by a promise. For everyone but those who iterate:
 * it spends no promise on a chunk that is here and taken at once. A receiver that fails closes the connection.
 */
async function handOn(
  reader: Reader<OutputChunk>,
  receive: (chunk: OutputChunk) => Promise<void> | void,
): Promise<void> {
  try {
    for (;;) {
      const chunks = reader.take() ?? (await reader.next())
      if (chunks === undefined) return
      for (const chunk of chunks) {
        const taken = receive(chunk)
        if (taken !== undefined) await taken
      }
    }
  } catch (error) {
    reader.cancel()
    throw error
  }
}

/** Written by hand because log lines are small and many: what is here costs no turn of the event loop. */
class ReaderIterator<T> implements AsyncGenerator<T, undefined, undefined> {
  readonly #reader: Reader<T>
  #items: readonly T[] = []
  #index = 0
  #done = false
  /** How many were asked for and have not been answered. */
  #asked = 0
  #last: Promise<IteratorResult<T, undefined>> | undefined

  constructor(reader: Reader<T>) {
    this.#reader = reader
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#asked > 0) return this.#nextInTurn()
    const taken = this.#take()
    if (taken !== undefined) return Promise.resolve(taken)
    this.#last = this.#refill()
    return this.#last
  }

  async return(): Promise<IteratorResult<T, undefined>> {
    this.#finish()
    this.#reader.cancel()
    return { value: undefined, done: true }
  }

  async throw(error: unknown): Promise<never> {
    await this.return()
    throw error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** Whoever asks again before there was an answer is answered in the order of the questions. */
  #nextInTurn(): Promise<IteratorResult<T, undefined>> {
    this.#asked += 1
    const next = () => {
      this.#asked -= 1
      return this.#take() ?? this.#refill()
    }
    this.#last = Promise.resolve(this.#last).then(next, next)
    return this.#last
  }

  #take(): IteratorResult<T, undefined> | undefined {
    const value = this.#items[this.#index]
    if (value === undefined) return undefined
    this.#index += 1
    return { value, done: false }
  }

  async #refill(): Promise<IteratorResult<T, undefined>> {
    this.#asked += 1
    try {
      while (!this.#done) {
        const items = this.#reader.take() ?? (await this.#reader.next())
        if (items === undefined) this.#finish()
        else if (items.length > 0 && !this.#done) {
          this.#items = items
          this.#index = 1
          return { value: items[0] as T, done: false }
        }
      }
      return { value: undefined, done: true }
    } finally {
      this.#asked -= 1
    }
  }

  #finish(): void {
    this.#done = true
    this.#items = []
    this.#index = 0
  }
}

/** Feeds the two Readables. Whoever took one sets the pace; the pumping starts with the first read. */
class ApartReader {
  readonly #reader: Reader<OutputChunk>
  readonly #readables = new Map<Source, Readable>()
  readonly #waiting = new Map<Source, () => void>()
  #pumping = false
  /** How the output ended; also for a Readable that is taken later. */
  #conclude: ((readable: Readable) => void) | undefined

  constructor(reader: Reader<OutputChunk>) {
    this.#reader = reader
  }

  readable(source: Source): Readable {
    const existing = this.#readables.get(source)
    if (existing !== undefined) return existing
    const readable = new Readable({
      read: () => {
        this.#wake(source)
        if (!this.#pumping) this.#pump()
      },
      destroy: (error, done) => {
        this.#wake(source)
        // The other one may still be wanted.
        if ([...this.#readables.values()].every((each) => each.destroyed)) this.#reader.cancel()
        done(error)
      },
    })
    this.#readables.set(source, readable)
    this.#conclude?.(readable)
    return readable
  }

  async #pump(): Promise<void> {
    this.#pumping = true
    try {
      await handOn(this.#reader, (chunk) => this.#give(chunk))
      this.#conclude = (readable) => readable.push(null)
    } catch (error) {
      this.#conclude = (readable) => readable.destroy(error as Error)
    }
    this.#readables.forEach(this.#conclude)
  }

  #give({ source, data }: OutputChunk): Promise<void> | undefined {
    const readable = this.#readables.get(source)
    if (readable === undefined || readable.destroyed || readable.push(data)) return undefined
    return new Promise((resolve) => this.#waiting.set(source, resolve))
  }

  #wake(source: Source): void {
    this.#waiting.get(source)?.()
    this.#waiting.delete(source)
  }
}

/** The two ends of a pipe, which may be one. */
class Destinations {
  readonly #stdout: Destination
  readonly #stderr: Destination
  /** Where stderr goes: by way of stdout, when the two of them would get out of order. */
  readonly #forStderr: Destination

  constructor(stdout: Writable, stderr: Writable, onGone: () => void) {
    this.#stdout = new Destination(stdout, onGone)
    this.#stderr = stderr === stdout ? this.#stdout : new Destination(stderr, onGone)
    this.#forStderr = leadToSameFile(stdout, stderr) ? this.#stdout : this.#stderr
  }

  /** What was written to stderr before comes first. */
  async begin(): Promise<void> {
    if (this.#isJoined) await this.#stderr.flush()
  }

  write(source: Source, data: Buffer): Promise<void> | undefined {
    return source === 'stdout' ? this.#stdout.write(data) : this.#forStderr.write(data)
  }

  /** What somebody writes to stderr next comes behind all this. */
  async finish(): Promise<void> {
    if (this.#isJoined) await this.#stdout.flush()
    this.#stdout.check()
    this.#stderr.check()
  }

  release(): void {
    this.#stdout.release()
    this.#stderr.release()
  }

  get #isJoined(): boolean {
    return this.#stderr !== this.#forStderr
  }
}

/** A Writable with its failures in the open: a write to a broken one throws or rejects. */
class Destination {
  readonly #writable: Writable
  readonly #onGone: () => void
  #failure: Error | undefined
  #wake: (() => void) | undefined

  constructor(writable: Writable, onGone: () => void) {
    this.#writable = writable
    this.#onGone = onGone
    writable.on('drain', this.#ready).on('error', this.#fail).once('close', this.#close)
  }

  /** Returns a promise only when the Writable has enough for now. */
  write(data: Buffer): Promise<void> | undefined {
    this.check()
    return this.#writable.write(data) ? undefined : this.#drained()
  }

  /** Resolves when it holds nothing any more, or will not get rid of it. */
  async flush(): Promise<void> {
    const { writableLength, destroyed, writableEnded } = this.#writable
    if (writableLength === 0 || destroyed || writableEnded) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      this.#writable.write('', () => resolve())
    })
  }

  /** Throws when nothing can be written any more. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#writable.destroyed || this.#writable.writableEnded) throw this.#closed()
  }

  /** A stream is destroyed a moment before it tells why. */
  #closed(): Error {
    return this.#writable.errored ?? closedDestination()
  }

  release(): void {
    this.#writable.off('drain', this.#ready).off('error', this.#fail).off('close', this.#close)
  }

  /** A destination that breaks ends the waiting as well. */
  async #drained(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.check()
  }

  readonly #ready = () => {
    this.#wake?.()
  }

  readonly #fail = (error: Error) => {
    this.#failure = error
    this.#onGone()
    this.#wake?.()
  }

  readonly #close = () => {
    this.#failure ??= this.#closed()
    this.#onGone()
    this.#wake?.()
  }
}

function closedDestination(): StreamError {
  return new StreamError('the destination of the output was closed')
}

async function endOf(writable: Writable): Promise<void> {
  const ended = finished(writable, { readable: false })
  writable.end()
  await ended
}
