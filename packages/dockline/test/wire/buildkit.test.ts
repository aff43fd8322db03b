import assert from 'node:assert/strict'
import { once } from 'node:events'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inspect } from 'node:util'
import type { Methods, ServerCall } from '#src/buildkit/grpc/server.js'
import { GrpcError } from '#src/buildkit/grpc/status.js'
import {
  BuildHistoryEvent,
  PruneRequest,
  SolveResponse,
  StatusResponse,
  UsageRecord,
} from '#src/buildkit/protobuf/control.js'
import { decode, encode } from '#src/buildkit/protobuf/message.js'
import { OciLayout } from '#src/buildkit/session/content.js'
import {
  BuildError,
  type BuildOptions,
  type BuildOutput,
  ConnectionError,
  CredentialsError,
  InvalidArgumentError,
  ProtocolError,
  TimeoutError,
} from '#src/index.js'
import { temporaryFolder } from '../support/archives.js'
import { CONTAINERD, CONTROL, forever, hijacked, ID, start } from '../support/building-engine.js'
import { deferred, failureOf } from '../support/failure.js'
import {
  answer,
  type Call,
  chunk,
  chunkedHead,
  type FakeEngine,
  json,
  type Script,
  type Scripts,
} from '../support/fake-engine.js'
import { PATIENT } from '../support/patience.js'

/** An empty frame of settings, as a server begins with. */
const HTTP2_SETTINGS = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])
const DOCKERFILE = { dockerfileContent: 'FROM busybox\n' }
const ENDED = new PassThrough().end().destroy()
const THIS_FILE = fileURLToPath(import.meta.url)
/** Answers of an Engine that pushes r.io/z. */
const PUSHES: Scripts = {
  'POST /images/r.io/z/push': json({ status: `latest: digest: ${ID} size: 1` }),
}
const NOW = { seconds: 1_700_000_000, nanos: 5 }
const STEP = {
  digest: 'sha256:1',
  name: '[1/1] RUN x',
  inputs: [],
  cached: false,
  started: NOW,
  completed: undefined,
  error: '',
  progressGroup: undefined,
}

