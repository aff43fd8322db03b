import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { inspect } from 'node:util'
import {
  ApiError,
  InvalidArgumentError,
  InvalidVersionError,
  ProtocolError,
  type SwarmInitOptions,
} from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { answer, empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const SWARM = {
  ID: 'swarm1',
  Version: { Index: 7 },
  Spec: { Name: 'default', Raft: { SnapshotInterval: 10000, KeepOldSnapshots: 0 }, Labels: { a: '1' } },
  JoinTokens: { Worker: 'SWMTKN-worker', Manager: 'SWMTKN-manager' },
}

describe('swarm.init', () => {
  it('asks for nothing but to listen unless told to, and gives the node id', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/init': json('node1') })
    assert.equal(await swarm.init(), 'node1')
    assert.deepEqual(engine.calls, ['POST /v1.47/swarm/init'])
    assert.deepEqual(bodyOf(engine), { ListenAddr: '0.0.0.0:2377' })
  })

  it('rejects when the Engine does not name the node', async (test) => {
    const { swarm } = await start(test, { 'POST /swarm/init': json(null) })
    assert.ok((await failureOf(swarm.init())) instanceof ProtocolError)
  })

  it('sends every option by the name the Engine has for it', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/init': json('node1') })
    const options: SwarmInitOptions = Object.freeze({
      advertiseAddr: 'eth0',
      listenAddr: '0.0.0.0:3000',
      dataPathAddr: '10.0.0.1',
      availability: 'drain',
      dataPathPort: 7777,
      defaultAddrPool: '10.20.0.0/16',
      forceNewCluster: false,
      ...{
        name: 'default',
        labels: ['a=1'],
        taskHistoryRetentionLimit: 0,
        snapshotInterval: 5,
        keepOldSnapshots: 1,
      },
      ...{
        logEntriesForSlowFollowers: 2,
        electionTick: 10,
        heartbeatTick: 1,
        dispatcherHeartbeatPeriod: '5s',
      },
      ...{ nodeCertExpiry: '720h', signingCaCert: 'cert', signingCaKey: 'key', caForceRotate: 1 },
      ...{ autolockManagers: true, logDriver: { name: 'local', options: { a: 1 } } },
      externalCas: { url: 'https://ca', options: { x: 1 } },
    })
    await swarm.init(options)
    assert.deepEqual(bodyOf(engine), {
      ListenAddr: '0.0.0.0:3000',
      AdvertiseAddr: 'eth0',
      DataPathAddr: '10.0.0.1',
      Availability: 'drain',
      DataPathPort: 7777,
      DefaultAddrPool: ['10.20.0.0/16'],
      SubnetSize: 24,
      ForceNewCluster: false,
      Spec: {
        Name: 'default',
        Labels: { a: '1' },
        Orchestration: { TaskHistoryRetentionLimit: 0 },
        Raft: {
          SnapshotInterval: 5,
          KeepOldSnapshots: 1,
          LogEntriesForSlowFollowers: 2,
          ElectionTick: 10,
          HeartbeatTick: 1,
        },
        Dispatcher: { HeartbeatPeriod: 5e9 },
        CAConfig: {
          NodeCertExpiry: 2592e12,
          SigningCACert: 'cert',
          SigningCAKey: 'key',
          ForceRotate: 1,
          ExternalCAs: [{ URL: 'https://ca', Options: { x: '1' } }],
        },
        EncryptionConfig: { AutoLockManagers: true },
        TaskDefaults: { LogDriver: { Name: 'local', Options: { a: '1' } } },
      },
    })
  })

  it('takes one that signs by its name in docker-py, too', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/init': json('node1') })
    await swarm.init({ externalCa: { url: 'https://ca', protocol: 'cfssl', caCert: 'pem' } })
    const ExternalCAs = [{ URL: 'https://ca', Protocol: 'cfssl', CACert: 'pem' }]
    assert.deepEqual(bodyOf(engine), { ListenAddr: '0.0.0.0:2377', Spec: { CAConfig: { ExternalCAs } } })
  })

  it('gives the pool when only the size of its subnets is told', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/init': json('node1') })
    await swarm.init({ subnetSize: 26, spec: { Labels: { a: '1' } } })
    const body = { ListenAddr: '0.0.0.0:2377', DefaultAddrPool: ['10.0.0.0/8'], SubnetSize: 26 }
    assert.deepEqual(bodyOf(engine), { ...body, Spec: { Labels: { a: '1' } } })
  })

  it('refuses what cannot be right, before it asks', async (test) => {
    const { engine, swarm } = await start(test, {})
    for (const [options, message] of [
      [{ advertise: 'x' }, /unknown option 'advertise', did you mean 'advertiseAddr'/],
      [{ dispatcherHeartbeatPeriod: 'often' }, /dispatcherHeartbeatPeriod must be/],
      [{ availability: 'off' }, /availability must be 'active' or 'pause' or 'drain', not 'off'/],
      [{ externalCa: { url: 'a' }, externalCas: [] }, /externalCa and externalCas are the same/],
      [{ subnetSize: '24' }, /subnetSize must be a whole number/],
      [{ signingCaKey: Buffer.from('secret-key') }, /signingCaKey must be a string .*, not a Buffer$/],
    ] as const) {
      const error = await failureOf(swarm.init(options as object))
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('is refused for an Engine that would not heed an option', async (test) => {
    const { engine, swarm } = await start(test, {}, '1.39')
    assert.ok((await failureOf(swarm.init({ dataPathPort: 4000 }))) instanceof InvalidVersionError)
    assert.deepEqual(engine.calls, [])
  })
})

describe('swarm.join', () => {
  it('sends token and addresses, and one address as a list', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/join': empty(200) })
    await swarm.join({ remoteAddrs: '10.0.0.1:2377', joinToken: 'SWMTKN-x', advertiseAddr: 'eth1' })
    assert.deepEqual(bodyOf(engine), {
      ListenAddr: '0.0.0.0:2377',
      AdvertiseAddr: 'eth1',
      RemoteAddrs: ['10.0.0.1:2377'],
      JoinToken: 'SWMTKN-x',
    })
  })

  it('shows no token in its errors', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/join': json({ message: 'no' }, 400) })
    const error = await failureOf(swarm.join({ remoteAddrs: ['a:1'], joinToken: 'SWMTKN-secret' }))
    assert.doesNotMatch(inspect(error, { depth: 9 }), /SWMTKN-secret/)
    const bad = await failureOf(
      swarm.join({ remoteAddrs: 'a:1', joinToken: ['SWMTKN-secret'] as unknown as string }),
    )
    assert.match(String(bad), /joinToken must be a string with something in it, not an array of 1/)
    assert.ok(
      (await failureOf(swarm.join({ remoteAddrs: [], joinToken: 'x' }))) instanceof InvalidArgumentError,
    )
    assert.equal(engine.calls.length, 1)
  })
})

