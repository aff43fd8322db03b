// @ts-check
// Where the cells of a screen are in its picture.

export const CELL = { width: 8.4, height: 18 }
export const PADDING = 16
/** Height of what is above the screen. */
export const BAR = 40

/** @param {number} x in cells */
export function left(x) {
  return round(PADDING + x * CELL.width)
}

/** @param {number} y in cells */
export function top(y) {
  return round(BAR + y * CELL.height)
}

/** @param {number} length */
export function round(length) {
  return Math.round(length * 100) / 100
}
