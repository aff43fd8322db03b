// Programs of other people that answer to `dockline NAME`, as they do to docker.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { KEY, onPty } from '../../../dockline/dist-test/support/pty.js'
import { writeProgram } from '../../../dockline/dist-test/support/write-program.js'
import { BIN, docker, docklineAlone, type Ended, startDockline } from '../support/dockline.js'
import { NO_ENGINE, NOWHERE } from '../support/nowhere.js'
import { aFolder } from '../support/scripted-engine.js'
import { withoutDocker } from '../support/tools.js'

const GOOD = {
  SchemaVersion: '0.1.0',
  Vendor: 'We',
  Version: 'v1.2',
  ShortDescription: 'Says hey',
  URL: 'https://example.com',
}

/** Says what it is when it is asked, and else does what the test says. */
function script(metadata: unknown, body = ''): string {
  const told = typeof metadata === 'string' ? metadata : JSON.stringify(metadata)
  return `#!/bin/sh\nif [ "$1" = docker-cli-plugin-metadata ]; then printf '%s' '${told}'; exit; fi\n${body}\n`
}

async function aPlugin(folder: string, name: string, text: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const file = join(folder, `docker-${name}`)
  writeProgram(file, text)
  return file
}

/** A folder of settings with these plugins. */
async function withPlugins(test: TestContext, plugins: Readonly<Record<string, string>>): Promise<string> {
  const config = await aFolder(test)
  for (const [name, text] of Object.entries(plugins)) await aPlugin(join(config, 'cli-plugins'), name, text)
  return config
}

function run(config: string, words: readonly string[], input?: string): Promise<Ended> {
  const env = { DOCKER_CONFIG: config, DOCKER_CLI_HINTS: 'false' }
  return docklineAlone(NO_ENGINE, words, { env, ...(input !== undefined && { input }) })
}

