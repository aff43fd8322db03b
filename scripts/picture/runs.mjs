// @ts-check
import { isLine } from './lines.mjs'

/** @typedef {import('./session.mjs').Cell} Cell */

/**
 * Cells of a row that follow each other and look alike.
 * @typedef {object} Run
 * @property {string} text
 * @property {number} x
 * @property {number} y
 * @property {number} width in cells
 * @property {string} color
 * @property {string} background
 * @property {boolean} bold
 */

/** The 16 colours of a dark terminal. */
const PALETTE = [
  ...['#2e3436', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d0d4da'],
  ...['#5c6370', '#ff7a85', '#b5e890', '#ffd68a', '#7cc4ff', '#dd93f2', '#6fd6e2', '#ffffff'],
]
export const FOREGROUND = '#d0d4da'
export const BACKGROUND = '#1b1f27'

/**
 * @param {readonly Cell[]} row
 * @param {number} y
 * @returns {Run[]}
 */
export function runsOf(row, y) {
  /** @type {Run[]} */
  const runs = []
  for (const [x, cell] of row.entries()) {
    // The second half of a wide character is a cell without width.
    if (cell.width === 0) continue
    const run = { ...looksOf(cell), text: cell.text, width: cell.width, x, y }
    const last = runs.at(-1)
    if (last && goesOn(last, run)) {
      last.text += run.text
      last.width += run.width
    } else runs.push(run)
  }
  return runs
}

/** @param {Cell} cell */
function looksOf({ color, background, bold, inverse }) {
  const front = paletteColor(color) ?? FOREGROUND
  const back = paletteColor(background) ?? BACKGROUND
  return { color: inverse ? back : front, background: inverse ? front : back, bold }
}

/** @param {number | undefined} index */
function paletteColor(index) {
  return index === undefined ? undefined : PALETTE[index]
}

/**
 * A character that a font may have in another width is a run of its own, so that what follows stays where it belongs.
 * @param {Run} last
 * @param {Run} next
 */
function goesOn(last, next) {
  return (
    last.color === next.color &&
    last.background === next.background &&
    last.bold === next.bold &&
    [isAscii, isLine].some((isKind) => isKind(last.text) && isKind(next.text))
  )
}

/** @param {string} text */
function isAscii(text) {
  return /^[ -~]*$/.test(text)
}
