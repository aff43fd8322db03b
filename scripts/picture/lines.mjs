// @ts-check
// The characters that lines and boxes are made of. They are drawn and not written: fonts leave gaps between them, or have
// them in another width.
import { left, top } from './geometry.mjs'

/** @typedef {{ x: number, y: number }} Point in a cell of 1 by 1 */
/** @typedef {{ edges: readonly Point[], thickness: number }} Shape */

const LIGHT = 1.1
const HEAVY = 2.2

const UP = { x: 0.5, y: 0 }
const RIGHT = { x: 1, y: 0.5 }
const DOWN = { x: 0.5, y: 1 }
const LEFT = { x: 0, y: 0.5 }

/**
 * Each character with the edges of its cell that it reaches from the middle.
 * @type {Map<string, Shape>}
 */
const SHAPES = new Map([
  ...shapes('─━', [LEFT, RIGHT]),
  ...shapes('│┃', [UP, DOWN]),
  ...shapes('┌┏', [RIGHT, DOWN]),
  ...shapes('┐┓', [DOWN, LEFT]),
  ...shapes('└┗', [UP, RIGHT]),
  ...shapes('┘┛', [UP, LEFT]),
  ...shapes('├┣', [UP, RIGHT, DOWN]),
  ...shapes('┤┫', [UP, DOWN, LEFT]),
  ...shapes('┬┳', [RIGHT, DOWN, LEFT]),
  ...shapes('┴┻', [UP, RIGHT, LEFT]),
  ...shapes('┼╋', [UP, RIGHT, DOWN, LEFT]),
])

/**
 * @param {string} pair light, and heavy
 * @param {readonly Point[]} edges
 * @returns {[string, Shape][]}
 */
function shapes([light = '', heavy = ''], edges) {
  return [
    [light, { edges, thickness: LIGHT }],
    [heavy, { edges, thickness: HEAVY }],
  ]
}

/**
 * Whether a text is made of lines alone.
 * @param {string} text
 */
export function isLine(text) {
  return [...text].every((character) => SHAPES.has(character))
}

/**
 * All that look alike are one path: where two strokes touch, nothing is seen of it.
 * @param {readonly import('./runs.mjs').Run[]} runs
 * @returns {string[]}
 */
export function drawLines(runs) {
  /** @type {Map<string, string>} */
  const paths = new Map()
  for (const run of runs) {
    for (const [index, character] of [...run.text].entries()) {
      const { edges = [], thickness = LIGHT } = SHAPES.get(character) ?? {}
      const looks = `stroke="${run.color}" stroke-width="${thickness}"`
      const strokes = edges.map((edge) => stroke(run.x + index, run.y, edge)).join('')
      paths.set(looks, `${paths.get(looks) ?? ''}${strokes}`)
    }
  }
  return [...paths].map(
    ([looks, strokes]) => `<path d="${strokes}" fill="none" stroke-linecap="square" ${looks}/>`,
  )
}

/**
 * @param {number} x
 * @param {number} y
 * @param {Point} edge
 */
function stroke(x, y, edge) {
  return `M${left(x + 0.5)} ${top(y + 0.5)}L${left(x + edge.x)} ${top(y + edge.y)}`
}
