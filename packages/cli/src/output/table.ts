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
  const rows = text.split('\n').map((line) => line.split('\t'))
  const printed = rows.map(() => '')
  const columns = rows.reduce((most, cells) => Math.max(most, cells.length - 1), 0)
  for (let column = 0; column < columns; column++) {
    for (const [from, to] of runs(rows, column)) {
      const width = Math.max(minWidth, gap + widest(rows, column, from, to))
      for (let row = from; row < to; row++) printed[row] += padded(rows[row]?.[column] ?? '', width)
    }
  }
  return rows.map((cells, row) => `${printed[row]}${cells.at(-1)}\n`).join('')
}

/** The lines that follow each other and have a column, from the first to the one that has it no more. */
function* runs(rows: readonly (readonly string[])[], column: number): Generator<[from: number, to: number]> {
  const has = (row: number) => (rows[row]?.length ?? 0) > column + 1
  for (let from = 0; from < rows.length; from++) {
    if (!has(from)) continue
    let to = from + 1
    while (has(to)) to++
    yield [from, to]
    from = to
  }
}

function widest(rows: readonly (readonly string[])[], column: number, from: number, to: number): number {
  let width = 0
  for (let row = from; row < to; row++) width = Math.max(width, displayWidth(rows[row]?.[column] ?? ''))
  return width
}

function padded(cell: string, width: number): string {
  return cell + ' '.repeat(width - displayWidth(cell))
}
