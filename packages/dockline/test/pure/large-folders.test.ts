import assert from 'node:assert/strict'
import { symlinkSync, writeFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { bytesOfName } from '#src/archive/file-names.js'
import { IgnoreRules } from '#src/archive/ignore-rules.js'
import { walk } from '#src/archive/walk.js'
import { Filter } from '#src/buildkit/filesync/filter.js'
import { followPaths } from '#src/buildkit/filesync/follow.js'
import type { VirtualFolder } from '#src/buildkit/filesync/tree.js'
import { walkFolder } from '#src/buildkit/filesync/walk.js'
import { mergeInTurns, sortInTurns } from '#src/support/sort.js'
import { temporaryFolder } from '../support/archives.js'
import { countReads, TurnCounter } from '../support/turns.js'

const COUNT = 5000
/** How much may be done in one turn: it takes a few milliseconds. */
const MOST_PER_TURN = 2048
const MOST_PATTERNS_PER_TURN = 256
/** JavaScript has the last two in another order than their bytes are. */
const UNUSUAL = ['Z', 'é', '-', 'a b', '\uff5e', '\u{1f600}']

describe('a folder of many names', () => {
  it('is walked for BuildKit a portion a turn, in the order of the bytes', async (test) => {
    const { folder, names } = await aLargeFolder()
    const { names: read, looks } = countReads(test)
    assert.deepEqual(await pathsFor(folder), byBytes(names))
    for (const counter of [read, looks]) {
      assert.ok(counter.total >= COUNT)
      assert.ok(counter.most <= MOST_PER_TURN, `${counter.most} in one turn`)
    }
  })

  it('is walked for a tar a portion a turn, in the order of the bytes', async (test) => {
    const { folder, names } = await aLargeFolder()
    const { names: read } = countReads(test)
    assert.deepEqual(await pathsOf(walk(folder)), byBytes(names))
    assert.ok(read.total >= COUNT)
    assert.ok(read.most <= MOST_PER_TURN, `${read.most} in one turn`)
  })

  it('is searched for links a portion a turn', async (test) => {
    const { folder } = await aLargeFolder()
    symlinkSync('Z', `${folder}/link`)
    const { names: read } = countReads(test)
    assert.deepEqual(await followPaths(folder, ['l*'], test.signal), ['Z', 'l*', 'link'])
    assert.ok(read.total >= COUNT)
    assert.ok(read.most <= MOST_PER_TURN, `${read.most} in one turn`)
  })

  it('may have names that are not UTF-8, which keep their bytes and their place', async (test) => {
    const { folder, names } = await aLargeFolder()
    const bad = Buffer.concat([Buffer.from('é'), Buffer.from([0xff])])
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), bad]), '')
    const { names: read } = countReads(test)
    const expected = byBytes([...names, '\u00e9\udcff'])
    assert.deepEqual(await pathsOf(walk(folder)), expected)
    assert.deepEqual(bytesOfName('\u00e9\udcff'), bad)
    assert.deepEqual(await pathsFor(folder, { exclude: ['é?*'] }), byBytes(names))
    assert.ok(read.most <= MOST_PER_TURN, `${read.most} in one turn`)
  })

  it('has files that were given in their places, also in place of its own', async () => {
    const { folder, names } = await aLargeFolder()
    const file = { content: Buffer.from('given'), mode: 0o644, modTime: 0n }
    const virtual = new Map([...UNUSUAL, 'zz', 'new'].map((name) => [name, file]))
    assert.deepEqual(await pathsFor(folder, { virtual }), byBytes([...names, 'zz', 'new']))
  })
})

describe('a long list', () => {
  const numbers = Array.from({ length: 3 * COUNT }, (_, at) => (at * 7919) % 1000)
  const pairs = numbers.map((value, at) => ({ value, at }))

  it('is sorted as Array.sort does, a portion a turn', async () => {
    const compared = new TurnCounter()
    const sorted = await sortInTurns(pairs, (one, other) => {
      compared.add()
      return one.value - other.value
    })
    assert.deepEqual(
      sorted,
      pairs.toSorted((one, other) => one.value - other.value),
    )
    // To sort a portion takes up to eleven comparisons an item.
    assert.ok(compared.most <= 12 * MOST_PER_TURN, `${compared.most} comparisons in one turn`)
  })

  it('of no or of one portion is the same list', async () => {
    for (const list of [[], [2], [2, 1, 3]])
      assert.deepEqual(await sortInTurns(list, (one, other) => one - other), list.toSorted())
    assert.deepEqual(
      await mergeInTurns([[1, 4], [2], [], [0, 5]], (one, other) => one - other),
      [0, 1, 2, 4, 5],
    )
  })
})

describe('an ignore file of many patterns', () => {
  it('is read a portion a turn, and leaves nothing for the first path', async (test) => {
    const made = new TurnCounter()
    const original = globalThis.RegExp
    globalThis.RegExp = new Proxy(original, {
      construct(target, args) {
        made.add()
        return Reflect.construct(target, args)
      },
    })
    test.after(() => {
      globalThis.RegExp = original
    })
    const lines = Array.from({ length: COUNT }, (_, at) => `folder-${at}/*.log`)
    const rules = await IgnoreRules.parse(lines.join('\n'), { file: '.dockerignore' })
    assert.equal(made.total, COUNT)
    assert.ok(made.most <= MOST_PATTERNS_PER_TURN, `${made.most} patterns in one turn`)
    assert.equal(rules.judge('folder-7/a.log').ignored, true)
    assert.equal(rules.judge('folder-7/a.txt').ignored, false)
    assert.equal(made.total, COUNT)
  })
})

async function aLargeFolder(): Promise<{ folder: string; names: string[] }> {
  const folder = await temporaryFolder()
  const plain = Array.from({ length: COUNT }, (_, at) => `file-${(at * 7919) % COUNT}`)
  const names = [...plain, ...UNUSUAL]
  for (const name of names) writeFileSync(`${folder}/${name}`, '')
  return { folder, names }
}

function byBytes(names: readonly string[]): string[] {
  return names.toSorted((one, other) => Buffer.compare(bytesOfName(one), bytesOfName(other)))
}

async function pathsOf(found: AsyncIterable<{ readonly path: string }>): Promise<string[]> {
  const paths: string[] = []
  for await (const { path } of found) paths.push(path)
  return paths
}

/** What BuildKit is sent of a folder. */
async function pathsFor(
  root: string,
  { exclude = [], virtual }: { exclude?: readonly string[]; virtual?: VirtualFolder } = {},
): Promise<string[]> {
  const filter = await Filter.of({ exclude, include: [] })
  const paths: string[] = []
  for await (const entries of walkFolder({ root, virtual }, filter, new AbortController().signal))
    paths.push(...entries.map(({ stat }) => stat.path))
  return paths
}
