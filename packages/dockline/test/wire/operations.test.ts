import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { OPERATIONS } from '#src/api/since.gen.js'
import { type ApiClient, path, Segments } from '#src/doors/api.js'
import { ProtocolError } from '#src/index.js'
import {
  answer,
  chunked,
  empty,
  FakeEngine,
  json,
  type Received,
  type Script,
} from '../support/fake-engine.js'
import { callMethod, ID, METHODS, OPERATION_METHODS, YES } from '../support/operations.js'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const FACTS = fileURLToPath(new URL('../../../../../shared/engine-api', import.meta.url))
const AUTH = { username: 'me', password: 'æ?>', serveraddress: 'ghcr.io' }
/** As Go's `base64.URLEncoding` writes it. */
const AUTH_HEADER = 'eyJ1c2VybmFtZSI6Im1lIiwicGFzc3dvcmQiOiLDpj8-Iiwic2VydmVyYWRkcmVzcyI6ImdoY3IuaW8ifQ=='

describe('the low level', () => {
  it('has a method for every operation of the description', () => {
    const called = new Set(OPERATION_METHODS.map(({ operation }) => operation))
    assert.deepEqual([...called].sort(), Object.keys(OPERATIONS).sort())
    assert.equal(called.size, 108)
  })

  it('has no other methods than the ones that are told here', async (test) => {
    const { client } = await start(test, YES)
    const tags = Object.keys(client.api).filter((tag) => tag !== 'http')
    assert.deepEqual(tags.sort(), Object.keys(METHODS).sort())
    for (const [tag, methods] of Object.entries(METHODS)) {
      const own = Object.getOwnPropertyNames(Object.getPrototypeOf(client.api[tag as keyof ApiClient]))
      assert.deepEqual(own.sort(), ['constructor', ...Object.keys(methods)].sort(), tag)
    }
  })

  for (const method of OPERATION_METHODS) {
    const operation = OPERATIONS[method.operation]
    assert.ok(operation, `${method.operation} is no operation`)
    it(`asks for ${operation.method} ${operation.path} when ${method.name} is called`, async (test) => {
      const { engine, client } = await start(test, YES)
      const names = Object.keys(operation.query ?? {})
      const query = Object.fromEntries(names.map((name) => [name, name === 'filters' ? { a: 'x' } : 'x']))
      await callMethod(client.api, method, operation, { query, json: { any: 'thing' } })
      const { target } = engine.last
      const [route = '', search = ''] = target.split('?')
      assert.equal(engine.calls.length, target.startsWith('/_ping') ? 0 : 1)
      assert.equal(engine.last.method, operation.method)
      assert.equal(route, `${target.startsWith('/_ping') ? '' : '/v1.56'}${routeOf(operation.path)}`)
      assert.deepEqual([...new URLSearchParams(search).keys()].sort(), Object.keys(query).sort())
      assert.equal(bodyOf(engine.last), method.name === 'images.pull' ? undefined : operation.body)
    })
  }

  it('is generated from the facts as they are', {
    skip: existsSync(FACTS) ? false : 'no facts beside the checkout',
  }, async () => {
    await promisify(execFile)(process.execPath, ['scripts/generate-types.mjs', '--check'], { cwd: ROOT })
  })
})

