import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ServiceSpec } from '#src/doors/api.js'
import {
  ConflictError,
  InvalidArgumentError,
  InvalidVersionError,
  NotFoundError,
  type ServiceCreateOptions,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, type FakeEngineOptions, json, type Scripts } from '../support/fake-engine.js'

const WEB = {
  ID: 's1',
  Version: { Index: 20 },
  Spec: {
    Name: 'web',
    Labels: { tier: 'web' },
    TaskTemplate: { ContainerSpec: { Image: 'nginx', Env: ['A=1'] }, ForceUpdate: 4, Runtime: 'container' },
    Mode: { Replicated: { Replicas: 2 } },
  },
}
const SCRIPTS: Scripts = {
  'POST /services/create': json({ ID: 's1', Warnings: null }, 201),
  'GET /services/s1': json(WEB),
}

describe('services.create', () => {
  it('sends the spec, then asks for the details', async (test) => {
    const { engine, services } = await start(test)
    const options: ServiceCreateOptions = Object.freeze({
      name: 'web',
      replicas: 0,
      env: Object.freeze({ A: '' }),
    })
    const service = await services.create('nginx', 'sh -c "a b"', options)
    assert.deepEqual(engine.calls, ['POST /v1.56/services/create', 'GET /v1.56/services/s1'])
    assert.deepEqual(bodyOf(engine, 'POST'), {
      Name: 'web',
      Mode: { Replicated: { Replicas: 0 } },
      TaskTemplate: { ContainerSpec: { Image: 'nginx', Command: ['sh', '-c', 'a b'], Env: ['A='] } },
    })
    assert.deepEqual(
      [service.id, service.name, service.labels, service.replicas, service.version],
      ['s1', 'web', { tier: 'web' }, 2, 20],
    )
  })

  it("takes the Engine's own spec, alone or below the options", async (test) => {
    const { engine, services } = await start(test)
    const spec = Object.freeze({
      Name: 'a',
      Mode: { Global: {} },
      TaskTemplate: { ContainerSpec: { Image: 'x' } },
    })
    await services.create(spec)
    assert.deepEqual(bodyOf(engine, 'POST'), spec)
    await services.create('y', undefined, { spec, name: 'b' })
    const TaskTemplate = { ContainerSpec: { Image: 'y' } }
    assert.deepEqual(bodyOf(engine, 'POST'), { Name: 'b', Mode: { Global: {} }, TaskTemplate })
  })

  it('refuses what cannot be right, before it asks', async (test) => {
    const { engine, services } = await start(test)
    for (const call of [
      services.create(''),
      services.create({}),
      services.create('nginx', undefined, { replica: 3 } as object),
      services.create('nginx', undefined, { secrets: [{ filename: 'x' }] as never }),
      services.create('nginx', undefined, { secrets: [3] as never }),
      services.create('nginx', undefined, { configs: [{ config: 'a', mode: 'rw' }] }),
      services.create('nginx', undefined, { configs: 'a' as never }),
      services.create({ Mode: { Global: {} }, TaskTemplate: { ContainerSpec: { Image: 'x' } } }, {
        replicas: 1,
      } as never),
    ]) {
      const error = await failureOf(call)
      assert.ok(error instanceof InvalidArgumentError, String(error))
    }
    assert.deepEqual(engine.calls, [])
  })

  it('leaves no service behind whose details cannot be told', async (test) => {
    const { engine, services } = await start(test, {
      'GET /services/s1': json({ message: 'broken' }, 500),
      'DELETE /services/s1': empty(200),
    })
    assert.match(String(await failureOf(services.create('nginx'))), /broken/)
    assert.equal(engine.calls.at(-1), 'DELETE /v1.56/services/s1')
  })

  it('is a conflict when the name is taken', async (test) => {
    const taken = json({ message: 'rpc error: name conflicts with an existing object' }, 409)
    const { services } = await start(test, { 'POST /services/create': taken })
    assert.ok((await failureOf(services.create('nginx'))) instanceof ConflictError)
  })

  it('is refused for an Engine that would not heed an option', async (test) => {
    const { engine, services } = await start(test, {}, { apiVersion: '1.40' })
    const job = services.create('nginx', undefined, { mode: 'global-job' })
    assert.ok((await failureOf(job)) instanceof InvalidVersionError)
    const health = services.create('nginx', undefined, { healthcheck: { test: 'true', startInterval: '1s' } })
    assert.match(String(await failureOf(health)), /HealthCheck\.StartInterval.* needs API 1\.44/)
    assert.deepEqual(engine.calls, [])
  })

  it('passes on who asks the registry, and does not show it', async (test) => {
    const { engine, services } = await start(test)
    await services.create('nginx', undefined, { auth: { username: 'me', password: 'hidden' } })
    const header = engine.requests.find(({ method }) => method === 'POST')?.headers['x-registry-auth']
    const auth = JSON.parse(Buffer.from(String(header), 'base64').toString())
    assert.deepEqual(auth, {
      serveraddress: 'https://index.docker.io/v1/',
      username: 'me',
      password: 'hidden',
    })
  })
})

