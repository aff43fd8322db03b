import type { Progress } from 'dockline'
import { Block } from './block.js'
import { Layers } from './layers.js'
import { type EngineMessage, isOfLayer, plainText } from './message.js'
import { canRedraw, type Screen } from './screen.js'

/**
 * Shows the progress of a transfer until it ends or fails: bars on a terminal, lines elsewhere. At the end, for any
 * reason, the screen keeps all lines in their last state.
 */
export async function showProgress(
  screen: Screen,
  progress: AsyncIterable<Progress<EngineMessage>>,
): Promise<void> {
  using display = progressDisplay(screen)
  for await (const each of progress) display.show(each)
}

export interface ProgressDisplay extends Disposable {
  show(progress: Progress<EngineMessage>): void
}

export function progressDisplay(screen: Screen): ProgressDisplay {
  return canRedraw(screen) ? new Bars(screen) : new Lines(screen)
}

class Lines implements ProgressDisplay {
  readonly #screen: Screen

  constructor(screen: Screen) {
    this.#screen = screen
  }

  show({ message }: Progress<EngineMessage>): void {
    const text = plainText(message)
    if (text !== '') this.#screen.write(text)
  }

  [Symbol.dispose](): void {}
}

/** Layers are drawn over; anything else to read ends them, and what comes then is below it. */
class Bars implements ProgressDisplay {
  readonly #screen: Screen
  #current: { readonly layers: Layers; readonly block: Block } | undefined

  constructor(screen: Screen) {
    this.#screen = screen
  }

  show(progress: Progress<EngineMessage>): void {
    const { message } = progress
    if (isOfLayer(message)) {
      const { layers, block } = this.#open()
      layers.add(progress)
      block.update()
      return
    }
    const text = plainText(message)
    if (text === '') return
    this[Symbol.dispose]()
    this.#screen.write(text)
  }

  [Symbol.dispose](): void {
    this.#current?.block[Symbol.dispose]()
    this.#current = undefined
  }

  #open(): { layers: Layers; block: Block } {
    if (this.#current !== undefined) return this.#current
    const layers = new Layers()
    const block = new Block(this.#screen, (size) => layers.render(size))
    this.#current = { layers, block }
    return this.#current
  }
}