describe('swarm.leave', () => {
  const outside = json({ message: 'This node is not part of a swarm' }, 503)

  it('is an error outside of a swarm, but not by force', async (test) => {
    const { engine, swarm } = await start(test, { 'POST /swarm/leave': outside })
    assert.equal(((await failureOf(swarm.leave())) as ApiError).status, 503)
    await swarm.leave({ force: true })
    assert.deepEqual(engine.calls, ['POST /v1.47/swarm/leave', 'POST /v1.47/swarm/leave?force=1'])
  })

  it('by force still tells other errors', async (test) => {
    const { swarm } = await start(test, { 'POST /swarm/leave': json({ message: 'broken' }, 500) })
    assert.match(String(await failureOf(swarm.leave({ force: true }))), /broken/)
  })
})

describe('swarm.update', () => {
  it('shows no token that is given where the Engine makes one', async (test) => {
    const { engine, swarm } = await start(test, {})
    const error = await failureOf(swarm.update({ rotateWorkerToken: 'SWMTKN-secret' as unknown as boolean }))
    assert.ok(error instanceof InvalidArgumentError)
    assert.equal(error.message, 'rotateWorkerToken must be true or false, not a string')
    assert.deepEqual(engine.calls, [])
  })

  it('keeps what is not given, group by group', async (test) => {
    const { engine, swarm } = await start(test, {
      'GET /swarm': json(SWARM),
      'POST /swarm/update': empty(200),
    })
    await swarm.update({ snapshotInterval: 5, rotateWorkerToken: true, rotateManagerToken: false })
    assert.deepEqual(engine.calls, [
      'GET /v1.47/swarm',
      'POST /v1.47/swarm/update?version=7&rotateWorkerToken=1&rotateManagerToken=0',
    ])
    assert.deepEqual(bodyOf(engine), { ...SWARM.Spec, Raft: { SnapshotInterval: 5, KeepOldSnapshots: 0 } })
  })

  it('is tried again with what has changed meanwhile', async (test) => {
    let index = 0
    const stale = { message: 'rpc error: code = Unknown desc = update out of sequence' }
    const { engine, swarm } = await start(test, {
      'GET /swarm': (call) => json({ ...SWARM, Version: { Index: ++index } })(call),
      'POST /swarm/update': (call) => (index < 3 ? json(stale, 500) : empty(200))(call),
    })
    await swarm.update({ labels: {} })
    assert.match(engine.calls.at(-1) ?? '', /version=3$/)
    assert.equal(engine.calls.length, 6)
  })

  it('is not tried for ever', async (test) => {
    const { engine, swarm } = await start(test, {
      'GET /swarm': json(SWARM),
      'POST /swarm/update': json({ message: 'update out of sequence' }, 500),
    })
    assert.match(String(await failureOf(swarm.update())), /out of sequence/)
    assert.equal(engine.calls.length, 20)
  })
})

