import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { BuildError, type BuildWarning, InvalidArgumentError } from 'dockline'
import { cacheChoice } from '../../dist/build/cache/filters.js'
import { checkText, outlineText, readCall, targetsText } from '../../dist/build/call.js'
import { csvPairs } from '../../dist/build/csv.js'
import { buildFailure } from '../../dist/build/failure.js'
import { flags } from '../../dist/build/flags.js'
import { durationText, nameOf } from '../../dist/build/history/records.js'
import { metadataText } from '../../dist/build/metadata.js'
import { printsId, progressMode } from '../../dist/build/mode.js'
import { buildKitOptions, classicOptions, ignoredFlags } from '../../dist/build/options.js'
import { colorsOf } from '../../dist/build/progress/colors.js'
import { warningsText } from '../../dist/build/warnings.js'
import { briefPlatforms } from '../../dist/build/workers.js'
import { exitCodeOf } from '../../dist/errors.js'
import { parseFlags } from '../../dist/flags/parse.js'
import type { Screen } from '../../dist/progress/screen.js'

function options(...words: string[]) {
  return buildKitOptions(parseFlags(flags, words, false).flags)
}

const VARIABLES = [
  ...['SOURCE_DATE_EPOCH', 'BUILDX_NO_DEFAULT_ATTESTATIONS', 'EXPERIMENTAL_BUILDKIT_SOURCE_POLICY'],
]

const BEFORE = { ...process.env }

/** Sets these of the variables, and none of the others, until the test is over. */
function withVariables(test: TestContext, values: Readonly<Record<string, string>>): void {
  const set = (wanted: Readonly<Record<string, string | undefined>>) => {
    for (const name of VARIABLES) {
      delete process.env[name]
      if (wanted[name] !== undefined) process.env[name] = wanted[name]
    }
  }
  test.after(() => set(BEFORE))
  set(values)
}

