import { isUtf8 } from 'node:buffer'
import { StreamError } from '../errors.js'

/**
 * A file name is bytes, and mostly but not always UTF-8. Here it is a string in any case: a byte that is no part of a
 * character stands as half of a surrogate pair, U+DC80 to U+DCFF, which no text has by itself. (As Python does it.)
 */
export function nameOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString()
  let name = ''
  for (let at = 0; at < bytes.length; ) {
    const length = lengthOfCharacter(bytes, at)
    name +=
      length === 0
        ? String.fromCharCode(0xdc00 + (bytes[at] as number))
        : bytes.toString('utf8', at, at + length)
    at += Math.max(length, 1)
  }
  return name
}

function lengthOfCharacter(bytes: Buffer, at: number): number {
  return [1, 2, 3, 4].find((length) => isUtf8(bytes.subarray(at, Math.min(at + length, bytes.length)))) ?? 0
}

/** Only halves by themselves: those of a pair are a character. */
const BYTE = /[\udc80-\udcff]/u

/** The bytes of a name that `nameOf` gave, or of any text. */
export function bytesOfName(name: string): Buffer {
  if (!BYTE.test(name)) return Buffer.from(name)
  const parts = name.split(/([\udc80-\udcff])/u)
  return Buffer.concat(
    parts.map((part) => (BYTE.test(part) ? Buffer.from([part.charCodeAt(0) - 0xdc00]) : Buffer.from(part))),
  )
}

/** A path of such names as `node:fs` wants it. */
export function onDisk(path: string): string | Buffer {
  if (!BYTE.test(path)) return path
  const bytes = bytesOfName(path)
  if ('Deno' in globalThis) throw new StreamError(`Deno cannot use a file name that is no UTF-8: ${bytes}`)
  return bytes
}
