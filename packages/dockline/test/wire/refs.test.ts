import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { InvalidArgumentError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json } from '../support/fake-engine.js'

const ID = 'c'.repeat(64)

describe('a handle without a request', () => {
  it('is made for a container, and its properties are undefined until it is reloaded', async (test) => {
    const { engine, client } = await start(test)
    const container = client.containers.ref('/web')
    const known = [container.attrs, container.name, container.labels, container.ports, container.networks]
    assert.deepEqual([container.id, ...known], ['web', ...known.map(() => undefined)])
    assert.deepEqual(engine.calls, [], 'nothing is sent')
    await container.start()
    const { labels } = await container.reload()
    assert.deepEqual(labels, { a: 'b' })
    assert.deepEqual(engine.calls, ['POST /v1.47/containers/web/start', 'GET /v1.47/containers/web/json'])
  })

  it('is made for an image, a network, a volume and a service', async (test) => {
    const { engine, client } = await start(test)
    const image = client.images.ref('app:1')
    const network = client.networks.ref('web')
    const volume = client.volumes.ref('data')
    const service = client.services.ref('api')
    assert.deepEqual([image.attrs, image.tags, image.labels], [undefined, undefined, undefined])
    assert.deepEqual([network.attrs, network.name, network.labels], [undefined, undefined, undefined])
    assert.deepEqual([volume.attrs, volume.driver, volume.labels], [undefined, undefined, undefined])
    assert.deepEqual([service.attrs, service.name, service.replicas], [undefined, undefined, undefined])
    assert.deepEqual(engine.calls, [], 'nothing is sent')
    await volume.remove()
    assert.equal((await volume.reload()).driver, 'local')
    assert.equal((await network.reload()).name, 'web')
    assert.deepEqual((await image.reload()).tags, ['app:1'])
    assert.deepEqual(engine.calls, [
      'DELETE /v1.47/volumes/data',
      'GET /v1.47/volumes/data',
      'GET /v1.47/networks/web',
      'GET /v1.47/images/app%3A1/json',
    ])
  })

  it('needs a name', async (test) => {
    const { client } = await start(test)
    assert.throws(() => client.containers.ref(undefined as unknown as string), InvalidArgumentError)
  })
})

describe('createFrom', () => {
  it("sends the Engine's own request, with the proxies that it does not set, and gives the warnings", async (test) => {
    const { engine, client } = await start(test)
    const request = { query: { name: 'web' }, body: { Image: 'app', Env: ['A=1'] } }
    assert.deepEqual(await client.containers.createFrom(request), { id: ID, warnings: ['no swap'] })
    assert.equal(engine.calls[0], 'POST /v1.47/containers/create?name=web')
    assert.deepEqual(JSON.parse(engine.requests[0]?.body.toString() ?? ''), { Image: 'app', Env: ['A=1'] })
  })
})

describe('a length of time', () => {
  for (const [stopTimeout, seconds] of [
    ['10s', 10],
    [10_000, 10],
    ['1m', 60],
    [0, 0],
    [-1, -1],
  ] as const) {
    it(`stopTimeout: ${JSON.stringify(stopTimeout)} is ${seconds} seconds`, async (test) => {
      const { engine, client } = await start(test)
      await client.containers.ref('web').stop({ stopTimeout })
      assert.deepEqual(engine.calls, [`POST /v1.47/containers/web/stop?t=${seconds}`])
    })
  }

  for (const [options, message] of [
    [{ stopTimeout: 10 }, /stopTimeout is 10 ms, which is not whole seconds.*'10s'/],
    [{ stopTimeout: '1.5s' }, /stopTimeout is '1.5s', which is not whole seconds/],
    [{ stopTimeout: 'soon' }, /stopTimeout must be .* such as '1m30s', not 'soon'/],
    [{ timeout: 10 }, /timeout is 10 ms, too short for a container to stop.*stopTimeout/],
    [{ t: 10 }, /'t': it is called stopTimeout here/],
  ] as const) {
    it(`of ${JSON.stringify(options)} is refused with the right way to say it`, async (test) => {
      const { engine, client } = await start(test)
      const error = await failureOf(client.containers.ref('web').stop(options as object))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(String(error), message)
      assert.deepEqual(engine.calls, [])
    })
  }

  it('is a string for a timeout as well', async (test) => {
    const { client } = await start(test)
    const error = await failureOf(client.containers.ref('silent').start({ timeout: '100ms' }))
    assert.match(String(error), /took longer than 100 ms/)
  })
})

async function start(test: TestContext) {
  const engine = await FakeEngine.start(test, {
    'POST /containers/web/start': empty(),
    'POST /containers/web/stop': empty(),
    'GET /containers/web/json': json({ Id: ID, Name: '/web', Config: { Labels: { a: 'b' } } }),
    'POST /containers/create': json({ Id: ID, Warnings: ['no swap'] }, 201),
    'DELETE /volumes/data': empty(),
    'GET /volumes/data': json({ Name: 'data', Driver: 'local' }),
    'GET /networks/web': json({ Id: 'n1', Name: 'web' }),
    'GET /images/app%3A1/json': json({ Id: 'sha256:a', RepoTags: ['app:1'] }),
    'POST /containers/silent/start': () => {},
  })
  return { engine, client: engine.client(test, { apiVersion: '1.47' }) }
}
