/** What Docker's Engine writes: UTC with nine digits. Such timestamps are in the order of their letters. */
const LENGTH = '2026-01-02T03:04:05.000000000Z'.length
const PARTS = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/

/**
 * Rewrites a timestamp that the Engine has written as Docker's Engine writes it: Podman leaves digits out. undefined for text that
 * cannot be one. With every line of a log, so the form is enough.
 */
export function normalizeTimestamp(text: string): string | undefined {
  if (text.length === LENGTH && text.endsWith('Z') && text[10] === 'T') return text
  return parseTimestamp(text)
}

/** Does the same for text that anybody may have written. undefined also for a time that there never was, as in a leap second. */
export function parseTimestamp(text: string): string | undefined {
  const [, whole, fraction = '', zone] = PARTS.exec(text) ?? []
  const time = Date.parse(`${whole}${zone}`)
  if (Number.isNaN(time)) return undefined
  const utc = zone === 'Z' ? whole : new Date(time).toISOString().slice(0, 19)
  return `${utc}.${fraction.padEnd(9, '0')}Z`
}

/** The nanoseconds since 1970 of a normalized timestamp. */
export function nanosecondsOf(timestamp: string): bigint {
  return BigInt(Date.parse(timestamp.slice(0, 19).concat('Z'))) * 1_000_000n + BigInt(timestamp.slice(20, 29))
}

/** Writes nanoseconds since 1970 as the Engine takes them: seconds, with a fraction of nine digits. */
export function toSeconds(nanoseconds: bigint): string {
  return `${nanoseconds / 1_000_000_000n}.${String(nanoseconds % 1_000_000_000n).padStart(9, '0')}`
}