describe('a build with BuildKit', PATIENT, () => {
  it('is what an Engine gets that prefers it', async (test) => {
    const { client, solved } = await start(test)
    const { image, builder, imageId } = await client.images.build(DOCKERFILE)
    assert.deepEqual([image.id, imageId, builder], [ID, ID, 'buildkit'])
    const { frontend, frontendAttrs, exporters, exporterDeprecated, session } = await solved
    assert.equal(frontend, 'dockerfile.v0')
    assert.deepEqual(frontendAttrs, {
      'image-resolve-mode': 'local',
      filename: 'Dockerfile',
      dockerfilekey: 'dockerfile',
    })
    assert.deepEqual(exporters, [{ type: 'moby', attrs: {} }])
    assert.equal(exporterDeprecated, 'moby')
    assert.match(session, /^[\da-f]{32}$/)
  })

  it('is told everything in its own words', async (test) => {
    const { client, solved } = await start(test, { worker: CONTAINERD })
    await client.images.build({
      ...DOCKERFILE,
      target: 'final',
      platform: ['linux/amd64', 'linux/arm64'],
      buildArgs: { A: 'x y', B: 1, C: null },
      labels: ['team=a'],
      noCache: ['one', 'two'],
      pull: true,
      extraHosts: { db: '10.0.0.2', six: '[::1]', gw: 'host-gateway' },
      shmSize: '64m',
      ulimits: ['nofile=1:2'],
      cgroupParent: '/x',
      network: 'host',
      tags: ['me/app', 'r.io/b:1', 'me/app:latest'],
      annotations: { title: 'App', 'index:key': 'v', 'manifest[linux/amd64],index-descriptor:two': 'w' },
      cacheFrom: ['r.io/cache', { type: 'registry', ref: 'r.io/b' }],
      cacheTo: ['type=inline'],
      provenance: 'max',
      sbom: true,
      allow: ['security.insecure'],
      check: { skip: ['A', 'B'], error: true },
      push: true,
    })
    const { frontendAttrs, exporters, entitlements, cache } = await solved
    assert.deepEqual(frontendAttrs, {
      'image-resolve-mode': 'pull',
      target: 'final',
      platform: 'linux/amd64,linux/arm64',
      'build-arg:A': 'x y',
      'build-arg:B': '1',
      'label:team': 'a',
      'no-cache': 'one,two',
      'add-hosts': 'db=10.0.0.2,six=::1,gw=172.17.0.1',
      'shm-size': '67108864',
      ulimit: 'nofile=1:2',
      'cgroup-parent': '/x',
      'force-network-mode': 'host',
      'attest:provenance': 'mode=max',
      'attest:sbom': '',
      'build-arg:BUILDKIT_DOCKERFILE_CHECK': 'skip=A,B;error=true',
      'cache-imports':
        '[{"Type":"registry","Attrs":{"ref":"r.io/cache"}},{"Type":"registry","Attrs":{"ref":"r.io/b"}}]',
      filename: 'Dockerfile',
      dockerfilekey: 'dockerfile',
    })
    const name = 'docker.io/me/app:latest,r.io/b:1'
    assert.deepEqual(exporters, [
      {
        type: 'moby',
        attrs: {
          name,
          'annotation.title': 'App',
          'annotation-index.key': 'v',
          'annotation-manifest[linux/amd64].two': 'w',
          'annotation-index-descriptor.two': 'w',
          push: 'true',
        },
      },
    ])
    assert.deepEqual(entitlements, ['security.insecure', 'network.host'])
    assert.deepEqual(cache?.exports, [{ type: 'inline', attrs: {} }])
  })

  it('has its session also when another request starts it', async (test) => {
    const { client, engine, session } = await start(test)
    const opened = await client.images.openBuildSession({ secrets: { s: 'v' } })
    assert.deepEqual(opened.query, { version: '2', session: opened.id })
    const request = engine.requests.find(({ path }) => path === '/session')
    assert.equal(request?.headers['x-docker-expose-session-uuid'], opened.id)
    const socket = await session
    opened.close()
    await once(socket, 'close')
  })

  for (const [what, options, message] of [
    ['an unknown option', { secret: {} }, /secret/],
    ['a Dockerfile without its context', { dockerfile: 'x' }, /dockerfile: it needs the option context/],
    ['a context that is not there', { context: '/not/here' }, /there is no folder \/not\/here/],
    ['a secret that is none', { secrets: { s: 5 } }, /secrets\.s must/],
  ] as const) {
    it(`refuses ${what} before a session is opened`, async (test) => {
      const { client, engine } = await start(test)
      const failure = await failureOf(client.images.openBuildSession(options as never))
      assert.ok(failure instanceof InvalidArgumentError, String(failure))
      assert.match(failure.message, message)
      assert.deepEqual(engine.calls, [])
    })
  }

  for (const [what, outputs] of [
    ['of the type registry', 'type=registry'],
    ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((yes) => [`with push=${yes}`, `type=image,push=${yes}`]),
  ] as [string, string][]) {
    it(`pushes an output ${what}`, async (test) => {
      const { client, engine } = await start(test, { scripts: PUSHES })
      await client.images.build({ ...DOCKERFILE, tag: 'r.io/z', outputs })
      assert.deepEqual(pushesOf(engine), ['/images/r.io/z/push?tag=latest'])
    })
  }

  for (const [what, outputs] of [
    ['of the type registry with push=false', 'type=registry,push=false'],
    ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((no) => [`with push=${no}`, `type=image,push=${no}`]),
  ] as [string, string][]) {
    it(`pushes no output ${what}`, async (test) => {
      const { client, engine } = await start(test, { scripts: PUSHES })
      await client.images.build({ ...DOCKERFILE, tag: 'r.io/z', outputs })
      assert.deepEqual(pushesOf(engine), [])
    })
  }

  it('writes an archive to a folder with tar=0, as with tar=false', async (test) => {
    const dest = await temporaryFolder()
    for (const no of ['0', 'False']) {
      const { client, solved } = await start(test, { worker: CONTAINERD })
      await client.images.build({ ...DOCKERFILE, outputs: `type=oci,dest=${dest},tar=${no}` })
      assert.deepEqual((await solved).exporters, [{ type: 'oci', attrs: { tar: no } }])
    }
  })

  const [token, url, results] = ['s3cret', 'https://cache.test/', 'https://results.test/']
  for (const [what, variables, cache, attrs] of [
    ['nothing', {}, 'type=gha', undefined],
    ['no token', { ACTIONS_CACHE_URL: url }, 'type=gha', undefined],
    ['an address', { ACTIONS_CACHE_URL: url, ACTIONS_RESULTS_URL: results }, 'type=gha', { token, url }],
    ['another address', { ACTIONS_RESULTS_URL: results }, 'type=gha', { token, url: results }],
    ['its own', { ACTIONS_CACHE_URL: url }, 'type=gha,token=t,url=u', { token: 't', url: 'u' }],
    [
      'a second version',
      { ACTIONS_CACHE_SERVICE_V2: 'True', ACTIONS_RESULTS_URL: results },
      'type=gha',
      { token, url: results, url_v2: results },
    ],
  ] as const) {
    it(`${attrs === undefined ? 'leaves out' : 'has'} a cache of GitHub where its runner names ${what}`, async (test) => {
      withVariables(test, what === 'no token' || what === 'nothing' ? variables : { ...variables, ...TOKEN })
      const { client, solved } = await start(test, { worker: CONTAINERD })
      await client.images.build({ ...DOCKERFILE, cacheFrom: [cache], cacheTo: [cache] })
      const expected = attrs === undefined ? [] : [{ type: 'gha', attrs }]
      const { imports, exports } = (await solved).cache ?? {}
      assert.deepEqual([imports, exports], [expected, expected])
    })
  }

  it('shows no token of a cache of GitHub that cannot be stored', async (test) => {
    withVariables(test, { ACTIONS_CACHE_URL: 'https://cache.test/', ...TOKEN })
    const { client } = await start(test)
    const failure = await failureOf(client.images.build({ ...DOCKERFILE, cacheTo: ['type=gha'] }))
    assert.match(String(failure), /cache of type 'gha'/)
    assert.doesNotMatch(inspect(failure), /s3cret/)
  })

  it('pushes an output whose attributes ask for it', async (test) => {
    const { client, engine } = await start(test, { scripts: PUSHES })
    const outputs = { type: 'image', name: 'r.io/z', attrs: { push: true } } as const
    await client.images.build({ ...DOCKERFILE, outputs })
    assert.deepEqual(pushesOf(engine), ['/images/r.io/z/push?tag=latest'])
  })

  it('pushes by the name of an output where there is no tag, and has that name', async (test) => {
    for (const outputs of [
      'type=image,name=r.io/z,push=true',
      { type: 'image', name: 'r.io/z', push: true },
    ]) {
      const { client, engine, solved } = await start(test, { scripts: PUSHES })
      const { names, digest } = await client.images.build({ ...DOCKERFILE, outputs: outputs as BuildOutput })
      assert.deepEqual([names, digest], [['r.io/z:latest'], ID])
      assert.deepEqual(pushesOf(engine), ['/images/r.io/z/push?tag=latest'])
      assert.deepEqual((await solved).exporters, [{ type: 'moby', attrs: { name: 'r.io/z:latest' } }])
    }
  })

  for (const [what, push, type] of [
    ['loses its Engine', (call) => call.cut(), ConnectionError],
    ['loses its Engine in the middle of the answer', cutAnswer, ConnectionError],
    ['waits too long for its Engine', (call) => call.takeOver().closed, TimeoutError],
    ['is refused', json({ message: 'out of order' }, 500), BuildError],
    ['is reported to have failed', json({ errorDetail: { message: 'no space left' } }), BuildError],
  ] as readonly (readonly [string, Script, new (...args: never[]) => Error])[]) {
    it(`rejects with ${type.name} when it pushes and ${what}`, async (test) => {
      const { client } = await start(test, { scripts: { 'POST /images/r.io/z/push': push } })
      const timeout = type === TimeoutError ? 500 : undefined
      const failure = await failureOf(
        client.images.build({ ...DOCKERFILE, tag: 'r.io/z', push: true, timeout }),
      )
      assert.ok(failure instanceof type, String(failure))
    })
  }

  it('rejects with the reason of its signal when it is aborted while it pushes, and its step is canceled', async (test) => {
    const stop = new AbortController()
    const push: Script = async (call) => {
      stop.abort('enough')
      await call.takeOver().closed
    }
    const { client } = await start(test, { scripts: { 'POST /images/r.io/z/push': push } })
    const { signal } = stop
    const building = client.images.build({ ...DOCKERFILE, tag: 'r.io/z', push: true, signal })
    let last: string | undefined
    const failure = await failureOf(
      (async () => {
        for await (const { steps } of building.progress()) last = steps.at(-1)?.state
      })(),
    )
    assert.deepEqual([failure, await failureOf(building), last], ['enough', 'enough', 'canceled'])
  })

  it('rejects with CredentialsError when the credentials for its push cannot be read', async (test) => {
    const { engine } = await start(test)
    const credentials = {
      for(): never {
        throw new CredentialsError('the helper failed')
      },
    }
    const client = engine.client(test, { credentials })
    const failure = await failureOf(client.images.build({ ...DOCKERFILE, tag: 'r.io/z', push: true }))
    assert.ok(failure instanceof CredentialsError, String(failure))
    assert.deepEqual(pushesOf(engine), [])
  })

  it('has the digest that was pushed in its metadata, and the id of the image as that of its config', async (test) => {
    const pushed = `sha256:${'cd'.repeat(32)}`
    const push = json({ status: `latest: digest: ${pushed} size: 1` })
    for (const known of [{}, { 'containerimage.config.digest': `${ID}c` }]) {
      const exporterResponse = { ...known, 'containerimage.digest': ID, 'image.name': 'r.io/z' }
      const { client } = await start(test, {
        scripts: { 'POST /images/r.io/z/push': push },
        methods: {
          [`${CONTROL}/Solve`]: (call) => call.send(encode(SolveResponse, { exporterResponse })),
        },
      })
      const built = (options: BuildOptions) =>
        client.images.build({ ...DOCKERFILE, tag: 'r.io/z', ...options })
      const { metadata, digest } = await built({ push: true })
      assert.equal(digest, pushed)
      assert.deepEqual(metadata, {
        'containerimage.config.digest': ID,
        ...known,
        'containerimage.digest': pushed,
        'image.name': 'r.io/z',
      })
      assert.deepEqual((await built({})).metadata, exporterResponse)
    }
  })

  it('has the tags alone as names, whatever its output is named', async (test) => {
    for (const type of ['image', 'docker']) {
      const { client, solved } = await start(test)
      const options = { ...DOCKERFILE, tag: 'r.io/a', outputs: `type=${type},name=r.io/b` }
      assert.deepEqual((await client.images.build(options)).names, ['r.io/a:latest'])
      assert.deepEqual((await solved).exporters, [{ type: 'moby', attrs: { name: 'r.io/a:latest' } }])
    }
  })

  it('stores its cache in the image where the build argument BUILDKIT_INLINE_CACHE is true', async (test) => {
    for (const [given, caches] of [
      ['1', [{ type: 'inline', attrs: {} }]],
      [true, [{ type: 'inline', attrs: {} }]],
      ['0', []],
      ['yes', []],
    ] as const) {
      const { client, solved } = await start(test)
      await client.images.build({ ...DOCKERFILE, buildArgs: { BUILDKIT_INLINE_CACHE: given } })
      assert.deepEqual((await solved).cache?.exports, caches)
    }
  })

  it('takes several platforms in one string, also where its builder is not named', async (test) => {
    const { client, solved } = await start(test, { worker: CONTAINERD })
    const platform = 'linux/amd64,linux/arm64,linux/arm/v7'
    await client.images.build({ ...DOCKERFILE, platform })
    assert.equal((await solved).frontendAttrs.platform, platform)
  })

  it("takes the platform 'local' for the one of this machine", async (test) => {
    const { client, solved } = await start(test, { worker: CONTAINERD })
    await client.images.build({ ...DOCKERFILE, platform: 'Local,linux/s390x' })
    const architecture = process.arch === 'x64' ? 'amd64' : process.arch
    const system = process.platform === 'win32' ? 'windows' : process.platform
    assert.equal((await solved).frontendAttrs.platform, `${system}/${architecture},linux/s390x`)
  })

  it('takes a cache of a folder by its tag alone, and does without a cache that is not there yet', async (test) => {
    const folder = await temporaryFolder()
    const [src, empty] = [join(folder, 'cache'), join(folder, 'empty')]
    const layout = new OciLayout(src)
    await layout.tag('one', { digest: ID })
    assert.equal(await layout.resolve('two'), ID)
    for (const [from, imports] of [
      [`type=local,src=${src},tag=one`, [{ type: 'local', attrs: { src, digest: ID } }]],
      [`type=local,src=${empty},tag=one`, []],
    ] as const) {
      const { client, solved } = await start(test)
      await client.images.build({ ...DOCKERFILE, cacheFrom: [from] })
      assert.deepEqual((await solved).cache?.imports, imports)
    }
    const { client, requests } = await start(test)
    const failure = await failureOf(
      client.images.build({ ...DOCKERFILE, cacheFrom: [`type=local,src=${src},tag=two`] }),
    )
    assert.match(String(failure), /InvalidArgumentError: cacheFrom: .*\/cache has no tag two$/)
    assert.deepEqual(requests, [])
  })

  const refused: readonly [string, BuildOptions, RegExp][] = [
    ['a push that is neither true nor false', { outputs: 'type=image,push=yes' }, /outputs.push .* 'yes'/],
    [
      'an annotation of an unknown type',
      { annotations: { 'foo:a': 'b' }, outputs: 'out' },
      /annotations: unknown annotation type 'foo'/,
    ],
    ['a push without a name', { push: true }, /outputs: a tag is needed/],
    [
      'a push of an output without a name',
      { outputs: ['a', 'type=registry'] },
      /outputs\[1\]: a tag is needed/,
    ],
    [
      'a tag with a digest',
      { builder: 'buildkit', tag: `r.io/z:1@${ID}` },
      /tags: 'r.io\/z:1@sha256:.* has a digest/,
    ],
    [
      'an output whose name has a digest',
      { outputs: `type=image,name=z@${ID}` },
      /outputs.name: 'z@.* digest/,
    ],
    ['a squash', { squash: true }, /squash is for the classic builder/],
    ['a network', { network: 'mynet' }, /network: BuildKit knows .* not 'mynet'/],
    ['several platforms in one image', { platform: ['linux/amd64', 'linux/arm64'] }, /platform: an image/],
    ['an attestation', { sbom: true }, /sbom: an attestation/],
    ['an OCI archive', { outputs: { type: 'oci', dest: 'x.tar' } }, /outputs: .* one of type 'oci'/],
    ['a cache in a registry', { cacheTo: ['type=registry,ref=a'] }, /cacheTo: .* type 'registry'/],
    [
      'an output to nowhere',
      { outputs: 'type=local' },
      /^outputs.dest must be the path of a folder for type 'local', not undefined$/,
    ],
    ['an output of no type', { outputs: { type: 'zip' } as never }, /outputs.type must be 'image' or/],
    [
      'two outputs to one file',
      { outputs: ['a', 'type=tar,dest=x', 'type=tar,dest=./x'] },
      /x is to take more/,
    ],
    [
      'two outputs to one folder',
      { outputs: ['a', 'type=local,dest=./a'] },
      /^outputs: \.\/a is to take more/,
    ],
    ['two outputs to stdout', { outputs: ['-', 'type=tar,dest=-'] }, /a stream is to take more than one/],
    ['an output to a stream that has ended', { outputs: { type: 'tar', dest: ENDED } }, /that has not ended/],
    ['a tar in the place of a folder', { outputs: 'type=tar,dest=/' }, /outputs: \/ is a folder/],
    ['a folder in the place of a file', { outputs: THIS_FILE }, /outputs: .* is a file/],
    ['an output below a file', { outputs: `${THIS_FILE}/x` }, /outputs: .* is below a file/],
    ['a tar in no folder', { outputs: 'type=tar,dest=/not/here' }, /is in a folder that is not there/],
    ['a context that was read', { context: ENDED }, /closed before its end/],
    ['a push of a folder', { outputs: 'out', push: true }, /push: none of the outputs is an image/],
    ['a context that is not there', { contexts: { a: '/not/here' } }, /contexts.a: there is no folder/],
    ['an agent that is not there', { ssh: '/not/here' }, /^ssh: there is no file '\/not\/here'$/],
    [
      'the word of docker for the agent',
      { ssh: 'default' },
      /^ssh: there is no file 'default' \(true forwards the agent of SSH_AUTH_SOCK\)$/,
    ],
    ['a secret that is none', { secrets: { s: 5 as never } }, /secrets.s must/],
    ['a context that is not there', { context: '/not/here' }, /context: there is no folder \/not\/here/],
  ]
  for (const [what, options, message] of refused) {
    it(`refuses ${what} before a build begins`, async (test) => {
      const { client, requests } = await start(test)
      const failure = await failureOf(client.images.build({ ...DOCKERFILE, ...options }))
      assert.ok(failure instanceof InvalidArgumentError, String(failure))
      assert.match(failure.message, message)
      assert.deepEqual(requests, [])
    })
  }

  it('shows no login of an address in the step that failed', async (test) => {
    const name = '[internal] load git source https://me:s3cret@box/x.git'
    const reported = deferred<void>()
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: async () => {
          await reported.promise
          throw new GrpcError(2, 'failed to solve: no such repository')
        },
        [`${CONTROL}/Status`]: async (call) => {
          const vertex = { ...STEP, name, completed: NOW, error: 'no such repository' }
          await call.send(
            encode(StatusResponse, { vertexes: [vertex], statuses: [], logs: [], warnings: [] }),
          )
          reported.resolve()
          await forever(call)
        },
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof BuildError)
    assert.equal(failure.step, '[internal] load git source https://***@box/x.git')
    assert.doesNotMatch(`${failure}${failure.stack}`, /s3cret/)
  })

  it('refuses what only BuildKit can do where the Engine builds without it', async (test) => {
    const { client } = await start(test, { scripts: { 'HEAD /_ping': answer(200, {}, '') } })
    const failure = await failureOf(client.images.build({ ...DOCKERFILE, secrets: { s: 'v' } }))
    assert.match(String(failure), /secrets needs BuildKit, .*builder: 'buildkit'/)
  })

  it('says that Podman has no BuildKit', async (test) => {
    const scripts = { 'HEAD /_ping': answer(200, { 'Libpod-API-Version': '5.0.0' }, '') }
    const { client } = await start(test, { scripts })
    const failure = await failureOf(client.images.build({ ...DOCKERFILE, builder: 'buildkit' }))
    assert.match(String(failure), /this Engine has no BuildKit; Podman/)
  })

  it('rejects with what the Engine says, also where nothing was reported', async (test) => {
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: async () => {
          throw new GrpcError(2, 'exporter "x" could not be found: 100 % übel')
        },
        // As the Engine has it: it waits for a build of that name.
        [`${CONTROL}/Status`]: forever,
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof BuildError)
    assert.equal(failure.explanation, 'exporter "x" could not be found: 100 % übel')
    assert.equal(failure.status, 2)
  })

  it('keeps the beginning and the end of a long log in its error, and says how much is left out', async (test) => {
    const lines = Array.from({ length: 4000 }, (_, at) => `line ${at} ${'x'.repeat(1000)}\n`)
    const reported = deferred<void>()
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: async () => {
          await reported.promise
          throw new GrpcError(2, 'exit code: 1')
        },
        [`${CONTROL}/Status`]: async (call) => {
          await call.send(encode(StatusResponse, { vertexes: [{ ...STEP, error: 'exit code: 1' }] }))
          for (const line of lines)
            await call.send(encode(StatusResponse, { logs: [logOf(1, Buffer.from(line))] }))
          reported.resolve()
        },
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.equal(failure.stepLog, failure.log)
    const [, beginning = '', count, end = ''] =
      /^(.*)\n\[(\d+) characters .* left out\]\n(.*)$/s.exec(failure.log) ?? []
    assert.ok(beginning.length + end.length <= 1024 * 1024)
    assert.ok(lines.join('').startsWith(beginning) && lines.join('').endsWith(end))
    assert.match(end, /^line /)
    assert.equal(beginning.length + Number(count) + end.length, lines.join('').length)
  })

  it('asks the history when the answer to a build is lost', async (test) => {
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: async (call) => void call.stream.session?.destroy(),
        [`${CONTROL}/ListenBuildHistory`]: async (call) => {
          const error = { code: 2, message: 'exit code: 9', details: [] }
          const event = encode(BuildHistoryEvent, { type: 1, record: { ...RECORD, error } })
          await call.send(event)
        },
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.equal(failure.explanation, 'exit code: 9')
    assert.equal(failure.exitCode, 9)
  })

  it('asks the history until that has the end of a build whose answer never comes', async (test) => {
    const records = [
      { ...RECORD, completedAt: undefined },
      { ...RECORD, error: { code: 2, message: 'exit code: 9', details: [] } },
    ]
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: forever,
        [`${CONTROL}/ListenBuildHistory`]: (call) =>
          call.send(encode(BuildHistoryEvent, { type: 1, record: records.shift() })),
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.equal(failure.exitCode, 9)
  })

  it('rejects with ConnectionError when the Engine goes away', async (test) => {
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: async (call) => void call.stream.session?.destroy(),
        [`${CONTROL}/Status`]: async (call) => void call.stream.session?.destroy(),
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof ConnectionError, String(failure))
  })

  it('rejects with ConnectionError when the Engine goes away before it begins', async (test) => {
    const { client } = await start(test, {
      methods: { [`${CONTROL}/ListWorkers`]: async (call) => void call.stream.session?.destroy() },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof ConnectionError, String(failure))
  })

  it('rejects with ProtocolError when a message of BuildKit cannot be read', async (test) => {
    const answers = (call: ServerCall) => call.send(Buffer.from([0x7f]))
    for (const method of ['ListWorkers', 'Solve', 'Status', 'DiskUsage']) {
      const { client } = await start(test, { methods: { [`${CONTROL}/${method}`]: answers } })
      const call = method === 'DiskUsage' ? client.buildCache.usage() : client.images.build(DOCKERFILE)
      const failure = await failureOf(call)
      assert.ok(failure instanceof ProtocolError, `${method}: ${failure}`)
    }
  })

  it('ends by its signal on a connection whose bytes are no HTTP/2', async (test) => {
    for (const call of ['build', 'usage'] as const) {
      const stop = new AbortController()
      const { client } = await start(test, {
        scripts: {
          'POST /grpc': async (call) => {
            const socket = await hijacked(call)
            socket.resume().once('data', () => {
              socket.write(Buffer.concat([HTTP2_SETTINGS, Buffer.alloc(100, 0xff)]))
              stop.abort(new Error('enough'))
            })
          },
        },
      })
      const { signal } = stop
      const failure = await failureOf(
        call === 'build'
          ? client.images.build({ ...DOCKERFILE, signal })
          : client.buildCache.usage({ signal }),
      )
      assert.equal((failure as Error).message, 'enough')
    }
  })

  it('says why its session was lost', async (test) => {
    const { client, session } = await start(test, {
      methods: {
        [`${CONTROL}/Solve`]: async () => {
          ;(await session).destroy()
          await new Promise((resolve) => setImmediate(resolve))
          throw new GrpcError(2, 'no active session for x: context deadline exceeded')
        },
      },
    })
    const failure = await failureOf(client.images.build(DOCKERFILE))
    assert.ok(failure instanceof BuildError, String(failure))
    assert.match(failure.hint ?? '', /the Engine closed the session after [\d.]+ s/)
  })

  it('is reset when its loop is left, and when it is aborted', async (test) => {
    for (const leave of ['break', 'abort'] as const) {
      const [begun, reset] = [deferred<void>(), deferred<void>()]
      const { client } = await start(test, {
        methods: {
          [`${CONTROL}/Solve`]: async (call) => {
            begun.resolve()
            await forever(call)
            reset.resolve()
          },
          [`${CONTROL}/Status`]: async (call) => {
            await begun.promise
            await call.send(encode(StatusResponse, { vertexes: [STEP] }))
            await forever(call)
          },
        },
      })
      const stop = new AbortController()
      const building = client.images.build({ ...DOCKERFILE, signal: stop.signal })
      const loop = (async () => {
        for await (const { steps } of building.progress()) {
          assert.deepEqual([steps[0]?.name, steps[0]?.state], ['[1/1] RUN x', 'running'])
          if (leave === 'break') break
          stop.abort(new Error('enough'))
        }
      })()
      if (leave === 'abort') assert.equal(((await failureOf(loop)) as Error).message, 'enough')
      await loop.catch(() => {})
      await reset.promise
    }
  })

  it('joins characters that were cut, and keeps the two outputs apart', async (test) => {
    const ü = Buffer.from('ü')
    const { client } = await start(test, {
      methods: {
        [`${CONTROL}/Status`]: async (call) => {
          await call.send(encode(StatusResponse, { vertexes: [STEP], logs: [logOf(1, ü.subarray(0, 1))] }))
          await call.send(
            encode(StatusResponse, { logs: [logOf(2, Buffer.from('e')), logOf(1, ü.subarray(1))] }),
          )
        },
      },
    })
    assert.equal((await client.images.build(DOCKERFILE)).log, 'eü')
  })
})

