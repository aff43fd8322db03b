import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import * as syntax from '#src/doors/syntax.js'
import { bridge, DockerClient, fromEnv, InvalidArgumentError, isEvent, TimeoutError } from '#src/index.js'
import { execCommand, PseudoTerminal, start, startExec } from '#src/terminal/index.js'
import { failureOf } from '../support/failure.js'
import { FakeEngine, json } from '../support/fake-engine.js'

const COLLECTIONS = [
  'images',
  'networks',
  'volumes',
  'plugins',
  'nodes',
  'services',
  'tasks',
  'secrets',
  'configs',
] as const

/** As an untyped program calls it. */
type Untyped = Record<string, (...given: unknown[]) => Promise<unknown>>

describe('get', () => {
  for (const name of COLLECTIONS) {
    it(`of ${name} refuses what is no name, and options that are none`, async (test) => {
      const engine = await FakeEngine.start(test)
      const all = engine.client(test)[name] as unknown as Untyped
      for (const given of [undefined, null, 5, '', {}, ['a']])
        await refused(all.get?.(given), /^the id or name in '\/\w+\/…' must/)
      for (const options of [null, 5, 'x', new Map()])
        await refused(all.get?.('a', options), /^options must be an object, not/)
      await refused(all.get?.('a', { timout: 1 }), /^unknown option 'timout', did you mean 'timeout'\?$/)
      assert.deepEqual(engine.calls, [])
    })
  }
})

const CALLS: Readonly<Record<string, (client: DockerClient, options: never) => Promise<unknown>>> = {
  ping: (client, options) => client.ping(options),
  version: (client, options) => client.version(options),
  info: (client, options) => client.info(options),
  df: (client, options) => client.df(options),
  startExec: (client, options) => client.startExec('e1', options),
  'containers.createFrom': ({ containers }, options) =>
    containers.createFrom({ query: {}, body: { Image: 'i' } }, options),
  'container.inspect': ({ containers }, options) => containers.ref('c').inspect(options),
  'container.reload': ({ containers }, options) => containers.ref('c').reload(options),
  'container.top': ({ containers }, options) => containers.ref('c').top('aux', options),
  'image.save': ({ images }, options) => images.ref('i').save(options),
  'networks.getOrCreate': ({ networks }, options) => networks.getOrCreate('n', options),
  'network.connect': ({ networks }, options) => networks.ref('n').connect('c', options),
  'volumes.create': ({ volumes }, options) => volumes.create(options),
  'volumes.create with a name': ({ volumes }, options) => volumes.create('a', options),
  'services.create': ({ services }, options) => services.create('a', 'b', options),
  'services.create of a spec': ({ services }, options) => services.create({ Name: 'a' }, options),
  'swarm.inspect': ({ swarm }, options) => swarm.inspect(options),
  'swarm.unlock': ({ swarm }, options) => swarm.unlock('key', options),
  'swarm.unlockKey': ({ swarm }, options) => swarm.unlockKey(options),
  'secrets.create': ({ secrets }, options) => secrets.create('a', 'b', options),
  'configs.create': ({ configs }, options) => configs.create('a', 'b', options),
}

describe('options that are no object', () => {
  for (const [what, call] of Object.entries(CALLS)) {
    it(`are refused by ${what}`, async (test) => {
      const engine = await FakeEngine.start(test)
      for (const options of [null, 5, new Map()])
        await refused(call(engine.client(test), options as never), /^options must be an object, not/)
      assert.deepEqual(engine.requests, [])
    })
  }

  it('are refused by what a swarm has', async (test) => {
    const engine = await FakeEngine.start(test, {
      'GET /services': json([{ ID: 's1' }]),
      'GET /nodes': json([{ ID: 'n1' }]),
      'GET /tasks': json([{ ID: 't1' }]),
      'GET /secrets': json([{ ID: 'x1' }]),
      'GET /configs': json([{ ID: 'x1' }]),
    })
    const { services, nodes, tasks, secrets, configs } = engine.client(test)
    const [[service], [node], [task], [secret], [config]] = await Promise.all([
      services.list(),
      nodes.list(),
      tasks.list(),
      secrets.list(),
      configs.list(),
    ])
    engine.requests.length = 0
    for (const [object, methods] of [
      [service, ['inspect', 'update', 'forceUpdate', 'rollback', 'remove', 'tasks', 'waitConverged']],
      [node, ['inspect', 'update', 'remove', 'tasks']],
      [task, ['inspect']],
      [secret, ['inspect', 'update', 'remove']],
      [config, ['inspect', 'update', 'remove']],
    ] as const) {
      for (const method of methods) {
        const call = async () => (object as unknown as Untyped)[method]?.(null)
        await refused(call(), /^options must be an object, not null$/)
      }
    }
    assert.deepEqual(engine.calls, [])
  })
})

