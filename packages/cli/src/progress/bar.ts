import { humanSize } from '../output/size.js'

/** docker's bar. */
const LONGEST = 50
const SHORTEST = 10

export interface BarState {
  /** In bytes. */
  readonly current: number
  /** In bytes, where it is known. */
  readonly total: number | undefined
  /** In bytes per second, where it is known. */
  readonly speed: number | undefined
}

/** `[=====>     ]  1.2MB/3.4MB  640kB/s`, as long as it may be; what is too narrow for a bar gets the numbers. */
export function progressBar({ current, total, speed }: BarState, width: number): string {
  const pace = speed === undefined ? '' : `  ${humanSize(speed)}/s`
  if (total === undefined) return `${padded(current)}${pace}`
  const numbers = `${padded(Math.min(current, total))}/${humanSize(total, 4)}${pace}`
  const room = Math.min(LONGEST, width - numbers.length - '[>] '.length)
  if (room < SHORTEST) return numbers
  const done = Math.floor((room * Math.min(current, total)) / total)
  return `[${'='.repeat(done)}>${' '.repeat(room - done)}] ${numbers}`
}

function padded(bytes: number): string {
  return humanSize(bytes, 4).padStart(8)
}