describe('a removal of cache', PATIENT, () => {
  const pruning = (test: TestContext, end?: Methods[string]) => {
    const requests: ReturnType<typeof readPrune>[] = []
    const prune: Methods[string] = async (call) => {
      requests.push(readPrune(await call.request()))
      for (const id of ['a', 'b']) await call.send(encode(UsageRecord, { ...USAGE, id }))
      await end?.(call)
    }
    const started = start(test, { methods: { [`${CONTROL}/Prune`]: prune } })
    return started.then(({ client, engine }) => ({ client, engine, requests }))
  }
  const idsOf = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id)

  it('is awaited for all records, and read by a loop for each', async (test) => {
    const { client, requests } = await pruning(test)
    const [record, ...others] = await client.buildCache.prune({ all: true, keepDuration: '1s' })
    assert.deepEqual([record?.id, record?.size, record?.parents, idsOf(others)], ['a', 5, ['p'], ['b']])
    const removal = client.buildCache.prune()
    const seen: string[] = []
    for await (const { id } of removal) seen.push(id)
    assert.deepEqual(seen, ['a', 'b'])
    assert.deepEqual(idsOf(await removal), ['a', 'b'], 'all of them, also after the loop')
    assert.deepEqual(
      requests.map(({ all, keepDuration }) => [all, keepDuration]),
      [
        [true, 1e9],
        [false, 0],
      ],
    )
  })

  it('sends one request however often it is awaited, and none before', async (test) => {
    const { client, engine, requests } = await pruning(test)
    const removal = client.buildCache.prune()
    await client.ping()
    assert.ok(!engine.calls.some((call) => call.endsWith('/grpc')))
    assert.deepEqual(idsOf(await removal.then((records) => records)), ['a', 'b'])
    assert.deepEqual(idsOf(await removal.finally(() => {})), ['a', 'b'])
    assert.equal(requests.length, 1)
  })

  it('rejects when it fails, and throws at once for wrong options', async (test) => {
    const { client } = await pruning(test, () => {
      throw new GrpcError(13, 'the disk is broken')
    })
    assert.match(String(await client.buildCache.prune().catch((error) => error)), /the disk is broken/)
    assert.throws(() => client.buildCache.prune({ keepDuration: 'long' }), InvalidArgumentError)
  })
})