describe('a wrong argument', () => {
  it('is never thrown by a method, except where it makes a handle or a scope without a request', async (test) => {
    const client = (await FakeEngine.start(test)).client(test)
    const { containers, images, networks, volumes, services } = client
    const refs = [containers, images, networks, volumes, services].map((collection) => collection.ref('a'))
    const collections = COLLECTIONS.map((name) => client[name])
    const thrown = []
    for (const object of [client, containers, client.swarm, client.builds, ...collections, ...refs]) {
      for (const name of methodsOf(object))
        for (const given of [[], [null], [5], ['a', 5], ['a', ['b'], { nope: 1 }], [{ nope: 1 }]])
          if (throwsAtOnce(object, name, given)) thrown.push(`${object.constructor.name}.${name}`)
    }
    assert.deepEqual([...new Set(thrown)], [])
  })

  it('rejects when the log or the convergence of a service is read', async (test) => {
    const service = (await FakeEngine.start(test)).client(test).services.ref('s1')
    for (const options of [null, 5, new Map()] as never[]) {
      const read = async () => await service.logs(options)[Symbol.asyncIterator]().next()
      await refused(read(), /^options must be an object, not/)
      await refused(service.convergence(options).next(), /^options must be an object, not/)
    }
  })
})

/** The names of the methods that ask the Engine. */
function methodsOf(object: object): string[] {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(object))
  return names.filter((name) => !['constructor', 'ref', 'scope', 'close', 'login', 'logout'].includes(name))
}

function throwsAtOnce(object: object, name: string, given: readonly unknown[]): boolean {
  if (Object.getOwnPropertyDescriptor(Object.getPrototypeOf(object), name)?.get !== undefined) return false
  try {
    const result = (object as Untyped)[name]?.(...given) as Partial<Promise<unknown>> | undefined
    result?.then?.(null, () => {})
    return false
  } catch {
    return true
  }
}

describe('a container', () => {
  it('is refused a request and words for ps that are none, before anything is sent', async (test) => {
    const engine = await FakeEngine.start(test)
    const { containers } = engine.client(test)
    const createFrom = containers.createFrom.bind(containers) as (request: unknown) => Promise<unknown>
    for (const request of [undefined, null, 5])
      await refused(createFrom(request), /^request must be an object, not/)
    for (const body of [undefined, null, 5])
      await refused(createFrom({ query: {}, body }), /^request.body must be an object, not/)
    for (const words of [null, 5, {}])
      await refused(containers.ref('c').top(words as never), /^psArgs must be a string, not/)
    assert.deepEqual(engine.requests, [])
  })
})

describe('a service', () => {
  it('is refused without an image, and with an image or a spec that is none', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /services': json([{ ID: 's1' }]) })
    const { services } = engine.client(test)
    await refused(services.create(5 as never), /^image must be a name, or the Engine's spec, not 5$/)
    const [service] = await services.list()
    await refused(service?.update({ image: 5 as never }), /^image must be a string, not 5$/)
    await refused(service?.update({ spec: 5 as never }), /^spec must be an object, not a number$/)
    assert.deepEqual(engine.calls, ['GET /v1.56/services'])
  })
})

