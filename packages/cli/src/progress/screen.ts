import type { Writable } from 'node:stream'

/** Where progress is shown: a terminal, or whatever takes its place. */
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

/** A terminal that nobody has told its size says 0. */
export function sizeOf({ columns, rows }: Screen): ScreenSize {
  return { columns: columns || 80, rows: rows || 24 }
}

/** Cells a text takes at most: two is the widest a character can be. */
export function widthOf(text: string): number {
  return [...text].reduce((width, character) => width + cellsOf(character), 0)
}

/** As much of the text as fits. */
export function clip(text: string, width: number): string {
  let used = 0
  let clipped = ''
  for (const character of text) {
    used += cellsOf(character)
    if (used > width) return clipped
    clipped += character
  }
  return clipped
}

function cellsOf(character: string): number {
  return character > '\u10ff' ? 2 : 1
}
