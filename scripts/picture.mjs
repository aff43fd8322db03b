// @ts-check
// `npm run picture`: records a session of `npm start` on a pty and draws its screen as docs/terminal.svg.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pty from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { ROOT } from './lib/prepare.mjs'

const COLUMNS = 100
const ROWS = 24
const CELL = { width: 8.4, height: 18 }
const PADDING = 16
const TITLE = 28
const PROMPT = 'root@dockline:/#'

/** What is typed, each at a prompt of its own. */
const KEYS = ['whoami; hostname', 'ls', 'stty size', 'sh -c "exit 7"; echo "exit code $?"']

/** The 16 colours of a dark terminal. */
const PALETTE = [
  ...['#2e3436', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d0d4da'],
  ...['#5c6370', '#ff7a85', '#b5e890', '#ffd68a', '#7cc4ff', '#dd93f2', '#6fd6e2', '#ffffff'],
]
const FOREGROUND = '#d0d4da'
const BACKGROUND = '#1b1f27'

const screen = await record()
writeFileSync(join(ROOT, 'docs/terminal.svg'), draw(screen))
process.stderr.write('▸ docs/terminal.svg\n')

/** Plays the session and returns the terminal as it looks at the last prompt. */
async function record() {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true })
  const child = pty.spawn('npm', ['start', '--silent'], {
    cwd: ROOT,
    cols: COLUMNS,
    rows: ROWS,
    name: 'xterm-256color',
  })
  const drawn = new EventTarget()
  terminal.onData((answer) => child.write(answer))
  child.onData((data) => terminal.write(data, () => drawn.dispatchEvent(new Event('drawn'))))
  const ended = new Promise((resolve) => child.onExit(resolve))
  await prompts(terminal, drawn, 1)
  for (const [index, line] of KEYS.entries()) {
    child.write(`${line}\r`)
    await prompts(terminal, drawn, index + 2)
  }
  const rows = readRows(terminal)
  child.write('exit\r')
  await ended
  return rows
}

/**
 * Waits until so many prompts are on the screen and the last one waits for keys.
 * @param {import('@xterm/headless').Terminal} terminal
 * @param {EventTarget} drawn
 * @param {number} count
 */
async function prompts(terminal, drawn, count) {
  const signal = AbortSignal.timeout(120_000)
  for (;;) {
    const lines = readRows(terminal).map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    const last = lines.findLast((line) => line !== '')
    if (lines.filter((line) => line.startsWith(PROMPT)).length >= count && last === PROMPT) return
    await once(drawn, 'drawn', { signal })
  }
}

/** @typedef {{ text: string, color: string, bold: boolean }} Cell */

/**
 * @param {import('@xterm/headless').Terminal} terminal
 * @returns {Cell[][]}
 */
function readRows(terminal) {
  const { active } = terminal.buffer
  return Array.from({ length: terminal.rows }, (_, y) => {
    const line = active.getLine(active.baseY + y)
    return Array.from({ length: terminal.cols }, (_, x) => {
      const cell = line?.getCell(x)
      const color = cell?.isFgPalette() ? (PALETTE[cell.getFgColor()] ?? FOREGROUND) : FOREGROUND
      return { text: cell?.getChars() || ' ', color, bold: Boolean(cell?.isBold()) }
    })
  })
}

/** @param {readonly Cell[][]} rows */
function draw(rows) {
  const width = Math.round(COLUMNS * CELL.width + 2 * PADDING)
  const height = ROWS * CELL.height + TITLE + 2 * PADDING
  const lights = ['#ff5f57', '#febc2e', '#28c840'].map(
    (color, index) => `<circle cx="${20 + index * 20}" cy="18" r="6" fill="${color}"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>npm start opens a shell in a container</title>
<rect width="${width}" height="${height}" rx="10" fill="${BACKGROUND}"/>
${lights.join('')}
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${rows.map(drawRow).filter(Boolean).join('\n')}
</g>
</svg>
`
}

/**
 * @param {readonly Cell[]} row
 * @param {number} index
 */
function drawRow(row, index) {
  const y = TITLE + PADDING + (index + 0.75) * CELL.height
  return runsOf(row)
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, start, color, bold }) => {
      const x = (PADDING + start * CELL.width).toFixed(1)
      const length = (text.length * CELL.width).toFixed(1)
      const weight = bold ? ' font-weight="bold"' : ''
      return `<text x="${x}" y="${y}" textLength="${length}" fill="${color}"${weight} xml:space="preserve">${escapeXml(text)}</text>`
    })
    .join('')
}

/**
 * Neighbouring cells that look alike, as one piece of text.
 * @param {readonly Cell[]} row
 */
function runsOf(row) {
  /** @type {(Cell & { start: number })[]} */
  const runs = []
  for (const [start, cell] of row.entries()) {
    const last = runs.at(-1)
    if (last && last.color === cell.color && last.bold === cell.bold) last.text += cell.text
    else runs.push({ ...cell, start })
  }
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() }))
}

/** @param {string} text */
function escapeXml(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
