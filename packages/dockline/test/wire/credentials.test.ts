import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import type { Plugin as PluginAttrs } from '#src/doors/api.js'
import {
  type ClientOptions,
  type CredentialProvider,
  CredentialsError,
  type DockerClient,
  InvalidArgumentError,
  Plugin,
  TimeoutError,
} from '#src/index.js'
import { aConfig, aHelper, aProgram, base64, type ConfigPlace } from '../support/credentials.js'
import { failureOf } from '../support/failure.js'
import { chunked, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const HUB = 'https://index.docker.io/v1/'
const SECRET = /s3cret|czNjcmV0|OnMzY3JldA/
const OF_R = { serveraddress: 'r.io', username: 'me', password: 's3cret' }
const YOU = { username: 'you', password: 'own' }
const OF_HUB = { serveraddress: HUB, username: 'hub', password: 's3cret' }
const AUTHS = { 'r.io': { auth: base64('me:s3cret') }, [HUB]: { auth: base64('hub:s3cret') } }
const PUSHED = '{"status":"1: digest: sha256:a size: 1"}'
const PLUGIN = {
  Id: 'p',
  Name: 'r.io/p:1',
  PluginReference: 'r.io/p:1',
  Enabled: false,
  Settings: {},
} as unknown as PluginAttrs

const SCRIPTS: Scripts = {
  'POST /images/create': chunked('application/json'),
  'POST /images/r.io/a/push': chunked('application/json', PUSHED),
  'POST /images/s.io/a/push': chunked('application/json', PUSHED),
  'GET /images/search': json([]),
  'GET /distribution/r.io/a/json': json({
    Descriptor: { digest: `sha256:${'ab'.repeat(32)}` },
    Platforms: [],
  }),
  'POST /build': chunked('application/json', '{"stream":"Successfully built abc\\n"}'),
  'GET /plugins/privileges': json([]),
  'POST /plugins/pull': chunked('application/json'),
  'POST /plugins/r.io/p%3A1/push': chunked('application/json'),
  'POST /plugins/r.io/p%3A1/upgrade': chunked('application/json'),
  'POST /services/create': json({ ID: 's1' }, 201),
  'POST /services/s1/update': json({}),
  'GET /services/s1': json({ ID: 's1', Version: { Index: 1 }, Spec: { TaskTemplate: {} } }),
  'POST /auth': json({ Status: 'Login Succeeded', IdentityToken: '' }),
  '*': json({ Id: 'x', ...PLUGIN }),
}

interface Asking {
  readonly call: (client: DockerClient) => PromiseLike<unknown>
  /** The request that has the header. */
  readonly path: string
  readonly sent: object | undefined
  readonly header?: 'x-registry-config'
}

const service = async (client: DockerClient, options: object) =>
  (await client.services.get('s1')).update(options)

/** Every call that asks a registry, and whom it asks as. */
const CALLS: Readonly<Record<string, Asking>> = {
  'a pull': { call: ({ images }) => images.pull('r.io/a'), path: '/images/create', sent: OF_R },
  'a pull of Docker Hub': { call: ({ images }) => images.pull('a'), path: '/images/create', sent: OF_HUB },
  'a pull of all tags': {
    call: ({ images }) => images.pull('r.io/a', { allTags: true }).catch(() => {}),
    path: '/images/create',
    sent: OF_R,
  },
  'a pull of somebody else': {
    call: ({ images }) => images.pull('s.io/a'),
    path: '/images/create',
    sent: undefined,
  },
  'a pull as nobody': {
    call: ({ images }) => images.pull('r.io/a', { auth: {} }),
    path: '/images/create',
    sent: {},
  },
  'a pull as said': {
    call: ({ images }) => images.pull('r.io/a', { auth: { registrytoken: 't' } }),
    path: '/images/create',
    sent: { serveraddress: 'r.io', registrytoken: 't' },
  },
  'a push': { call: ({ images }) => images.push('r.io/a'), path: '/images/r.io/a/push', sent: OF_R },
  'a push of somebody else': {
    call: ({ images }) => images.push('s.io/a'),
    path: '/images/s.io/a/push',
    sent: {},
  },
  'a search': { call: ({ images }) => images.search('a'), path: '/images/search', sent: OF_HUB },
  'a search of a registry': {
    call: ({ images }) => images.search('r.io/a'),
    path: '/images/search',
    sent: OF_R,
  },
  'a look at a registry': {
    call: ({ images }) => images.getRegistryData('r.io/a'),
    path: '/distribution/r.io/a/json',
    sent: OF_R,
  },
  'a pull of what was looked at': {
    call: async ({ images }) => (await images.getRegistryData('r.io/a')).pull(),
    path: '/images/create',
    sent: OF_R,
  },
  'a build': {
    call: ({ images }) => images.build({ dockerfileContent: 'FROM r.io/a' }),
    path: '/build',
    sent: { 'r.io': OF_R, [HUB]: OF_HUB },
    header: 'x-registry-config',
  },
  'a build as said': {
    call: ({ images }) => images.build({ dockerfileContent: 'FROM a', auths: { 's.io': YOU } }),
    path: '/build',
    sent: { 's.io': { serveraddress: 's.io', ...YOU } },
    header: 'x-registry-config',
  },
  'a container whose image is not here': {
    call: ({ containers }) => containers.create('r.io/a', ['b'], { pull: 'always' }),
    path: '/images/create',
    sent: OF_R,
  },
  'a container with the credentials of the call': {
    call: ({ containers }) => containers.create('r.io/a', ['b'], { pull: 'always', auth: YOU }),
    path: '/images/create',
    sent: { serveraddress: 'r.io', ...YOU },
  },
  'a service': { call: ({ services }) => services.create('r.io/a'), path: '/services/create', sent: OF_R },
  'a service with another image': {
    call: (client) => service(client, { image: 'r.io/a' }),
    path: '/services/s1/update',
    sent: OF_R,
  },
  'a service with the image it has': {
    call: (client) => service(client, { env: ['A=1'] }),
    path: '/services/s1/update',
    sent: undefined,
  },
  'a service with what the swarm has': {
    call: (client) => service(client, { image: 'r.io/a', authFrom: 'previous-spec' }),
    path: '/services/s1/update',
    sent: undefined,
  },
  'what a plugin wants': {
    call: ({ plugins }) => plugins.install('r.io/p:1'),
    path: '/plugins/privileges',
    sent: OF_R,
  },
  'a plugin': { call: ({ plugins }) => plugins.install('r.io/p:1'), path: '/plugins/pull', sent: OF_R },
  'a push of a plugin': {
    call: async ({ plugins }) => (await plugins.get('p')).push(),
    path: '/plugins/r.io/p%3A1/push',
    sent: OF_R,
  },
  'an upgrade of a plugin': {
    call: async ({ plugins }) => (await plugins.get('p')).upgrade(),
    path: '/plugins/r.io/p%3A1/upgrade',
    sent: OF_R,
  },
}

describe('asks a registry as whoever has logged in:', () => {
  for (const [name, { call, path, sent, header = 'x-registry-auth' }] of Object.entries(CALLS)) {
    it(name, async (test) => {
      const { engine, client } = await start(test, { auths: AUTHS })
      await call(client)
      const request = engine.requests.find((each) => each.path === path)
      const encoded = request?.headers[header]
      assert.ok(request !== undefined, engine.calls.join('\n'))
      assert.deepEqual(decoded(encoded), sent)
      // Go takes the alphabet for URLs and insists on the padding.
      assert.match(encoded ?? 'AAAA', /^(?:[\w-]{4})*(?:[\w-]{2}==|[\w-]{3}=)?$/)
      assert.doesNotMatch(engine.calls.join('\n'), SECRET)
    })
  }

  it('a plugin that was made by hand asks as nobody', async (test) => {
    const { engine, client } = await start(test, { auths: AUTHS })
    await new Plugin(client.api, PLUGIN).push()
    assert.equal(engine.last.headers['x-registry-auth'], 'e30=')
  })

  it('reads the file again for every call', async (test) => {
    const { engine, client, place } = await start(test, {})
    await client.images.pull('r.io/a')
    await client.credentials.store('r.io', { username: 'me', password: 's3cret' })
    await client.images.pull('r.io/a')
    const sent = engine.requests.filter(({ path }) => path === '/images/create')
    assert.deepEqual(
      sent.map(({ headers }) => decoded(headers['x-registry-auth'])),
      [undefined, OF_R],
    )
    assert.ok(place)
  })

  it('asks the helper, and sends nothing when it fails', async (test) => {
    const { engine, client, place } = await start(test, {
      credsStore: 'all',
      credHelpers: { 's.io': 'gone' },
    })
    await aHelper(place, 'all', { 'r.io': ['<token>', 'idt'] })
    await client.images.pull('r.io/a')
    const pull = engine.requests.find(({ path }) => path === '/images/create')
    assert.deepEqual(decoded(pull?.headers['x-registry-auth']), {
      serveraddress: 'r.io',
      identitytoken: 'idt',
    })
    const before = engine.requests.length
    for (const failing of [client.images.push('s.io/a'), client.credentials.for('s.io')]) {
      const failure = await failureOf(failing)
      assert.ok(failure instanceof CredentialsError)
      assert.match(failure.message, /docker-credential-gone is not on PATH/)
    }
    assert.equal(engine.requests.length, before)
  })

  const reading: Readonly<Record<string, (client: DockerClient) => PromiseLike<unknown>>> = {
    pull: (client) => client.images.pull('r.io/a'),
    search: (client) => client.images.search('r.io/a'),
    getRegistryData: (client) => client.images.getRegistryData('r.io/a'),
    'a run that pulls': (client) => client.containers.create('r.io/a', undefined, { pull: 'always' }),
  }
  const broken: readonly [what: string, config: object, helper: string, told: RegExp][] = [
    ['a helper that is missing', { credsStore: 'gone1' }, '', /docker-credential-gone1 is not on PATH/],
    ['a helper that fails', { credHelpers: { 'r.io': 'bad' } }, 'process.exit(1)', /bad get failed/],
    [
      'a helper that talks nonsense',
      { credsStore: 'bad' },
      "console.log('s3cret')",
      /did not answer with a JSON/,
    ],
    ['an entry that is broken', { auths: { 'r.io': { auth: '!!' } } }, '', /auth of auths\['r\.io'\]/],
  ]
  for (const [what, config, helper, told] of broken) {
    it(`asks as nobody what may be public, with a warning: ${what}`, async (test) => {
      const { engine, client, place } = await start(test, config)
      if (helper !== '') await aProgram(place, 'bad', helper)
      const warnings: string[] = []
      const note = ({ message }: Error) => void warnings.push(message)
      process.on('warning', note)
      test.after(() => process.off('warning', note))
      for (const [name, call] of Object.entries(reading)) {
        await call(client)
        const asked = engine.requests.filter(({ path }) => /create$|search|distribution/.test(path))
        assert.ok(asked.length > 0, name)
        for (const { headers } of asked) assert.equal(headers['x-registry-auth'], undefined, name)
      }
      // Warnings are emitted on the next tick.
      await new Promise(setImmediate)
      const ours = warnings.filter((each) => each.startsWith('the credentials for r.io cannot be read: '))
      assert.equal(ours.length, 1)
      assert.match(ours.join(), told)
      assert.doesNotMatch(ours.join(), SECRET)
    })
  }

  it('says for which registry they are optional to a provider, whose own errors count', async (test) => {
    const asked: unknown[] = []
    const credentials: CredentialProvider = {
      for: (registry, { optional }) => void asked.push([registry, optional]),
    }
    const { client } = await start(test, {}, { credentials })
    await client.images.pull('r.io/a')
    await client.images.push('r.io/a')
    await client.credentials.for('s.io', { optional: true })
    assert.deepEqual(asked, [
      ['r.io', true],
      ['r.io', false],
      ['s.io', true],
    ])
  })

  it('does not wait for a helper longer than the call may take', async (test) => {
    const { engine, client, place } = await start(test, { credsStore: 'slow' })
    await aProgram(place, 'slow', 'setInterval(() => {}, 1e6)')
    const failure = await failureOf(client.images.pull('r.io/a', { timeout: 200 }))
    assert.ok(failure instanceof TimeoutError, inspect(failure))
    assert.match(failure.message, /looking up the credentials for r\.io took longer than 200 ms/)
    assert.deepEqual(engine.requests, [])
  })

  it('says that the login is what was refused', async (test) => {
    const engine = await FakeEngine.start(test, { '*': json({ message: 'unauthorized' }, 500) })
    const place = await aConfig(test, { auths: AUTHS })
    const client = engine.client(test, { env: place.env, apiVersion: '1.51' })
    const failure = await failureOf(client.images.pull('r.io/a'))
    assert.match(String(failure), /the registry r\.io answered 401: is the login still right\?/)
    assert.doesNotMatch(inspect(failure, { depth: 9, showHidden: true }), SECRET)
  })
})

describe('where credentials come from can be said:', () => {
  it('nowhere', async (test) => {
    const { engine, client, place } = await start(test, { auths: AUTHS }, { credentials: false })
    await client.images.pull('r.io/a')
    assert.equal(engine.requests[0]?.headers['x-registry-auth'], undefined)
    assert.equal(await client.credentials.for('r.io'), undefined)
    await client.login({ username: 'me', password: 'new' })
    assert.deepEqual(await place.read(), { auths: AUTHS })
    const refused = await failureOf(client.login({ username: 'me', password: 's3cret', store: true }))
    assert.ok(refused instanceof InvalidArgumentError)
    assert.doesNotMatch(inspect(refused), SECRET)
  })

  it('from a provider, which sees the name they are filed under', async (test) => {
    const asked: unknown[] = []
    const credentials: CredentialProvider = {
      for: (registry) => {
        asked.push(registry)
        return registry === 'r.io' ? { username: 'me', password: 's3cret' } : undefined
      },
      all: async () => ({ 'docker.io': { identitytoken: 'idt' } }),
      store: (registry, auth) => {
        asked.push([registry, auth])
      },
      erase: async (registry) => {
        asked.push(['erase', registry])
      },
    }
    const { engine, client } = await start(test, { auths: AUTHS }, { credentials })
    await client.images.pull('r.io/a')
    await client.images.pull('a')
    await client.images.build({ dockerfileContent: 'FROM a' })
    await client.login({ username: 'you', password: 'pw', serveraddress: 'https://s.io/v1/' })
    await client.logout('https://s.io')
    const login = ['s.io', { username: 'you', password: 'pw', serveraddress: 's.io' }]
    assert.deepEqual(asked, ['r.io', HUB, login, ['erase', 's.io']])
    const sent = engine.requests.map(({ headers }) =>
      decoded(headers['x-registry-auth'] ?? headers['x-registry-config']),
    )
    assert.deepEqual(
      sent.filter((each) => each !== undefined),
      [OF_R, { [HUB]: { serveraddress: HUB, identitytoken: 'idt' } }],
    )
  })

  it('a provider that hangs, fails or gives something else', async (test) => {
    const never = new Promise<never>(() => {})
    const slow = await start(test, {}, { credentials: { for: () => never }, timeout: 100 })
    assert.ok((await failureOf(slow.client.images.pull('a'))) instanceof TimeoutError)
    const reason = new Error('mine')
    const failing = await start(test, {}, { credentials: { for: () => Promise.reject(reason) } })
    assert.equal(await failureOf(failing.client.images.pull('a')), reason)
    const strange = await start(test, {}, { credentials: { for: () => ({ password: 7 }) as object } })
    const message = String(await failureOf(strange.client.images.pull('r.io/a')))
    assert.match(message, /credentials for r\.io\.password must be a string/)
    assert.throws(
      () => slow.engine.client(test, { credentials: 'me:s3cret' as never }),
      (error) => error instanceof InvalidArgumentError && !SECRET.test(inspect(error)),
    )
  })
})

describe('client.login', () => {
  it('stores what the registry accepted, and uses it from then on', async (test) => {
    const { engine, client, place } = await start(test, { psFormat: 'x' })
    const login = { username: 'me', password: 's3cret', serveraddress: 'https://r.io/v1/' }
    assert.equal((await client.login(login)).Status, 'Login Succeeded')
    assert.deepEqual(JSON.parse(engine.last.body.toString()), OF_R)
    assert.deepEqual(await place.read(), { auths: { 'r.io': AUTHS['r.io'] }, psFormat: 'x' })
    await client.images.push('r.io/a')
    assert.deepEqual(decoded(engine.last.headers['x-registry-auth']), OF_R)
    await client.logout('r.io')
    assert.deepEqual(await place.read(), { auths: {}, psFormat: 'x' })
  })

  it('stores a token that came in the answer in place of the password', async (test) => {
    const answer = json({ Status: 'Login Succeeded', IdentityToken: 'idt' })
    const { client, place } = await start(
      test,
      { credHelpers: { 'r.io': 'own' } },
      {},
      { 'POST /auth': answer },
    )
    const helper = await aHelper(place, 'own')
    assert.equal((await client.login({ ...OF_R })).IdentityToken, 'idt')
    assert.deepEqual(await helper.read(), { 'r.io': { Username: '<token>', Secret: 'idt' } })
    await client.login({ username: 'me', password: 's3cret' })
    const { auths } = (await place.read()) as { auths: Record<string, object> }
    assert.deepEqual(auths, { 'r.io': {}, [HUB]: { auth: base64('me:'), identitytoken: 'idt' } })
  })

  it('stores nothing that was refused, or that is not to be stored', async (test) => {
    const refusal = json({ message: 'unauthorized: incorrect username or password' }, 401)
    const { client, place } = await start(test, undefined, {}, { 'POST /auth': refusal })
    const failure = await failureOf(client.login({ ...OF_R }))
    assert.match(String(failure), /incorrect username or password/)
    assert.doesNotMatch(inspect(failure, { depth: 9, showHidden: true }), SECRET)
    const accepted = await start(test, undefined)
    await accepted.client.login({ ...OF_R, store: false })
    assert.deepEqual([await place.read(), await accepted.place.read()], [undefined, undefined])
  })

  it('tries those that are stored when it is given none', async (test) => {
    const { engine, client } = await start(test, { auths: AUTHS })
    await client.login()
    assert.deepEqual(JSON.parse(engine.last.body.toString()), OF_HUB)
    await client.login({ serveraddress: 'r.io' })
    assert.deepEqual(JSON.parse(engine.last.body.toString()), OF_R)
    const failure = await failureOf(client.login({ serveraddress: 's.io' }))
    assert.match(String(failure), /there are no credentials for s\.io to log in with/)
  })
})

describe('the headers of config.json', () => {
  it('go with every request, and do not replace those of the protocol', async (test) => {
    const HttpHeaders = {
      'X-Meta': 'a',
      'User-Agent': 'x',
      'Content-Type': 'x/y',
      Host: 'x',
      'X-Registry-Auth': 'no',
    }
    const { engine, client } = await start(test, { HttpHeaders, auths: AUTHS }, { headers: { 'x-own': 'b' } })
    await client.images.push('r.io/a')
    const { headers } = engine.last
    assert.deepEqual([headers['x-meta'], headers['x-own'], headers.host], ['a', 'b', 'localhost'])
    assert.match(headers['user-agent'] ?? '', /^dockline\//)
    assert.deepEqual(decoded(headers['x-registry-auth']), OF_R)
    await client.login({ ...OF_R, store: false })
    assert.equal(engine.last.headers['content-type'], 'application/json')
  })

  it('are replaced by DOCKER_CUSTOM_HEADERS', async (test) => {
    const place = await aConfig(test, { HttpHeaders: { 'X-A': 'file', 'X-B': 'file' } })
    const engine = await FakeEngine.start(test, SCRIPTS)
    const of = async (DOCKER_CUSTOM_HEADERS: string) => {
      await engine.client(test, { env: { ...place.env, DOCKER_CUSTOM_HEADERS }, apiVersion: '1.51' }).info()
      const { 'x-a': a, 'x-b': b } = engine.last.headers
      return [a, b]
    }
    assert.deepEqual(await of(''), ['file', 'file'])
    assert.deepEqual(await of('X-A=env'), ['env', undefined])
    assert.deepEqual(await of('"X-A=1,""2""", X-B =a=b'), ['1,"2"', 'a=b'])
    for (const wrong of ['s3cret', '=s3cret', 'X-A=1,"s3cret']) {
      const failure = await failureOf(of(wrong))
      assert.ok(failure instanceof InvalidArgumentError, wrong)
      assert.doesNotMatch(inspect(failure), SECRET)
    }
  })
})

it('shows no secret, however deep one looks', async (test) => {
  const { client, place } = await start(test, { auths: AUTHS, HttpHeaders: { 'X-Token': 's3cret' } })
  const pull = client.images.pull('r.io/a', { auth: { username: 'me', password: 's3cret' } })
  await pull
  const data = await client.images.getRegistryData('r.io/a', { auth: { username: 'me', password: 's3cret' } })
  await client.login({ ...OF_R })
  const plugin = await client.plugins.get('p')
  const found = await client.services.get('s1')
  for (const one of [client, client.images, client.credentials, pull, data, plugin, found]) {
    assert.doesNotMatch(
      inspect(one, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      SECRET,
    )
    assert.doesNotMatch(
      JSON.stringify(one, (_, value) => (value === client.api ? undefined : value)) ?? '',
      SECRET,
    )
  }
  assert.ok(place)
})

async function start(
  test: TestContext,
  config: unknown,
  options: ClientOptions = {},
  scripts: Scripts = {},
): Promise<{ engine: FakeEngine; client: DockerClient; place: ConfigPlace }> {
  const place = await aConfig(test, config)
  const engine = await FakeEngine.start(test, { ...SCRIPTS, 'DELETE /x': empty(), ...scripts })
  return { engine, place, client: engine.client(test, { env: place.env, apiVersion: '1.51', ...options }) }
}

function decoded(header: string | undefined): unknown {
  return header === undefined ? undefined : JSON.parse(Buffer.from(header, 'base64url').toString())
}
