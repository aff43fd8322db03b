import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { anAnsweringEngine } from '../support/answering-engine.js'
import { BIN, docklineKept } from '../support/dockline.js'
import { NO_ENGINE, NOWHERE } from '../support/nowhere.js'
import { aFolder, aRecordingEngine, aServer } from '../support/scripted-engine.js'

const isRoot = process.getuid?.() === 0

describe('the command line', () => {
  const RUN = 'dockline run [OPTIONS] IMAGE [COMMAND] [ARG...]'
  const PS = 'dockline ps [OPTIONS]'
  const wrong: [args: string[], exitCode: number, told: string, usage: string, path: string][] = [
    [['--nope'], 125, 'unknown flag: --nope', 'dockline [OPTIONS] COMMAND [ARG...]', 'dockline'],
    [['-H'], 125, "flag needs an argument: 'H' in -H", 'dockline [OPTIONS] COMMAND [ARG...]', 'dockline'],
    [['system', '--nope'], 125, 'unknown flag: --nope', 'dockline system', 'dockline system'],
    [
      ['system', 'nope'],
      1,
      'dockline: unknown command: dockline system nope',
      'dockline system',
      'dockline system',
    ],
    [['ps', '--nope'], 125, 'unknown flag: --nope', PS, 'dockline ps'],
    [['ps', '-z'], 125, "unknown shorthand flag: 'z' in -z", PS, 'dockline ps'],
    [['ps', 'a'], 1, "dockline: 'dockline ps' accepts no arguments", PS, 'dockline ps'],
    [
      ['container', 'ps', 'a'],
      1,
      "dockline: 'dockline container ls' accepts no arguments",
      'dockline container ls [OPTIONS]',
      'dockline container ls',
    ],
    [['run'], 1, "dockline: 'dockline run' requires at least 1 argument", RUN, 'dockline run'],
    [
      ['exec', 'web'],
      1,
      "dockline: 'dockline exec' requires at least 2 arguments",
      'dockline exec [OPTIONS] CONTAINER COMMAND [ARG...]',
      'dockline exec',
    ],
    [
      ['logs', 'a', 'b'],
      1,
      "dockline: 'dockline logs' requires 1 argument",
      'dockline logs [OPTIONS] CONTAINER',
      'dockline logs',
    ],
    [
      ['rename', 'a'],
      1,
      "dockline: 'dockline rename' requires 2 arguments",
      'dockline rename CONTAINER NEW_NAME',
      'dockline rename',
    ],
    [
      ['port', 'a', 'b', 'c'],
      1,
      "dockline: 'dockline port' requires at least 1 and at most 2 arguments",
      'dockline port CONTAINER [PRIVATE_PORT[/PROTO]]',
      'dockline port',
    ],
    [
      ['volume', 'create', 'a', 'b'],
      1,
      "dockline: 'dockline volume create' requires at most 1 argument",
      'dockline volume create [OPTIONS] [VOLUME]',
      'dockline volume create',
    ],
    [
      ['cp', 'a'],
      1,
      "dockline: 'dockline cp' requires 2 arguments",
      'dockline cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdockline cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH',
      'dockline cp',
    ],
    [
      ['ps', '-f', 'x'],
      125,
      'invalid argument "x" for "-f, --filter" flag: bad format of filter (expected name=value)',
      PS,
      'dockline ps',
    ],
    [
      ['run', '-a', 'x', 'busybox'],
      125,
      'invalid argument "x" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR',
      RUN,
      'dockline run',
    ],
    [
      ['run', '-e', '=x', 'busybox'],
      125,
      'invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x',
      RUN,
      'dockline run',
    ],
  ]
  for (const [args, exitCode, told, usage, path] of wrong) {
    it(`that is wrong is told with the usage: ${args.join(' ')}`, async () => {
      const stderr = `${told}\n\nUsage:  ${usage}\n\nRun '${path} --help' for more information\n`
      assert.deepEqual(await docklineKept(NO_ENGINE, args), { exitCode, signal: null, stdout: '', stderr })
    })
  }
  it('that names no command there is shows no usage', async () => {
    const { exitCode, stderr } = await docklineKept(NO_ENGINE, ['nope'])
    const told = "dockline: unknown command: dockline nope\n\nRun 'dockline --help' for more information\n"
    assert.deepEqual([exitCode, stderr], [1, told])
  })

  const conflicts: [string[], string][] = [
    [['--pull', 'x'], 'invalid pull option: \'x\': must be one of "always", "missing" or "never"'],
    [['--rm', '--restart', 'always'], 'conflicting options: cannot specify both --restart and --rm'],
    [['--health-cmd', 'x', '--no-healthcheck'], '--no-healthcheck conflicts with --health-* options'],
  ]
  for (const command of ['run', 'create']) {
    for (const [flags, told] of conflicts) {
      it(`is refused before the Engine is asked: ${command} ${flags.join(' ')}`, async () => {
        const stderr = `dockline: ${told}\n\nRun 'dockline ${command} --help' for more information\n`
        const ended = await docklineKept(NO_ENGINE, [command, ...flags, 'busybox'])
        assert.deepEqual(ended, { exitCode: 125, signal: null, stdout: '', stderr })
      })
    }
  }

  const unreadable: [what: string, name: string, told: (path: string) => string][] = [
    ['a folder', 'folder', (path) => `invalid env file (${path}): read ${path}: is a directory`],
    ['missing', 'missing', (path) => `open ${path}: no such file or directory`],
    ['below a file', 'file/x', (path) => `open ${path}: not a directory`],
    ['a link to itself', 'loop', (path) => `open ${path}: too many levels of symbolic links`],
    ['not UTF-8', 'latin', (path) => `invalid env file (${path}): line 2 is not valid UTF-8`],
    ['without a name', 'odd', (path) => `invalid env file (${path}): line 1 has no name before its =`],
  ]
  it('names a file that cannot be read, and why, for files of labels and profiles', async (test) => {
    const folder = await aFolder(test)
    const at = (name: string) => join(folder, name)
    await mkdir(at('folder'))
    await symlink('loop', at('loop'))
    await writeFile(at('file'), '')
    await writeFile(at('latin'), Buffer.from('A=1\nB=\xff\n', 'latin1'))
    await writeFile(at('odd'), '=1\n')
    const run = (flag: string, value: string) => docklineKept(NO_ENGINE, ['create', flag, value, 'busybox'])
    const asked = unreadable.map(async ([what, name, told]) => {
      const { exitCode, stderr } = await run('--label-file', at(name))
      const more = "\n\nRun 'dockline create --help' for more information\n"
      assert.deepEqual([exitCode, stderr], [125, `dockline: ${told(at(name))}${more}`], what)
    })
    await Promise.all(asked)
    const { stderr } = await run('--security-opt', `seccomp=${at('folder')}`)
    const reason = `opening seccomp profile (${at('folder')}) failed: read ${at('folder')}: is a directory`
    assert.ok(stderr.startsWith(`dockline: ${reason}\n`), stderr)
  })

  it('takes one -H, and not --context beside it', async () => {
    const [twice, both] = await Promise.all([
      docklineKept('', ['-H', NO_ENGINE, '--host', 'tcp://x', 'ps']),
      docklineKept('', ['-H', NO_ENGINE, '-c', 'default', 'ps']),
    ])
    const usage =
      "Usage:  dockline [OPTIONS] COMMAND [ARG...]\n\nRun 'dockline --help' for more information\n"
    const refused = 'invalid argument "tcp://x" for "-H, --host" flag: specify only one -H'
    assert.deepEqual([twice.exitCode, twice.stderr], [125, `${refused}\n\n${usage}`])
    const conflict = 'conflicting options: cannot specify both --host and --context\n'
    assert.deepEqual([both.exitCode, both.stderr], [1, conflict])
  })

  const short: [string[], number, string][] = [
    [['run', '-it', 'busybox'], 1, 'the input device is not a TTY\n'],
    [['start', '-a', 'a', 'b'], 1, 'you cannot start and attach multiple containers at once\n'],
    [['version', '-f', '{{range .}}'], 64, 'template parsing error: template: version:1: unexpected EOF\n'],
  ]
  for (const [args, exitCode, stderr] of short) {
    it(`is refused in one line: ${args.join(' ')}`, async () => {
      assert.deepEqual(await docklineKept(NO_ENGINE, args), { exitCode, signal: null, stdout: '', stderr })
    })
  }
  it('names the flag and the reason for a value the library cannot read', async () => {
    const { exitCode, stderr } = await docklineKept(NO_ENGINE, ['run', '-m', 'lots', 'busybox'])
    assert.equal(exitCode, 125)
    assert.match(
      stderr,
      /^invalid argument "lots" for "-m, --memory" flag: invalid size: 'lots'\n\nUsage: {2}dockline run .*\n\nRun 'dockline run --help' for more information\n$/,
    )
  })
})

