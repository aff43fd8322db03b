import { clip, type Screen, type ScreenSize, sizeOf, widthOf } from './screen.js'

/** Often enough for the eye, and seldom enough for a slow connection. */
const REDRAW_EVERY_MS = 100

/** The lines for a screen of this size. */
export type Render = (size: ScreenSize) => readonly string[]

/** Lines at the end of a terminal's output that are drawn over as they change, and when its size changes. */
export class Block implements Disposable {
  readonly #screen: Screen
  readonly #render: Render
  readonly #resized = () => this.#draw()
  #drawn: readonly string[] = []
  #timer: NodeJS.Timeout | undefined
  #cleared = false

  constructor(screen: Screen, render: Render) {
    this.#screen = screen
    this.#render = render
    screen.on('resize', this.#resized)
  }

  /** Has the lines drawn soon: many changes are one drawing. */
  update(): void {
    this.#timer ??= setTimeout(() => this.#draw(), REDRAW_EVERY_MS)
  }

  /** Leaves the lines as they are now. What does not fit scrolls away, as any output does. */
  [Symbol.dispose](): void {
    this.#screen.off('resize', this.#resized)
    this.#draw({ ...sizeOf(this.#screen), rows: Number.POSITIVE_INFINITY })
  }

  /** Takes the lines away. */
  clear(): void {
    this.#cleared = true
    this[Symbol.dispose]()
  }

  #draw(size: ScreenSize = sizeOf(this.#screen)): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // The last cell stays free: there, terminals differ on where the cursor is.
    const lines = (this.#cleared ? [] : this.#render(size)).map((line) => clip(line, size.columns - 1))
    this.#screen.write(`${this.#toTop()}\r\x1b[J${lines.map((line) => `${line}\n`).join('')}`)
    this.#drawn = lines
  }

  /**
   * From below the lines to the first of them. A terminal that has become narrower has broken them into more, and
   * what has left the screen cannot be reached.
   */
  #toTop(): string {
    const { columns, rows } = sizeOf(this.#screen)
    const broken = this.#drawn.map((line) => Math.max(1, Math.ceil(widthOf(line) / columns)))
    const up = Math.min(
      rows - 1,
      broken.reduce((sum, each) => sum + each, 0),
    )
    return up > 0 ? `\x1b[${up}A` : ''
  }
}
