import { setImmediate as nextTurn } from 'node:timers/promises'

/** The most items that are sorted or merged before everything else has its turn. */
const ITEMS_PER_TURN = 2048

/** Negative where the first item comes before the second, as `Array.sort` has it. */
export type Compare<T> = (a: T, b: T) => number

/** Sorts as `Array.sort` does. A long list blocks nothing: everything else has its turn after every few items. */
export async function sortInTurns<T>(items: readonly T[], compare: Compare<T>): Promise<T[]> {
  const lists: T[][] = []
  for (let at = 0; at < items.length; at += ITEMS_PER_TURN) {
    if (at > 0) await nextTurn()
    lists.push(items.slice(at, at + ITEMS_PER_TURN).sort(compare))
  }
  return mergeInTurns(lists, compare)
}

/** Merges sorted lists into one, in turns as well. Of equal items, the one of the earlier list comes first. */
export async function mergeInTurns<T>(lists: readonly T[][], compare: Compare<T>): Promise<T[]> {
  const merger = new Merger(compare)
  let level = lists
  while (level.length > 1) {
    const merged: T[][] = []
    for (let at = 0; at < level.length; at += 2)
      merged.push(await merger.merge(level[at] ?? [], level[at + 1] ?? []))
    level = merged
  }
  return level[0] ?? []
}

class Merger<T> {
  readonly #compare: Compare<T>
  /** How many more items this turn may take. */
  #left = ITEMS_PER_TURN

  constructor(compare: Compare<T>) {
    this.#compare = compare
  }

  async merge(one: T[], other: T[]): Promise<T[]> {
    if (other.length === 0) return one
    const merged: T[] = []
    let [at, atOther] = [0, 0]
    while (at < one.length && atOther < other.length) {
      if (this.#left === 0) await this.#takeTurn()
      this.#left--
      const isFirst = this.#compare(one[at] as T, other[atOther] as T) <= 0
      merged.push((isFirst ? one[at++] : other[atOther++]) as T)
    }
    return merged.concat(one.slice(at), other.slice(atOther))
  }

  async #takeTurn(): Promise<void> {
    await nextTurn()
    this.#left = ITEMS_PER_TURN
  }
}
