import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { InvalidArgumentError, InvalidVersionError, ProtocolError, Volume } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const FOUND = {
  Name: 'data',
  Driver: 'local',
  Mountpoint: '/var/lib/docker/volumes/data/_data',
  Labels: null,
  Scope: 'local',
  Options: null,
} as const

describe('volumes', () => {
  it('are made with one request, by name or by options', async (test) => {
    const { engine, client } = await start(test, { 'POST /volumes/create': json(FOUND, 201) })
    const options = Object.freeze({
      driver: 'local',
      driverOpt: { type: 'tmpfs', nr: 1 },
      labels: ['a', 'b=c'],
    })
    const body = {
      Name: 'data',
      Driver: 'local',
      DriverOpts: { type: 'tmpfs', nr: '1' },
      Labels: { a: '', b: 'c' },
    }
    const volume = await client.volumes.create('data', options)
    assert.deepEqual(JSON.parse(engine.last.body.toString()), body)
    await client.volumes.create({ name: 'data', ...options })
    assert.deepEqual(JSON.parse(engine.last.body.toString()), body)
    await client.volumes.create()
    assert.equal(engine.last.body.toString(), '{}')
    assert.equal(engine.calls.length, 3)
    assert.deepEqual(
      [volume.id, volume.name, volume.driver, volume.mountpoint, volume.labels],
      ['data', 'data', 'local', FOUND.Mountpoint, {}],
    )
  })

  it('reject when the Engine does not name what it made', async (test) => {
    const { client } = await start(test, { 'POST /volumes/create': json({}, 201) })
    assert.ok((await failureOf(client.volumes.create('data'))) instanceof ProtocolError)
  })

  it('are a list also where the Engine says null', async (test) => {
    const { engine, client } = await start(test, { 'GET /volumes': json({ Volumes: null, Warnings: null }) })
    assert.deepEqual(await client.volumes.list({ filters: { dangling: true } }), [])
    const filters = encodeURIComponent('{"dangling":{"true":true}}')
    assert.deepEqual(engine.calls, [`GET /v1.51/volumes?filters=${filters}`])
  })

  it('are found and refreshed by name', async (test) => {
    const { engine, client } = await start(test, {
      'GET /volumes/data': json({ ...FOUND, Labels: { a: '1' } }),
    })
    const volume = await client.volumes.get('data')
    assert.equal(await volume.reload(), volume)
    assert.deepEqual(volume.labels, { a: '1' })
    assert.equal(engine.calls.length, 2)
    assert.ok((await failureOf(client.volumes.get(''))) instanceof InvalidArgumentError)
    assert.equal(engine.calls.length, 2)
  })

  it('are removed with the force that was asked for', async (test) => {
    const { engine, volume } = await start(test, { 'DELETE /volumes/data': empty() })
    await volume.remove()
    await volume.remove({ force: true })
    await volume.remove({ force: false })
    assert.deepEqual(engine.calls, [
      'DELETE /v1.51/volumes/data',
      'DELETE /v1.51/volumes/data?force=1',
      'DELETE /v1.51/volumes/data?force=0',
    ])
  })

  it('are pruned, those with names only when asked', async (test) => {
    const { engine, client } = await start(test, { 'POST /volumes/prune': json({ SpaceReclaimed: 1 }) })
    const filters = Object.freeze({ label: 'a' })
    await client.volumes.prune({ filters })
    await client.volumes.prune({ filters, all: true })
    await client.volumes.prune({ all: false })
    assert.deepEqual(engine.calls.map(decodeURIComponent), [
      'POST /v1.51/volumes/prune?filters={"label":{"a":true}}',
      'POST /v1.51/volumes/prune?filters={"label":{"a":true},"all":{"true":true}}',
      'POST /v1.51/volumes/prune',
    ])
  })

  it('are pruned by an older Engine without a word that it does not know', async (test) => {
    const { engine, client } = await start(test, { 'POST /volumes/prune': json({}) }, '1.41')
    await client.volumes.prune({ all: true })
    assert.ok((await failureOf(client.volumes.prune({ all: false }))) instanceof InvalidVersionError)
    assert.deepEqual(engine.calls, ['POST /v1.41/volumes/prune'])
  })

  it('refuse options that are unknown or of the wrong kind', async (test) => {
    const { engine, client, volume } = await start(test, {})
    const refused = [
      [client.volumes.create({ driverOps: {} } as object), /unknown option 'driverOps'.*'driverOpt'/],
      [
        client.volumes.create({ labels: 'a' } as object),
        /labels must be an object or an array of strings, not a string/,
      ],
      [client.volumes.list({ filter: {} } as object), /unknown option 'filter'/],
      [volume.remove({ Force: true } as object), /unknown option 'Force': it is called force here/],
    ] as const
    for (const [call, message] of refused) {
      const error = await failureOf(call)
      assert.ok(error instanceof InvalidArgumentError)
      assert.match(error.message, message)
    }
    assert.deepEqual(engine.calls, [])
  })
})

async function start(test: TestContext, scripts: Scripts, apiVersion = '1.51') {
  const engine = await FakeEngine.start(test, scripts)
  const client = engine.client(test, { apiVersion })
  return { engine, client, volume: new Volume(client.api, FOUND) }
}
