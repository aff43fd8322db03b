import type { LiveStats } from './live-stats.js'
import type { History } from './output/stats-chart.js'
import type { Screen } from './progress/screen.js'
import { sizeOf } from './progress/screen.js'

/** Once a second, as the Engine measures. */
const MEASURE_EVERY_MS = 1000
/** More than the widest terminal has columns. */
const KEPT_VALUES = 1000

interface Kept {
  readonly cpu: number[]
  readonly memory: number[]
}

/** Charts on a screen of their own: what was on the terminal before is there again when it ends. */
export class ChartScreen implements Disposable {
  readonly #screen: Screen
  readonly #live: LiveStats
  readonly #timer: NodeJS.Timeout
  readonly #kept = new Map<string, Kept>()
  readonly #resized = () => void this.#draw()
  /** Also where a signal ends this process. */
  readonly #leave = () => {
    this.#left = true
    this.#screen.write('\x1b[?25h\x1b[?1049l')
  }
  #left = false

  constructor(screen: Screen, live: LiveStats) {
    this.#screen = screen
    this.#live = live
    screen.write('\x1b[?1049h\x1b[?25l\x1b[H\x1b[2J')
    screen.on('resize', this.#resized)
    process.on('exit', this.#leave)
    this.#timer = setInterval(() => this.#tick(), MEASURE_EVERY_MS)
  }

  update(): void {}

  [Symbol.dispose](): void {
    process.off('exit', this.#leave)
    clearInterval(this.#timer)
    this.#screen.off('resize', this.#resized)
    this.#leave()
  }

  #tick(): void {
    for (const { id, stats } of this.#live.watched) {
      if (stats === undefined) continue
      const kept = this.#kept.get(id) ?? { cpu: [], memory: [] }
      this.#kept.set(id, kept)
      for (const [values, value] of [
        [kept.cpu, stats.cpuPercent],
        [kept.memory, stats.memoryUsage],
      ] as const) {
        values.push(value)
        if (values.length > KEPT_VALUES) values.shift()
      }
    }
    void this.#draw()
  }

  async #draw(): Promise<void> {
    const { chartLines } = await import('./output/stats-chart.js')
    const { columns, rows } = sizeOf(this.#screen)
    const histories = this.#live.watched.flatMap(({ id, name, stats }): History[] => {
      const kept = this.#kept.get(id)
      return kept && stats ? [{ name, ...kept, memoryLimit: stats.memoryLimit }] : []
    })
    const lines = chartLines(histories, { columns, rows, unicode: hasUnicode() }).slice(0, rows - 1)
    const text = lines.map((line) => `${line}\x1b[K\n`).join('')
    // The charts may be loaded only when the screen is left already.
    if (!this.#left) this.#screen.write(`\x1b[H${text}\x1b[J`)
  }
}

/** The name of the locale shows it, as for other programs on terminals. */
function hasUnicode({ LC_ALL, LC_CTYPE, LANG } = process.env): boolean {
  return process.platform === 'win32' || /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
}
