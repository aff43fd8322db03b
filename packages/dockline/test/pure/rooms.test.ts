import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const SOURCE = join(ROOT, 'packages/dockline/src')
const rooms = roomsOfGuide()

describe('the rooms of the library', () => {
  it('are those that CONTRIBUTING.md lists', () => {
    const folders = readdirSync(SOURCE, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => relative(SOURCE, join(entry.parentPath, entry.name)))
    assert.deepEqual([...rooms].sort(), folders.sort())
  })

  it('import only from rooms above them in that list', () => {
    const wrong = sourceFiles().flatMap((file) =>
      importsOf(file)
        .filter((imported) => !mayImport(roomOf(file), roomOf(imported)))
        .map((imported) => `${file} imports ${imported}`),
    )
    assert.deepEqual(wrong, [])
  })
})

describe('the rooms of the command', () => {
  it('are named in CONTRIBUTING.md as they are on the disk', () => {
    const guide = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
    const [, list = ''] = /^The rooms of the command, in([\s\S]*?)^Where do I add/m.exec(guide) ?? []
    const named = [...list.matchAll(/`([a-z]+)\/`/g)].map(([, name]) => name).filter((name) => name !== 'bin')
    const folders = readdirSync(join(ROOT, 'packages/cli/src'), { withFileTypes: true })
    const there = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    assert.deepEqual(named.sort(), there.sort())
  })
})

/** The folders of the tree in CONTRIBUTING.md, in its order: a room within a room is indented. */
function roomsOfGuide(): string[] {
  const guide = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8')
  const [, tree = ''] = /^packages\/dockline\/src\/\n([\s\S]*?)^packages\/cli\//m.exec(guide) ?? []
  const path: string[] = []
  return tree
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [, indent = '', name = ''] = /^( +)([\w-]+)\//.exec(line) ?? []
      path.length = indent.length / 2 - 1
      path.push(name)
      return path.join('/')
    })
}

function sourceFiles(): string[] {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => file.endsWith('.ts'))
}

/** The files that a file imports, types and late imports too. */
function importsOf(file: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8')
  const found = [...text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)]
  return found.map(([, path = '']) => join(dirname(file), path).replace(/\.js$/, '.ts'))
}

/** The folder of a file. `errors.ts` is the door of its room; the other files at the top are the roof. */
function roomOf(file: string): string {
  const room = dirname(file)
  return room === '.' ? (file.startsWith('errors') ? 'errors' : 'roof') : room
}

/** A room within a room belongs to it: the arrows between the two are free. */
function mayImport(from: string, to: string): boolean {
  if (from === to || from === 'roof' || from === 'models' || isWithin(from, to) || isWithin(to, from))
    return true
  // The version of the package is a constant that any room may name.
  if (to === 'roof') return from === 'http'
  return rooms.indexOf(to) < rooms.indexOf(from)
}

function isWithin(inner: string, outer: string): boolean {
  return inner.startsWith(`${outer}/`)
}