describe('an image', () => {
  it('is refused when its name is none, before anyone is asked', async (test) => {
    const engine = await FakeEngine.start(test)
    const { images, plugins } = engine.client(test)
    await refused(images.getRegistryData(undefined as never), /^name must be a string, not undefined$/)
    const install = async () => plugins.install(undefined as never)
    await refused(install(), /^remote must be a string, not undefined$/)
    assert.deepEqual(engine.calls, [])
  })
})

/** Calls of an untyped program, and the error of each. */
const REFUSED: readonly (readonly [
  what: string,
  call: (client: DockerClient) => unknown,
  message: string,
])[] = [
  // Values of run.
  [
    'run',
    ({ containers }) => containers.run('i', [], { reject: 'no' } as never),
    "reject must be true or false, not 'no'",
  ],
  [
    'run',
    ({ containers }) => containers.run('i', [], { detach: 'yes' } as never),
    "detach must be true or false, not 'yes'",
  ],
  [
    'run',
    ({ containers }) => containers.run('i', [], { remove: 'yes' } as never),
    "remove must be true or false, not 'yes'",
  ],
  [
    'run',
    ({ containers }) => containers.run('i', [], { useConfigProxy: 'no' } as never),
    "useConfigProxy must be true or false, not 'no'",
  ],
  ['run', ({ containers }) => containers.run('i', [], null as never), 'options must be an object, not null'],
  [
    'create',
    ({ containers }) => containers.create('i', [], null as never),
    'options must be an object, not null',
  ],
  [
    'sandbox',
    ({ containers }) => containers.sandbox('i', { pull: 'no' } as never),
    "pull must be 'missing' or 'always' or 'never', not 'no'",
  ],
  // Options that would have no effect.
  [
    'run',
    ({ containers }) => containers.run('i', [], { detach: true, encoding: 'buffer' }),
    'encoding and detach exclude each other: nobody stays to read the output',
  ],
  [
    'exec',
    ({ containers }) => containers.ref('c').exec('a', { detach: true, reject: true }),
    'reject and detach exclude each other: nobody stays to see the exit code',
  ],
  [
    'run',
    ({ containers }) => containers.run('i', [], { input: 'a', attachStdin: false }),
    'input and attachStdin: false exclude each other',
  ],
  [
    'create',
    ({ containers }) => containers.create('i', [], { auth: {} }),
    "auth is for a pull, and pull is 'never'",
  ],
  [
    'getOrCreate',
    ({ containers }) => containers.getOrCreate('x', 'i', [], { name: 'y' } as object),
    "unknown option 'name': the name is an argument before the options",
  ],
  [
    'getOrCreate',
    ({ containers }) => containers.getOrCreate('x', 'i', [], { useConfigProxy: 'no' } as never),
    "useConfigProxy must be true or false, not 'no'",
  ],
  [
    'build',
    ({ images }) => images.build({ dockerfileContent: 'FROM a', builder: 'buildkit', push: 'yes' as never }),
    "push must be true or false, not 'yes'",
  ],
  [
    'copyTo',
    ({ containers }) => containers.ref('c').copyTo('/etc/hosts', '/tmp/h', { mode: 0o600 }),
    'mode is for content from memory, not for a path or a tar',
  ],
  [
    'copyTo',
    ({ containers }) => containers.ref('c').copyTo(Buffer.from('a'), '/tmp/h', { followLink: true }),
    'followLink is for a path, not for content from memory or a tar',
  ],
  [
    'commit',
    ({ containers }) => containers.ref('c').commit({ tag: 'a' }),
    'repository must be given beside tag, not undefined',
  ],
  [
    'writeFiles',
    ({ containers }) => containers.ref('c').writeFiles('/tmp', { a: { data: 'xyz', size: 1 } }),
    "files['a'].size must be left out where data is no stream, not 1",
  ],
  ['login', (client) => client.login({ username: 'me' }), 'password must be given beside username'],
  ['login', (client) => client.login({ password: 'pw' }), 'username must be given beside password'],
  [
    'login',
    (client) => client.login({ username: 'me', password: 5 } as never),
    'password must be a string, not a number',
  ],
  [
    'logout',
    (client) => client.logout('r.io', { timout: 5 } as object),
    "unknown option 'timout', did you mean 'timeout'?",
  ],
  [
    'pull',
    ({ images }) => images.pull('a', { auth: { username: 'me' } }),
    'auth.password must be given beside username',
  ],
  // Values that have more than one form.
  [
    'waitFor',
    ({ containers }) => containers.ref('c').waitFor({ exit: 'x' } as never),
    "exit must be true, or exit codes such as 0, not 'x'",
  ],
  [
    'waitFor',
    ({ containers }) => containers.ref('c').waitFor({ log: 5 } as never),
    'log must be a text, a pattern or { match }, not a number',
  ],
  [
    'exec',
    ({ containers }) => containers.ref('c').exec('a', { kill: 'yes' }),
    "kill must be true, a signal such as 'SIGTERM' or { signal, after }, not 'yes'",
  ],
  [
    'join',
    ({ swarm }) => swarm.join({ remoteAddrs: 5, joinToken: 'a' } as never),
    'remoteAddrs must be a string or an array of strings, not a number',
  ],
  [
    'build',
    ({ images }) => images.build({ dockerfileContent: 'FROM a', builder: 'buildkit', outputs: 5 as never }),
    "outputs must be a string such as 'type=local,dest=out' or an object, not a number",
  ],
  [
    'build',
    ({ images }) =>
      images.build({ dockerfileContent: 'FROM a', builder: 'buildkit', secrets: { a: 5 as never } }),
    'secrets.a must be a string, bytes, a function, { file } or { env }, not a number',
  ],
  [
    'build',
    ({ images }) =>
      images.build({ dockerfileContent: 'FROM a', builder: 'buildkit', files: { a: 5 as never } }),
    "files['a'] must be a string, bytes or { data, mode, mtime }, not a number",
  ],
  [
    'build',
    ({ images }) =>
      images.build({ dockerfileContent: 'FROM a', builder: 'classic', files: { a: null as never } }),
    "files['a'] must be a string, bytes or { data, mode, mtime }, not null",
  ],
  // Arguments that are left out, or are something else.
  ['execCommand', () => (execCommand as Loose)(), 'container must be a container, not undefined'],
  ['execCommand', () => (execCommand as Loose)('web', 'sh'), 'container must be a container, not a string'],
  ['start', () => (start as Loose)('web'), 'container must be a container, not a string'],
  ['startExec', () => (startExec as Loose)('x'), 'client must be a client, not a string'],
  [
    'bridge',
    () => (bridge as Loose)(),
    'peer must be a Duplex or a WebSocket with addEventListener, not undefined',
  ],
  ['bridge', () => (bridge as Loose)('x', new PassThrough()), 'session must be a session, not a string'],
  [
    'pipe',
    ({ containers }) => (containers.ref('c').logs() as unknown as Untyped).pipe?.(),
    'stdout must be a Writable, not undefined',
  ],
  [
    'pipe',
    ({ containers }) => (containers.ref('c').logs() as unknown as Untyped).pipe?.('x'),
    'stdout must be a Writable, not a string',
  ],
  [
    'pipe',
    ({ containers }) =>
      containers
        .ref('c')
        .logs()
        .pipe(new PassThrough(), undefined, { end: 'no' } as never),
    "end must be true or false, not 'no'",
  ],
  ['api', ({ api }) => api.containers.list(null as never), 'query must be an object, not null'],
]

