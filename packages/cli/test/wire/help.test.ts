import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { COMMANDS, type Commands } from '../../dist/commands/index.js'
import { docker, dockline } from '../support/dockline.js'
import { NO_ENGINE } from '../support/nowhere.js'
import { withoutDocker } from '../support/tools.js'

/** Where ours is not docker's: a flag of its own, and one command in place of four. */
const OWN = ['context show', 'completion']

const paths = pathsIn(COMMANDS)

describe('help', { concurrency: 4 }, () => {
  it('lists the commands, by --help, -h, or help', async () => {
    const { exitCode, stdout, stderr } = await dockline(NO_ENGINE, ['--help'])
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(stdout, /^Usage: {2}dockline \[OPTIONS\] COMMAND\n/)
    for (const name of Object.keys(COMMANDS).filter((each) => each !== '__complete')) {
      assert.match(stdout, new RegExp(`^  ${name} +\\w`, 'm'))
    }
    for (const args of [['-h'], ['help'], ['nope', '--help']]) {
      assert.equal((await dockline(NO_ENGINE, args)).stdout, stdout)
    }
  })
  it('notes that -h is on its way out, where docker does', async () => {
    const note = 'Flag shorthand -h has been deprecated, use --help\n'
    const [program, command, group, run] = await Promise.all(
      [['-h'], ['ps', '-ah'], ['network', '-h'], ['run', '-h', 'name', '--help']].map((words) =>
        dockline(NO_ENGINE, words),
      ),
    )
    assert.equal(program?.stderr, note)
    for (const { stdout = '', stderr } of [command ?? {}, group ?? {}]) {
      assert.ok(stdout.startsWith(`${note}Usage: `), stdout)
      assert.equal(stderr, '')
    }
    // There it is the name of the host.
    assert.match(run?.stdout ?? '', /^Usage: /)
  })
  it('notes that --time is on its way out, and refuses it beside --timeout', async () => {
    for (const name of ['stop', 'restart']) {
      const { exitCode, stdout, stderr } = await dockline(NO_ENGINE, [name, '--time', '1', '-t', '2', 'x'])
      assert.equal(stdout, 'Flag --time has been deprecated, use --timeout instead\n')
      const told = 'conflicting options: cannot specify both --timeout and --time\n'
      assert.deepEqual([exitCode, stderr], [1, told])
    }
  })
  for (const words of [[], ['system']]) {
    it(`goes to stderr where nobody asked for it: dockline ${words.join(' ')}`, async () => {
      const asked = await dockline(NO_ENGINE, [...words, '--help'])
      const { exitCode, stdout, stderr } = await dockline(NO_ENGINE, words)
      assert.deepEqual([exitCode, stdout, stderr], [0, '', asked.stdout])
    })
  }
  for (const words of [['ps'], ['container', 'remove'], ['network']]) {
    it(`is the same in front: help ${words.join(' ')}`, async () => {
      const { stdout } = await dockline(NO_ENGINE, [...words, '--help'])
      assert.equal((await dockline(NO_ENGINE, ['help', ...words])).stdout, stdout)
    })
  }
  it('of a command that does not exist shows those that do', async () => {
    const { exitCode, stdout } = await dockline(NO_ENGINE, ['image', 'nope', '--help'])
    assert.equal(exitCode, 0)
    assert.equal(stdout, (await dockline(NO_ENGINE, ['image', '--help'])).stdout)
  })
  for (const [words, unknown] of [
    [['nope', 'x'], 'nope x'],
    [['system', 'nope'], 'nope'],
    [['ps', 'x'], 'x'],
  ] as const) {
    it(`is none on what is no command: help ${words.join(' ')}`, async () => {
      const { exitCode, stdout, stderr } = await dockline(NO_ENGINE, ['help', ...words])
      assert.deepEqual([exitCode, stdout, stderr], [1, '', `unknown help topic: ${unknown}\n`])
    })
  }
  it('has no names for a command that has only one', async () => {
    assert.doesNotMatch((await dockline(NO_ENGINE, ['container', 'prune', '--help'])).stdout, /Aliases/)
  })
  it('has all names of a command in one line, by whichever of them it was asked for', async () => {
    const names = 'dockline container ls, dockline container list, dockline container ps, dockline ps'
    for (const words of [['ps'], ['container', 'list']]) {
      const { stdout } = await dockline(NO_ENGINE, [...words, '--help'])
      assert.match(
        stdout,
        new RegExp(`\n\nList containers\n\nAliases:\n  ${names}\n\nOptions:\n  -a, --all `),
      )
    }
  })
  for (const path of paths) {
    it(`of ${path} has its flags`, async () => {
      const { exitCode, stdout } = await dockline(NO_ENGINE, [...path.split(' '), '--help'])
      assert.equal(exitCode, 0)
      assert.match(stdout, /^ +(-h, )?--help /m)
    })
  }
})

describe("help has docker's usage and names", { skip: withoutDocker, concurrency: 4 }, () => {
  for (const path of paths.filter((each) => !isOwn(each))) {
    it(`of ${path}`, async () => {
      const words = [...path.split(' '), '--help']
      const [theirs, ours] = await Promise.all([docker(NO_ENGINE, words), dockline(NO_ENGINE, words)])
      assert.equal(headOf(ours.stdout.replaceAll('dockline', 'docker')), headOf(theirs.stdout))
    })
  }
})

/** docker has the commands of buildx only with its plugin, and calls its classic builder by that name too. */
function isOwn(path: string): boolean {
  return OWN.includes(path) || path.startsWith('buildx ') || path === 'builder build'
}

/** The words that lead to each command, also by its other names. */
function pathsIn(commands: Commands): readonly string[] {
  return Object.entries(commands).flatMap(([name, { aliases = [], hidden, subcommands }]) => {
    if (hidden) return []
    if (subcommands !== undefined) return pathsIn(subcommands).map((path) => `${name} ${path}`)
    return [name, ...aliases]
  })
}

/** What says how a command is used and what else it is called. */
function headOf(help: string): string {
  const [usage = ''] = /^Usage:[\s\S]*?\n\n/.exec(help) ?? []
  const [aliases = ''] = /^Aliases:\n.*\n/m.exec(help) ?? []
  return usage + aliases.replace(', docker builder build', '')
}
