import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { ConflictError, InvalidArgumentError, InvalidVersionError, NotFoundError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json } from '../support/fake-engine.js'

const MADE = { 'POST /secrets/create': json({ ID: 'x1' }, 201) }

describe('secrets.create', () => {
  for (const [data, base64] of [
    ['p4ss wörd', 'cDRzcyB3w7ZyZA=='],
    ['', ''],
    [Buffer.from([0, 255]), 'AP8='],
    [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), 'AgM='],
  ] as const) {
    it(`sends ${inspect(data)} as base64, in one request`, async (test) => {
      const engine = await FakeEngine.start(test, MADE)
      const made = await engine.client(test).secrets.create('db', data, { labels: { a: 1 } })
      assert.deepEqual([made.id, made.name, made.labels, made.version], ['x1', 'db', { a: '1' }, undefined])
      assert.deepEqual(engine.calls, ['POST /v1.56/secrets/create'])
      assert.deepEqual(bodyOf(engine), { Name: 'db', Labels: { a: '1' }, Data: base64 })
      assert.equal(made.attrs.Spec?.Data, undefined)
    })
  }

  it('needs no data when a driver has it', async (test) => {
    const engine = await FakeEngine.start(test, MADE)
    const options = { driver: { name: 'vault', options: { path: 'x' } }, templating: 'golang' }
    await engine.client(test).secrets.create('db', undefined, options)
    assert.deepEqual(bodyOf(engine), {
      Name: 'db',
      Driver: { Name: 'vault', Options: { path: 'x' } },
      Templating: { Name: 'golang' },
    })
  })

  it('is refused for an Engine that would not heed the driver', async (test) => {
    const engine = await FakeEngine.start(test, MADE, { apiVersion: '1.30' })
    const { secrets } = engine.client(test, { apiVersion: '1.30' })
    assert.ok(
      (await failureOf(secrets.create('db', undefined, { driver: 'vault' }))) instanceof InvalidVersionError,
    )
  })

  it('refuses what cannot be right, and does not show it', async (test) => {
    const engine = await FakeEngine.start(test, MADE)
    const { secrets } = engine.client(test)
    for (const call of [
      secrets.create('db', { hidden: 'hidden' } as unknown as string),
      secrets.create('db', undefined as unknown as string),
      secrets.create('', 'hidden'),
      secrets.create('db', 'hidden', { label: {} } as object),
    ]) {
      const error = await failureOf(call)
      assert.ok(error instanceof InvalidArgumentError, inspect(error))
      assert.doesNotMatch(inspect(error, { depth: 9 }).replace(/\n.*/gs, ''), /hidden/)
    }
    assert.deepEqual(engine.calls, [])
  })

  it('is a conflict when the name is taken, and the error does not show the data', async (test) => {
    const taken = json({ message: 'rpc error: name conflicts' }, 409)
    const engine = await FakeEngine.start(test, { 'POST /secrets/create': taken })
    const error = await failureOf(engine.client(test).secrets.create('db', 'hidden'))
    assert.ok(error instanceof ConflictError)
    assert.doesNotMatch(inspect(error, { depth: 9 }), /hidden|aGlkZGVu/)
  })
})

describe('a secret', () => {
  const attrs = { ID: 'x1', Version: { Index: 5 }, Spec: { Name: 'db', Labels: { a: '1' } } }

  it('is found by name and listed with filters', async (test) => {
    const engine = await FakeEngine.start(test, {
      'GET /secrets/db': json(attrs),
      'GET /secrets': json([attrs]),
    })
    const { secrets } = engine.client(test)
    const found = await secrets.get('db')
    assert.deepEqual([found.id, found.name, found.labels, found.version], ['x1', 'db', { a: '1' }, 5])
    assert.doesNotMatch(inspect(found, { depth: 9 }), /api|socket/)
    assert.equal((await secrets.list({ filters: { name: 'db' } })).length, 1)
    const filters = encodeURIComponent('{"name":{"db":true}}')
    assert.deepEqual(engine.calls, ['GET /v1.56/secrets/db', `GET /v1.56/secrets?filters=${filters}`])
    assert.ok((await failureOf(secrets.get('nobody'))) instanceof NotFoundError)
  })

  it('gets other labels and keeps the rest, also when it has changed meanwhile', async (test) => {
    let index = 5
    const engine = await FakeEngine.start(test, {
      'GET /secrets/x1': (call) => json({ ...attrs, Version: { Index: index++ } })(call),
      'POST /secrets/x1/update': (call) =>
        (index < 7 ? json({ message: 'update out of sequence' }, 500) : empty(200))(call),
    })
    const { secrets } = engine.client(test)
    await (await secrets.get('x1')).update({ labels: ['b'] })
    assert.match(engine.calls.at(-1) ?? '', /update\?version=6$/)
    assert.deepEqual(bodyOf(engine), { ...attrs.Spec, Labels: { b: '' } })
  })

  it('is removed', async (test) => {
    const engine = await FakeEngine.start(test, {
      'GET /secrets/x1': json(attrs),
      'DELETE /secrets/x1': empty(204),
    })
    await (await engine.client(test).secrets.get('x1')).remove()
    assert.equal(engine.calls.at(-1), 'DELETE /v1.56/secrets/x1')
  })
})

function bodyOf(engine: FakeEngine): unknown {
  return JSON.parse(engine.last.body.toString())
}
