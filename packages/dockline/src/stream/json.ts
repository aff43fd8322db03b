import type { Readable } from 'node:stream'
import { ProtocolError, StreamError } from '../errors.js'

/** Nothing an Engine sends comes near; what does is not an Engine. */
const MAX_VALUE_LENGTH = 128 * 1024 * 1024

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
/** Stands before each value in application/json-seq. */
const RECORD_SEPARATOR = 0x1e
/** A value that is nothing, as Go reads it. */
const NULL = Buffer.from('null')

/** What makes a value of its text; throws where the text is no JSON. */
export type ParseJson<T> = (text: string) => T

export interface JsonReading<T> {
  /** What is sent, for the words of an error. */
  readonly what?: string | undefined
  /** Default JSON.parse. */
  readonly parse?: ParseJson<T> | undefined
}

/** Reads JSON objects that follow each other with or without white space between, cut anywhere. A null is left out. */
export class JsonDecoder<T = unknown> {
  readonly #what: string
  readonly #parseText: ParseJson<T>
  #pending: Buffer[] = []
  #pendingLength = 0
  #depth = 0
  /** The number of bytes of a `null` that have come. */
  #ofNull = 0
  #inString = false
  #escaped = false

  constructor({ what = 'the stream of JSON values', parse = JSON.parse }: JsonReading<T> = {}) {
    this.#what = what
    this.#parseText = parse
  }

  /** The values that these bytes complete, in order; bytes that are no JSON throw when it is their turn. */
  *decode(bytes: Buffer): Generator<T, void, undefined> {
    let start = this.#depth > 0 ? 0 : -1
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] as number
      if (this.#inString) this.#stepInString(byte)
      else if (byte === QUOTE && this.#depth > 0) this.#inString = true
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        if (this.#depth === 0) start = this.#beginAt(bytes, at)
        this.#depth += 1
      } else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1
        if (this.#depth === 0) {
          yield this.#parse(bytes.subarray(start, at + 1))
          start = -1
        }
        if (this.#depth < 0) throw this.#notJson(bytes.subarray(at))
      } else if (this.#depth === 0 && !this.#isNothing(byte)) throw this.#notJson(bytes.subarray(at))
    }
    if (start >= 0) this.#keep(bytes.subarray(start))
  }

  /** Throws when the stream ended in the middle of a value. */
  end(): void {
    if (this.#depth + this.#ofNull > 0) throw StreamError.truncated(this.#what)
  }

  #beginAt(bytes: Buffer, at: number): number {
    if (this.#ofNull > 0) throw this.#notJson(bytes.subarray(at))
    return at
  }

  /** Tells whether a byte between the values is white space, or continues a `null`. */
  #isNothing(byte: number): boolean {
    if (byte !== NULL[this.#ofNull]) return this.#ofNull === 0 && isSpace(byte)
    this.#ofNull = (this.#ofNull + 1) % NULL.length
    return true
  }

  #stepInString(byte: number): void {
    if (this.#escaped) this.#escaped = false
    else if (byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = false
  }

  #keep(bytes: Buffer): void {
    this.#pendingLength += bytes.length
    if (this.#pendingLength > MAX_VALUE_LENGTH) {
      throw new ProtocolError(`${this.#what} has a JSON value that is longer than ${MAX_VALUE_LENGTH} bytes`)
    }
    this.#pending.push(bytes)
  }

  #parse(last: Buffer): T {
    const whole = this.#pendingLength === 0 ? last : Buffer.concat([...this.#pending, last])
    this.#pending = []
    this.#pendingLength = 0
    try {
      return this.#parseText(whole.toString('utf8'))
    } catch (cause) {
      throw this.#notJson(whole, cause)
    }
  }

  #notJson(bytes: Buffer, cause?: unknown): ProtocolError {
    const text = NULL.toString('utf8', 0, this.#ofNull) + bytes.subarray(0, 100).toString('utf8')
    const words = `expected JSON in ${this.#what} and got: ${text}`
    return new ProtocolError(words, cause === undefined ? {} : { cause })
  }
}

/** The values of a body as they arrive. Leaving the loop closes the connection. */
export async function* jsonValues<T = unknown>(
  stream: Readable,
  reading?: JsonReading<T>,
): AsyncGenerator<T, void, undefined> {
  const decoder = new JsonDecoder<T>(reading)
  for await (const bytes of stream as AsyncIterable<Buffer>) yield* decoder.decode(bytes)
  decoder.end()
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d) || byte === RECORD_SEPARATOR
}
