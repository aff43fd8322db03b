import { constants } from 'node:buffer'
import { StringDecoder } from 'node:string_decoder'
import { OutputLimitError } from '../errors.js'
import { checkObject, invalid } from '../support/check.js'
import { refuseUnknown } from '../support/suggest.js'
import type { OutputChunk, Source } from './frames.js'

export interface CollectOptions {
  /** The most bytes of stdout and stderr together. Default: none. */
  readonly maxOutput?: number | undefined
}

/** A whole output. */
export interface Collected<Text extends string | Buffer = Buffer> {
  readonly stdout: Text
  readonly stderr: Text
  /** stdout and stderr as they came. */
  readonly output: Text
}

/** What is made of an output, and how an error of it is to be explained. */
export interface Collecting extends CollectOptions {
  readonly encoding: 'utf8' | 'buffer'
  /** The id of the container. */
  readonly container?: string | undefined
}

/** The most bytes that one string can be made of, and the most that one Buffer can hold. */
const MOST_BYTES = { utf8: constants.MAX_STRING_LENGTH, buffer: constants.MAX_LENGTH }
/** So much of an output is kept for the error when nobody has set a limit. */
const KEPT_BYTES = 1024 * 1024

/** Refuses other options than these. */
export function checkCollecting(options: CollectOptions): void {
  checkObject(options, 'options')
  refuseUnknown(options, ['maxOutput'])
  if (options.maxOutput !== undefined) checkLimit(options.maxOutput, 'maxOutput')
}

/** Refuses what is no number of bytes. */
export function checkLimit(limit: unknown, option: string): number {
  const fits = limit === Infinity || (Number.isSafeInteger(limit) && Number(limit) >= 0)
  return fits ? Number(limit) : invalid(option, 'a number of bytes from 0 on', limit)
}

/** Gathers an output up to a limit: the one that was asked for, or the most that can be made of it. */
export class Collection {
  readonly #collecting: Collecting
  readonly #limit: number
  #chunks: OutputChunk[] = []
  #length = 0

  constructor(collecting: Collecting) {
    const { maxOutput = Infinity, encoding } = collecting
    this.#collecting = collecting
    this.#limit = Math.min(maxOutput, MOST_BYTES[encoding])
  }

  /** Throws OutputLimitError when this is more than there may be. */
  add(chunk: OutputChunk): void {
    this.#length += chunk.data.length
    this.#chunks.push(chunk)
    if (this.#length > this.#limit) throw this.#exceeded()
  }

  /** How the output is to be returned. */
  get encoding(): 'utf8' | 'buffer' {
    return this.#collecting.encoding
  }

  join(): Collected {
    const chunks = this.#chunks
    const stdout = joined(chunks, 'stdout')
    const stderr = joined(chunks, 'stderr')
    return { stdout, stderr, output: stderr.length === 0 ? stdout : joined(chunks) }
  }

  /** Returns what there is of an output that ended too early, for an error to carry. */
  soFar(): Collected<string | Buffer> {
    const { stdout, stderr, output } = this.join()
    const as = this.encoding === 'utf8' ? textOf : (bytes: Buffer) => bytes
    const first = as(stdout)
    // A large output without stderr is not made to text twice.
    return { stdout: first, stderr: as(stderr), output: output === stdout ? first : as(output) }
  }

  #exceeded(): OutputLimitError {
    const limit = this.#limit
    const { maxOutput, encoding, container } = this.#collecting
    const isAsked = limit === maxOutput
    this.#chunks = beginning(this.#chunks, isAsked ? limit : KEPT_BYTES)
    const words = isAsked
      ? `maxOutput, which is ${limit} bytes`
      : `${limit} bytes, the most that one ${encoding === 'utf8' ? 'string' : 'Buffer'} can hold`
    const details = { ...this.soFar(), limit, container }
    const hint = isAsked ? undefined : 'lines(), pipe() and a loop read an output of any length'
    return new OutputLimitError(`the output is longer than ${words}`, details, { hint })
  }
}

/** The first chunks, up to so many bytes. */
function beginning(chunks: readonly OutputChunk[], length: number): OutputChunk[] {
  const first: OutputChunk[] = []
  let room = length
  for (const { source, data } of chunks) {
    if (room === 0) break
    first.push({ source, data: data.subarray(0, room) })
    room -= Math.min(room, data.length)
  }
  return first
}

function joined(chunks: readonly OutputChunk[], only?: Source): Buffer {
  const wanted = only === undefined ? chunks : chunks.filter(({ source }) => source === only)
  return Buffer.concat(wanted.map(({ data }) => data))
}

/** The limit may have cut the last character: that one is left out. */
function textOf(bytes: Buffer): string {
  return new StringDecoder('utf8').write(bytes)
}
