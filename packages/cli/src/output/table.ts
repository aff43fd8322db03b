import Table from 'cli-table3'

/** docker's columns: at least this wide, and this far apart. */
const MIN_WIDTH = 10
const GAP = 3

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
)

/** A table as the docker command prints it: header and rows, no lines, the last column as long as it is. */
export function formatTable(rows: readonly (readonly string[])[], minWidth = MIN_WIDTH): string {
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const colWidths = Array.from({ length: columns }, (_, column) =>
    Math.max(minWidth, GAP + Math.max(...rows.map((row) => widthOf(row[column] ?? '')))),
  )
  const table = new Table({
    chars: NO_LINES,
    colWidths,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  })
  table.push(...rows.map((row) => [...row]))
  return table
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/** An upper bound is enough: cli-table3 measures wide characters, and two cells are the most one takes. */
function widthOf(text: string): number {
  return [...text].reduce(
    (width, character) => width + (character > '\u10ff' && character !== '…' ? 2 : 1),
    0,
  )
}
