import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { COMMANDS } from '../../dist/tree.js'
import { commandPaths } from '../support/paths.js'
import { run } from '../support/program.js'

describe('help', () => {
  it('lists the commands, by --help, -h, or help', async () => {
    const { exitCode, stdout, stderr } = await run(['--help'])
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(stdout, /^Usage: {2}dockline \[OPTIONS\] COMMAND\n/)
    for (const name of COMMANDS.keys()) {
      assert.match(stdout, new RegExp(`^  ${name} +\\w`, 'm'))
    }
    for (const args of [['-h'], ['help'], ['nope', '--help']]) {
      assert.equal((await run(args)).stdout, stdout)
    }
  })
  it('notes that -h is on its way out, where docker does', async () => {
    const note = 'Flag shorthand -h has been deprecated, use --help\n'
    const [program, command, group, host] = await Promise.all(
      [['-h'], ['ps', '-ah'], ['network', '-h'], ['run', '-h', 'name', '--help']].map((words) => run(words)),
    )
    assert.equal(program?.stderr, note)
    for (const { stdout = '', stderr } of [command ?? {}, group ?? {}]) {
      assert.ok(stdout.startsWith(`${note}Usage: `), stdout)
      assert.equal(stderr, '')
    }
    // There it is the name of the host.
    assert.match(host?.stdout ?? '', /^Usage: /)
  })
  it('notes that --time is on its way out, and refuses it beside --timeout', async () => {
    for (const name of ['stop', 'restart']) {
      const { exitCode, stdout, stderr } = await run([name, '--time', '1', '-t', '2', 'x'])
      assert.equal(stdout, 'Flag --time has been deprecated, use --timeout instead\n')
      const told = 'conflicting options: cannot specify both --timeout and --time\n'
      assert.deepEqual([exitCode, stderr], [1, told])
    }
  })
  for (const words of [[], ['system']]) {
    it(`goes to stderr where nobody asked for it: dockline ${words.join(' ')}`, async () => {
      const asked = await run([...words, '--help'])
      const { exitCode, stdout, stderr } = await run(words)
      assert.deepEqual([exitCode, stdout, stderr], [0, '', asked.stdout])
    })
  }
  for (const words of [['ps'], ['container', 'remove'], ['network']]) {
    it(`is the same in front: help ${words.join(' ')}`, async () => {
      const { stdout } = await run([...words, '--help'])
      assert.equal((await run(['help', ...words])).stdout, stdout)
      assert.equal((await run(['--help', ...words])).stdout, stdout)
      assert.equal((await run(['-h', ...words, '-x', 'y'])).stdout, stdout)
    })
  }
  for (const words of [
    ['help', 'help'],
    ['help', '--help'],
    ['--help', 'help'],
    ['--help', 'help', 'ps'],
  ]) {
    it(`has a help of its own: ${words.join(' ')}`, async () => {
      const { exitCode, stdout, stderr } = await run(words)
      assert.deepEqual(
        [exitCode, stdout, stderr],
        [0, 'Usage:  dockline help [command]\n\nHelp about the command\n', ''],
      )
    })
  }
  it('of a word in front of which it is asked for, and that is no command, is that of the program', async () => {
    const { stdout } = await run(['--help'])
    assert.equal((await run(['--help', 'nope', 'x'])).stdout, stdout)
  })
  it('in front of a command with words of its own runs none of them', async () => {
    const { stdout } = await run(['run', '--help'])
    assert.equal((await run(['--help', 'run', 'app', 'ls'])).stdout, stdout)
  })
  it('of a command that does not exist shows those that do', async () => {
    const { exitCode, stdout } = await run(['image', 'nope', '--help'])
    assert.equal(exitCode, 0)
    assert.equal(stdout, (await run(['image', '--help'])).stdout)
  })
  for (const [words, unknown] of [
    [['nope', 'x'], 'nope x'],
    [['system', 'nope'], 'nope'],
    [['ps', 'x'], 'x'],
  ] as const) {
    it(`is none on what is no command: help ${words.join(' ')}`, async () => {
      const { exitCode, stdout, stderr } = await run(['help', ...words])
      assert.deepEqual([exitCode, stdout, stderr], [1, '', `unknown help topic: ${unknown}\n`])
    })
  }
  it('has no names for a command that has only one', async () => {
    assert.doesNotMatch((await run(['container', 'prune', '--help'])).stdout, /Aliases/)
  })
  it('has all names of a command in one line, by whichever of them it was asked for', async () => {
    const names = 'dockline container ls, dockline container list, dockline container ps, dockline ps'
    for (const words of [['ps'], ['container', 'list']]) {
      const { stdout } = await run([...words, '--help'])
      assert.match(
        stdout,
        new RegExp(`\n\nList containers\n\nAliases:\n  ${names}\n\nOptions:\n  -a, --all `),
      )
    }
  })
  for (const path of commandPaths()) {
    it(`of ${path} has its flags`, async () => {
      const { exitCode, stdout } = await run([...path.split(' '), '--help'])
      assert.equal(exitCode, 0)
      assert.match(stdout, /^ +(-h, )?--help /m)
    })
  }
})
