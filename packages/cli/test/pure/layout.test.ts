import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Command } from '../../dist/command.js'
import { bool, list, text } from '../../dist/flags/flag.js'
import { commandHelp, groupHelp, programHelp } from '../../dist/help.js'
import { OTHER } from '../../dist/manifest.js'
import { formatTable } from '../../dist/output/table.js'
import { displayWidth, isPlain } from '../../dist/output/width.js'
import { wrap } from '../../dist/output/wrap.js'
import { COMMANDS, type CommandGroup, type SingleCommand } from '../../dist/tree.js'

describe('a long line', () => {
  const words = 'It is broken between words, so that no line is longer than there is room for.'

  it('is broken between words', () => {
    const lines = wrap(words, 40).split('\n')
    assert.deepEqual(lines, [
      'It is broken between words, so that no',
      'line is longer than there is room for.',
    ])
  })
  it('keeps the line ends that it has', () => assert.equal(wrap('one\ntwo', 40), 'one\ntwo'))
  it('keeps empty lines', () => assert.equal(wrap('one\n\ntwo', 40), 'one\n\ntwo'))
  it('stays as long as it is where there is little room', () => assert.equal(wrap(words, 39), words))
  it('stays as long as it is where it is one word', () => {
    assert.equal(wrap('x'.repeat(60), 40), 'x'.repeat(60))
  })
  it('keeps the blanks between its words', () => assert.equal(wrap("'json':    JSON", 40), "'json':    JSON"))
})

describe('a table', () => {
  it('may have narrower columns, and wider ones', () => {
    assert.equal(formatTable('a\tb', { minWidth: 0, gap: 1 }), 'a b\n')
    assert.equal(formatTable('a\tb', { minWidth: 5 }), 'a    b\n')
    assert.equal(formatTable('long\tb', { minWidth: 5 }), 'long   b\n')
  })
  it('of nothing is one empty line', () => assert.equal(formatTable(''), '\n'))
})

describe('the width of a text', () => {
  const rows: readonly (readonly [text: string, columns: number])[] = [
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['👍', 2],
    ['cafe\u0301', 4],
    ['…', 1],
    ['ﾊﾝ', 2],
  ]
  for (const [text, columns] of rows) {
    it(`is ${columns} for ${JSON.stringify(text)}`, () => assert.equal(displayWidth(text), columns))
  }
  it('is plain where each character takes one column', () => {
    assert.deepEqual(['abc…', 'é', '日'].map(isPlain), [true, false, false])
  })
})

describe('help', () => {
  const command: Command = {
    usage: '[OPTIONS] NAME\n  NAME -',
    description: undefined,
    flags: {
      zone: text('Where it is'),
      all: bool('Show all', 'a'),
      label: list('One\nof several lines', { short: 'l' }),
      old: bool('Older name', undefined, { hidden: true }),
      help: { ...bool('Print usage', 'h'), shortDeprecated: 'use --help' },
    },
    operands: { min: 1, max: 1 },
    stopAtOperand: false,
    run: async () => 0,
  }
  const node: SingleCommand = {
    word: 'show',
    path: 'thing show',
    names: ['thing show', 'thing print', 'show'],
    summary: 'Show a thing',
    heading: OTHER,
    load: async () => ({ command }),
  }

  it('of a command has its usage, its names and its flags by their long names', () => {
    assert.equal(
      commandHelp(node, command, 80),
      `Usage:  dockline thing show [OPTIONS] NAME
	NAME -

Show a thing

Aliases:
  dockline thing show, dockline thing print, dockline show

Options:
  -a, --all          Show all
      --help         Print usage
  -l, --label list   One
                     of several lines
      --zone string  Where it is
`,
    )
  })
  it('of a command may say more than its summary, and has no names where there is one', () => {
    const help = commandHelp(
      { ...node, names: ['thing show'] },
      { ...command, description: 'More of it' },
      80,
    )
    assert.match(help, /\n\nMore of it\n\nOptions:\n/)
    assert.doesNotMatch(help, /Aliases|Show a thing/)
  })
  it('of a group lists its commands by name', () => {
    const help = groupHelp(COMMANDS.get('volume') as CommandGroup, 'dockline volume', 80)
    assert.equal(
      help,
      `Usage:  dockline volume COMMAND

Manage volumes

Commands:
  create   Create a volume
  inspect  Display detailed information on one or more volumes
  ls       List volumes
  prune    Remove unused local volumes
  rm       Remove one or more volumes

Run 'dockline volume COMMAND --help' for more information on a command.
`,
    )
  })
  it('of the program lists plugins among the groups, and says what keeps others from being one', () => {
    const plugins = [
      { Name: 'hey', Path: '/hey', ShortDescription: 'Say hey' },
      { Name: 'shy', Path: '/shy', Hidden: true },
      { Name: 'bad', Path: '/bad', Err: 'exit status 1' },
    ]
    const help = programHelp(COMMANDS, 80, plugins)
    assert.match(help, /\n {2}context +Manage contexts\n {2}hey\* +Say hey\n {2}image +/)
    assert.match(help, /\nInvalid Plugins:\n {2}bad {9}exit status 1\n\n/)
    assert.doesNotMatch(help, /shy/)
  })
  it('has the common commands in the order in which they are needed, and the others by name', () => {
    const help = programHelp(COMMANDS, 200)
    const [, common = ''] = /Common Commands:\n([\s\S]*?)\n\n/.exec(help) ?? []
    const [, containers = ''] = /Container Commands:\n([\s\S]*?)\n\n/.exec(help) ?? []
    const words = (section: string) => section.split('\n').map((line) => line.trim().split(' ')[0])
    assert.deepEqual(words(common).slice(0, 3), ['run', 'exec', 'ps'])
    assert.deepEqual(words(containers), words(containers).sort())
  })
  it('is as wide as the terminal, and no wider than one can read', () => {
    for (const [columns, limit] of [
      [80, 80],
      [500, 110],
    ] as const) {
      const longest = Math.max(
        ...programHelp(COMMANDS, columns)
          .split('\n')
          .map((line) => line.length),
      )
      assert.ok(longest <= limit && longest > limit - 15, String(longest))
    }
  })
})
