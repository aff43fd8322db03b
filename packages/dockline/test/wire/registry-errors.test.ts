import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import {
  ApiError,
  BuildError,
  type DockerClient,
  ImageNotFoundError,
  NotFoundError,
  RegistryError,
  StreamError,
} from '#src/index.js'
import { asRegistryBuildError } from '#src/models/registry/refusal.js'
import { failureOf } from '../support/failure.js'
import { chunked, FakeEngine, json, type Script, type Scripts } from '../support/fake-engine.js'

const NAME = 'r.io/team/app:v1'
const TOO_MANY = 'toomanyrequests: You have reached your pull rate limit.'
const refuse = (message: string, status = 500) => json({ message }, status)
const inStream = (message: string) =>
  chunked('application/json', JSON.stringify({ errorDetail: { message }, error: message }))

describe('a registry that refuses', () => {
  for (const [words, script, status, code, hint] of [
    [
      'no basic auth credentials',
      refuse('Head "https://r.io/v2/": no basic auth credentials'),
      401,
      'UNAUTHORIZED',
      /401/,
    ],
    [
      'unauthorized with a status of its own',
      refuse('unauthorized: authentication required', 401),
      401,
      'UNAUTHORIZED',
      /401/,
    ],
    ['denied', refuse('denied: requested access to the resource is denied', 403), 403, 'DENIED', /denied it/],
    ['a status without known words', refuse('go away', 403), 403, 'DENIED', /denied it/],
    [
      'too many requests',
      refuse(TOO_MANY),
      429,
      'RATE_LIMIT',
      /limits how often it is asked: log in, or wait/,
    ],
    ['too many requests with a status of its own', refuse('slow down', 429), 429, 'RATE_LIMIT', /limits/],
    [
      'a failure of its own',
      refuse('received unexpected HTTP status: 503 Service Unavailable'),
      503,
      '',
      undefined,
    ],
    [
      'no TLS',
      refuse('Get "https://r.io/v2/": http: server gave HTTP response to HTTPS client'),
      500,
      '',
      /does not trust/,
    ],
    ['no answer', refuse('Get "https://r.io/v2/": dial tcp 10.0.0.1:443: i/o timeout'), 500, '', undefined],
  ] as readonly (readonly [string, Script, number, string, RegExp | undefined])[]) {
    it(`with ${words} is a RegistryError and an ApiError`, async (test) => {
      const client = await start(test, { 'POST /images/create': script, '*': script })
      for (const call of [() => client.images.pull(NAME), () => client.images.getRegistryData(NAME)]) {
        const error = await failureOf(call())
        assert.ok(error instanceof RegistryError && error instanceof ApiError, String(error))
        assert.deepEqual([error.registry, error.repository, error.status], ['r.io', 'team/app', status])
        assert.equal(error.code, `ERR_DOCKER_REGISTRY${code === '' ? '' : '_'}${code}`)
        assert.equal(error.name, 'RegistryError')
        if (hint === undefined) assert.equal(error.hint, undefined)
        else assert.match(error.hint ?? '', hint)
      }
    })
  }

  it('that nobody named, and that does not answer, is named with the image in the hint', async (test) => {
    const script = refuse(
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
    )
    const client = await start(test, { 'POST /images/create': script })
    const error = await failureOf(client.images.pull('team/app'))
    assert.ok(error instanceof RegistryError, String(error))
    assert.match(error.hint ?? '', /asked docker\.io for team\/app/)
  })

  for (const [words, status, code] of [
    [TOO_MANY, 429, 'ERR_DOCKER_REGISTRY_RATE_LIMIT'],
    ['unauthorized: authentication required', 401, 'ERR_DOCKER_REGISTRY_UNAUTHORIZED'],
    ['denied: requested access to the resource is denied', 403, 'ERR_DOCKER_REGISTRY_DENIED'],
    ['name unknown: repository name not known to registry', 404, 'ERR_DOCKER_REGISTRY_NOT_FOUND'],
    ['Get "https://r.io/v2/": EOF', undefined, 'ERR_DOCKER_REGISTRY'],
    ['EOF', undefined, 'ERR_DOCKER_REGISTRY'],
    ['unknown: boom', undefined, 'ERR_DOCKER_REGISTRY'],
    ['write tcp 127.0.0.1:1->10.0.0.1:443: connection reset by peer', undefined, 'ERR_DOCKER_REGISTRY'],
    ["error parsing HTTP 418 response body: invalid character '<'", 418, 'ERR_DOCKER_REGISTRY'],
  ] as const) {
    it(`inside a stream with '${words}' is a StreamError too`, async (test) => {
      const client = await start(test, { '*': inStream(words) })
      for (const call of [() => client.images.push(NAME), () => client.images.pull(NAME)]) {
        const error = await failureOf(call())
        assert.ok(error instanceof RegistryError && error instanceof StreamError, String(error))
        assert.deepEqual([error.registry, error.repository], ['r.io', 'team/app'])
        assert.deepEqual([error.status, error.code], [status, code])
      }
    })
  }

  it('is the registry of Docker Hub where a name has none', async (test) => {
    const client = await start(test, { '*': inStream(TOO_MANY) })
    const error = await failureOf(client.images.pull('busybox'))
    assert.ok(error instanceof RegistryError)
    assert.deepEqual([error.registry, error.repository], ['docker.io', 'busybox'])
  })

  it('without the image is still an ImageNotFoundError with its code', async (test) => {
    const words = `pull access denied for ${NAME}, repository does not exist or may require 'docker login'`
    for (const [message, type] of [
      [`manifest for ${NAME} not found: manifest unknown`, ImageNotFoundError],
      [`${words}: denied: requested access to the resource is denied`, ImageNotFoundError],
      ['repository r.io/team/app not found: name unknown', NotFoundError],
    ] as const) {
      const client = await start(test, { '*': refuse(message, 404) })
      const error = await failureOf(client.images.pull(NAME))
      assert.ok(error instanceof type && error instanceof RegistryError)
      assert.equal(error.code, new type({ status: 404, method: '', path: '', explanation: '' }).code)
      assert.deepEqual([error.registry, error.status, error.name], ['r.io', 404, type.name])
    }
  })

  it('a login or a search has no repository', async (test) => {
    const client = await start(test, {
      'POST /auth': refuse('Get "https://r.io/v2/": unauthorized: incorrect username or password', 401),
      'GET /images/search': refuse('Unexpected status code 429'),
    })
    const login = { username: 'me', password: 's3cret', serveraddress: 'r.io', store: false }
    for (const [call, status] of [
      [() => client.login(login), 401],
      [() => client.images.search('r.io/x'), 429],
    ] as const) {
      const error = await failureOf(call())
      assert.ok(error instanceof RegistryError && error instanceof ApiError, String(error))
      assert.deepEqual([error.registry, error.repository, error.status], ['r.io', undefined, status])
      assert.doesNotMatch(error.message, /s3cret/)
    }
  })

  it('with 500 to a login is a RegistryError with that status', async (test) => {
    const words = 'login attempt to http://127.0.0.1:5613/v2/ failed with status: 500 Internal Server Error'
    const client = await start(test, { 'POST /auth': refuse(words) })
    const login = { username: 'me', password: 's3cret', serveraddress: '127.0.0.1:5613', store: false }
    const error = await failureOf(client.login(login))
    assert.ok(error instanceof RegistryError && error instanceof ApiError, String(error))
    assert.deepEqual(
      [error.registry, error.status, error.code],
      ['127.0.0.1:5613', 500, 'ERR_DOCKER_REGISTRY'],
    )
  })

  for (const [words, status] of [
    ['unexpected status from HEAD request to http://127.0.0.1:5613/v2/x/manifests/7: 502 Bad Gateway', 502],
    ['unexpected status from GET request to https://r.io/v2/x/manifests/7: 403 Forbidden', 403],
    ['unexpected status from HEAD request to http://127.0.0.1:5613/v2/x/manifests/7: cut', undefined],
    ['unexpected status code https://r.io/v2/x/blobs/123: 500 Internal Server Error', 500],
    ['pulling from host 10.20.30.40 failed with status code [manifests 7]: 503 Service Unavailable', 503],
    ['failed to authorize: failed to fetch oauth token: unexpected status: 418', 418],
    ['received unexpected HTTP status: 503 Service Unavailable', 503],
  ] as const) {
    it(`has the status ${status} in a build that fails with '${words}'`, () => {
      for (const [step, explanation] of [
        [`[internal] load metadata for ${NAME}`, words],
        ['exporting to image', `failed to push ${NAME}: ${words}`],
      ] as const) {
        const error = asRegistryBuildError(new BuildError({ explanation, step, log: '' }))
        assert.ok(error instanceof RegistryError && error instanceof BuildError, String(error))
        assert.deepEqual([error.registry, error.repository, error.status], ['r.io', 'team/app', status])
      }
    })
  }

  it('a build is a BuildError too, and a command that writes such words is none of it', async (test) => {
    const step = (words: string) => JSON.stringify({ stream: `Step 1/2 : ${words}\n` })
    const failing = (words: string, message: string, code?: number) =>
      chunked(
        'application/json',
        step(words),
        JSON.stringify({ errorDetail: { message, code }, error: message }),
      )
    const refused = await start(test, {
      '*': failing(`FROM --platform=linux/amd64 ${NAME} AS base`, TOO_MANY),
    })
    const error = await failureOf(build(refused))
    assert.ok(error instanceof RegistryError && error instanceof BuildError, String(error))
    assert.deepEqual([error.registry, error.repository, error.status], ['r.io', 'team/app', 429])
    assert.deepEqual([error.code, error.name], ['ERR_DOCKER_BUILD', 'BuildError'])
    for (const script of [
      failing('RUN ./unauthorized', 'unauthorized: x', 1),
      failing('RUN echo denied: x', 'denied: x'),
      failing('COPY a b', 'COPY failed: no source files'),
    ]) {
      const other = await failureOf(build(await start(test, { '*': script })))
      assert.ok(other instanceof BuildError && !(other instanceof RegistryError), String(other))
    }
  })

  it('is not to blame for other errors', async (test) => {
    for (const script of [
      inStream('failed to register layer: no space left on device'),
      inStream('An image does not exist locally with the tag: r.io/team/app'),
      refuse('out of order'),
    ]) {
      const error = await failureOf((await start(test, { '*': script })).images.push(NAME))
      assert.ok(!(error instanceof RegistryError), String(error))
    }
    assert.ok(
      !(new Error('x') instanceof RegistryError) && !((undefined as unknown) instanceof RegistryError),
    )
  })
})

const build = (client: DockerClient) =>
  client.images.build({ dockerfileContent: 'FROM x', builder: 'classic' })

async function start(test: TestContext, scripts: Scripts): Promise<DockerClient> {
  return (await FakeEngine.start(test, scripts)).client(test, { apiVersion: '1.47' })
}
