import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { TestContext } from 'node:test'

/** Counts events, and how many of them come in one turn of the event loop at most. */
export class TurnCounter {
  #inThisTurn = 0
  #most = 0
  #total = 0

  get most(): number {
    return this.#most
  }

  get total(): number {
    return this.#total
  }

  add(count = 1): void {
    if (this.#inThisTurn === 0) setImmediate(() => this.#endTurn())
    this.#inThisTurn += count
    this.#total += count
    this.#most = Math.max(this.#most, this.#inThisTurn)
  }

  #endTurn(): void {
    this.#inThisTurn = 0
  }
}

export interface CountedReads {
  /** Names that are read from folders. */
  readonly names: TurnCounter
  /** Files that are looked at. */
  readonly looks: TurnCounter
}

/** Counts what is read of folders until the test is over, whichever way it is read. */
export function countReads(test: TestContext): CountedReads {
  const counted = { names: new TurnCounter(), looks: new TurnCounter() }
  const { readdirSync, lstatSync } = fs
  const { opendir, readdir } = fs.promises
  const counting = [
    test.mock.method(fs, 'lstatSync', ((...args: Parameters<typeof lstatSync>) => {
      counted.looks.add()
      return lstatSync(...args)
    }) as typeof lstatSync),
    test.mock.method(fs, 'readdirSync', ((...args: Parameters<typeof readdirSync>) => {
      const names = readdirSync(...args)
      counted.names.add(names.length)
      return names
    }) as typeof readdirSync),
    test.mock.method(fs.promises, 'readdir', (async (...args: Parameters<typeof readdir>) => {
      const names = await readdir(...args)
      counted.names.add(names.length)
      return names
    }) as typeof readdir),
    test.mock.method(fs.promises, 'opendir', (async (...args: Parameters<typeof opendir>) =>
      countEntries(await opendir(...args), counted.names)) as unknown as typeof opendir),
  ]
  syncBuiltinESMExports()
  test.after(() => {
    for (const { mock } of counting) mock.restore()
    syncBuiltinESMExports()
  })
  return counted
}

async function* countEntries<Entry>(entries: AsyncIterable<Entry>, counter: TurnCounter) {
  for await (const entry of entries) {
    counter.add()
    yield entry
  }
}
