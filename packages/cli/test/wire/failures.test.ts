import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { BIN, dockline } from '../support/dockline.js'
import { aFolder, aRecordingEngine, aServer } from '../support/scripted-engine.js'

const NOWHERE = 'unix:///nonexistent/engine.sock'
const isRoot = process.getuid?.() === 0

describe('the command line', () => {
  const wrong: [string[], number, string][] = [
    [['run', '--nope', 'busybox'], 125, "unknown flag: --nope\nSee 'dockline run --help'.\n"],
    [['ps', '-z'], 125, "unknown shorthand flag: 'z' in -z\nSee 'dockline ps --help'.\n"],
    [['--nope'], 125, "unknown flag: --nope\nSee 'dockline --help'.\n"],
    [['nope'], 1, "dockline: unknown command: dockline nope\nSee 'dockline --help'.\n"],
    [['run'], 1, "'dockline run' requires at least 1 argument\nSee 'dockline run --help'.\n"],
    [['exec', 'web'], 1, "'dockline exec' requires at least 2 arguments\nSee 'dockline exec --help'.\n"],
    [['logs', 'a', 'b'], 1, "'dockline logs' requires exactly 1 argument\nSee 'dockline logs --help'.\n"],
    [['version', 'x'], 1, "'dockline version' accepts no arguments\nSee 'dockline version --help'.\n"],
    [
      ['ps', '-f', 'x'],
      125,
      'invalid argument "x" for "-f, --filter" flag: bad format of filter (expected name=value)\nSee \'dockline ps --help\'.\n',
    ],
    [
      ['run', '-a', 'x', 'busybox'],
      125,
      'invalid argument "x" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR\nSee \'dockline run --help\'.\n',
    ],
    [
      ['run', '-e', '=x', 'busybox'],
      125,
      'invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x\nSee \'dockline run --help\'.\n',
    ],
    [
      ['run', '--pull', 'x', 'busybox'],
      125,
      'dockline: invalid pull option: \'x\': must be one of "always", "missing" or "never"\n',
    ],
    [
      ['run', '--rm', '--restart', 'always', 'busybox'],
      125,
      'dockline: conflicting options: cannot specify both --restart and --rm\n',
    ],
    [
      ['run', '--health-cmd', 'x', '--no-healthcheck', 'busybox'],
      125,
      'dockline: --no-healthcheck conflicts with --health-* options\n',
    ],
    [['run', '-it', 'busybox'], 1, 'the input device is not a TTY\n'],
    [['start', '-a', 'a', 'b'], 1, 'you cannot start and attach multiple containers at once\n'],
    [['version', '-f', '{{range .}}'], 64, 'failed to parse template: template: :1: unexpected EOF\n'],
  ]
  for (const [args, exitCode, stderr] of wrong) {
    it(`is refused before the Engine is asked: ${args.join(' ')}`, async () => {
      const ended = await dockline(NOWHERE, args)
      assert.deepEqual({ ...ended, signal: null }, { exitCode, stderr, stdout: '', signal: null })
    })
  }
  it('names the flag and the reason for a value the library cannot read', async () => {
    const { exitCode, stderr } = await dockline(NOWHERE, ['run', '-m', 'lots', 'busybox'])
    assert.equal(exitCode, 125)
    assert.match(
      stderr,
      /^invalid argument "lots" for "-m, --memory" flag: .*not 'lots'\nSee 'dockline run --help'\.\n$/,
    )
  })
  it('says which file cannot be read', async () => {
    const { exitCode, stderr } = await dockline(NOWHERE, ['run', '--label-file', '/nonexistent', 'busybox'])
    assert.deepEqual([exitCode, stderr], [125, 'open /nonexistent: no such file or directory\n'])
  })
})

describe('help', () => {
  it('lists the commands, by --help, -h, help, or no command at all', async () => {
    const { exitCode, stdout } = await dockline(NOWHERE, [])
    assert.equal(exitCode, 0)
    for (const name of [
      'run',
      'exec',
      'ps',
      'images',
      'version',
      'attach',
      'start',
      'stop',
      'kill',
      'rm',
      'logs',
    ]) {
      assert.match(stdout, new RegExp(`^  ${name} +\\w`, 'm'))
    }
    for (const args of [['--help'], ['-h'], ['help']])
      assert.equal((await dockline(NOWHERE, args)).stdout, stdout)
  })
  for (const name of [
    'run',
    'exec',
    'ps',
    'images',
    'version',
    'attach',
    'start',
    'stop',
    'kill',
    'rm',
    'logs',
    ...['commit', 'container ls', 'cp', 'create', 'diff', 'events', 'export', 'inspect', 'pause', 'port'],
    ...[
      'rename',
      'restart',
      'stats',
      'top',
      'unpause',
      'update',
      'wait',
      'container inspect',
      'container prune',
    ],
  ]) {
    it(`of ${name} has a usage line and its flags`, async () => {
      const { exitCode, stdout } = await dockline(NOWHERE, [...name.split(' '), '--help'])
      assert.equal(exitCode, 0)
      assert.match(stdout, new RegExp(`^Usage: dockline ${name} (\\[OPTIONS\\]|CONTAINER)`))
      assert.match(stdout, /--help /)
      assert.equal((await dockline(NOWHERE, ['help', ...name.split(' ')])).stdout, stdout)
    })
  }
})