/** What is called, what is sent, and what the description gets wrong about it. */
const ROWS: readonly (readonly [
  call: (api: ApiClient) => Promise<unknown>,
  sent: string,
  reply?: Script,
  gives?: unknown,
])[] = [
  [({ images }) => images.cancelBuild('1'), 'POST /build/cancel?id=1', json('')],
  [
    ({ images }) => images.pruneBuild({ 'keep-storage': 5 }),
    'POST /build/prune?keep-storage=5',
    json({}),
    {},
  ],
  [
    ({ containers }) => containers.listCheckpoints('x', { dir: '/d' }),
    'GET /containers/x/checkpoints?dir=%2Fd',
    json([{ Name: 'c' }]),
    [{ Name: 'c' }],
  ],
  [
    ({ containers }) => containers.createCheckpoint('x', { CheckpointID: 'c', Exit: true }),
    'POST /containers/x/checkpoints {"CheckpointID":"c","Exit":true}',
    empty(201),
  ],
  [
    ({ containers }) => containers.deleteCheckpoint('x', 'c', { dir: '/d' }),
    'DELETE /containers/x/checkpoints/c?dir=%2Fd',
  ],
  [
    ({ containers }) => containers.start('x', { checkpoint: 'c', 'checkpoint-dir': '/d' }),
    'POST /containers/x/start?checkpoint=c&checkpoint-dir=%2Fd',
  ],
  [
    async ({ containers }) => text((await containers.logs('x', { details: true })).stream),
    'GET /containers/x/logs?details=1',
    json(1),
    '1',
  ],
  [({ containers }) => containers.pause('x'), 'POST /containers/x/pause'],
  [
    ({ containers }) => containers.update('x', { Memory: 1 }),
    'POST /containers/x/update {"Memory":1}',
    json({ Warnings: null }),
    { Warnings: null },
  ],
  [({ containers }) => containers.changes('x'), 'GET /containers/x/changes', json(null), []],
  [
    ({ containers }) => all(containers.stats('x', { stream: false, 'one-shot': true })),
    'GET /containers/x/stats?stream=0&one-shot=1',
    json({ name: 's' }),
    [{ name: 's' }],
  ],
  [
    ({ containers }) => all(containers.stats('x')),
    'GET /containers/x/stats',
    chunked('application/json', '{"name":"1"}{"na', 'me":"2"}'),
    [{ name: '1' }, { name: '2' }],
  ],
  [
    ({ containers }) => containers.putArchive('x', { path: '/', copyUIDGID: true }, Buffer.from('tar')),
    'PUT /containers/x/archive?path=%2F&copyUIDGID=1 tar',
    empty(200),
  ],
  [
    async ({ images }) => text((await images.getAll({ names: ['a', 'b:1'] })).stream),
    'GET /images/get?names=a&names=b%3A1',
    answer(200, {}, 'tar'),
    'tar',
  ],
  [
    async ({ images }) => text((await images.get('a', { platform: [{ os: 'l' }, { os: 'w' }] })).stream),
    'GET /images/a/get?platform=%7B%22os%22%3A%22l%22%7D&platform=%7B%22os%22%3A%22w%22%7D',
    answer(200, {}, 'tar'),
    'tar',
  ],
  [
    ({ images }) => images.history('a', { platform: { os: 'l' } }),
    'GET /images/a/history?platform=%7B%22os%22%3A%22l%22%7D',
    json([]),
    [],
  ],
  [
    ({ images }) => images.inspect('a', { platform: { os: 'l', architecture: 'arm64' } }),
    'GET /images/a/json?platform=%7B%22os%22%3A%22l%22%2C%22architecture%22%3A%22arm64%22%7D',
    json({}),
    {},
  ],
  [
    ({ images }) => images.delete('a', { force: true, platforms: [{ os: 'l' }, { os: 'w' }] }),
    'DELETE /images/a?force=1&platforms=%7B%22os%22%3A%22l%22%7D&platforms=%7B%22os%22%3A%22w%22%7D',
    json([]),
    [],
  ],
  [
    ({ images }) => images.attestations('a', { type: ['x', 'y'], platform: [{ os: 'l' }] }),
    'GET /images/a/attestations?type=x&type=y&platform=%7B%22os%22%3A%22l%22%7D',
    json([]),
    [],
  ],
  [
    ({ images }) => images.commit({ container: 'x', changes: ['CMD a', 'ENV b=c'] }),
    'POST /commit?container=x&changes=CMD%20a&changes=ENV%20b%3Dc',
    json({ Id: 'i' }, 201),
    { Id: 'i' },
  ],
  [
    ({ images }) => all(images.load({ quiet: false }, Readable.from([Buffer.from('ta'), Buffer.from('r')]))),
    'POST /images/load?quiet=0 tar',
    chunked('application/json', '{"stream":"Loaded"}'),
    [{ stream: 'Loaded' }],
  ],
  [
    ({ images }) =>
      all(images.build({ t: ['a', 'b'], extrahosts: ['h:1', 'i:2'], rm: false }, Buffer.from('tar'))),
    'POST /build?t=a&t=b&extrahosts=h%3A1&extrahosts=i%3A2&rm=0 tar',
    json({ stream: 's' }),
    [{ stream: 's' }],
  ],
  [
    ({ images }) =>
      all(images.build({ buildargs: { A: '1', B: null }, labels: { l: '' }, cachefrom: ['a', 'b'] })),
    `POST /build?buildargs=${encodeURIComponent('{"A":"1","B":null}')}&labels=${encodeURIComponent('{"l":""}')}&cachefrom=${encodeURIComponent('["a","b"]')}`,
    json({}),
    [{}],
  ],
  [
    ({ images }) =>
      all(
        images.build({
          ulimits: [{ Name: 'n', Soft: 1, Hard: 2 }],
          outputs: [{ Type: 'tar' }],
          session: 's',
          buildid: 'i',
          version: '2',
          remote: 'client-session',
        }),
      ),
    `POST /build?ulimits=${encodeURIComponent('[{"Name":"n","Soft":1,"Hard":2}]')}&outputs=${encodeURIComponent('[{"Type":"tar"}]')}&session=s&buildid=i&version=2&remote=client-session`,
    json({}),
    [{}],
  ],
  [
    ({ system }) => system.df({ type: ['image', 'volume'], verbose: true }),
    'GET /system/df?type=image&type=volume&verbose=1',
    json({}),
    {},
  ],
  [
    async ({ volumes }) => (await volumes.create()).Name,
    'POST /volumes/create {}',
    json({ Name: 'v' }, 201),
    'v',
  ],
  [
    ({ plugins }) => all(plugins.pull({ remote: 'a/b' }, [{ Name: 'network', Value: ['host'] }])),
    'POST /plugins/pull?remote=a%2Fb [{"Name":"network","Value":["host"]}]',
    json({ status: 's' }),
    [{ status: 's' }],
  ],
  [
    ({ plugins }) => all(plugins.upgrade('a/b', { remote: 'a/b:2' }, [])),
    'POST /plugins/a/b/upgrade?remote=a%2Fb%3A2 []',
    json({ status: 's' }),
    [{ status: 's' }],
  ],
  [({ plugins }) => plugins.delete('a/b', { force: true }), 'DELETE /plugins/a/b?force=1', empty(200)],
  [
    ({ swarm }) => swarm.init({ ListenAddr: '127.0.0.1' }),
    'POST /swarm/init {"ListenAddr":"127.0.0.1"}',
    json('node'),
    'node',
  ],
  [
    ({ http }) =>
      http.json({ method: 'GET', path: path`/images/${new Segments('a/b')}/x`, query: { q: [1, 2] } }),
    'GET /images/a/b/x?q=1&q=2',
    json(3),
    3,
  ],
]

