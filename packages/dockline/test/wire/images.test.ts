import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  ApiError,
  type DockerClient,
  Image,
  ImageLoadError,
  ImageNotFoundError,
  InvalidArgumentError,
  InvalidVersionError,
  StreamError,
} from 'dockline'
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
      /only one of the two/,
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
    assert.match(await refusal(image.save({ named: 'c:3' })), /named: 'c:3' is none of \["a:1","b:2"\]/)
    assert.equal(engine.calls.length, 5)
  })
})

describe('images.pull', () => {
  it('tells its progress and ends in an image, in two requests', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/create': chunked('application/json', '{"status":"a"}\r\n{"status":"b","id":"x"}\r\n'),
      '*': json({ Id: ID }),
    })
    const pull = client.images.pull('ghcr.io/me/app', { platform: 'linux/arm64' })
    const seen: unknown[] = []
    for await (const { message } of pull.progress()) seen.push(message)
    assert.deepEqual(seen, [{ status: 'a' }, { status: 'b', id: 'x' }])
    assert.equal((await pull).id, ID)
    assert.deepEqual(engine.calls, [
      'POST /v1.47/images/create?fromImage=ghcr.io%2Fme%2Fapp&tag=latest&platform=linux%2Farm64',
      'GET /v1.47/images/ghcr.io/me/app%3Alatest/json',
    ])
    assert.equal(engine.requests[0]?.headers['x-registry-auth'], undefined)
  })

  it('is sent once however often it is awaited, and not before', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/create': chunked('application/json', '{"status":"a"}'),
      '*': json({ Id: ID }),
    })
    const pull = client.images.pull('alpine:3.20')
    assert.deepEqual(engine.requests, [], 'nothing is sent before it is awaited')
    assert.deepEqual([(await pull).id, (await pull).id], [ID, ID])
    assert.deepEqual(engine.calls, [
      'POST /v1.47/images/create?fromImage=alpine&tag=3.20',
      'GET /v1.47/images/alpine%3A3.20/json',
    ])
  })

  it('pulls by digest', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/create': chunked('application/json'),
      '*': json({}),
    })
    await client.images.pull(`alpine:3@${ID}`)
    assert.deepEqual(engine.calls, [
      `POST /v1.47/images/create?fromImage=alpine&tag=${encodeURIComponent(ID)}`,
      `GET /v1.47/images/alpine%40${encodeURIComponent(ID)}/json`,
    ])
  })

  it('pulls all tags where that is said, and gives all images', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/create': chunked('application/json', '{"status":"a"}'),
      'GET /images/json': json([SUMMARY, { ...SUMMARY, Id: 'sha256:b' }]),
    })
    const images = await client.images.pull('me/app', { allTags: true })
    assert.deepEqual(
      images.map(({ id }) => id),
      [ID, 'sha256:b'],
    )
    const filters = encodeURIComponent('{"reference":{"me/app":true}}')
    assert.deepEqual(engine.calls, [
      'POST /v1.47/images/create?fromImage=me%2Fapp',
      `GET /v1.47/images/json?filters=${filters}`,
    ])
    assert.throws(
      () => client.images.pull('me/app:1', { allTags: true }),
      /allTags: 'me\/app:1' names one image/,
    )
  })

  it('sends credentials in a header, and shows them nowhere', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/create': json({ message: 'unauthorized: authentication required' }, 500),
    })
    const pull = client.images.pull('127.0.0.1:5000/app', { auth: AUTH })
    const failure = await failureOf(pull)
    assert.ok(failure instanceof ApiError)
    assert.match(failure.message, /the registry 127\.0\.0\.1:5000 answered 401: is auth right\?/)
    const header = engine.last.headers['x-registry-auth'] ?? ''
    assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), AUTH)
    assert.equal(header.length % 4, 0)
    for (const one of [failure, pull])
      assert.doesNotMatch(inspect(one, { depth: 9, showHidden: true }), /s3cret/)
    assert.doesNotMatch(engine.last.target, /s3cret/)
  })

  it('says who refused when it had no credentials', async (test) => {
    const words = 'Head "https://r.io/v2/app/manifests/1": no basic auth credentials'
    const { client } = await start(test, { '*': json({ message: words }, 500) })
    const failure = await failureOf(client.images.pull('r.io/app:1'))
    assert.match(String(failure), /the registry r\.io answered 401: does it want auth/)
  })
})

describe('a refusal', () => {
  it('is not read into the name of an image', async (test) => {
    const words = 'manifest for me/unauthorized:1 not found: manifest unknown'
    const { client } = await start(test, { '*': json({ message: words }, 404) })
    assert.doesNotMatch(String(await failureOf(client.images.pull('me/unauthorized:1'))), /401/)
  })
})