describe('a plugin', { concurrency: 4, skip: platform() === 'win32' }, () => {
  const echo = script(GOOD, 'printf "%s|" "$@"')

  it('that fails to show its help is an error', async (test) => {
    const config = await withPlugins(test, { hey: script(GOOD, 'exit 3') })
    const { exitCode, stderr } = await run(config, ['help', 'hey'])
    assert.deepEqual({ exitCode, stderr }, { exitCode: 1, stderr: 'exit status 3\n' })
  })

  for (const words of [
    ['hey', 'a', '-x', '--help', 'two words'],
    ['hey'],
    ['--debug', '-l', 'info', 'hey', 'a'],
    ['help', 'hey'],
    ['--help', 'hey'],
  ]) {
    it(`gets all that was typed: ${words.join(' ')}`, async (test) => {
      const config = await withPlugins(test, { hey: echo })
      const { exitCode, stdout, stderr } = await run(config, words)
      assert.deepEqual(
        { exitCode, stdout, stderr },
        { exitCode: 0, stdout: `${words.join('|')}|`, stderr: '' },
      )
    })
  }

  it('reads what is typed, writes both outputs, and has its exit code', async (test) => {
    const body = 'read -r line; echo "out $line"; echo "err $line" >&2; exit 9'
    const config = await withPlugins(test, { hey: script(GOOD, body) })
    const ended = await run(config, ['hey'], 'in\n')
    assert.deepEqual(ended, { exitCode: 9, signal: null, stdout: 'out in\n', stderr: 'err in\n' })
  })

  it('that is ended by a signal ends the command as a shell would tell it', async (test) => {
    const config = await withPlugins(test, { hey: script(GOOD, 'kill -KILL $$') })
    assert.equal((await run(config, ['hey'])).exitCode, 137)
  })

  it('of buildx gets what is not built in, and nothing else', async (test) => {
    const config = await withPlugins(test, { buildx: echo })
    assert.equal((await run(config, ['buildx', 'bake', '--print'])).stdout, 'buildx|bake|--print|')
    assert.match((await run(config, ['buildx', 'version'])).stdout, /^dockline \d/)
    for (const words of [
      ['buildx', '--builder', 'b', 'build', '.'],
      ['buildx', 'history', 'export'],
    ])
      assert.equal((await run(config, words)).stdout, `${words.join('|')}|`)
    assert.match(
      (await run(config, ['buildx', 'history', '--help'])).stdout,
      /Usage: {2}dockline buildx history/,
    )
    const { stderr } = await run(NOWHERE, ['buildx', 'bake'])
    assert.match(stderr, /unknown command: dockline buildx bake/)
  })

  it('of buildx has bake by that name alone, and builder has the commands of buildx', async (test) => {
    const config = await withPlugins(test, { buildx: echo })
    assert.equal((await run(config, ['-D', 'bake', '--print'])).stdout, '-D|buildx|bake|--print|')
    const { stdout } = await run(NOWHERE, ['builder', 'du', '--help'])
    assert.match(stdout, /Usage: {2}dockline buildx du/)
    assert.match(
      (await run(NOWHERE, ['builder', 'prune', '--help'])).stdout,
      /Usage: {2}dockline builder prune/,
    )
  })

  it('knows which command to call', async (test) => {
    const body = 'echo "$DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND"'
    const config = await withPlugins(test, { hey: script(GOOD, body) })
    assert.equal((await run(config, ['hey'])).stdout, `${BIN}\n`)
  })

  it('is sent the signals that the command is sent', async (test) => {
    const body = `trap 'echo got INT' INT; trap 'echo got HUP' HUP; trap 'exit 5' TERM
      echo ready; while :; do sleep 0.05; done`
    const config = await withPlugins(test, { hey: script(GOOD, body) })
    const running = startDockline(NO_ENGINE, ['hey'], { env: { DOCKER_CONFIG: config } })
    const { stdout } = running.process
    assert.ok(stdout)
    for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM'] as const) {
      await once(stdout, 'data')
      running.process.kill(signal)
    }
    const { exitCode, stdout: said } = await running.ended
    assert.deepEqual({ exitCode, said }, { exitCode: 5, said: 'ready\ngot INT\ngot HUP\n' })
  })

  it('has the terminal, and decides what ctrl-c means', async (test) => {
    const body = `[ -t 0 ] && [ -t 1 ] && [ -t 2 ] && echo on a terminal
      trap 'echo "got INT"; exit 5' INT; echo ready; while :; do sleep 0.05; done`
    const config = await withPlugins(test, { hey: script(GOOD, body) })
    const line = 'trap : INT; "$@"'
    const env = { DOCKER_CONFIG: config, DOCKER_HOST: NO_ENGINE }
    const program = await onPty(test, [process.execPath, BIN, 'hey'], { line, env })
    await program.screen.shows('ready')
    program.type(KEY.ctrlC)
    assert.equal(await program.ended(), 5)
    assert.match(program.output, /on a terminal/)
    assert.equal(program.output.split('got INT').length, 2, 'it hears it once')
  })

  it('decides the exit code, even when a ctrl-c is heard only after its end', async (test) => {
    const config = await withPlugins(test, { hey: script(GOOD, 'exit 5') })
    const late = "data:text/javascript,process.on('exit', () => process.emit('SIGINT', 'SIGINT'))"
    const env = { DOCKER_CONFIG: config, NODE_OPTIONS: `--import "${late}"` }
    assert.equal((await startDockline(NO_ENGINE, ['hey'], { env }).ended).exitCode, 5)
  })

  it('is looked for in folders of config.json first', async (test) => {
    const config = await withPlugins(test, { hey: script(GOOD, 'echo late') })
    const extra = join(config, 'extra')
    await aPlugin(extra, 'hey', script(GOOD, 'echo early'))
    await writeFile(join(config, 'config.json'), JSON.stringify({ cliPluginsExtraDirs: [extra] }))
    assert.equal((await run(config, ['hey'])).stdout, 'early\n')
    const { stdout } = await run(config, ['info', '-f', '{{json .ClientInfo.Plugins}}'])
    assert.deepEqual(JSON.parse(stdout), [
      {
        ...GOOD,
        Name: 'hey',
        Path: join(extra, 'docker-hey'),
        ShadowedPaths: [join(config, 'cli-plugins', 'docker-hey')],
      },
    ])
  })

  it('is found in the folder that --config names', async (test) => {
    const config = await withPlugins(test, { hey: echo })
    const { stdout } = await run(NOWHERE, ['--config', config, 'hey'])
    assert.equal(stdout, `--config|${config}|hey|`)
  })

  it('never takes the place of a command', async (test) => {
    const config = await withPlugins(test, { ps: echo, image: echo })
    assert.match((await run(config, ['ps', '--help'])).stdout, /^Usage: {2}dockline ps/)
    assert.match((await run(config, ['image', '--help'])).stdout, /^Usage: {2}dockline image/)
  })

  it('is in the help, and in what a shell completes', async (test) => {
    const hidden = script({ ...GOOD, Hidden: true })
    const body = '[ "$1" = __complete ] && printf "one\\tthe first\\non-time\\n:36\\n"'
    const config = await withPlugins(test, { hey: script(GOOD, body), hidden })
    const { stdout } = await run(config, ['--help'])
    const managing = /Management Commands:\n([\s\S]*?)\n\n/.exec(stdout)?.[1]?.split('\n') ?? []
    const names = managing.map((line) => line.trim().split(' ')[0])
    assert.deepEqual(names, [
      'builder',
      'buildx',
      'container',
      'context',
      'hey*',
      'image',
      'network',
      'system',
      'volume',
    ])
    assert.equal((await run(config, ['__complete', 'he'])).stdout, 'hey\tSays hey\n:4\n')
    assert.equal((await run(config, ['__complete', 'hey', 'on'])).stdout, 'one\tthe first\non-time\n:4\n')
  })
})

