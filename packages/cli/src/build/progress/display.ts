import type { SolveStatus } from 'dockline/types'
import { Block } from '../../progress/block.js'
import { canRedraw, type Screen } from '../../progress/screen.js'
import { colorsOf } from './colors.js'
import { type FrameSettings, frameOf } from './frame.js'
import { failedLogs, PlainPrinter } from './plain.js'
import { rawJson } from './raw-json.js'
import { BuildTrace } from './trace.js'

export type ProgressMode = 'tty' | 'plain' | 'rawjson' | 'quiet'

/** Shows what a build reports, until it is disposed. */
export interface BuildDisplay extends Disposable {
  show(status: SolveStatus): void
}

export interface DisplaySettings {
  readonly mode: ProgressMode
  /** What is above all, as in 'Building'. */
  readonly title: string
  /** The line before all steps where nothing can be drawn over; undefined for none. */
  readonly heading?: string | undefined
  readonly builder: string
}

export function buildDisplay(screen: Screen, settings: DisplaySettings): BuildDisplay {
  switch (settings.mode) {
    case 'tty':
      return new FrameDisplay(screen, settings)
    case 'plain':
      return new PlainDisplay(screen, settings)
    case 'rawjson':
      return { show: (status) => void screen.write(rawJson(status)), [Symbol.dispose]() {} }
    case 'quiet':
      return { show() {}, [Symbol.dispose]() {} }
  }
}

/** What 'auto' is on this screen. */
export function usualMode(screen: Screen): ProgressMode {
  return canRedraw(screen) ? 'tty' : 'plain'
}

/** Often enough to be read as it comes, and seldom enough that the steps do not mix line by line. */
const PRINT_EVERY_MS = 100

class PlainDisplay implements BuildDisplay {
  readonly #screen: Screen
  readonly #printer = new PlainPrinter()
  readonly #ticking: NodeJS.Timeout
  #heading: string | undefined

  constructor(screen: Screen, { heading }: DisplaySettings) {
    this.#screen = screen
    this.#heading = heading
    this.#ticking = setInterval(() => this.#write(this.#printer.print(Date.now())), PRINT_EVERY_MS)
  }

  show(status: SolveStatus): void {
    if (this.#heading !== undefined) this.#write(`${this.#heading}\n\n`)
    this.#heading = undefined
    this.#printer.add(status, Date.now())
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking)
    this.#write(this.#printer.end(Date.now()))
  }

  #write(text: string): void {
    if (text !== '') this.#screen.write(text)
  }
}

/** How often the seconds of the steps go on where nothing else happens. */
const TICK_MS = 200

class FrameDisplay implements BuildDisplay {
  readonly #screen: Screen
  readonly #trace = new BuildTrace()
  readonly #block: Block
  readonly #ticking: NodeJS.Timeout

  constructor(screen: Screen, { title, builder }: DisplaySettings) {
    this.#screen = screen
    const settings: FrameSettings = { title, builder, started: Date.now(), colors: colorsOf(process.env) }
    this.#block = new Block(screen, (size) => frameOf(this.#trace, settings, { ...size, now: Date.now() }))
    this.#ticking = setInterval(() => this.#block.update(), TICK_MS)
  }

  show(status: SolveStatus): void {
    this.#trace.add(status)
    this.#block.update()
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking)
    this.#block[Symbol.dispose]()
    this.#screen.write(failedLogs(this.#trace.steps))
  }
}
