import { getEventListeners } from 'node:events'

/** How much a signal remembers: its listeners, and the signals that were made of it. */
export function keptBy(signal: AbortSignal): number {
  const own = signal as unknown as Readonly<Record<symbol, unknown>>
  const made = Object.getOwnPropertySymbols(signal).map((symbol) => own[symbol])
  const sizes = made.map((value) => (value instanceof Set ? value.size : 0))
  return sizes.reduce((sum, size) => sum + size, getEventListeners(signal, 'abort').length)
}