describe('a file that cannot be a plugin', { concurrency: 4, skip: platform() === 'win32' }, () => {
  const BROKEN: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
    ps: [script(GOOD), /^plugin "ps" duplicates builtin command$/],
    Bad_Name: [script(GOOD), /^plugin candidate "Bad_Name" did not match "\^\[a-z\]\[a-z0-9\]\*\$"$/],
    fails: ['#!/bin/sh\nexit 3\n', /^failed to fetch metadata: exit status 3$/],
    silent: [script(''), /^invalid metadata: unexpected end of JSON input$/],
    words: [script('no json'), /^invalid metadata: /],
    list: [script([]), /^invalid metadata: /],
    number: [script({ ...GOOD, Vendor: 3 }), /^invalid metadata: /],
    nobody: [script({ SchemaVersion: '0.1.0' }), /^plugin metadata does not define a vendor$/],
    future: [
      script({ ...GOOD, SchemaVersion: '2.0' }),
      /^plugin SchemaVersion "2.0" is not supported: must be lower than 2.0.0$/,
    ],
    unclear: [
      script({ ...GOOD, SchemaVersion: 'x' }),
      /^plugin SchemaVersion "x" has wrong format: must be <major>.<minor>.<patch>$/,
    ],
    unsaid: [script({ Vendor: 'We' }), /^plugin SchemaVersion version cannot be empty$/],
  }
  const all = Object.fromEntries(Object.entries(BROKEN).map(([name, [text]]) => [name, text]))

  it('is told with the reason in the help and in info, and nothing else suffers', async (test) => {
    const config = await withPlugins(test, { ...all, hey: script(GOOD) })
    const folder = join(config, 'cli-plugins')
    await mkdir(join(folder, 'docker-folder'))
    await symlink(join(NOWHERE, 'plugin'), join(folder, 'docker-dangling'))
    const help = (await run(config, ['--help'])).stdout
    const [, section = ''] = /\nInvalid Plugins:\n([\s\S]*?)\n\n/.exec(help) ?? []
    const told = section.split('\n').map((line) => /^ {2}(\S+) +(.*)$/.exec(line)?.slice(1) ?? [])
    assert.deepEqual(told.map(([name = '']) => name).sort(), [...Object.keys(BROKEN), 'dangling'].sort())
    for (const [name = '', reason = ''] of told) {
      assert.match(reason, BROKEN[name]?.[1] ?? /^failed to fetch metadata: fork\/exec/)
    }
    const { stdout, stderr } = await run(config, ['info'])
    assert.match(
      stdout,
      /^ Plugins:\n {2}hey: Says hey \(We\)\n {4}Version: {2}v1\.2\n {4}Path: {5}\S+docker-hey\n\n/m,
    )
    for (const [name = '', reason = ''] of told) {
      const path = JSON.stringify(join(folder, `docker-${name}`))
      assert.ok(stderr.includes(`WARNING: Plugin ${path} is not valid: ${reason}\n`), stderr)
    }
  })

  it('is no command', async (test) => {
    const config = await withPlugins(test, all)
    for (const name of ['fails', 'words', 'future', 'Bad_Name', '../cli-plugins/docker-fails']) {
      const { exitCode, stderr } = await run(config, [name])
      assert.equal(exitCode, 1)
      assert.match(stderr, /^dockline: unknown command: dockline /)
      assert.equal((await run(config, ['help', name])).stderr, `unknown help topic: ${name}\n`)
    }
  })

  it('is told of as docker tells of it', { skip: withoutDocker }, async (test) => {
    const { words: _w, list: _l, number: _n, ...same } = all
    const config = await withPlugins(test, { ...same, hey: script(GOOD) })
    const words = ['info', '-f', '{{json .ClientInfo.Plugins}}']
    const env = { DOCKER_CONFIG: config }
    const [ours, theirs] = [await run(config, words), await docker(NO_ENGINE, words, { env })]
    assert.deepEqual(JSON.parse(ours.stdout), JSON.parse(theirs.stdout))
  })
})
