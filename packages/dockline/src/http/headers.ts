import type { OutgoingHttpHeaders } from 'node:http'

/** What the protocol itself needs is not up to the caller. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'content-type',
  'host',
  'transfer-encoding',
  'upgrade',
])

/** Headers of the caller's that may be sent, in lower case. */
export function allowedHeaders(headers: Readonly<Record<string, string>> = {}): OutgoingHttpHeaders {
  const lowerCased = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(lowerCased.filter(([name]) => !RESERVED.has(name)))
}
