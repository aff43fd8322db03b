import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { GROUPS, HEADINGS, MANIFEST } from '../../dist/manifest.js'
import { COMMANDS, listedOf } from '../../dist/tree.js'

describe('the manifest of the commands', () => {
  const names = MANIFEST.flatMap((entry) => entry.names)

  it('has each name once', () => assert.equal(new Set(names).size, names.length))
  it('has groups that have a summary, and no others', () => {
    const groups = names.flatMap((name) => {
      const words = name.split(' ')
      return words.slice(0, -1).map((_, index) => words.slice(0, index + 1).join(' '))
    })
    assert.deepEqual([...new Set(groups)].sort(), Object.keys(GROUPS).sort())
  })
  it('puts the name in a group first, and a short name last', () => {
    for (const { names } of MANIFEST) {
      const short = names.filter((name) => !name.includes(' '))
      assert.ok(short.length <= 1, names.join())
      assert.deepEqual(names.slice(names.length - short.length), short)
    }
  })
  it('has a heading for each short name, and summaries of one line without an end', () => {
    for (const { names, summary, heading } of MANIFEST) {
      assert.ok(heading === undefined || HEADINGS.includes(heading))
      assert.match(summary, /^[A-Z][^\n]+$/, names[0])
    }
  })
  it('loads a command that says how it is used, and that has help', async () => {
    for (const { names, load } of MANIFEST) {
      const { command } = await load()
      assert.ok('help' in command.flags, names[0])
      assert.ok(command.operands.min <= command.operands.max)
      assert.equal(typeof command.usage, 'string')
    }
  })
})

describe('the words of the command line', () => {
  const container = COMMANDS.get('container')

  it('lead to one command by all its names', () => {
    const commands = container?.subcommands
    assert.equal(commands?.get('list'), commands?.get('ls'))
    assert.equal(commands?.get('ps')?.load, COMMANDS.get('ps')?.load)
  })
  it('are known by the path without an alias', () => {
    const { path } = container?.subcommands?.get('list') as { path?: string }
    assert.equal(path, 'container ls')
    assert.equal((COMMANDS.get('images') as { path?: string }).path, 'images')
  })
  it('are no names that every object has', () => {
    for (const word of ['constructor', 'toString', '__proto__']) assert.equal(COMMANDS.get(word), undefined)
  })
  it('are listed once, whatever aliases they have', () => {
    const words = listedOf(container?.subcommands ?? new Map()).map(({ word }) => word)
    assert.equal(new Set(words).size, words.length)
    assert.ok(!words.includes('remove'))
  })
})
