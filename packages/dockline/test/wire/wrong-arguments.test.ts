import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { type DockerClient, InvalidArgumentError } from '#src/index.js'
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
        await refused(all.get?.(given), /an id or name/)
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

async function refused(call: PromiseLike<unknown> | undefined, message: RegExp): Promise<void> {
  assert.ok(call !== undefined)
  const error = await failureOf(call)
  assert.ok(error instanceof InvalidArgumentError, inspect(error))
  assert.match(error.message, message)
}
