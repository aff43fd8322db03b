import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import { ApiError, Image, ImageLoadError, StreamError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { chunked, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const ID = `sha256:${'ab'.repeat(32)}`
const PATH = `GET /images/${encodeURIComponent(ID)}/json`
const AUTH = { username: 'me', password: 's3cret' }
const SUMMARY = {
  Id: ID,
  RepoTags: ['app:1', '<none>:<none>'],
  RepoDigests: ['<none>@<none>'],
  Labels: null,
}

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

  it('takes one platform, and sends nothing for several', async (test) => {
    const { engine, client } = await start(test, {})
    const pull = client.images.pull('alpine', { platform: 'linux/amd64,linux/arm64' })
    assert.match(String(await failureOf(pull)), /^InvalidArgumentError: platform must be like/)
    assert.deepEqual(engine.requests, [])
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
    await assert.rejects(
      client.images.pull('me/app:1', { allTags: true }),
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
    const sent = JSON.parse(Buffer.from(header, 'base64url').toString())
    assert.deepEqual(sent, { serveraddress: '127.0.0.1:5000', ...AUTH })
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
    assert.equal(Buffer.from(header, 'base64url').toString(), '{"serveraddress":"r.io","identitytoken":"t"}')
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
    await assert.rejects(client.images.push(`app@${digest}`), /has a digest/)
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

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.47') {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion })
  return { engine, client, image: new Image(client.api, { id: ID }) }
}
