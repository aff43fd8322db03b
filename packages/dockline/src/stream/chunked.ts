import { ProtocolError } from '../errors.js'

const CR = 13
const LF = 10
/** A size of more hexadecimal digits is no number that JavaScript counts to. */
const MAX_DIGITS = 13

/** Where in a chunked body the next byte is. */
type Place =
  | 'size'
  | 'extension'
  | 'end of size'
  | 'data'
  | 'after data'
  | 'end of data'
  | 'trailer'
  | 'in trailer'
  | 'end of trailer'
  | 'end'
  | 'over'

/**
 * Takes an HTTP body of chunks apart (RFC 9112, section 7.1). Right for any cut of the bytes, and it keeps none of them: a
 * piece of the body is passed on as it comes.
 */
export class ChunkedDecoder {
  #place: Place = 'size'
  #digits = 0
  /** Bytes of the current chunk still to come. */
  #left = 0

  /** Whether the end of the body has come. What follows it is ignored. */
  get isOver(): boolean {
    return this.#place === 'over'
  }

  /** Gives `take` the pieces of the body in these bytes, which share their memory. Throws ProtocolError for other bytes. */
  decode(bytes: Buffer, take: (piece: Buffer) => void): void {
    for (let at = 0; at < bytes.length && !this.isOver; ) {
      if (this.#place !== 'data') {
        this.#place = this.#after(bytes[at++] as number)
        continue
      }
      const end = Math.min(at + this.#left, bytes.length)
      take(bytes.subarray(at, end))
      this.#left -= end - at
      at = end
      if (this.#left === 0) this.#place = 'after data'
    }
  }

  /** Reads one byte between the chunks, and returns where that leads. */
  #after(byte: number): Place {
    switch (this.#place) {
      case 'size':
        return this.#afterSize(byte)
      case 'extension':
        return untilEnd(byte, { within: 'extension', after: 'end of size' })
      case 'end of size':
        return expect(byte, LF, this.#left === 0 ? 'trailer' : 'data')
      case 'after data':
        return expect(byte, CR, 'end of data')
      case 'end of data':
        return expect(byte, LF, this.#begin())
      case 'trailer':
        return untilEnd(byte, { within: 'in trailer', after: 'end' })
      case 'in trailer':
        return untilEnd(byte, { within: 'in trailer', after: 'end of trailer' })
      case 'end of trailer':
        return expect(byte, LF, 'trailer')
      default:
        return expect(byte, LF, 'over')
    }
  }

  #begin(): Place {
    this.#digits = 0
    return 'size'
  }

  #afterSize(byte: number): Place {
    const digit = hexadecimal(byte)
    if (digit === undefined) return this.#afterDigits(byte)
    if (++this.#digits > MAX_DIGITS) throw notChunked()
    this.#left = this.#left * 16 + digit
    return 'size'
  }

  /** Some servers fill the line up with blanks. */
  #afterDigits(byte: number): Place {
    if (this.#digits === 0 || !(byte === CR || ' \t;'.includes(String.fromCharCode(byte)))) throw notChunked()
    return byte === CR ? 'end of size' : 'extension'
  }
}

function untilEnd(byte: number, { within, after }: { readonly within: Place; readonly after: Place }): Place {
  if (byte === LF) throw notChunked()
  return byte === CR ? after : within
}

function expect(byte: number, expected: number, next: Place): Place {
  if (byte !== expected) throw notChunked()
  return next
}

function hexadecimal(byte: number): number | undefined {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}

function notChunked(): ProtocolError {
  return new ProtocolError('the body of the answer is not made of HTTP chunks')
}
