import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { ServiceSpec } from '#src/doors/api.js'
import { type CallOptions, Service, type ServiceUpdateOptions } from '#src/index.js'
import type { ServiceOptions } from '#src/models/swarm/service-spec.js'
import { FakeEngine, json } from '../support/fake-engine.js'
import { serviceVectors } from '../support/service-vectors.js'

const AUTH = { username: 'me', password: 'pw', serveraddress: 'localhost:5000' }
const SECRET = { SecretID: 'i', SecretName: 'n', File: { Name: 'n' } }
const CONFIG = { ConfigID: 'i', ConfigName: 'n', File: { Name: 'n' } }

/** These two may have to be looked up, which what the Engine calls them is not. */
const vectors = [
  ...serviceVectors,
  {
    options: { secrets: [SECRET], configs: [CONFIG] },
    spec: { TaskTemplate: { ContainerSpec: { Secrets: [SECRET], Configs: [CONFIG] } } },
  },
]

describe('services.create sends', () => {
  for (const { options, spec } of vectors) {
    it(`${JSON.stringify(options)} as it is to be`, async (test) => {
      const { engine, client } = await start(test)
      const { image = 'nginx', command, ...others } = options as ServiceOptions
      await client.services.create(image, command ?? undefined, others)
      assert.deepEqual(sent(engine, '/services/create').spec, withImage(spec, image))
    })
  }
})

describe('service.update sends', () => {
  for (const { options, spec } of vectors) {
    it(`${JSON.stringify(options)} as it is to be`, async (test) => {
      const { engine, client } = await start(test)
      await new Service(client.api, { ID: 's1' }).update(options)
      assert.deepEqual(sent(engine, '/services/s1/update'), { query: { version: '7' }, spec })
    })
  }

  /** What goes with the spec: without a row for each, this does not compile. */
  const besides: Readonly<
    Record<Exclude<keyof ServiceUpdateOptions, keyof ServiceOptions | keyof CallOptions>, Besides>
  > = {
    auth: [{ auth: AUTH }, { auth: AUTH }],
    authFrom: [{ authFrom: 'previous-spec' }, { query: { registryAuthFrom: 'previous-spec' } }],
    forceUpdate: [{ forceUpdate: true }, { spec: { TaskTemplate: { ForceUpdate: 1 } } }],
    resolveImage: [
      { image: 'nginx', resolveImage: true },
      { spec: withImage({ TaskTemplate: { Placement: { Platforms: [] } } }, 'nginx@sha256:abc') },
    ],
  }
  for (const [name, [options, { auth, query = {}, spec = { TaskTemplate: {} } }]] of Object.entries(
    besides,
  )) {
    it(`what ${name} is for`, async (test) => {
      const { engine, client } = await start(test)
      await new Service(client.api, { ID: 's1' }).update(options)
      assert.deepEqual(sent(engine, '/services/s1/update'), { query: { version: '7', ...query }, spec })
      const header = engine.last.headers['x-registry-auth']
      const told = header === undefined ? undefined : JSON.parse(Buffer.from(header, 'base64url').toString())
      assert.deepEqual(told, auth)
    })
  }
})

type Besides = readonly [
  ServiceUpdateOptions,
  { readonly auth?: object; readonly query?: object; readonly spec?: object },
]

function withImage(spec: ServiceSpec, Image: string): ServiceSpec {
  const { TaskTemplate } = spec
  return {
    ...spec,
    TaskTemplate: { ...TaskTemplate, ContainerSpec: { ...TaskTemplate?.ContainerSpec, Image } },
  }
}

function sent(engine: FakeEngine, path: string) {
  const request = engine.requests.find((one) => one.path === path)
  const { searchParams } = new URL(request?.target ?? '', 'http://engine')
  const spec = JSON.parse(request?.body.toString() ?? '') as ServiceSpec
  return { query: Object.fromEntries(searchParams), spec }
}

async function start(test: TestContext) {
  const engine = await FakeEngine.start(test, {
    'POST /services/create': json({ ID: 's1' }, 201),
    'GET /services/s1': json({ ID: 's1', Version: { Index: 7 } }),
    'POST /services/s1/update': json({}),
    'GET /distribution/nginx/json': json({ Descriptor: { digest: 'sha256:abc' } }),
  })
  return { engine, client: engine.client(test) }
}
