import type { Writable } from 'node:stream'

/** Where progress is shown: a terminal, or a stream in its place. */
export type Screen = Writable & {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

export interface ScreenSize {
  readonly columns: number
  readonly rows: number
}

/** Whether lines can be drawn over: a dumb terminal only takes one after the other. */
export function canRedraw(screen: Screen): boolean {
  return screen.isTTY === true && process.env.TERM !== 'dumb'
}

/** A terminal without a known size has the size 0. */
export function sizeOf({ columns, rows }: Screen): ScreenSize {
  return { columns: columns || 80, rows: rows || 24 }
}

/** A code that switches a colour, or one cell's character. */
const PARTS = /\p{Cc}\[[\d;]*m|./gsu

/** Cells a text takes at most: two is the widest a character can be, and colours take none. */
export function widthOf(text: string): number {
  return partsOf(text).reduce((width, part) => width + cellsOf(part), 0)
}

/** As much of the text as fits, with all its colours. */
export function clip(text: string, width: number): string {
  let used = 0
  let clipped = ''
  for (const part of partsOf(text)) {
    used += cellsOf(part)
    if (used <= width || isColor(part)) clipped += part
  }
  return clipped
}

function partsOf(text: string): readonly string[] {
  return text.match(PARTS) ?? []
}

function isColor(part: string): boolean {
  return part.length > 2
}

function cellsOf(part: string): number {
  if (isColor(part)) return 0
  return part > '\u10ff' ? 2 : 1
}