const RECORD = {
  ref: '',
  frontend: '',
  frontendAttrs: {},
  exporters: [],
  error: undefined,
  createdAt: undefined,
  completedAt: NOW,
  logs: undefined,
  exporterResponse: {},
  result: undefined,
  results: {},
  pinned: false,
  numCachedSteps: 0,
  numTotalSteps: 0,
  numCompletedSteps: 0,
  externalError: undefined,
  numWarnings: 0,
}

const TOKEN = { ACTIONS_RUNTIME_TOKEN: 's3cret' }
const BEFORE = { ...process.env }

/** Sets these of the variables of GitHub's runner, and none of the others, until the test is over. */
function withVariables(test: TestContext, values: Readonly<Record<string, string | undefined>>): void {
  const set = (wanted: Readonly<Record<string, string | undefined>>) => {
    for (const name of ['RUNTIME_TOKEN', 'CACHE_URL', 'RESULTS_URL', 'CACHE_SERVICE_V2']) {
      delete process.env[`ACTIONS_${name}`]
      const value = wanted[`ACTIONS_${name}`]
      if (value !== undefined) process.env[`ACTIONS_${name}`] = value
    }
  }
  test.after(() => set(BEFORE))
  set(values)
}

/** What the Engine was asked to push, after the build. */
function pushesOf({ requests }: FakeEngine): string[] {
  const pushes = requests.filter(({ path }) => path.endsWith('/push'))
  return pushes.map(({ path, target }) => `${path}${target.slice(target.indexOf('?'))}`)
}

function logOf(stream: number, msg: Buffer) {
  return { vertex: STEP.digest, stream, msg, timestamp: NOW }
}

const USAGE: UsageRecord = {
  ...{ id: 'a', mutable: false, inUse: false, size: 5, parent: 'p', parents: [], usageCount: 0 },
  ...{ createdAt: undefined, lastUsedAt: undefined, description: '', recordType: 'regular', shared: false },
}

function readPrune(message: Buffer) {
  return decode(PruneRequest, message)
}

/** Begins an answer, and goes away. */
async function cutAnswer(call: Call): Promise<void> {
  await call.write(Buffer.concat([Buffer.from(chunkedHead('application/json')), chunk('{"status":"x"}\n')]))
  call.cut()
}
