import assert from 'node:assert/strict'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  type DockerClient,
  Image,
  ImageNotFoundError,
  InvalidArgumentError,
  InvalidVersionError,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { answer, chunked, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const ID = `sha256:${'ab'.repeat(32)}`
const PATH = `GET /images/${encodeURIComponent(ID)}/json`
const AUTH = { username: 'me', password: 's3cret' }
const SUMMARY = {
  Id: ID,
  RepoTags: ['app:1', '<none>:<none>'],
  RepoDigests: ['<none>@<none>'],
  Labels: null,
  ParentId: '',
  Created: 1,
  Size: 2,
  SharedSize: -1,
  Containers: -1,
}

describe('images.list', () => {
  it('is exactly one request, and gives images that know what it told', async (test) => {
    const { engine, client } = await start(test, { 'GET /images/json': json([SUMMARY]) })
    const [image] = await client.images.list({
      name: 'app',
      all: false,
      digests: true,
      sharedSize: true,
      filters: { label: 'x' },
    })
    assert.ok(image instanceof Image)
    assert.deepEqual([image.id, image.shortId], [ID, 'sha256:abababababab'])
    assert.deepEqual([image.tags, image.digests, image.labels], [['app:1'], [], {}])
    assert.deepEqual([image.attrs, image.summary], [undefined, SUMMARY])
    const filters = encodeURIComponent('{"label":{"x":true},"reference":{"app":true}}')
    assert.deepEqual(engine.calls, [
      `GET /v1.47/images/json?all=0&filters=${filters}&digests=1&shared-size=1`,
    ])
  })

  it('leaves the filters as they are, and does not guess which of two was meant', async (test) => {
    const { client } = await start(test, { 'GET /images/json': json([]) })
    const filters = Object.freeze({ label: 'x' })
    await client.images.list(Object.freeze({ name: 'a', filters }))
    assert.deepEqual(filters, { label: 'x' })
    assert.match(
      await refusal(client.images.list({ name: 'a', filters: { reference: 'b' } })),
      /^name and filters.reference exclude each other$/,
    )
  })
})

describe('images.get', () => {
  it('is one request, and knows what inspect told', async (test) => {
    const { engine, client } = await start(test, {
      'GET /images/app%3A1/json': json({ Id: ID, RepoTags: ['app:1'], Config: { Labels: { a: 'b' } } }),
      [PATH]: json({ Id: ID, RepoTags: null }),
    })
    const image = await client.images.get('app:1')
    assert.deepEqual([image.id, image.tags, image.labels], [ID, ['app:1'], { a: 'b' }])
    assert.deepEqual((await image.reload()).tags, [])
    assert.equal((await image.inspect()).Id, ID)
    assert.equal(engine.calls.length, 3)
  })

  it('asks for a platform in the form that inspect wants', async (test) => {
    const { engine, client } = await start(test, { '*': json({ Id: ID }) }, '1.51')
    await client.images.get('app', { platform: 'linux/arm/v7', manifests: true })
    const platform = encodeURIComponent('{"os":"linux","architecture":"arm","variant":"v7"}')
    assert.deepEqual(engine.calls, [`GET /v1.51/images/app/json?platform=${platform}&manifests=1`])
    const here = process.arch === 'x64' ? 'amd64' : process.arch
    for (const [word, parts] of [
      ['linux', { os: 'linux', architecture: here }],
      ['windows', { os: 'windows', architecture: here }],
      ['arm64', { os: 'linux', architecture: 'arm64' }],
      ['linux/aarch64', { os: 'linux', architecture: 'arm64' }],
      [{ os: 'linux' }, { os: 'linux' }],
    ] as const) {
      await client.images.get('app', { platform: word })
      const asked = new URL(engine.requests.at(-1)?.target ?? '', 'http://x').searchParams.get('platform')
      assert.deepEqual(JSON.parse(asked ?? ''), parts)
    }
    const old = await start(test, { '*': json({ Id: ID }) }, '1.47')
    assert.ok(
      (await failureOf(old.client.images.get('app', { platform: 'linux' }))) instanceof InvalidVersionError,
    )
  })

  it('rejects with ImageNotFoundError', async (test) => {
    const { client } = await start(test, { '*': json({ message: 'No such image: app' }, 404) })
    assert.ok((await failureOf(client.images.get('app'))) instanceof ImageNotFoundError)
    assert.ok((await failureOf(client.images.get(''))) instanceof InvalidArgumentError)
  })
})

describe('an image', () => {
  it('is tagged, told of, saved and removed by its id', async (test) => {
    const { engine, image } = await start(test, {
      '*': json([{ Untagged: 'app:1' }, { Deleted: ID }]),
      [`POST /images/${encodeURIComponent(ID)}/tag`]: empty(201),
    })
    await image.tag('localhost:5000/me/app:2')
    await image.tag('app')
    assert.equal((await image.history()).length, 2)
    assert.equal(await text(await image.save()), JSON.stringify([{ Untagged: 'app:1' }, { Deleted: ID }]))
    assert.deepEqual(await image.remove({ force: false, noPrune: true }), [
      { Untagged: 'app:1' },
      { Deleted: ID },
    ])
    const path = `/v1.47/images/${encodeURIComponent(ID)}`
    assert.deepEqual(engine.calls, [
      `POST ${path}/tag?repo=localhost%3A5000%2Fme%2Fapp&tag=2`,
      `POST ${path}/tag?repo=app`,
      `GET ${path}/history`,
      `GET ${path}/get`,
      `DELETE ${path}?force=0&noprune=1`,
    ])
  })

  it('is saved with the names that are asked for', async (test) => {
    const { engine, client } = await start(test, { '*': answer(200, {}, 'tar') })
    const attrs = { Id: ID, RepoTags: ['a:1', 'b:2'] }
    const image = new Image(client.api, { id: ID, attrs })
    for (const named of [true, 'b:2', ['a:1', 'b:2'], false] as const) await text(await image.save({ named }))
    await text(await new Image(client.api, { id: ID }).save({ named: true }))
    const both = 'GET /v1.47/images/get?names=a%3A1&names=b%3A2'
    const byId = `GET /v1.47/images/${encodeURIComponent(ID)}/get`
    assert.deepEqual(engine.calls, [both, 'GET /v1.47/images/b%3A2/get', both, byId, byId])
    assert.match(
      await refusal(image.save({ named: 'c:3' })),
      /named: 'c:3' is none of its names \(a:1, b:2\)/,
    )
    assert.equal(engine.calls.length, 5)
  })
})

describe('images.save, tag, remove, search, prune', () => {
  it('send exactly what was asked', async (test) => {
    const { engine, client } = await start(
      test,
      { '*': json(null), 'POST /images/app/tag': empty(201) },
      '1.51',
    )
    const { images } = client
    await text(await images.save('app:1', { platform: 'linux/arm64' }))
    await text(await images.save(['app:1', 'b']))
    await images.tag('app', 'me/app:2')
    await images.remove('app:1', { force: true, platforms: ['linux/arm64'] })
    await images.search('redis', { limit: 0, filters: { stars: 3 }, auth: AUTH })
    await images.prune({ filters: { label: 'x' } })
    await images.prune({ all: true })
    await images.pruneBuilds({ all: false, keepStorage: '1k', maxUsedSpace: 0 })
    const arm = encodeURIComponent('{"os":"linux","architecture":"arm64"}')
    const filters = (value: object) => `filters=${encodeURIComponent(JSON.stringify(value))}`
    assert.deepEqual(engine.calls, [
      `GET /v1.51/images/app%3A1/get?platform=${arm}`,
      'GET /v1.51/images/get?names=app%3A1&names=b',
      'POST /v1.51/images/app/tag?repo=me%2Fapp&tag=2',
      `DELETE /v1.51/images/app%3A1?force=1&platforms=${arm}`,
      `GET /v1.51/images/search?term=redis&limit=0&${filters({ stars: { 3: true } })}`,
      `POST /v1.51/images/prune?${filters({ label: { x: true } })}`,
      `POST /v1.51/images/prune?${filters({ dangling: { false: true } })}`,
      'POST /v1.51/build/prune?all=0&max-used-space=0&reserved-space=1024',
    ])
    const search = engine.requests.find(({ path }) => path === '/images/search')
    assert.ok(search?.headers['x-registry-auth'])
  })

  it('keep build cache in the words of older Engines', async (test) => {
    const { engine, client } = await start(test, { '*': json({}) })
    await client.images.pruneBuilds({ keepStorage: 5 })
    assert.deepEqual(engine.calls, ['POST /v1.47/build/prune?keep-storage=5'])
  })
})

describe('what cannot be right is refused before anything is sent', () => {
  const wrong: readonly [string, (client: DockerClient) => PromiseLike<unknown>, RegExp][] = [
    ['a name', ({ images }) => images.pull('Not A Name'), /'Not A Name'/],
    ['a name that is no string', ({ images }) => images.pull(7 as never), /name must be a string, not 7/],
    [
      'a misspelt option',
      ({ images }) => images.pull('a', { platfrom: 'x' } as never),
      /did you mean 'platform'/,
    ],
    [
      'a platform',
      ({ images }) => images.pull('a', { platform: 'a/b/c/d' }),
      /platform must be .*'a\/b\/c\/d'/,
    ],
    ['a flag', ({ images }) => images.list({ all: 'yes' as never }), /all must be true or false, not 'yes'/],
    ['a limit', ({ images }) => images.search('a', { limit: 1.5 }), /limit must be a whole number, not 1\.5/],
    ['an empty term', ({ images }) => images.search(''), /term must be/],
    ['no names', ({ images }) => images.save([]), /names must be/],
    ['an empty name', ({ images }) => images.save(['a', '']), /names must be/],
    ['a tag with a digest', ({ images }) => images.tag('a', `b@${ID}`), /has a digest/],
    ['no tar', ({ images }) => images.load('tar' as never), /tar must be a Buffer or a stream, not 'tar'/],
    [
      'two ways of one filter',
      ({ images }) => images.prune({ all: true, filters: { dangling: true } }),
      /^all and filters.dangling exclude each other$/,
    ],
    ['a size', ({ images }) => images.pruneBuilds({ keepStorage: 'much' }), /keepStorage must be .*'much'/],
    ['no registry name', ({ images }) => images.getRegistryData('A B'), /'A B'/],
  ]
  for (const [what, call, message] of wrong) {
    it(what, async (test) => {
      const { engine, client } = await start(test, {})
      assert.match(await refusal((async () => call(client))()), message)
      assert.deepEqual(engine.requests, [])
    })
  }

  it('credentials, without showing them', async (test) => {
    const { engine, client } = await start(test, {})
    for (const auth of ['me:s3cret', { username: 'me', password: ['s3cret'] }, { pasword: 's3cret' }, null]) {
      const failure = await failureOf((async () => client.images.pull('a', { auth: auth as never }))())
      assert.ok(failure instanceof InvalidArgumentError)
      assert.match(failure.message, /auth/)
      assert.doesNotMatch(inspect(failure), /s3cret/)
    }
    assert.deepEqual(engine.requests, [])
  })
})

describe('images.getRegistryData', () => {
  const attrs = {
    Descriptor: { digest: ID, mediaType: 'x', size: 1 },
    Platforms: [
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm', variant: 'v7' },
    ],
  }

  it('asks the registry with the credentials, again for a reload and for a pull', async (test) => {
    const { engine, client } = await start(test, {
      'GET /distribution/r.io/app%3A1/json': json(attrs),
      'POST /images/create': chunked('application/json'),
      '*': json({ Id: 'sha256:i' }),
    })
    const data = await client.images.getRegistryData('r.io/app:1', { auth: AUTH })
    assert.deepEqual([data.id, data.shortId, data.imageName], [ID, 'sha256:abababababab', 'r.io/app:1'])
    assert.deepEqual(data.platforms, attrs.Platforms)
    assert.equal((await (await data.reload()).pull()).id, 'sha256:i')
    const asked = engine.requests.filter(({ headers }) => headers['x-registry-auth'] !== undefined)
    assert.deepEqual(
      asked.map(({ target }) => target),
      [
        '/v1.47/distribution/r.io/app%3A1/json',
        '/v1.47/distribution/r.io/app%3A1/json',
        `/v1.47/images/create?fromImage=r.io%2Fapp&tag=${encodeURIComponent(ID)}`,
      ],
    )
    assert.doesNotMatch(inspect(data, { depth: 9, showHidden: true }), /s3cret/)
  })

  it('knows its platforms, and takes what is not said from the Engine', async (test) => {
    const { engine, client } = await start(test, {
      'GET /distribution/app/json': json(attrs),
      'GET /version': json({ Os: 'linux', Arch: 'amd64' }),
    })
    const data = await client.images.getRegistryData('app')
    const asked = ['linux/amd64', 'linux/arm', 'linux/arm/v7', 'linux/arm/v6', 'windows/amd64']
    const found = await Promise.all(asked.map((platform) => data.hasPlatform(platform)))
    assert.deepEqual(found, [true, true, true, false, false])
    assert.equal(engine.calls.length, 1)
    assert.equal(await data.hasPlatform('linux'), true)
    assert.equal(await data.hasPlatform({ architecture: 'arm' }), true)
    assert.equal(engine.calls.length, 3)
    assert.match(await refusal(data.hasPlatform('a/b/c/d')), /platform must be/)
  })

  it('says that the registry refused', async (test) => {
    const { client } = await start(test, { '*': json({ message: 'unauthorized' }, 401) })
    const failure = await failureOf(client.images.getRegistryData('r.io/app', { auth: AUTH }))
    assert.match(String(failure), /the registry r\.io answered 401/)
  })
})

async function refusal(promise: PromiseLike<unknown>): Promise<string> {
  const failure = await failureOf(promise)
  assert.ok(failure instanceof InvalidArgumentError, String(failure))
  return failure.message
}

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.47') {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion })
  return { engine, client, image: new Image(client.api, { id: ID }) }
}