describe('an image that is to be resolved', () => {
  const found = {
    Descriptor: { digest: 'sha256:abc' },
    Platforms: [{ architecture: 'amd64', os: 'linux', 'os.version': '1' }],
  }

  it('is pinned to its digest and platforms', async (test) => {
    const { engine, services } = await start(test, { 'GET /distribution/nginx/json': json(found) })
    await services.create('nginx', undefined, { resolveImage: true, auth: { registrytoken: 'token' } })
    assert.deepEqual(bodyOf(engine, 'POST'), {
      TaskTemplate: {
        ContainerSpec: { Image: 'nginx@sha256:abc' },
        Placement: { Platforms: [{ Architecture: 'amd64', OS: 'linux' }] },
      },
    })
    const asked = engine.requests.find(({ path }) => path.startsWith('/distribution'))
    const header = Buffer.from(String(asked?.headers['x-registry-auth']), 'base64').toString()
    const hub = 'https://index.docker.io/v1/'
    assert.deepEqual(JSON.parse(header), { serveraddress: hub, registrytoken: 'token' })
  })

  it('may run on every ARM node of 32 bits, whose name for itself no registry knows', async (test) => {
    const Platforms = [
      { architecture: 'arm', os: 'linux', variant: 'v7' },
      { architecture: 'arm64', os: 'linux' },
    ]
    const { engine, services } = await start(test, {
      'GET /distribution/nginx/json': json({ ...found, Platforms }),
    })
    await services.create('nginx', undefined, { resolveImage: true })
    const placed = bodyOf(engine, 'POST').TaskTemplate?.Placement?.Platforms
    const arm64 = { Architecture: 'arm64', OS: 'linux' }
    assert.deepEqual(placed, [{ Architecture: '', OS: 'linux' }, arm64])
  })

  it('stays as it is when the registry does not tell, or when it has a digest', async (test) => {
    const { engine, services } = await start(test, {
      'GET /distribution/nginx/json': json({ message: 'no' }, 500),
    })
    await services.create('nginx', undefined, { resolveImage: true })
    assert.deepEqual(bodyOf(engine, 'POST'), { TaskTemplate: { ContainerSpec: { Image: 'nginx' } } })
    await services.create('nginx@sha256:1', undefined, { resolveImage: true })
    assert.equal(engine.calls.filter((call) => call.includes('/distribution')).length, 1)
  })
})

describe('secrets and configs of a service', () => {
  const file = (Name: string, more = {}) => ({ Name, UID: '0', GID: '0', Mode: 292, ...more })
  const listed = json([
    { ID: 'id-db2', Spec: { Name: 'db2' } },
    { ID: 'id-db', Spec: { Name: 'db' } },
  ])

  it('are given by object, by id and name, or as the Engine has it, without asking', async (test) => {
    const { engine, services } = await start(test)
    const db = { id: 'i', name: 'db' }
    await services.create('nginx', undefined, {
      secrets: [
        db,
        { secret: db, filename: 'x', uid: 1000, gid: 'g', mode: '400' },
        { SecretID: 'i', SecretName: 'n' },
      ],
      configs: [
        { configId: 'c', configName: 'app', filename: '/etc/app', mode: 0 },
        { ConfigID: 'c', ConfigName: 'n', Runtime: {} },
      ],
    })
    assert.equal(engine.calls.length, 2)
    const { Secrets, Configs } = bodyOf(engine, 'POST').TaskTemplate?.ContainerSpec ?? {}
    assert.deepEqual(Secrets, [
      { SecretID: 'i', SecretName: 'db', File: file('db') },
      { SecretID: 'i', SecretName: 'db', File: { Name: 'x', UID: '1000', GID: 'g', Mode: 256 } },
      { SecretID: 'i', SecretName: 'n', File: file('n') },
    ])
    assert.deepEqual(Configs, [
      { ConfigID: 'c', ConfigName: 'app', File: file('/etc/app', { Mode: 0 }) },
      { ConfigID: 'c', ConfigName: 'n', Runtime: {} },
    ])
  })

  it('are looked up by their names, all at once, and not mixed up with names that begin so', async (test) => {
    const { engine, services } = await start(test, { 'GET /secrets': listed })
    await services.create('nginx', undefined, { secrets: ['db', { secret: 'db2', filename: 'b' }, 'db'] })
    const filters = encodeURIComponent('{"name":{"db":true,"db2":true}}')
    assert.equal(engine.calls[0], `GET /v1.56/secrets?filters=${filters}`)
    const { Secrets } = bodyOf(engine, 'POST').TaskTemplate?.ContainerSpec ?? {}
    assert.deepEqual(
      Secrets?.map(({ SecretID }) => SecretID),
      ['id-db', 'id-db2', 'id-db'],
    )
    assert.equal(engine.calls.length, 3)
  })

  it('that are not there reject before a service is made', async (test) => {
    const { engine, services } = await start(test, { 'GET /configs': listed })
    const error = await failureOf(services.create('nginx', undefined, { configs: ['d'] }))
    assert.ok(error instanceof NotFoundError)
    assert.equal(error.explanation, "config 'd' not found")
    assert.equal(engine.calls.length, 1)
  })
})

async function start(test: TestContext, scripts: Scripts = {}, options: FakeEngineOptions = {}) {
  const engine = await FakeEngine.start(test, { ...SCRIPTS, ...scripts }, options)
  return { engine, services: engine.client(test).services }
}

function bodyOf(engine: FakeEngine, method?: string): ServiceSpec {
  const request =
    method === undefined ? engine.last : engine.requests.findLast((one) => one.method === method)
  return JSON.parse(String(request?.body))
}
