import type { LayerProgress, Progress } from 'dockline'
import type { LayerState } from 'dockline/types'
import { progressBar } from './bar.js'
import type { EngineMessage } from './message.js'
import type { ScreenSize } from './screen.js'
import { Speed } from './speed.js'

interface Row {
  readonly layer: LayerProgress
  readonly speed: Speed
}

/** The states of layers, the most interesting first, for screens without room for all layers. */
const ORDER: readonly (readonly LayerState[])[] = [
  ['downloading', 'extracting', 'pushing', 'loading', 'working'],
  ['downloaded', 'waiting'],
  ['done'],
]

/** A line for each layer, in the order of their appearance. */
export class Layers {
  readonly #rows = new Map<string, Row>()

  add({ message, layers }: Progress<EngineMessage>): void {
    const layer = layers.find(({ id }) => id === (message.id ?? ''))
    if (layer === undefined) return
    const { speed = new Speed() } = this.#rows.get(layer.id) ?? {}
    if (layer.current !== undefined) speed.add(layer.current, performance.now())
    this.#rows.set(layer.id, { layer, speed })
  }

  /** All of them, or what is most worth seeing and a line about the others. */
  render({ columns, rows }: ScreenSize): string[] {
    const all = [...this.#rows.values()]
    // The cursor stands below the last line.
    const room = rows - 1
    if (all.length <= room) return all.map((row) => lineOf(row, columns))
    const ranked = ORDER.flatMap((states) => all.filter(({ layer }) => states.includes(layer.state)))
    const chosen = new Set(ranked.slice(0, Math.max(0, room - 1)))
    const others = all.filter((row) => !chosen.has(row))
    return [
      ...all.filter((row) => chosen.has(row)).map((row) => lineOf(row, columns)),
      restOf(others.map(({ layer }) => layer)),
    ]
  }
}

function lineOf({ layer, speed }: Row, columns: number): string {
  const { id, status, state, current, total } = layer
  const words = id === '' ? status : `${id}: ${status}`
  if (current === undefined || state === 'done') return words
  const bar = progressBar({ current, total, speed: speed.get() }, columns - words.length - 2)
  return `${words} ${bar}`
}

function restOf(others: readonly LayerProgress[]): string {
  const done = others.filter(({ state }) => state === 'done').length
  return `and ${others.length} more layers, ${done} of them done`
}
