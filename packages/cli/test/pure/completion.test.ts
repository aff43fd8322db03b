import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { FLAG_VALUES, OPERANDS } from '../../dist/completion/rules.js'
import { MANIFEST } from '../../dist/manifest.js'
import { COMMANDS } from '../../dist/tree.js'
import { AskedEngine, wordsOf } from '../support/asked-engine.js'
import { run } from '../support/program.js'

const ANSWERS = {
  'GET /containers/json': [
    { Id: 'a1', Names: ['/web'], Image: 'app', ImageID: 'sha256:1', State: 'running' },
    { Id: 'a2', Names: ['/worker'], Image: 'app', ImageID: 'sha256:1', State: 'exited' },
  ],
  'GET /images/json': [
    { Id: 'sha256:1', RepoTags: ['app:1', 'app:2'], RepoDigests: [], Created: 1, Size: 1, Labels: null },
  ],
  'GET /networks': [{ Id: 'n1', Name: 'front' }],
  'GET /volumes': { Volumes: [{ Name: 'data' }] },
}

/** The words before the cursor, of which the last one is not finished, and those that may stand there. */
const ROWS: readonly (readonly [line: string, words: readonly string[]])[] = [
  ["stop ''", ['web', 'worker']],
  ['stop wo', ['worker']],
  ["stop web ''", ['worker']],
  ['container stop w', ['web', 'worker']],
  ["logs web ''", []],
  ["rmi ''", ['app:1', 'app:2']],
  ["image rm app:1 ''", ['app:2']],
  ["tag app:1 ''", ['app:2']],
  ['run app:', ['app:1', 'app:2']],
  ["network connect ''", ['front']],
  ["network connect front ''", ['web', 'worker']],
  ["volume rm ''", ['data']],
  ["inspect ''", ['web', 'worker', 'app:1', 'app:2', 'front', 'data']],
  ["run --network ''", ['front']],
  ['run --network=f', ['--network=front']],
  ["run -it --network ''", ['front']],
  ["kill -s ''", [...['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGQUIT', 'SIGSTOP', 'SIGTERM', 'SIGUSR1', 'SIGUSR2']]],
  ["run --pull ''", ['always', 'missing', 'never']],
  ["completion ''", ['bash', 'zsh', 'fish']],
  ['comp', ['completion']],
  ['conta', ['container']],
  ['network pr', ['prune']],
  ['container li', []],
  ['stop --ti', ['--timeout']],
  ['stop -- --', []],
  ['ps --no', ['--no-trunc']],
  ['--log', ['--log-level']],
  ["nope ''", []],
  ["network nope ''", []],
]

/** Where the name of a file may stand too. */
const FILES: readonly string[] = ["cp ''", "load -i ''", "build ''", "run app ''", "create --env-file ''"]

describe('completion', () => {
  let engine: AskedEngine
  before(async () => {
    engine = await AskedEngine.start()
    engine.answers = ANSWERS
  })
  after(() => engine[Symbol.asyncDispose]())
  const complete = async (words: readonly string[]) => {
    const { stdout } = await run(['__complete', '-H', engine.host, ...words])
    const lines = stdout.trimEnd().split('\n')
    return { found: lines.slice(0, -1), directive: lines.at(-1) }
  }

  for (const [line, words] of ROWS) {
    it(`offers what may stand there: ${line}`, async () => {
      const { found, directive } = await complete(wordsOf(line))
      const expected = { words, directive: ':4' }
      assert.deepEqual({ words: found.map((each) => each.split('\t')[0]), directive }, expected)
    })
  }
  for (const line of FILES) {
    it(`leaves files to the shell: ${line}`, async () => {
      assert.equal((await complete(wordsOf(line))).directive, ':0')
    })
  }
  it('says what the words mean', async () => {
    const { found } = await complete(['image', 'pr'])
    assert.deepEqual(found, ['prune\tRemove unused images'])
    assert.deepEqual((await complete(['ps', '--last'])).found, [
      '--last\tShow n last created containers (includes all states)',
    ])
  })
  it('asks for the containers that the command is for', async () => {
    engine.asked = []
    await complete(['unpause', ''])
    await complete(['start', ''])
    assert.deepEqual(engine.asked, [
      'GET /containers/json?all=1&filters={"status":{"paused":true}}',
      'GET /containers/json?all=1&filters={"status":{"created":true,"exited":true}}',
    ])
  })
  it('offers all commands, and those of a group, without their aliases', async () => {
    const listed = [...new Set([...COMMANDS.values()].map(({ word }) => word))]
    const all = (await complete([''])).found.map((each) => each.split('\t')[0])
    assert.deepEqual(all, listed)
    const containers = (await complete(['container', ''])).found.map((each) => each.split('\t')[0])
    assert.ok(containers.includes('ls'))
    assert.ok(!containers.includes('list'))
  })
  it('is silent where no Engine answers', async () => {
    const { exitCode, stdout, stderr } = await run(['__complete', 'stop', ''])
    assert.deepEqual([exitCode, stdout, stderr], [0, ':4\n', ''])
  })
})

describe('the rules of completion', () => {
  const names = MANIFEST.map(({ names: [name] }) => name)

  it('are for commands that exist, by their first name', () => {
    assert.deepEqual(
      Object.keys(OPERANDS).filter((name) => !names.includes(name)),
      [],
    )
  })
  it('are there for each command that takes the name of something', async () => {
    /** Their words are new names, or what no Engine has a list of. */
    const without = [
      'image pull',
      'buildx build',
      'buildx history inspect',
      'buildx history logs',
      'buildx history rm',
      'buildx inspect',
      'context create',
      'image load',
      'login',
      'logout',
      'search',
      'volume create',
      'network create',
    ]
    for (const {
      names: [name],
      load,
    } of MANIFEST) {
      const { operands } = (await load()).command
      if (operands.max > 0 && !without.includes(name)) assert.ok(name in OPERANDS, name)
    }
  })
  it('are for flags that exist', async () => {
    const flags = new Set<string>()
    for (const { load } of MANIFEST) {
      for (const flag of Object.keys((await load()).command.flags)) flags.add(`--${flag}`)
    }
    const named = Object.keys(FLAG_VALUES).map((each) => each.split(' ').at(-1) ?? '')
    assert.deepEqual(
      named.filter((each) => !flags.has(each)),
      // A flag of the program, before the command.
      ['--context'],
    )
  })
})