describe('the Engine', () => {
  it('that is not there is named, with what to try', async () => {
    const { exitCode, stderr, stdout } = await docklineKept(NO_ENGINE, ['ps'])
    assert.deepEqual([exitCode, stdout], [1, ''])
    const told = `Cannot connect to the Docker daemon at ${NO_ENGINE}. Is the docker daemon running?`
    assert.equal(stderr, `${told} (there is no such socket)\n`)
  })
  it('that is not there makes run end with 125, and with where to read on', async () => {
    const { exitCode, stderr } = await docklineKept(NO_ENGINE, ['run', 'busybox'])
    assert.equal(exitCode, 125)
    assert.match(
      stderr,
      /^dockline: Cannot connect to the Docker daemon at .*\n\nRun 'dockline run --help' for more information\n$/,
    )
  })
  it('that is not there makes create end with 1, in one line', async () => {
    const { exitCode, stderr } = await docklineKept(NO_ENGINE, ['create', 'busybox'])
    assert.equal(exitCode, 1)
    assert.match(stderr, /^Cannot connect to the Docker daemon at .*\n$/)
  })
  it('that is not there still lets version tell about the client', async () => {
    const { exitCode, stdout, stderr } = await docklineKept(NO_ENGINE, ['version'])
    assert.equal(exitCode, 1)
    assert.match(stdout, /^Client: Dockline\n Version: +0\.\d/)
    assert.doesNotMatch(stdout, /Server/)
    assert.match(stderr, /Cannot connect to the Docker daemon at /)
  })
  const away: [words: string[], exitCode: number, stdout: string][] = [
    [['version', '-f', '{{.Server.Version}}'], 1, '\n'],
    [['version', '-f', '{{.Client.Os}}'], 1, `${process.platform}\n`],
    [['info', '-f', '{{.ServerVersion}}'], 1, '\n'],
    [['info', '-f', '{{.ID}} {{.ClientInfo.Context}}'], 1, '\n'],
    // Which needs no Engine.
    [['info', '-f', '{{.ClientInfo.Context}}'], 0, 'default\n'],
  ]
  for (const [words, code, out] of away) {
    it(`that is not there is what is wrong: ${words.join(' ')}`, async () => {
      const { exitCode, stdout, stderr } = await docklineKept(NO_ENGINE, words)
      assert.equal(exitCode, code)
      // What an Engine would have told is empty; the client's part may stand beside it.
      assert.equal(stdout.replace(/^ default(?=\n)/, ''), out)
      assert.match(stderr, code === 0 ? /^$/ : /^Cannot connect to the Docker daemon at .*\n$/)
    })
  }
  it('is the default one for -H without a name, whatever DOCKER_HOST says', async () => {
    const { stderr } = await docklineKept(NO_ENGINE, ['-H', '', 'ps'])
    assert.ok(!stderr.includes(NO_ENGINE), stderr)
  })
  it('behind a proxy that answers with HTML is told by its words, in one line', async (test) => {
    const page = '<html><head><title>502 Bad Gateway</title></head><body><h1>502</h1></body></html>'
    const host = await aServer(test, (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end(page)
    })
    const { exitCode, stdout, stderr } = await docklineKept(host, ['ps'])
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
    assert.match(
      stderr,
      /^permission denied while trying to connect to the Docker daemon socket at \S+ \(are you in the docker group\?/m,
    )
  })
  it('is the one of -H, whatever DOCKER_HOST says', async (test) => {
    const { host, creates } = await aRecordingEngine(test, '1.47')
    await docklineKept(NO_ENGINE, ['-H', host, 'run', '-d', 'busybox'])
    await docklineKept(NO_ENGINE, [`--host=${host}`, 'run', '-d', 'busybox'])
    assert.equal(creates.length, 2)
  })
  for (const words of [['ps'], ['run', 'busybox'], ['create', 'busybox']]) {
    it(`of a context that does not exist is refused with where it was looked for: ${words[0]}`, async () => {
      const env = { DOCKER_CONFIG: NOWHERE }
      const { exitCode, stderr } = await docklineKept('', ['-c', 'nope', ...words], { env })
      assert.equal(exitCode, 1)
      assert.ok(stderr.startsWith(`context "nope": context not found in ${NOWHERE}`), stderr)
      assert.match(stderr, /^.*\n$/)
    })
  }
})

describe('what the Engine refuses', () => {
  const MORE = "\n\nRun 'dockline run --help' for more information\n"
  const NOT_FOUND = 'exec: "x": executable file not found in $PATH'
  const rows: [words: string[], exitCode: number, stdout: string, stderr: string][] = [
    [['run', 'bad'], 125, '', `dockline: Error response from daemon: no${MORE}`],
    [['run', '-d', 'bad'], 125, '', `dockline: Error response from daemon: no${MORE}`],
    // It is there, and can be looked at.
    [
      ['run', '-d', 'busybox', 'x'],
      127,
      'abc\n',
      `dockline: Error response from daemon: ${NOT_FOUND}${MORE}`,
    ],
    [['create', 'bad'], 1, '', 'Error response from daemon: no\n'],
    [
      ['start', 'abc'],
      1,
      '',
      `Error response from daemon: ${NOT_FOUND}\nError: failed to start containers: abc\n`,
    ],
    [['exec', 'abc', 'x'], 1, '', 'Error response from daemon: no\n'],
  ]
  for (const [words, exitCode, stdout, stderr] of rows) {
    it(`is told as docker tells it: ${words.join(' ')}`, async (test) => {
      const host = await aServer(test, (request, response) => {
        response.setHeader('Api-Version', '1.47')
        request.resume()
        const refuse = (message: string) => response.writeHead(400).end(JSON.stringify({ message }))
        if (request.url?.includes('/create')) {
          request.once('data', (body) => {
            if (String(body).includes('"Image":"bad"')) refuse('no')
            else response.writeHead(201).end('{"Id":"abc","Warnings":[]}')
          })
        } else if (request.url?.endsWith('/start')) refuse(NOT_FOUND)
        else if (request.url?.includes('/abc/')) refuse('no')
        else response.end('OK')
      })
      assert.deepEqual(await docklineKept(host, words), { exitCode, signal: null, stdout, stderr })
    })
  }
})

describe('an Engine that is lost', () => {
  it('once the container runs is no matter of the command line', async (test) => {
    const open: ServerResponse[] = []
    const host = await aServer(test, (request, response) => {
      response.setHeader('Api-Version', '1.47')
      request.resume()
      if (request.url?.includes('/containers/create')) response.writeHead(201).end('{"Id":"abc"}')
      else if (request.url?.includes('/json')) response.end('{"Id":"abc","Config":{"Tty":false}}')
      else if (request.url?.includes('/attach')) {
        response.writeHead(101, { connection: 'Upgrade', upgrade: 'tcp' }).flushHeaders()
        open.push(response)
      } else if (request.url?.includes('/wait')) {
        response.flushHeaders()
        open.push(response)
      } else if (request.url?.includes('/start')) {
        response.writeHead(204).end(() => {
          for (const each of open) each.destroy()
        })
      } else response.end('OK')
    })
    const { exitCode, stdout, stderr } = await docklineKept(host, ['run', 'busybox'])
    assert.deepEqual([exitCode, stdout], [125, ''])
    assert.match(stderr, /^dockline: .*the connection was lost.*\n$/)
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
    assert.equal((await docklineKept(host, ['ps'], { env: { DOCKER_CONFIG: folder } })).stdout, 'web!\n')
  })
})

describe('the ssh agent of the user', () => {
  for (const address of ['git@box.test:me/app.git', 'ssh://git@box.test/app.git']) {
    it(`is there for a build of ${address}, unless a flag names another`, async (test) => {
      const env = { SSH_AUTH_SOCK: '/not/here', DOCKER_BUILDKIT: '1' }
      const host = await anAnsweringEngine(test, {})
      const build = async (...flags: string[]) =>
        (await docklineKept(host, ['build', ...flags, address], { env })).stderr
      assert.match(await build(), /there is no file '\/not\/here'/)
      assert.match(await build('--ssh', 'default=/other'), /there is no file '\/other'/)
    })
  }
})

describe('the id of a new container', () => {
  it('is written to --cidfile, and a file that is there is left alone', async (test) => {
    const { host, creates } = await aRecordingEngine(test, '1.47')
    const file = join(await aFolder(test), 'id')
    const first = await docklineKept(host, ['run', '-d', '--cidfile', file, 'busybox'])
    assert.deepEqual([first.exitCode, await readFile(file, 'utf8')], [0, 'abc'])
    const second = await docklineKept(host, ['run', '-d', '--cidfile', file, 'busybox'])
    assert.equal(second.exitCode, 125)
    assert.match(second.stderr, /container ID file found/)
    assert.equal(creates.length, 1)
  })
})