describe('what a swarm tells', () => {
  it('is asked for by reload, and not shown by accident', async (test) => {
    const { swarm } = await start(test, { 'GET /swarm': json(SWARM) })
    assert.deepEqual([swarm.id, swarm.version, swarm.attrs], [undefined, undefined, undefined])
    assert.equal(await swarm.reload(), swarm)
    assert.deepEqual([swarm.id, swarm.version], ['swarm1', 7])
    assert.deepEqual(await swarm.joinTokens(), { worker: 'SWMTKN-worker', manager: 'SWMTKN-manager' })
    assert.doesNotMatch(inspect(swarm, { depth: 9 }), /SWMTKN/)
  })

  it('has an unlock key, or none', async (test) => {
    let key = 'SWMKEY-1-x'
    const { engine, swarm } = await start(test, {
      'GET /swarm/unlockkey': (call) => json({ UnlockKey: key })(call),
      'POST /swarm/unlock': empty(200),
    })
    assert.equal(await swarm.unlockKey(), key)
    await swarm.unlock(key)
    assert.deepEqual(bodyOf(engine), { UnlockKey: key })
    key = ''
    assert.equal(await swarm.unlockKey(), undefined)
    assert.ok((await failureOf(swarm.unlock(''))) instanceof InvalidArgumentError)
  })
})

describe('an Engine that cannot answer for a swarm', () => {
  const rows = [
    ['This node is not a swarm manager. Use "docker swarm init".', /swarm\.init\(\), or connect to one/],
    ["This node is not a swarm manager. Worker nodes can't be used", /swarm\.init\(\), or connect to one/],
    ['Swarm is encrypted and needs to be unlocked before it can be used.', /swarm\.unlock\(key\)/],
    ['something else', undefined],
  ] as const
  for (const [message, hint] of rows) {
    it(`helps with: ${message.slice(0, 50)}`, async (test) => {
      const { client } = await start(test, { '*': json({ message }, 503) })
      const collections = [client.services, client.nodes, client.tasks, client.secrets, client.configs]
      for (const call of [
        ...collections.map((collection) => collection.list()),
        client.api.services.list(),
      ]) {
        const error = await failureOf(call)
        assert.ok(error instanceof ApiError && error.status === 503 && error.explanation === message)
        if (hint === undefined) assert.equal(error.hint, undefined)
        else assert.match(error.message, hint)
      }
    })
  }
})

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.47') {
  const ping = answer(200, { 'Api-Version': apiVersion })
  const all = { 'HEAD /_ping': ping, 'GET /_ping': ping, ...scripts }
  const engine = await FakeEngine.start(test, all, { apiVersion })
  const client = engine.client(test)
  return { engine, client, swarm: client.swarm }
}

function bodyOf(engine: FakeEngine): unknown {
  return JSON.parse(engine.last.body.toString())
}