describe('images.push', () => {
  const digest = `sha256:${'cd'.repeat(32)}`
  const said = [
    { status: 'The push refers to repository [r.io/app]' },
    { status: `1: digest: ${digest} size: 527` },
    { progressDetail: {}, aux: { Tag: '1', Digest: digest, Size: 527 } },
  ]

  it('always sends X-Registry-Auth, and gives what the registry has now', async (test) => {
    const { engine, client } = await start(test, {
      '*': chunked('application/json', ...said.map((m) => JSON.stringify(m))),
    })
    assert.deepEqual(await client.images.push('r.io/app:1'), {
      name: 'r.io/app:1',
      tag: '1',
      digest,
      size: 527,
    })
    assert.equal(engine.last.headers['x-registry-auth'], 'e30=')
    await client.images.push('r.io/app', { auth: { identitytoken: 't' } })
    const header = engine.last.headers['x-registry-auth'] ?? ''
    assert.equal(Buffer.from(header, 'base64url').toString(), '{"identitytoken":"t"}')
    assert.equal((await client.images.push('r.io/app', { allTags: true })).length, 1)
    assert.deepEqual(engine.calls, [
      'POST /v1.47/images/r.io/app/push?tag=1',
      'POST /v1.47/images/r.io/app/push?tag=latest',
      'POST /v1.47/images/r.io/app/push',
    ])
  })

  it('rejects with an error in the stream, in plain words when it was a 401', async (test) => {
    const { client } = await start(test, {
      '*': chunked('application/json', '{"errorDetail":{"message":"unauthorized: authentication required"}}'),
    })
    const failure = await failureOf(client.images.push('r.io/app', { auth: AUTH }))
    assert.ok(failure instanceof StreamError)
    assert.match(failure.message, /the registry r\.io answered 401/)
  })

  it('refuses a digest, which is not for the pusher to choose', async (test) => {
    const { engine, client } = await start(test, {})
    assert.throws(() => client.images.push(`app@${digest}`), /has a digest/)
    assert.deepEqual(engine.requests, [])
  })
})

describe('images.load', () => {
  const loaded = ['Loaded image: a:1\n', 'Loaded image: a:2\n', `Loaded image ID: ${ID}\n`]

  it('gives each image once, by whatever name it was told of', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/load': chunked('application/json', ...loaded.map((stream) => JSON.stringify({ stream }))),
      'GET /images/a%3A1/json': json({ Id: 'sha256:a' }),
      'GET /images/a%3A2/json': json({ Id: 'sha256:a' }),
      [PATH]: json({ Id: ID }),
    })
    const images = await client.images.load(Readable.from([Buffer.from('ta'), Buffer.from('r')]), {
      quiet: false,
    })
    assert.deepEqual(
      images.map(({ id }) => id),
      ['sha256:a', ID],
    )
    const [load] = engine.requests
    assert.equal(load?.body.toString(), 'tar')
    assert.equal(load?.headers['content-type'], 'application/x-tar')
    assert.equal(engine.calls[0], 'POST /v1.47/images/load?quiet=0')
  })

  it('rejects with ImageLoadError when the archive is none', async (test) => {
    const { client } = await start(test, {
      '*': chunked('application/json', '{"errorDetail":{"message":"invalid tar header"},"error":"x"}'),
    })
    const failure = await failureOf(client.images.load(new Uint8Array(3)))
    assert.ok(failure instanceof ImageLoadError)
    assert.deepEqual([failure.code, failure.message], ['ERR_DOCKER_IMAGE_LOAD', 'invalid tar header'])
  })

  it('rejects with the error of its source', async (test) => {
    const { client } = await start(test, { '*': json({}) })
    const source = new Readable({ read: () => source.destroy(new Error('disk')) })
    assert.match(String(await failureOf(client.images.load(source))), /disk/)
  })
})

describe('images.import', () => {
  it('gives the image by the id that was told, with and without a name', async (test) => {
    const { engine, client } = await start(test, {
      'POST /images/create': chunked('application/json', JSON.stringify({ status: ID })),
      [PATH]: json({ Id: ID }),
    })
    const changes = Object.freeze(['CMD ["sh"]', 'ENV A=b'])
    const options = { repository: 'me/app', changes, message: '' }
    assert.equal((await client.images.import(Buffer.from('tar'), options)).id, ID)
    assert.equal((await client.images.import(Buffer.from('tar'))).id, ID)
    assert.deepEqual(
      engine.calls.filter((call) => call.startsWith('POST')),
      [
        'POST /v1.47/images/create?fromSrc=-&repo=me%2Fapp&tag=latest&message=&changes=CMD%20%5B%22sh%22%5D&changes=ENV%20A%3Db',
        'POST /v1.47/images/create?fromSrc=-',
      ],
    )
  })
})

describe('images.save, tag, remove, search, prune', () => {
  it('send exactly what was asked', async (test) => {
    const { engine, client } = await start(
      test,
      { '*': json([]), 'POST /images/app/tag': empty(201) },
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
    ['no tar', ({ images }) => images.load('tar' as never), /tar must be a Buffer or a Readable, not 'tar'/],
    [
      'two ways of one filter',
      ({ images }) => images.prune({ all: true, filters: { dangling: true } }),
      /only one/,
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