describe('where an Engine differs from its description', () => {
  for (const [call, sent, reply = empty(), gives] of ROWS) {
    it(`sends ${decodeURIComponent(sent)}`, async (test) => {
      const { engine, client } = await start(test, reply)
      assert.deepEqual(await call(client.api), gives)
      const { method, target, body } = engine.last
      assert.equal(`${method} ${target} ${body}`.trimEnd(), sent.replace(' /', ' /v1.56/'))
    })
  }

  it('reads what the header tells of a path', async (test) => {
    const stat = { name: 'hosts', size: 5, mode: 0o644, mtime: '2026-01-01T00:00:00Z', linkTarget: '/æ?>' }
    const header = Buffer.from(JSON.stringify(stat)).toString('base64')
    const { client } = await start(test, answer(200, { 'X-Docker-Container-Path-Stat': header }, 'tar'))
    const { stat: told, stream } = await client.api.containers.getArchive('x', { path: '/etc/hosts' })
    assert.deepEqual(told, stat)
    assert.equal(await text(stream), 'tar')
  })

  it('says so when a path comes without the header', async (test) => {
    const { client } = await start(test, answer(200, {}))
    await assert.rejects(client.api.containers.statArchive('x', { path: '/' }), ProtocolError)
  })

  it('tells the registry who asks, padded as Go wants it', async (test) => {
    const { engine, client } = await start(test, YES)
    const { images, plugins, services, distribution } = client.api
    const options = { registryAuth: AUTH }
    await all(images.pull({ fromImage: 'a' }, options))
    await all(images.push('a', {}, options))
    await images.search({ term: 'a' }, options)
    await distribution.inspect('a', options)
    await plugins.privileges({ remote: 'a' }, options)
    await all(plugins.pull({ remote: 'a' }, [], options))
    await all(plugins.upgrade('a', { remote: 'a' }, [], options))
    await all(plugins.push('a', options))
    await services.create({ Name: 'a' }, options)
    await services.update('a', { version: 1 }, {}, { registryAuth: AUTH_HEADER })
    const sent = engine.requests
      .filter(({ path }) => path !== '/_ping')
      .map(({ headers }) => headers['x-registry-auth'])
    assert.deepEqual(sent, Array(10).fill(AUTH_HEADER))
  })

  it('pushes as nobody where nobody is named, and pulls without a word about it', async (test) => {
    const { engine, client } = await start(test, YES)
    await all(client.api.images.push('a'))
    assert.equal(engine.last.headers['x-registry-auth'], 'e30=')
    await all(client.api.images.pull({ fromImage: 'a' }))
    assert.equal(engine.last.headers['x-registry-auth'], undefined)
  })

  it('builds with what it knows of registries', async (test) => {
    const { engine, client } = await start(test, YES)
    await all(client.api.images.build({}, Buffer.from('tar'), { registryConfig: { 'ghcr.io': AUTH } }))
    const { headers } = engine.last
    assert.deepEqual(JSON.parse(Buffer.from(headers['x-registry-config'] ?? '', 'base64url').toString()), {
      'ghcr.io': AUTH,
    })
    assert.equal(headers['content-type'], 'application/x-tar')
  })

  it('reads events of every age', async (test) => {
    const old = '{"status":"start","id":"x","from":"a","Type":"container","Action":"start"}\n'
    const sequence = '\x1e{"Type":"container","Action":"die"}\n'
    const { client } = await start(test, chunked('application/json-seq', old, sequence))
    const events = await all(client.api.system.events())
    assert.deepEqual(
      events.map(({ Action, status }) => [Action, status]),
      [
        ['start', 'start'],
        ['die', undefined],
      ],
    )
  })

  it('asks for the protocol it wants', async (test) => {
    const { engine, client } = await start(test, YES)
    const { system, containers } = client.api
    for (const open of [
      () =>
        system.session({ 'x-docker-expose-session-uuid': 'u', 'x-docker-expose-session-grpc-method': ['a'] }),
      () => system.grpc(),
      () => containers.attachWebsocket('x', { stream: true }),
    ]) {
      const { socket } = await open()
      socket.destroy()
    }
    const [session, grpc, ws] = engine.requests.filter(({ path }) => path !== '/_ping')
    assert.deepEqual(
      [session?.headers.upgrade, grpc?.headers.upgrade, ws?.headers.upgrade],
      ['h2c', 'h2c', 'websocket'],
    )
    assert.equal(session?.headers['x-docker-expose-session-uuid'], 'u')
    assert.equal(ws?.headers['sec-websocket-version'], '13')
    assert.equal(Buffer.from(ws?.headers['sec-websocket-key'] ?? '', 'base64').length, 16)
  })
})

async function start(test: TestContext, reply: Script) {
  const ping = answer(200, { 'Api-Version': '1.56' })
  const engine = await FakeEngine.start(test, { 'HEAD /_ping': ping, '*': reply })
  return { engine, client: engine.client(test) }
}

/** Names of images and plugins keep their slashes; everything else in them, and in any id, is encoded. */
function routeOf(template: string): string {
  const keepsSlashes = /^\/(images|plugins|distribution)\//.test(template)
  const encoded = encodeURIComponent(ID)
  return template.replace(/\{\w+\}/, keepsSlashes ? encoded.replace('%2F', '/') : encoded)
}

function bodyOf({ headers, body }: Received): 'json' | 'bytes' | undefined {
  if (body.length === 0) return undefined
  return headers['content-type'] === 'application/json' ? 'json' : 'bytes'
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}
