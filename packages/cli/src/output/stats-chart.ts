import plot from 'simple-ascii-chart'
import { binarySize } from './size.js'

/** One container over time: what it used, one measurement after the other. */
export interface History {
  readonly name: string
  readonly cpu: readonly number[]
  readonly memory: readonly number[]
  readonly memoryLimit: number
}

export interface ChartArea {
  readonly columns: number
  readonly rows: number
  /** Whether the terminal has lines and corners; else they are made of ASCII. */
  readonly unicode: boolean
}

/** Title, axis, and the line below: what a chart needs besides its own height. */
const FRAME = 4
const LABEL = 10
const MIN_HEIGHT = 3
const MAX_HEIGHT = 10

const ASCII = {
  axis: {
    n: '^',
    ns: '|',
    y: '+',
    nse: '+',
    x: '+',
    we: '-',
    e: '>',
    intersectionXY: '+',
    intersectionX: '+',
  },
  chart: { we: '-', wns: '.', ns: '|', nse: "'", wsn: "'", sne: '.', area: '#' },
}

/** How many measurements one chart has room for. */
export function chartWidth({ columns }: Pick<ChartArea, 'columns'>): number {
  return Math.max(10, Math.floor(columns / 2) - LABEL - 5)
}

/** CPU and memory of each container side by side; those that do not fit are counted in the last line. */
export function chartLines(histories: readonly History[], area: ChartArea): string[] {
  const each = Math.floor((area.rows - 1) / Math.max(1, histories.length))
  const height = Math.min(MAX_HEIGHT, Math.max(MIN_HEIGHT, each - FRAME))
  const fitting = Math.max(1, Math.floor((area.rows - 1) / (height + FRAME)))
  const lines = histories.slice(0, fitting).flatMap((history) => pairOf(history, height, area))
  const left = histories.length - fitting
  return left > 0 ? [...lines, `and ${left} more`] : lines
}

function pairOf(history: History, height: number, area: ChartArea): string[] {
  const { name, cpu, memory, memoryLimit } = history
  const [cpuNow = 0, memoryNow = 0] = [cpu.at(-1), memory.at(-1)]
  const half = Math.floor(area.columns / 2)
  const limit = memoryLimit > 0 ? ` / ${binarySize(memoryLimit)}` : ''
  const left = chart(cpu, { ...area, height, label: percent })
  const right = chart(memory, { ...area, height, label: binarySize })
  const titles = [`${name}  CPU ${cpuNow.toFixed(2)}%`, `MEM ${binarySize(memoryNow)}${limit}`]
  return [
    beside(titles[0] ?? '', titles[1] ?? '', half),
    ...left.map((line, index) => beside(line, right[index] ?? '', half)),
    '',
  ]
}

function beside(left: string, right: string, half: number): string {
  return `${left.slice(0, half - 1).padEnd(half)}${right.slice(0, half - 1)}`.trimEnd()
}

function percent(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)}%`
}

interface Chart extends ChartArea {
  readonly height: number
  readonly label: (value: number) => string
}

function chart(values: readonly number[], { height, label, ...area }: Chart): string[] {
  const shown = values.slice(-chartWidth(area))
  // A line that never moves still needs a scale to stand on.
  const top = Math.max(...shown, 0) || 1
  const text = plot(
    shown.map((value, index): [number, number] => [index, value]),
    {
      ...{ width: Math.max(2, shown.length), height, yRange: [0, top], hideXAxisTicks: true },
      customYAxisTicks: [0, top],
      formatter: (value, { axis }) => (axis === 'y' ? label(value) : ''),
      ...(area.unicode ? {} : { symbols: ASCII }),
    },
  )
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => line.trimEnd())
}
