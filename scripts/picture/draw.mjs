// @ts-check
import { BAR, CELL, left, PADDING, round, top } from './geometry.mjs'
import { drawLines, isLine } from './lines.mjs'
import { BACKGROUND, FOREGROUND, runsOf } from './runs.mjs'

/** @typedef {import('./runs.mjs').Run} Run */

/** Where a text stands in its row. */
const BASELINE = 13.5
const FONT = `font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14"`
const FADED = '#8a919c'
const LIGHTS = ['#ff5f57', '#febc2e', '#28c840']

/**
 * A screen in a window, as SVG.
 * @param {import('./session.mjs').Screen} screen
 * @param {{ title: string }} window
 * @returns {string}
 */
export function drawScreen({ rows, cursor }, { title }) {
  const width = Math.round((rows[0]?.length ?? 0) * CELL.width + 2 * PADDING)
  const height = BAR + rows.length * CELL.height + PADDING
  const runs = rows.flatMap(runsOf)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="${width}" height="${height}" rx="10" fill="${BACKGROUND}"/>
${LIGHTS.map(drawLight).join('')}
<g ${FONT}>
<text x="${width / 2}" y="23" text-anchor="middle" font-size="13" fill="${FADED}">${escapeXml(title)}</text>
${[
  ...runs.filter(({ background }) => background !== BACKGROUND).map(drawBackground),
  ...drawLines(runs.filter(({ text }) => isLine(text))),
  ...runs.filter(({ text }) => text.trim() !== '' && !isLine(text)).map(drawText),
  ...(cursor ? [drawCursor(cursor)] : []),
].join('\n')}
</g>
</svg>
`
}

/**
 * @param {string} color
 * @param {number} index
 */
function drawLight(color, index) {
  return `<circle cx="${20 + index * 20}" cy="18" r="6" fill="${color}"/>`
}

/** @param {Run} run */
function drawBackground({ x, y, width, background }) {
  return `<rect x="${left(x)}" y="${top(y)}" width="${round(width * CELL.width)}" height="${CELL.height}" fill="${background}"/>`
}

/** @param {Run} run */
function drawText({ text, x, y, width, color, bold }) {
  const shown = text.trimEnd()
  const length = round((width - (text.length - shown.length)) * CELL.width)
  const weight = bold ? ' font-weight="bold"' : ''
  return `<text x="${left(x)}" y="${top(y) + BASELINE}" textLength="${length}" fill="${color}"${weight} xml:space="preserve">${escapeXml(shown)}</text>`
}

/** @param {{ x: number, y: number }} cursor */
function drawCursor({ x, y }) {
  return `<rect x="${left(x)}" y="${top(y)}" width="${CELL.width}" height="${CELL.height}" fill="${FOREGROUND}"/>`
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
