import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Container, InvalidArgumentError, InvalidVersionError, Network, NotFoundError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const ID = 'n'.repeat(64)
const FOUND = { Id: ID, Name: 'web', Driver: 'bridge', Labels: { tier: 'web' }, Containers: {} }
const CREATING = {
  'POST /networks/create': json({ Id: ID, Warning: '' }),
  [`GET /networks/${ID}`]: json(FOUND),
}

describe('networks.create', () => {
  it('sends every option under its own name and asks for the details', async (test) => {
    const { engine, client } = await start(test, CREATING)
    const network = await client.networks.create('web', {
      driver: 'bridge',
      options: { 'com.docker.network.bridge.enable_icc': false },
      ipam: {
        driver: 'default',
        pools: [
          {
            subnet: '10.9.0.0/16',
            ipRange: '10.9.1.0/24',
            gateway: '10.9.0.1',
            auxAddresses: { a: '10.9.0.2' },
          },
        ],
        options: { x: '1' },
      },
      internal: false,
      labels: ['tier=web', 'bare'],
      enableIpv4: true,
      enableIpv6: false,
      attachable: true,
      scope: 'local',
      ingress: false,
      configOnly: false,
      configFrom: 'template',
    })
    assert.deepEqual(
      [network.id, network.shortId, network.name, network.driver, network.labels, network.attrs.Containers],
      [ID, 'n'.repeat(12), 'web', 'bridge', { tier: 'web' }, {}],
    )
    assert.deepEqual(engine.calls, ['POST /v1.51/networks/create', `GET /v1.51/networks/${ID}`])
    assert.deepEqual(bodyOf(engine, '/networks/create'), {
      Driver: 'bridge',
      Options: { 'com.docker.network.bridge.enable_icc': 'false' },
      IPAM: {
        Driver: 'default',
        Config: [
          {
            Subnet: '10.9.0.0/16',
            IPRange: '10.9.1.0/24',
            Gateway: '10.9.0.1',
            AuxiliaryAddresses: { a: '10.9.0.2' },
          },
        ],
        Options: { x: '1' },
      },
      Internal: false,
      Labels: { tier: 'web', bare: '' },
      EnableIPv4: true,
      EnableIPv6: false,
      Attachable: true,
      Scope: 'local',
      Ingress: false,
      ConfigOnly: false,
      ConfigFrom: { Network: 'template' },
      Name: 'web',
    })
  })

  it("takes the Engine's own names of address pools", async (test) => {
    const { engine, client } = await start(test, CREATING)
    for (const ipam of [{ Config: [{ Subnet: '10.9.0.0/16' }] }, { pools: [{ Subnet: '10.9.0.0/16' }] }]) {
      await client.networks.create('web', { ipam })
      const sent = bodyOf(engine, '/networks/create')
      assert.deepEqual(sent, { IPAM: { Config: [{ Subnet: '10.9.0.0/16' }] }, Name: 'web' })
    }
  })

  it('has an older Engine refuse a name in use, unless told otherwise', async (test) => {
    const { engine, client } = await start(test, CREATING, '1.43')
    await client.networks.create('web')
    assert.deepEqual(bodyOf(engine, '/networks/create'), { Name: 'web', CheckDuplicate: true })
    await client.networks.create('web', { checkDuplicate: false })
    assert.deepEqual(bodyOf(engine, '/networks/create'), { Name: 'web', CheckDuplicate: false })
  })

  it('removes what it cannot hand out', async (test) => {
    const { engine, client } = await start(test, {
      'POST /networks/create': json({ Id: ID }),
      '*': json({ message: 'out of order' }, 500),
    })
    assert.match(String(await failureOf(client.networks.create('web'))), /out of order/)
    assert.equal(engine.calls.at(-1), `DELETE /v1.51/networks/${ID}`)
  })

  it('refuses what is unknown or of the wrong kind, and sends nothing', async (test) => {
    const { engine, client } = await start(test, {})
    for (const [name, options, message] of [
      ['web', { drivr: 'x' }, /unknown option 'drivr', did you mean 'driver'/],
      ['web', { ipam: { pools: [{ subnets: 'x' }] } }, /unknown option 'subnets' of ipam\.pools\[0\]/],
      ['web', { internal: 1 }, /internal must be true or false, not 1/],
      ['web', { options: 'mtu=1' }, /options must be an object or an array of strings, not a string/],
      ['', {}, /name must be the name of a network, not ''/],
    ] as const) {
      const error = await failureOf(client.networks.create(name, options as object))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('refuses IPv4 options of an Engine that is too old for them', async (test) => {
    const { engine, client } = await start(test, CREATING, '1.41')
    const error = await failureOf(client.networks.create('web', { enableIpv4: false }))
    assert.ok(error instanceof InvalidVersionError)
    assert.deepEqual(engine.calls, [])
  })
})

describe('networks', () => {
  it('are listed in one request, with names and ids among the filters of the caller', async (test) => {
    const { engine, client } = await start(test, { 'GET /networks': json([FOUND]) })
    const filters = Object.freeze({ driver: 'bridge' })
    const [network] = await client.networks.list({ names: ['web'], ids: ['n'], filters })
    assert.equal(network?.name, 'web')
    const encoded = encodeURIComponent('{"driver":{"bridge":true},"name":{"web":true},"id":{"n":true}}')
    await client.networks.list()
    assert.deepEqual(engine.calls, [`GET /v1.51/networks?filters=${encoded}`, 'GET /v1.51/networks'])
  })

  it('are asked for one by one when told to, without those that have vanished', async (test) => {
    const { engine, client } = await start(test, {
      'GET /networks': json([{ Id: 'gone' }, { Id: ID }]),
      'GET /networks/gone': json({ message: 'no such network' }, 404),
      [`GET /networks/${ID}`]: json(FOUND),
    })
    const networks = await client.networks.list({ inspect: true })
    assert.deepEqual(
      networks.map(({ name, attrs }) => [name, attrs.Containers]),
      [['web', {}]],
    )
    assert.equal(engine.calls.length, 3)
  })

  it('are found with what inspecting can ask for', async (test) => {
    const { engine, client } = await start(test, { '*': json(FOUND) })
    const network = await client.networks.get('web', { verbose: true, scope: 'swarm' })
    await network.reload({ verbose: false })
    assert.deepEqual(engine.calls, [
      'GET /v1.51/networks/web?verbose=1&scope=swarm',
      `GET /v1.51/networks/${ID}?verbose=0`,
    ])
  })

  it('are not found by a name that is empty or unknown', async (test) => {
    const { engine, client } = await start(test, { '*': json({ message: 'network x not found' }, 404) })
    assert.ok((await failureOf(client.networks.get(''))) instanceof InvalidArgumentError)
    assert.deepEqual(engine.calls, [])
    assert.ok((await failureOf(client.networks.get('x'))) instanceof NotFoundError)
  })

  it('tell their containers in one request', async (test) => {
    const { engine, network } = await start(test, {
      [`GET /networks/${ID}`]: json({
        ...FOUND,
        Containers: { aa: { Name: 'one' }, bb: { Name: 'two' }, 'lb-web': { Name: 'web-endpoint' } },
      }),
    })
    const containers = await network.containers()
    assert.deepEqual(
      containers.map(({ id, name }) => [id, name]),
      [
        ['aa', 'one'],
        ['bb', 'two'],
      ],
    )
    assert.ok(containers[0] instanceof Container)
    assert.equal(engine.calls.length, 1)
  })

  it('are pruned with filters', async (test) => {
    const { engine, client } = await start(test, {
      'POST /networks/prune': json({ NetworksDeleted: ['web'] }),
    })
    assert.deepEqual(await client.networks.prune({ filters: { label: 'a' } }), { NetworksDeleted: ['web'] })
    assert.match(engine.calls[0] ?? '', /\/networks\/prune\?filters=%7B%22label%22/)
  })

  it('are removed', async (test) => {
    const { engine, network } = await start(test, { [`DELETE /networks/${ID}`]: empty() })
    await network.remove()
    assert.equal(engine.calls.at(-1), `DELETE /v1.51/networks/${ID}`)
  })
})

describe('network.connect', () => {
  const CONNECTING = { [`POST /networks/${ID}/connect`]: empty(200) }

  it('sends the end of the container, and only what was said of it', async (test) => {
    const { engine, network } = await start(test, CONNECTING)
    const options = Object.freeze({
      aliases: Object.freeze(['db']),
      links: { cache: 'redis' },
      ip: '10.9.0.7',
      ip6: 'fd00::7',
      linkLocalIps: ['169.254.8.8'],
      driverOpt: { a: 1 },
    })
    await network.connect('c', options)
    assert.deepEqual(bodyOf(engine, `/networks/${ID}/connect`), {
      Container: 'c',
      EndpointConfig: {
        Aliases: ['db'],
        Links: ['cache:redis'],
        DriverOpts: { a: '1' },
        IPAMConfig: { IPv4Address: '10.9.0.7', IPv6Address: 'fd00::7', LinkLocalIPs: ['169.254.8.8'] },
      },
    })
    await network.connect('/c')
    assert.deepEqual(bodyOf(engine, `/networks/${ID}/connect`), { Container: 'c' })
  })

  it('takes a container in place of its name', async (test) => {
    const { engine, network, client } = await start(test, CONNECTING)
    await network.connect(new Container(client.api, { id: 'abc' }), { signal: AbortSignal.timeout(60_000) })
    assert.deepEqual(bodyOf(engine, `/networks/${ID}/connect`), { Container: 'abc' })
  })

  it('refuses a MAC address where the Engine would pay no heed to it', async (test) => {
    const { engine, network } = await start(test, CONNECTING)
    const error = await failureOf(network.connect('c', { macAddress: '02:42:ac:11:00:02' }))
    assert.ok(error instanceof InvalidVersionError)
    assert.deepEqual(engine.calls, [])
    const newer = await start(test, CONNECTING, '1.54')
    await newer.network.connect('c', { macAddress: '02:42:ac:11:00:02' })
    assert.deepEqual(bodyOf(newer.engine, `/networks/${ID}/connect`), {
      Container: 'c',
      EndpointConfig: { MacAddress: '02:42:ac:11:00:02' },
    })
  })

  it('refuses what is unknown, and sends nothing', async (test) => {
    const { engine, network } = await start(test, CONNECTING)
    const misspelt = { alias: ['db'] } as object
    assert.match(String(await failureOf(network.connect('c', misspelt))), /unknown option 'alias'.*'aliases'/)
    assert.match(String(await failureOf(network.connect(''))), /container must be .* not ''/)
    assert.match(String(await failureOf(network.disconnect('c', { forced: true } as object))), /'forced'/)
    assert.deepEqual(engine.calls, [])
  })

  it('has its opposite, which can be forced', async (test) => {
    const { engine, network } = await start(test, { [`POST /networks/${ID}/disconnect`]: empty(200) })
    await network.disconnect('c')
    assert.deepEqual(bodyOf(engine, `/networks/${ID}/disconnect`), { Container: 'c' })
    await network.disconnect('c', { force: false })
    assert.deepEqual(bodyOf(engine, `/networks/${ID}/disconnect`), { Container: 'c', Force: false })
  })
})

function bodyOf(engine: FakeEngine, path: string): unknown {
  const request = engine.requests.findLast((one) => one.path === path)
  return JSON.parse(request?.body.toString() ?? 'null')
}

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.51') {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion })
  return { engine, client, network: new Network(client.api, FOUND) }
}
