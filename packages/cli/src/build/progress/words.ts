import { fixed } from '../../go/rounding.js'
import type { TraceStep, TraceTask } from './trace.js'
import { isCanceled } from './trace.js'

const UNITS = ['kB', 'MB', 'GB', 'TB'] as const

/** As BuildKit writes sizes: '2B', '1.50kB'. */
function sizeText(bytes: number): string {
  if (bytes < 1000) return `${bytes}B`
  const unit = Math.min(Math.floor(Math.log10(bytes) / 3), UNITS.length)
  return `${fixed(bytes / 1000 ** unit, 2)}${UNITS[unit - 1]}`
}

/** ' 12B / 1.50kB', with a space in front; '' where there is nothing to count. */
export function amountText({ current, total }: TraceTask): string {
  if (total !== 0) return ` ${sizeText(current)} / ${sizeText(total)}`
  return current === 0 ? '' : ` ${sizeText(current)}`
}

export function secondsText(ms: number): string {
  return `${fixed(ms / 1000, 1)}s`
}

/** How a step is marked that did not simply end. */
export function markOf(step: TraceStep): 'CANCELED' | 'ERROR' | 'CACHED' | undefined {
  if (step.error !== '') return isCanceled(step) ? 'CANCELED' : 'ERROR'
  return step.cached ? 'CACHED' : undefined
}