describe('the flags of a build with BuildKit', () => {
  it('become options of the library', () => {
    const words = [
      ...['-t', 'app', '--platform', 'linux/amd64,linux/arm64', '--build-context', 'base=docker-image://a=b'],
      ...['--secret', 'id=a,src=/a', '--secret', 'id=b,env=PATH', '--secret', 'type=env,id=c,src=PATH'],
      ...[
        '--secret',
        '"id=d","src=/x,y"',
        '--secret',
        'id=e,env=DOCKLINE_NO_SUCH',
        '--ssh',
        'default',
        '--ssh',
        'other=/run/agent',
      ],
      ...['--ssh', 'keys=/a,/b'],
      ...['--provenance', 'mode=max', '--sbom', 'true', '--annotation', 'k=v', '--no-cache-filter', 'one'],
      ...['-o', 'type=local,dest=out', '-o', 'out2', '--cache-to', 'type=inline', '--network', 'none'],
      ...['--allow', 'network.host', '--add-host', 'db=10.0.0.1'],
    ]
    const { tags, platform, contexts, secrets, ssh, provenance, sbom, annotations, noCache, ...others } =
      options(...words)
    assert.deepEqual(tags, ['app'])
    assert.deepEqual(platform, ['linux/amd64', 'linux/arm64'])
    assert.deepEqual(contexts, { base: 'docker-image://a=b' })
    assert.deepEqual(secrets, {
      a: { file: '/a' },
      b: { env: 'PATH' },
      c: { env: 'PATH' },
      d: { file: '/x,y' },
      e: '',
    })
    assert.deepEqual(ssh, { default: true, other: '/run/agent', keys: ['/a', '/b'] })
    assert.deepEqual([provenance, sbom], [{ mode: 'max' }, true])
    assert.deepEqual([annotations, noCache], [['k=v'], ['one']])
    assert.deepEqual(others.outputs, ['type=local,dest=out', 'out2'])
    assert.deepEqual(
      [others.cacheTo, others.network, others.allow],
      [['type=inline'], 'none', ['network.host']],
    )
    assert.equal(others.builder, 'buildkit')
  })

  it('take a secret without a place from the variable of its name, or else the file', (test) => {
    process.env.DOCKLINE_TEST_SECRET = 'x'
    test.after(() => delete process.env.DOCKLINE_TEST_SECRET)
    const { secrets } = options('--secret', 'id=DOCKLINE_TEST_SECRET', '--secret', 'id=dockline-no-such')
    assert.deepEqual(secrets, {
      DOCKLINE_TEST_SECRET: { env: 'DOCKLINE_TEST_SECRET' },
      'dockline-no-such': { file: 'dockline-no-such' },
    })
  })

  it('have SOURCE_DATE_EPOCH as a build argument, unless one is given', (test) => {
    withVariables(test, { SOURCE_DATE_EPOCH: '5' })
    assert.deepEqual(options('--build-arg', 'A=b').buildArgs, ['A=b', 'SOURCE_DATE_EPOCH=5'])
    assert.deepEqual(options('--build-arg', 'SOURCE_DATE_EPOCH=7').buildArgs, ['SOURCE_DATE_EPOCH=7'])
    assert.deepEqual(options('--build-arg', 'SOURCE_DATE_EPOCH=').buildArgs, ['SOURCE_DATE_EPOCH='])
    withVariables(test, { SOURCE_DATE_EPOCH: '' })
    assert.deepEqual(options().buildArgs, [])
  })

  it('ask for no provenance with BUILDX_NO_DEFAULT_ATTESTATIONS, unless a flag asks for it', (test) => {
    withVariables(test, { BUILDX_NO_DEFAULT_ATTESTATIONS: '1' })
    assert.equal(options().provenance, false)
    assert.equal(options('--provenance', 'true').provenance, true)
    assert.deepEqual(options('--attest', 'type=provenance,mode=max').provenance, { mode: 'max' })
    withVariables(test, { BUILDX_NO_DEFAULT_ATTESTATIONS: '0' })
    assert.equal(options().provenance, undefined)
  })

  it('refuse a policy for sources, which a build would go without', (test) => {
    withVariables(test, { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: '/p.json' })
    assert.throws(() => options(), /EXPERIMENTAL_BUILDKIT_SOURCE_POLICY=\/p\.json: dockline cannot apply/)
    withVariables(test, { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: '' })
    assert.equal(options().builder, 'buildkit')
  })

  it('leave attestations out that are switched off', () => {
    assert.deepEqual(options('--provenance', 'false').provenance, false)
    assert.deepEqual(options('--attest', 'type=sbom,disabled=true').sbom, false)
    assert.deepEqual(options('--attest', 'type=sbom,generator=x').sbom, { generator: 'x' })
  })

  it('push and load in addition to other outputs', () => {
    assert.deepEqual(options('--push', '-t', 'a', '-o', 'out').outputs, ['out', 'type=image'])
    assert.equal(options('--push', '-t', 'a').push, true)
    assert.equal(options('--load').outputs, undefined)
    assert.deepEqual(options('--load', '-o', 'type=docker').outputs, ['type=docker'])
  })

  it('count as not given where they are empty', () => {
    const names = [
      ...['--add-host', '--allow', '--annotation', '--build-context', '--cache-from', '--cache-to'],
      ...['--no-cache-filter', '--output', '--secret', '--ssh', '--provenance', '--sbom'],
    ]
    assert.deepEqual(options(...names.flatMap((name) => [name, ''])), options())
  })

  const refusals: readonly (readonly [words: readonly string[], told: RegExp])[] = [
    [['--secret', 'foo'], /ERROR: invalid field 'foo' must be a key=value pair$/],
    [['--secret', 'id=a,what=b'], /ERROR: unexpected key 'what' in 'id=a,what=b'$/],
    [['--secret', 'id=a,type=x'], /unsupported secret type "x"/],
    [['--build-context', 'x'], /invalid context value: x, expected key=value/],
    [['--annotation', 'x'], /invalid annotation "x", expected key=value/],
    [['--attest', 'type=x'], /unknown attestation type "x"/],
    [['--no-cache', '--no-cache-filter', 'a'], /cannot currently be used together/],
    [['--tag', 'FOO'], /ERROR: failed to build: invalid argument "FOO" for "-t, --tag" flag: /],
    [['--platform', ''], /invalid argument "" for "--platform" flag/],
    [['--platform', 'linux/amd64,'], /invalid argument "" for "--platform" flag/],
    [['--push'], /tag is needed when pushing to registry/],
    [['-o', 'type=local'], /dest is required for local exporter/],
    [['-o', 'a=b'], /type is required for output/],
    [['-o', 'type=local,"dest=a'], /is not well formed/],
  ]
  for (const [words, told] of refusals) {
    it(`refuse ${words.join(' ')}`, () => {
      assert.throws(() => options(...words), told)
    })
  }

  for (const [name, value] of [
    ...['FOO', 'a:b:c', ''].map((tag) => ['--tag', tag]),
    ...['=x', ''].map((label) => ['--label', label]),
    ...['a:b', 'a'].map((host) => ['--add-host', host]),
  ] as [string, string][]) {
    it(`refuse ${name} '${value}' with 1 for BuildKit, and with 125 for the classic builder`, () => {
      const { flags: values } = parseFlags(flags, [name, value], false)
      const endsWith = (exitCode: number) => (error: unknown) => exitCodeOf(error) === exitCode
      assert.throws(() => buildKitOptions(values), endsWith(1))
      assert.throws(() => classicOptions(values), endsWith(125))
    })
  }

  it('ignore for BuildKit a limit that is none, which the classic builder refuses', () => {
    for (const name of ['--memory', '--memory-swap']) {
      const { flags: values } = parseFlags(flags, [name, 'x'], false)
      assert.deepEqual(buildKitOptions(values), options())
      assert.throws(
        () => classicOptions(values),
        /invalid argument "x" for ".*--memory.*" flag: invalid size/,
      )
    }
    assert.equal(classicOptions(parseFlags(flags, ['--memory-swap', '-1'], false).flags).memorySwap, '-1')
  })

  it('take a label with a blank in its name for BuildKit alone, as docker does', () => {
    const { flags: values } = parseFlags(flags, ['--label', 'a b=c'], false)
    assert.deepEqual(buildKitOptions(values).labels, ['a b=c'])
    assert.throws(() => classicOptions(values), /label 'a b' contains whitespaces/)
  })

  it('are told of that only the classic builder can use', () => {
    const { flags: values, given } = parseFlags(
      flags,
      ['--squash', '-m', '1g', '--rm=false', '--compress'],
      false,
    )
    assert.deepEqual(ignoredFlags(values, given), [
      'memory flag is ignored: BuildKit has no such limit.',
      'experimental flag squash is removed with BuildKit. You should squash inside build using a multi-stage Dockerfile for efficiency.',
    ])
    const { memory, squash, remove } = buildKitOptions(values)
    assert.deepEqual([memory, squash, remove], [undefined, undefined, undefined])
  })

  it('have fields as docker has them', () => {
    assert.deepEqual(csvPairs('ID=a,"src=b,c","x=""q"""'), { id: 'a', src: 'b,c', x: '"q"' })
  })
})