describe('the Engine', () => {
  it('that is not there is named, with what to try', async () => {
    const { exitCode, stderr, stdout } = await dockline(NOWHERE, ['ps'])
    assert.deepEqual([exitCode, stdout], [1, ''])
    assert.match(
      stderr,
      /^cannot talk to the Docker Engine at unix:\/\/\/nonexistent\/engine\.sock: .*\(is Docker installed and running\?\)\n$/,
    )
  })
  it('that is not there makes run end with 125', async () => {
    assert.equal((await dockline(NOWHERE, ['run', 'busybox'])).exitCode, 125)
  })
  it('that is not there still lets version tell about the client', async () => {
    const { exitCode, stdout, stderr } = await dockline(NOWHERE, ['version'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /^Client: Dockline\n Version: +0\.\d/)
    assert.doesNotMatch(stdout, /Server/)
    assert.match(stderr, /cannot talk to the Docker Engine/)
  })
  it('behind a proxy that answers with HTML is told by its words, in one line', async (test) => {
    const page = '<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>'
    const host = await aServer(test, (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end(page)
    })
    const { exitCode, stdout, stderr } = await dockline(host, ['ps'])
    assert.deepEqual([exitCode, stdout], [1, ''])
    assert.match(stderr, /^Error response from daemon: 502 Bad Gateway \(.*proxy.*\)\n$/)
  })
  it('that may not be used is told with the group to join', {
    skip: isRoot && spawnSync('setpriv', ['--version']).status !== 0 ? 'no setpriv' : false,
  }, async (test) => {
    const { host } = await aRecordingEngine(test, '1.47')
    const socket = host.replace('unix://', '')
    await chmod(join(socket, '..'), 0o755)
    await chmod(socket, 0o600)
    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, BIN, '-H', host, 'ps']
    if (!isRoot) await chmod(socket, 0)
    const { status, stderr } = isRoot
      ? spawnSync('setpriv', drop, { encoding: 'utf8' })
      : spawnSync(process.execPath, drop.slice(4), { encoding: 'utf8' })
    assert.equal(status, 1)
    assert.match(stderr, /permission denied \(are you in the docker group\?/)
  })
  it('is the one of -H, whatever DOCKER_HOST says', async (test) => {
    const { host, creates } = await aRecordingEngine(test, '1.47')
    await dockline(NOWHERE, ['-H', host, 'run', '-d', 'busybox'])
    await dockline(NOWHERE, [`--host=${host}`, 'run', '-d', 'busybox'])
    assert.equal(creates.length, 2)
  })
  it('of a context that does not exist is refused with where it was looked for', async () => {
    const { exitCode, stderr } = await dockline('', ['-c', 'nope', 'ps'], {
      env: { DOCKER_CONFIG: '/nonexistent' },
    })
    assert.equal(exitCode, 1)
    assert.match(stderr, /^context "nope": context not found in \/nonexistent/)
  })
})

describe('settings', () => {
  it('of config.json give ps its format', async (test) => {
    const folder = await aFolder(test)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, 'config.json'), '{"psFormat":"{{.Names}}!"}')
    const host = await aServer(test, (request, response) => {
      response.setHeader('Api-Version', '1.47')
      response.end(request.url?.includes('json') ? '[{"Id":"abc","Names":["/web"]}]' : 'OK')
    })
    assert.equal((await dockline(host, ['ps'], { env: { DOCKER_CONFIG: folder } })).stdout, 'web!\n')
  })
})

describe('the id of a new container', () => {
  it('is written to --cidfile, and a file that is there is left alone', async (test) => {
    const { host, creates } = await aRecordingEngine(test, '1.47')
    const file = join(await aFolder(test), 'id')
    const first = await dockline(host, ['run', '-d', '--cidfile', file, 'busybox'])
    assert.deepEqual([first.exitCode, await readFile(file, 'utf8')], [0, 'abc'])
    const second = await dockline(host, ['run', '-d', '--cidfile', file, 'busybox'])
    assert.equal(second.exitCode, 125)
    assert.match(second.stderr, /container ID file found/)
    assert.equal(creates.length, 1)
  })
})
