import { invalidKind } from '../options/values.js'

/** What a secret or config holds: text, which is sent as UTF-8, or bytes. */
export type SwarmData = string | Uint8Array

/** As the Engine wants it. The message does not show what was given: it may be a secret all the same. */
export function base64(data: unknown): string {
  if (typeof data === 'string') return Buffer.from(data, 'utf8').toString('base64')
  if (data instanceof Uint8Array) {
    return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')
  }
  return invalidKind('data', 'a string or bytes', data)
}

/** A string that must not be shown. */
export function secretText(value: unknown, option: string): string {
  if (typeof value === 'string' && value !== '') return value
  return invalidKind(option, 'a string with something in it', value)
}