describe('how the progress is shown', () => {
  const [terminal, pipe] = [{ isTTY: true }, {}] as unknown as [Screen, Screen]

  it('is drawn on a terminal, and written line by line elsewhere', (test) => {
    const { TERM, BUILDKIT_PROGRESS } = process.env
    test.after(() => Object.assign(process.env, { TERM, ...(BUILDKIT_PROGRESS && { BUILDKIT_PROGRESS }) }))
    delete process.env.BUILDKIT_PROGRESS
    process.env.TERM = 'xterm'
    const auto = { progress: 'auto', quiet: false }
    assert.equal(progressMode(terminal, auto), 'tty')
    assert.equal(progressMode(pipe, auto), 'plain')
    assert.equal(progressMode(pipe, { progress: '', quiet: false }), 'plain')
    process.env.TERM = 'dumb'
    assert.equal(progressMode(terminal, auto), 'plain')
    process.env.BUILDKIT_PROGRESS = 'rawjson'
    assert.equal(progressMode(pipe, auto), 'rawjson')
    assert.equal(progressMode(pipe, { progress: 'auto', quiet: true }), 'quiet')
    assert.equal(printsId({ progress: 'none', quiet: false }), false)
    delete process.env.BUILDKIT_PROGRESS
    assert.equal(printsId({ progress: 'quiet', quiet: false }), true)
  })

  it('is refused where it cannot be so', () => {
    const refused = (progress: string, quiet: boolean) => () => progressMode(pipe, { progress, quiet })
    assert.throws(refused('tty', false), /provided file is not a console/)
    assert.throws(refused('plain', true), /progress=plain and quiet cannot be used together/)
    assert.throws(refused('fancy', false), /invalid progress mode fancy/)
  })
})