type Loose = (...given: unknown[]) => Promise<unknown>

describe('an argument that cannot be right', () => {
  for (const [method, call, message] of REFUSED) {
    it(`is refused by ${method} before anything is sent: ${message}`, async (test) => {
      const engine = await FakeEngine.start(test)
      const error = await failureOf(Promise.resolve(call(engine.client(test))))
      assert.ok(error instanceof InvalidArgumentError, inspect(error))
      assert.equal(error.message, message)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is refused by the functions for a terminal, and by each option of theirs', async (test) => {
    const container = (await FakeEngine.start(test)).client(test).containers.ref('c')
    for (const [options, message] of [
      [{ kil: true }, "unknown option 'kil', did you mean 'kill'?"],
      [{ interactive: 'no' }, "interactive must be true or false, not 'no'"],
      [{ tty: 1 }, 'tty must be true or false, not 1'],
      [{ stdin: 'x' }, 'stdin must be a Readable, not a string'],
      [{ stderr: {} }, 'stderr must be a Writable, not an object'],
      [{ detachKeys: 5 }, 'detachKeys must be a string, not 5'],
      [{ timeout: 'soon' }, "timeout must be 0 or more milliseconds or a string such as '10s', not 'soon'"],
    ] as const)
      await assert.rejects(execCommand(container, 'sh', options as object), { message })
    await assert.rejects(start(container, { env: {} } as object), { message: "unknown option 'env'" })
    assert.throws(() => new PseudoTerminal({} as never), {
      message: 'channel must be a Channel, not an object',
    })
  })

  it('is refused by the functions for the words of docker', async () => {
    const door: Readonly<Record<string, unknown>> = { ...syntax }
    for (const [name, given, message] of [
      ['parseReference', [], 'name must be a string, not undefined'],
      ['formatReference', [], 'reference must be an object, not undefined'],
      ['formatReference', [{}], 'reference.repository must be a string, not undefined'],
      ['registryOf', [5], 'name must be a string, not 5'],
      ['registryKey', [], 'registry must be a string, not undefined'],
      ['splitCopyArgument', [], 'argument must be a string, not undefined'],
      ['copyRoute', [], 'source must be an object, not undefined'],
      ['demultiplex', [], 'source must be a Readable, not undefined'],
      ['demultiplex', [new PassThrough()], 'stdout must be a Writable, not undefined'],
      ['readPieces', [], 'stream must be a Readable, not undefined'],
      ['readPieces', [new PassThrough()], 'take must be a function, not undefined'],
      ['packContext', [], 'options must be an object, not undefined'],
      ['packContext', [{ files: 5 }], 'files must be an object, not a number'],
      ['packContext', [{ fils: {} }], "unknown option 'fils', did you mean 'files'?"],
      ['packContext', [{ compress: 'no' }], "compress must be true or false, not 'no'"],
      ['decodeBuildTrace', [], 'aux must be a string, not undefined'],
      ['computeStats', [], 'raw must be an object, not undefined'],
      ['computeStats', [{}, 5], 'previous must be an object, not a number'],
      ['compareNaturally', ['a'], 'a name must be a string, not undefined'],
    ] as const) {
      const call = async () => (door[name] as Loose)(...given)
      await assert.rejects(call(), { name: 'InvalidArgumentError', message })
    }
    assert.throws(() => isEvent(null as never, 'container'), { message: 'event must be an object, not null' })
  })

  it('is refused by the makers of a client', () => {
    for (const name of ['host', 'context']) {
      assert.throws(() => fromEnv({ [name]: 'x' } as object), {
        name: 'InvalidArgumentError',
        message: `fromEnv takes no ${name}: use new DockerClient({ ${name} })`,
      })
    }
    assert.throws(() => DockerClient.fromContext('a', { context: 'b' } as object), {
      message: 'context is the first argument, and no option',
    })
  })
})

describe('the time limit', () => {
  it('of a terminal bounds its start', async (test) => {
    const engine = await FakeEngine.start(test, { 'POST /containers/c/exec': () => new Promise(() => {}) })
    const container = engine.client(test).containers.ref('c')
    const error = await failureOf(execCommand(container, 'sh', { timeout: 50, interactive: false }))
    assert.ok(error instanceof TimeoutError, inspect(error))
  })
})

async function refused(call: PromiseLike<unknown> | undefined, message: RegExp): Promise<void> {
  assert.ok(call !== undefined)
  const error = await failureOf(call)
  assert.ok(error instanceof InvalidArgumentError, inspect(error))
  assert.match(error.message, message)
}
