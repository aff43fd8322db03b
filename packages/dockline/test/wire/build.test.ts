import assert from 'node:assert/strict'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import type { BuildKitOptions } from '#src/doors/types.js'
import { BuildError, type BuildOptions, type CallOptions, InvalidArgumentError } from '#src/index.js'
import { listTar, temporaryFolder, writeFiles } from '../support/archives.js'
import { failureOf } from '../support/failure.js'
import { chunk, chunked, chunkedHead, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const ID = `sha256:${'ab'.repeat(32)}`
const BUILT = [
  { stream: 'Step 1/2 : FROM busybox' },
  { stream: '\n' },
  { stream: ' ---> 2e6f656451a1\n' },
  { stream: 'Step 2/2 : RUN echo Successfully built cccccccccccc' },
  { stream: '\n' },
  { stream: 'Successfully built cccccccccccc\n' },
  { aux: { ID } },
  { stream: 'Successfully built abababababab\n' },
  { stream: 'Successfully tagged app:latest\n' },
]
const saying = (...messages: readonly object[]) =>
  chunked('application/json', ...messages.map((m) => JSON.stringify(m)))
const DOCKERFILE = 'FROM busybox\n'

/** What has tests of its own, here or against the Engines. */
type Elsewhere =
  | 'context'
  | 'dockerfile'
  | 'files'
  | 'remote'
  | 'compress'
  | 'onProgress'
  | 'tag'
  | 'tags'
  | 'auth'
  | 'auths'
  | 'useConfigProxy'
  | keyof BuildKitOptions
/** All the others: what leaves one out does not compile. */
type EverySetting = Required<Omit<BuildOptions, Elsewhere | keyof CallOptions>>

describe('images.build', () => {
  it('sends a folder, and gives the image and the log', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    const context = await temporaryFolder()
    await writeFiles(context, {
      Dockerfile: DOCKERFILE,
      'a.txt': 'a',
      'b.log': 'b',
      '.dockerignore': '*.log\n',
    })
    const { image, log } = await client.images.build({ context, tag: 'me/app:1', tags: ['me/app'] })
    assert.equal(image.id, ID)
    assert.equal(log, BUILT.map(({ stream = '' }) => stream).join(''))
    const build = sentBuild(engine)
    const names = (await listTar(Readable.from([build?.body ?? Buffer.alloc(0)]))).map(({ name }) => name)
    assert.deepEqual(names.sort(), ['.dockerignore', 'Dockerfile', 'a.txt'])
    assert.equal(build?.headers['content-type'], 'application/x-tar')
    assert.equal(build?.headers['x-registry-config'], undefined)
    assert.deepEqual(engine.calls, [
      'POST /v1.47/build?version=1&t=me%2Fapp%3A1&t=me%2Fapp&dockerfile=Dockerfile',
      `GET /v1.47/images/${encodeURIComponent(ID)}/json`,
    ])
  })

  it('tells how much of the context has gone', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    const heard: number[] = []
    await client.images.build({ dockerfileContent: DOCKERFILE, onProgress: (bytes) => heard.push(bytes) })
    const build = sentBuild(engine)
    assert.equal(heard.at(-1), build?.body.length)
    assert.deepEqual(
      heard,
      [...heard].sort((a, b) => a - b),
    )
    await assert.rejects(
      client.images.build({ dockerfileContent: DOCKERFILE, onProgress: true as never }),
      /onProgress/,
    )
  })

  it('sends every option by its wire name, false and 0 too', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    const options: EverySetting = Object.freeze({
      dockerfileContent: DOCKERFILE,
      buildArgs: Object.freeze({ A: 'x y', B: 1, C: null, D: '', E: undefined }),
      target: 'final',
      labels: { team: 'a' },
      noCache: false,
      pull: true,
      remove: false,
      forceRemove: true,
      platform: 'linux/amd64',
      network: 'none',
      shmSize: '64m',
      memory: 0,
      memorySwap: -1,
      cpuShares: 2,
      cpuPeriod: 3,
      cpuQuota: 4,
      cpusetCpus: '0-1',
      cpusetMems: '0',
      cgroupParent: '/x',
      extraHosts: { db: '10.0.0.2' },
      cacheFrom: ['a:1', 'b'],
      squash: false,
      isolation: 'default',
      securityOpt: ['a=b'],
      ulimits: ['nofile=1:2'],
      useBuildKit: false,
    })
    await client.images.build(options)
    const query = new URLSearchParams(sentBuild(engine)?.target.replace(/^.*\?/, ''))
    assert.deepEqual(Object.fromEntries(query), {
      version: '1',
      buildargs: '{"A":"x y","B":"1","C":null,"D":""}',
      target: 'final',
      labels: '{"team":"a"}',
      nocache: '0',
      pull: '1',
      rm: '0',
      forcerm: '1',
      platform: 'linux/amd64',
      networkmode: 'none',
      shmsize: '67108864',
      memory: '0',
      memswap: '-1',
      cpushares: '2',
      cpuperiod: '3',
      cpuquota: '4',
      cpusetcpus: '0-1',
      cpusetmems: '0',
      cgroupparent: '/x',
      extrahosts: 'db:10.0.0.2',
      cachefrom: '["a:1","b"]',
      squash: '0',
      isolation: 'default',
      securityopt: 'a=b',
      ulimits: '[{"Name":"nofile","Soft":1,"Hard":2}]',
      dockerfile: 'Dockerfile',
    })
  })

  it('sends a tar as it is, once', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    await client.images.build({ context: Buffer.from('tar'), dockerfile: 'sub/Dockerfile' })
    const streamed = client.images.build({ context: Readable.from([Buffer.from('tar')]) })
    for await (const _ of streamed.progress());
    assert.equal((await streamed).image.id, ID)
    const builds = engine.requests.filter(({ path }) => path === '/build')
    assert.deepEqual(
      builds.map(({ target, body }) => [target, body.toString()]),
      [
        ['/v1.47/build?version=1&dockerfile=sub%2FDockerfile', 'tar'],
        ['/v1.47/build?version=1', 'tar'],
      ],
    )
  })

  it('takes a Dockerfile from outside of the context', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    const folder = await temporaryFolder()
    await writeFiles(folder, { 'context/a.txt': 'a', 'other.Dockerfile': 'FROM other\n' })
    await client.images.build({
      context: join(folder, 'context'),
      dockerfile: join(folder, 'other.Dockerfile'),
    })
    const build = sentBuild(engine)
    const name = new URLSearchParams(build?.target.replace(/^.*\?/, '')).get('dockerfile')
    const sent = await listTar(Readable.from([build?.body ?? Buffer.alloc(0)]))
    assert.equal(sent.find((entry) => entry.name === name)?.content, 'FROM other\n')
  })

  it('lets the Engine fetch what is remote', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    await client.images.build({ remote: 'https://example.com/app.git#main' })
    assert.equal(
      engine.calls[0],
      'POST /v1.47/build?version=1&remote=https%3A%2F%2Fexample.com%2Fapp.git%23main',
    )
    assert.equal(sentBuild(engine)?.body.length, 0)
  })

  it('sends credentials in X-Registry-Config, under the names the Engine looks for', async (test) => {
    const { engine, client } = await start(test, { 'POST /build': saying(...BUILT) })
    const build = client.images.build({
      dockerfileContent: DOCKERFILE,
      auths: { 'docker.io': { username: 'a', password: 's3cret' }, 'r.io:5000': { registrytoken: 't' } },
      auth: { username: 'b', password: 's3cret', serveraddress: 'ghcr.io' },
    })
    await build
    const header = sentBuild(engine)?.headers['x-registry-config'] ?? ''
    const hub = 'https://index.docker.io/v1/'
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
      [hub]: { serveraddress: hub, username: 'a', password: 's3cret' },
      'r.io:5000': { serveraddress: 'r.io:5000', registrytoken: 't' },
      'ghcr.io': { serveraddress: 'ghcr.io', username: 'b', password: 's3cret' },
    })
    assert.doesNotMatch(inspect(build, { depth: 9, showHidden: true }), /s3cret/)
  })

  it('rejects a failing step with the log, the step and the exit code', async (test) => {
    const words = "The command '/bin/sh -c exit 3' returned a non-zero code: 3"
    const { client } = await start(test, {
      'POST /build': saying(
        { stream: 'Step 2/3 : RUN exit 3' },
        { stream: '\n' },
        { stream: 'oops\n' },
        { errorDetail: { code: 3, message: words }, error: words },
      ),
    })
    const failure = await failureOf(client.images.build({ dockerfileContent: DOCKERFILE }))
    assert.ok(failure instanceof BuildError)
    assert.deepEqual(
      [failure.code, failure.step, failure.exitCode, failure.log, failure.explanation],
      ['ERR_DOCKER_BUILD', '2/3 : RUN exit 3', 3, 'Step 2/3 : RUN exit 3\noops\n', words],
    )
    assert.equal(failure.message, `the build failed at step 2/3 : RUN exit 3: ${words}`)
  })

  it('says that it is the builder which knows no better', async (test) => {
    const words = 'the --mount option requires BuildKit.'
    const { client } = await start(test, { 'POST /build': saying({ errorDetail: { message: words } }) })
    assert.match(
      String(await failureOf(client.images.build({ dockerfileContent: DOCKERFILE }))),
      /classic builder/,
    )
  })

  it('takes the last id that was told, also when the image was squashed afterwards', async (test) => {
    const squashed = [{ aux: { ID } }, { stream: 'Successfully built dddddddddddd\n' }]
    const { engine, client } = await start(test, { 'POST /build': saying(...squashed) })
    await client.images.build({ dockerfileContent: DOCKERFILE })
    assert.equal(engine.calls[1], 'GET /v1.47/images/dddddddddddd/json')
  })

  it('rejects when it ends without an image', async (test) => {
    const { client } = await start(test, { 'POST /build': saying({ stream: 'Step 1/1 : FROM a' }) })
    const failure = await failureOf(client.images.build({ dockerfileContent: DOCKERFILE }))
    assert.ok(failure instanceof BuildError)
    assert.match(failure.message, /ended without an image/)
  })

  it('is cancelled by leaving the loop', async (test) => {
    const { engine, client } = await start(test, {
      'POST /build': async (call) => {
        await call.body()
        await call.write(chunkedHead('application/json'))
        await call.write(chunk('{"stream":"Step 1/2 : FROM a"}'))
        await call.takeOver().closed
      },
    })
    const build = client.images.build({ dockerfileContent: DOCKERFILE })
    for await (const { message } of build.progress()) {
      assert.match(message.stream ?? '', /Step/)
      break
    }
    await engine.closed(0)
  })

  const wrong: readonly [string, BuildOptions, RegExp][] = [
    ['nothing to build', {}, /needs a context/],
    ['a builder', { context: '.', builder: 'kaniko' as never }, /builder must be 'buildkit' or 'classic'/],
    [
      'a secret on the classic builder',
      { context: '.', secrets: { token: 'x' }, builder: 'classic' },
      /secrets needs BuildKit, and this build runs on the classic builder/,
    ],
    [
      'a Dockerfile beside a tar on the classic builder',
      { context: Buffer.alloc(0), dockerfileContent: 'x', builder: 'classic' },
      /dockerfileContent beside a tar or an address needs BuildKit/,
    ],
    [
      'a Dockerfile beside an address on the classic builder',
      { context: 'https://box/x.git', dockerfileContent: 'x', builder: 'classic' },
      /dockerfileContent beside a tar or an address needs BuildKit/,
    ],
    [
      'a Dockerfile beside a remote on the classic builder',
      { remote: 'https://box/x.git', dockerfileContent: 'x', builder: 'classic' },
      /dockerfileContent beside a tar or an address needs BuildKit/,
    ],
    [
      'files beside an address on the classic builder',
      { context: 'https://box/x.git', files: { a: 'x' }, builder: 'classic' },
      /files cannot be given with a context that the Engine fetches/,
    ],
    [
      'several platforms on the classic builder',
      { context: '.', platform: 'linux/amd64,linux/arm64', builder: 'classic' },
      /platform with several needs BuildKit/,
    ],
    ['a context beside a remote', { context: '.', remote: 'x' }, /context cannot be given with remote/],
    ['a context that is none', { context: 7 as never }, /context must be a Buffer or a stream, not 7/],
    ['a name', { context: '.', tag: 'A B' }, /'A B'/],
    ['a name with a digest', { context: '.', tags: [`a@${ID}`] }, /tags\[0\]: .* has a digest/],
    ['a size', { context: '.', memory: 'much' }, /memory must be .*'much'/],
    [
      'a misspelt option',
      { context: '.', buildargs: {} } as never,
      /unknown option 'buildargs': it is called buildArgs here/,
    ],
    [
      'credentials for nobody',
      { context: '.', auth: { username: 'a', password: 'b' } },
      /auth\.serveraddress/,
    ],
  ]
  for (const [what, options, message] of wrong) {
    it(`refuses ${what} before anything is sent`, async (test) => {
      const { engine, client } = await start(test, {})
      await assert.rejects(
        client.images.build(options),
        (error) => error instanceof InvalidArgumentError && message.test(error.message),
      )
      assert.deepEqual(engine.requests, [])
    })
  }

  it('refuses a folder that is not there, and sends nothing', async (test) => {
    const { engine, client } = await start(test, {})
    const failure = await failureOf(client.images.build({ context: '/not/here' }))
    assert.ok(failure instanceof InvalidArgumentError)
    assert.match(failure.message, /\/not\/here/)
    assert.deepEqual(engine.calls, [])
  })

  it('does not show a build argument that is of the wrong kind', async (test) => {
    const { client } = await start(test, {})
    const build = client.images.build({ context: '.', buildArgs: { TOKEN: ['s3cret'] as never } })
    await assert.rejects(build, (error) => {
      return (
        error instanceof InvalidArgumentError &&
        /buildArgs\.TOKEN/.test(error.message) &&
        !/s3cret/.test(inspect(error))
      )
    })
  })
})

/** The request that builds: one before it asks which builder the Engine prefers. */
function sentBuild({ requests }: FakeEngine) {
  return requests.find(({ path }) => path === '/build')
}

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.47') {
  const engine = await FakeEngine.start(test, { '*': json({ Id: ID }), ...scripts })
  return { engine, client: engine.client(test, { apiVersion }) }
}