const LOCATION = { file: 'Dockerfile', line: 2, endLine: 2, excerpt: '   2 | >>> RUN x' }
const WARNING: BuildWarning = {
  ...{
    step: '',
    text: 'Rule: is broken (line 2)',
    rule: 'Rule',
    detail: ['Why it is.'],
    url: 'https://x.test/',
  },
  location: LOCATION,
}

describe('what is told after a build', () => {
  it('has a line for each warning, without colours where nothing is drawn', () => {
    const text = warningsText([WARNING, WARNING], { expand: false, colors: undefined })
    const each = ' - Rule: is broken (line 2)\n'
    assert.equal(text, `\n 2 warnings found (use dockline --debug to expand):\n${each}${each}`)
    assert.equal(warningsText([], { expand: true, colors: undefined }), '')
    const colors = colorsOf({})
    assert.match(
      warningsText([WARNING], { expand: false, colors }),
      /^\n \p{Cc}\[33m1 warning found .*:\p{Cc}\[0m\n/u,
    )
  })

  it('has all that is known of the warnings when that is wanted', () => {
    assert.equal(
      warningsText([WARNING], { expand: true, colors: undefined }),
      `
 1 warning found:
 - Rule: is broken (line 2)
Why it is.
More info: https://x.test/
Dockerfile:2
--------------------
   2 | >>> RUN x
--------------------

`,
    )
  })

  it('has the places of an error, docker’s words and its exit codes', () => {
    const error = (status?: number) =>
      buildFailure(new BuildError({ explanation: 'it is broken', log: '', locations: [LOCATION], status }))
    assert.equal(
      error().message,
      `Dockerfile:2
--------------------
   2 | >>> RUN x
--------------------
ERROR: failed to build: failed to solve: it is broken`,
    )
    assert.deepEqual(
      [undefined, 2, 1, 13, 8].map((status) => error(status).exitCode),
      [1, 1, 130, 100, 102],
    )
  })

  it('marks what was refused before it began', () => {
    const refused = buildFailure(new InvalidArgumentError('target must be a string'))
    assert.equal(refused.message, 'ERROR: failed to build: target must be a string')
  })

  it('is written as JSON with its names in order', () => {
    assert.equal(
      metadataText({ b: { z: 1, a: undefined }, a: 'x', c: undefined }),
      '{\n  "a": "x",\n  "b": {\n    "z": 1\n  }\n}',
    )
  })
})

describe('what the frontend says of a Dockerfile', () => {
  it('is asked for by its name, and in JSON', () => {
    assert.equal(readCall('build'), undefined)
    assert.deepEqual(readCall('check'), { name: 'check', format: undefined, ignoreStatus: false })
    const call = readCall('check,format=json,ignorestatus=true')
    assert.deepEqual(call, { name: 'check', format: 'json', ignoreStatus: true })
  })

  it('tells of its warnings where they are', () => {
    assert.equal(
      checkText({ warnings: [WARNING], error: undefined, json: '' }, 'app/Dockerfile'),
      `Check complete, 1 warning has been found!

WARNING: Rule - https://x.test/
is broken (line 2)
app/Dockerfile:2
--------------------
   2 | >>> RUN x
--------------------
`,
    )
    assert.equal(
      checkText({ warnings: [], error: undefined, json: '' }, ''),
      'Check complete, no warnings found.\n',
    )
  })

  it('lists what a target takes', () => {
    const outline = {
      ...{ name: 'two', description: 'is the second', cache: [], json: '' },
      args: [
        { name: 'W', description: 'is w', value: undefined },
        { name: 'X', description: '', value: '3' },
      ],
      secrets: [
        { name: 's', required: false },
        { name: 'r', required: true },
      ],
      ssh: [{ name: 'default', required: false }],
    }
    assert.equal(
      outlineText(outline),
      `TARGET:      two
DESCRIPTION: is the second

BUILD ARG   VALUE   DESCRIPTION
W                   is w
X           3       

SECRET   REQUIRED
s        
r        true

SSH       REQUIRED
default   

`,
    )
  })

  it('lists the targets', () => {
    const target = { base: '', platform: '' }
    const targets = [
      { ...target, name: 'one', default: false, description: 'is the first' },
      { ...target, name: 'two', default: true, description: 'is the second' },
    ]
    assert.equal(
      targetsText({ targets, json: '' }),
      'TARGET        DESCRIPTION\none           is the first\ntwo (default) is the second\n',
    )
  })
})

describe('a build of the history', () => {
  const record = {
    ...{
      ref: 'a',
      status: 'completed' as const,
      createdAt: undefined,
      completedAt: undefined,
      error: undefined,
    },
    ...{ frontend: '', exporters: [], response: {}, warnings: 0, pinned: false },
    steps: { total: 0, completed: 0, cached: 0 },
  }
  const local = (LocalPath: string, DockerfilePath = '') => ({ Target: 'default', LocalPath, DockerfilePath })
  const rows = [
    [{ filename: 'Dockerfile' }, local('/w/app'), 'app'],
    [{ filename: 'Dockerfile', target: 'one' }, local('/w/app'), 'app (one)'],
    [{ filename: 'Other' }, local('/w/app', '/w/app/docker/Other'), 'app/docker/Other'],
    [{ filename: 'Other' }, local('/w/app', '/w/else/Other'), 'else/Other'],
    [{ filename: 'Dockerfile' }, local('-'), ''],
    [{ filename: 'Other' }, undefined, 'Other'],
    [{ context: 'https://github.com/a/repo.git#main', filename: 'Dockerfile' }, undefined, 'repo'],
    [{ 'build-arg:BUILDKIT_BUILD_NAME': 'mine' }, local('/w/app'), 'mine'],
  ] as const
  for (const [attributes, place, name] of rows) {
    it(`is called ${JSON.stringify(name)}`, () => {
      const named = Object.fromEntries(Object.entries(attributes))
      assert.equal(nameOf({ record: { ...record, attributes: named }, local: place }), name)
    })
  }

  it('takes seconds, or minutes', () => {
    assert.deepEqual([0, 449, 59_900, 65_000].map(durationText), ['0.0s', '0.4s', '59.9s', '1m  5s'])
  })
})

describe('the cache of builds', () => {
  it('is filtered by what BuildKit knows of it', () => {
    assert.deepEqual(cacheChoice(['type=regular', 'inuse=false', 'id=a', 'id=b', 'until=24h']), {
      filters: { type: ['regular'], inuse: false, id: ['a', 'b'] },
      keepDuration: '24h',
    })
    assert.throws(
      () => cacheChoice(['colour=red']),
      /unknown filter "colour": there are id, parent, .* until/,
    )
  })

  it('is for platforms that are told by their groups', () => {
    const platforms = ['linux/amd64', 'linux/amd64/v2', 'linux/amd64/v3', 'linux/386']
    assert.equal(briefPlatforms(platforms), 'linux/amd64 (+3), linux/386')
  })
})
