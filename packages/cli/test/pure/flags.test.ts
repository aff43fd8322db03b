import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { explain, runFailure } from '../../dist/errors.js'
import { bool, int, list, text } from '../../dist/flags/flag.js'
import { parseFlags } from '../../dist/flags/parse.js'

const FLAGS = {
  detach: bool('', 'd'),
  env: list('', { short: 'e' }),
  interactive: bool('', 'i'),
  last: int('', { short: 'n' }),
  name: text(''),
  'no-trunc': bool(''),
  'sig-proxy': bool('', undefined, { initial: true }),
  tty: bool('', 't'),
}

describe('flags', () => {
  const parse = (...args: string[]) => parseFlags(FLAGS, args, true)

  for (const args of [
    ['-itd'],
    ['-it', '-d'],
    ['--interactive', '--tty', '--detach'],
    ['-i=true', '-td=1'],
  ]) {
    it(`of one letter may stand together: ${args.join(' ')}`, () => {
      const { interactive, tty, detach } = parse(...args).flags
      assert.deepEqual([interactive, tty, detach], [true, true, true])
    })
  }
  for (const args of [['-e', 'A=1'], ['-eA=1'], ['-e=A=1'], ['--env', 'A=1'], ['--env=A=1'], ['-iteA=1']]) {
    it(`take a value as docker writes it: ${args.join(' ')}`, () => {
      assert.deepEqual(parse(...args).flags.env, ['A=1'])
    })
  }
  it('take a = behind one letter for the value where nothing follows', () => {
    assert.deepEqual([parse('-e=').flags.env, parse('-e==').flags.env], [['='], ['=']])
  })
  it('may be given several times where they are lists', () => {
    assert.deepEqual(parse('-e', 'A=1', '--env', 'B=').flags.env, ['A=1', 'B='])
  })
  it('take a value that begins with a dash', () => assert.equal(parse('--name', '-x').flags.name, '-x'))
  it('can be turned off', () => {
    const { flags, given } = parse('--sig-proxy=false', '-t=false')
    assert.deepEqual([flags['sig-proxy'], flags.tty, [...given]], [false, false, ['sig-proxy', 'tty']])
  })
  it('are true and false in the words of Go, and no others', () => {
    for (const yes of ['1', 't', 'T', 'true', 'TRUE', 'True'])
      assert.equal(parse(`-t=${yes}`).flags.tty, true)
    for (const no of ['0', 'f', 'F', 'false', 'FALSE', 'False'])
      assert.equal(parse(`-t=${no}`).flags.tty, false)
    for (const none of ['', 'tRUE', 'yes', 'on', '2'])
      assert.throws(() => parse(`--tty=${none}`), /ParseBool/)
  })
  it('are numbers as Go writes them', () => {
    for (const [given, number] of [
      ['1_000', 1000],
      ['0x1_f', 31],
      ['017', 15],
      ['0b11', 3],
      ['-5', -5],
      ['+5', 5],
    ] as const)
      assert.equal(parse(`-n=${given}`).flags.last, number)
    for (const none of ['', '_1', '1_', '1__0', '1.5', '08', ' 1', '1e3'])
      assert.throws(() => parse('-n', none), /ParseInt/)
  })
  it('on their way out are noted each time they are given', () => {
    const known = {
      old: { ...int(''), deprecated: 'use --new instead' },
      help: { ...bool('', 'h'), shortDeprecated: 'use --help' },
      new: int('', { short: 'n' }),
    }
    const notes = (...args: string[]) => parseFlags(known, args, true).notes
    assert.deepEqual(notes('--new', '1', '--help'), [])
    assert.deepEqual(notes('--old=1', '-hn5', '--old', '2', 'x', '-h'), [
      'Flag --old has been deprecated, use --new instead',
      'Flag shorthand -h has been deprecated, use --help',
      'Flag --old has been deprecated, use --new instead',
    ])
  })
  it('whose names begin with no- are flags like any other', () => {
    assert.equal(parse().flags['no-trunc'], false)
    assert.equal(parse('--no-trunc').flags['no-trunc'], true)
  })
  it('end at the first word that is none, and that word keeps its own', () => {
    const { flags, operands } = parse('-i', 'busybox', 'ls', '-t', '--', '-d')
    assert.deepEqual([flags.tty, operands], [false, ['busybox', 'ls', '-t', '--', '-d']])
  })
  it('end at --', () => assert.deepEqual(parse('--', '-t').operands, ['-t']))
  it('may stand behind the words where they do not end there', () => {
    const { flags, operands } = parseFlags(FLAGS, ['web', '-t', 'db'], false)
    assert.deepEqual([flags.tty, operands], [true, ['web', 'db']])
  })

  const wrong: [string[], string][] = [
    [['--nope'], 'unknown flag: --nope'],
    [['--nope=1'], 'unknown flag: --nope'],
    [['-z'], "unknown shorthand flag: 'z' in -z"],
    [['-itz'], "unknown shorthand flag: 'z' in -z"],
    [['-it='], "unknown shorthand flag: '=' in -="],
    [['-e'], "flag needs an argument: 'e' in -e"],
    [['--env'], 'flag needs an argument: --env'],
    [
      ['--tty=maybe'],
      'invalid argument "maybe" for "-t, --tty" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      ['-n', 'x'],
      'invalid argument "x" for "-n, --last" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [['--=x'], 'bad flag syntax: --=x'],
    [['--constructor'], 'unknown flag: --constructor'],
  ]
  for (const [args, message] of wrong) {
    it(`that are wrong are told in docker's words: ${args.join(' ')}`, () => {
      assert.throws(() => parse(...args), { message, exitCode: 125 })
    })
  }
})

describe('the exit code of a run', () => {
  const rows: [string, number][] = [
    ['exec: "x": executable file not found in $PATH', 127],
    ['stat /x: no such file or directory', 127],
    ['exec: "/etc": is a directory: permission denied', 126],
    ['exec: "/etc/passwd": permission denied', 126],
    ['Conflict. The container name "/web" is already in use', 125],
  ]
  for (const [words, exitCode] of rows) {
    it(`is ${exitCode} for '${words}'`, () => assert.equal(runFailure(new Error(words)).exitCode, exitCode))
  }
})

describe('an error', () => {
  it("of the Engine is marked as docker marks it, and keeps the library's hint", () => {
    const error = Object.assign(new Error('ours'), {
      code: 'ERR_DOCKER_API',
      explanation: 'No such container: x',
    })
    assert.equal(explain(error), 'Error response from daemon: No such container: x')
    assert.equal(
      explain(Object.assign(error, { hint: 'why' })),
      'Error response from daemon: No such container: x (why)',
    )
  })
  it('leaves out a hint that only a program could follow', () => {
    const said = { code: 'ERR_DOCKER_API', explanation: 'no', hint: 'make it one with swarm.init()' }
    assert.equal(explain(Object.assign(new Error('ours'), said)), 'Error response from daemon: no')
    const hint = 'its log can be read with container.logs()'
    const lost = Object.assign(new Error(`output was lost (${hint})`), { code: 'ERR_DOCKER_STREAM', hint })
    assert.equal(explain(lost), 'output was lost')
  })
  const address = 'unix:///x.sock'
  const unreached = (reason: string, more: object = {}) =>
    explain(
      Object.assign(new Error(`cannot talk to the Docker Engine at ${address}: ${reason}`, more), {
        ...{ code: 'ERR_DOCKER_CONNECTION', address, hint: 'a hint' },
      }),
    )
  const NOBODY = `Cannot connect to the Docker daemon at ${address}. Is the docker daemon running?`
  it('that nobody is there is told in the words that scripts look for', () => {
    assert.equal(unreached('nothing listens there (is it running?)'), NOBODY)
    assert.equal(unreached('there is no such socket (is it?)'), `${NOBODY} (there is no such socket)`)
  })
  it('that nobody is there tells where somebody is, and how to get there', () => {
    const cause = { offer: 'there is unix:///y of Podman: name it in DOCKER_HOST, or set autodetect' }
    const told = 'there is unix:///y of Podman: name it in DOCKER_HOST'
    assert.equal(unreached('nothing listens there', { cause }), `${NOBODY} (${told})`)
  })
  it('that one may not is told in the words that scripts look for', () => {
    const told = `permission denied while trying to connect to the Docker daemon socket at ${address}`
    assert.equal(unreached('permission denied (a hint)'), `${told} (a hint)`)
  })
  it('of the connection is told as the library tells it', () => {
    const error = Object.assign(new Error('cannot talk to it (hint)'), {
      code: 'ERR_DOCKER_CONNECTION',
      hint: 'hint',
    })
    assert.equal(explain(error), 'cannot talk to it (hint)')
  })
})
