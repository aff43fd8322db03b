import { displayWidth } from './width.js'

export interface TableStyle {
  /** How wide a column is at least, its gap included. Default: 10, as in docker's lists. */
  readonly minWidth?: number
  /** How far columns are apart. Default: 3, as in docker's lists. */
  readonly gap?: number
}

/**
 * Lines whose cells end with tabs, as the docker command lays them out: without lines, what stands behind the last tab
 * as long as it is, and a column no longer than the lines that have it. This is Go's tabwriter; the libraries for
 * tables know one width for a column and take longer with every row.
 */
export function formatTable(text: string, { minWidth = 10, gap = 3 }: TableStyle = {}): string {
  const rows = text.split('\n').map((line) => line.split('\t').map(cellOf))
  const printed = rows.map(() => '')
  const columns = rows.reduce((most, cells) => Math.max(most, cells.length - 1), 0)
  for (let column = 0; column < columns; column++) {
    for (const [from, to] of runs(rows, column)) {
      const run = rows.slice(from, to).map((cells) => cells[column] ?? EMPTY)
      const width = Math.max(minWidth, gap + widest(run))
      for (const [at, cell] of run.entries()) printed[from + at] += padded(cell, width)
    }
  }
  return rows.map((cells, row) => `${printed[row]}${cells.at(-1)?.text}\n`).join('')
}

interface Cell {
  readonly text: string
  readonly width: number
}
const EMPTY: Cell = { text: '', width: 0 }

function cellOf(text: string): Cell {
  return { text, width: displayWidth(text) }
}

/** The lines that follow each other and have a column, from the first to the one that has it no more. */
function* runs(rows: readonly (readonly Cell[])[], column: number): Generator<[from: number, to: number]> {
  const has = (row: number) => (rows[row]?.length ?? 0) > column + 1
  for (let from = 0; from < rows.length; from++) {
    if (!has(from)) continue
    let to = from + 1
    while (has(to)) to++
    yield [from, to]
    from = to
  }
}

function widest(cells: readonly Cell[]): number {
  return cells.reduce((most, { width }) => Math.max(most, width), 0)
}

function padded({ text, width }: Cell, columns: number): string {
  return text + ' '.repeat(columns - width)
}
