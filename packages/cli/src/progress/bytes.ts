import { progressBar } from './bar.js'
import { Block } from './block.js'
import { canRedraw, type Screen } from './screen.js'
import { Speed } from './speed.js'

export interface ByteProgressOptions {
  /** The title, such as 'Copying to container -'. */
  readonly label: string
  /** In bytes, where it is known. */
  readonly total?: number | undefined
  /** Whether the label and the bytes are printed at the end where there is no terminal. Default: false. */
  readonly plain?: boolean
  /** Whether the line stays on the terminal at the end. Default: true. */
  readonly keep?: boolean
}

/** How much of one stream has passed: a line that grows on a terminal. Nothing is shown before the first byte. */
export class ByteProgress implements Disposable {
  readonly #screen: Screen
  readonly #options: ByteProgressOptions
  readonly #speed = new Speed()
  #bytes = 0
  #block: Block | undefined

  constructor(screen: Screen, options: ByteProgressOptions) {
    this.#screen = screen
    this.#options = options
  }

  /** So many bytes have passed by now. */
  at(bytes: number): void {
    this.#bytes = bytes
    this.#speed.add(bytes, performance.now())
    if (!canRedraw(this.#screen)) return
    this.#block ??= new Block(this.#screen, ({ columns }) => [this.#line(columns)])
    this.#block.update()
  }

  /** Passes a stream on and counts it. */
  async *count<Chunk extends Uint8Array>(stream: AsyncIterable<Chunk>): AsyncGenerator<Chunk> {
    for await (const chunk of stream) {
      this.at(this.#bytes + chunk.length)
      yield chunk
    }
  }

  /** Leaves the line as it is now, or takes it away. */
  [Symbol.dispose](): void {
    if (this.#options.keep === false) this.#block?.clear()
    else this.#block?.[Symbol.dispose]()
    this.#block = undefined
    if (this.#options.plain && this.#bytes > 0 && !canRedraw(this.#screen))
      this.#screen.write(`${this.#options.label} ${progressBar({ ...this.#state(), speed: undefined }, 0)}\n`)
    this.#bytes = 0
  }

  #line(columns: number): string {
    const { label } = this.#options
    return `${label} ${progressBar({ ...this.#state(), speed: this.#speed.get() }, columns - label.length - 2)}`
  }

  #state(): { current: number; total: number | undefined } {
    return { current: this.#bytes, total: this.#options.total }
  }
}
