import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inspect } from 'node:util'
import { ConflictError, InvalidArgumentError, InvalidVersionError, NotFoundError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json } from '../support/fake-engine.js'

const MADE = json({ ID: 'x1' }, 201)
const ATTRS = { ID: 'x1', Version: { Index: 5 }, Spec: { Name: 'db', Labels: { a: '1' }, Data: 'AP8=' } }

for (const kind of ['secrets', 'configs'] as const) {
  const made = { [`POST /${kind}/create`]: MADE }

  describe(`${kind}.create`, () => {
    for (const [data, base64] of [
      ['p4ss wörd', 'cDRzcyB3w7ZyZA=='],
      ['', ''],
      [Buffer.from([0, 255]), 'AP8='],
      [new Uint8Array([1, 2, 3, 4]).subarray(1, 3), 'AgM='],
    ] as const) {
      it(`sends ${inspect(data)} as base64, in one request`, async (test) => {
        const engine = await FakeEngine.start(test, made)
        const one = await engine.client(test)[kind].create('db', data, { labels: { a: 1 } })
        assert.deepEqual([one.id, one.name, one.labels, one.version], ['x1', 'db', { a: '1' }, undefined])
        assert.deepEqual(engine.calls, [`POST /v1.56/${kind}/create`])
        assert.deepEqual(bodyOf(engine), { Name: 'db', Labels: { a: '1' }, Data: base64 })
        assert.equal(one.attrs.Spec?.Data, undefined)
      })
    }

    it('is refused for an Engine that would not heed the templating', async (test) => {
      const engine = await FakeEngine.start(test, made)
      const all = engine.client(test, { apiVersion: '1.36' })[kind]
      const error = await failureOf(all.create('db', 'x', { templating: 'golang' }))
      assert.ok(error instanceof InvalidVersionError)
      assert.deepEqual(engine.calls, [])
    })

    it('refuses what cannot be right, and does not show it', async (test) => {
      const engine = await FakeEngine.start(test, made)
      const all = engine.client(test)[kind]
      for (const call of [
        all.create('db', { hidden: 'hidden' } as unknown as string),
        all.create('db', undefined as unknown as string),
        all.create('', 'hidden'),
        all.create({ name: 'db', data: 'hidden' } as unknown as string, ''),
        all.create(Buffer.from('hidden') as unknown as string, ''),
        all.create('db', 'data', { templating: { name: 'a', options: { key: ['hidden'] as never } } }),
        all.create('db', 'data', { templating: { name: 'a', options: 'hidden' as never } }),
        all.create('db', 'hidden', { label: {} } as object),
      ]) {
        const error = await failureOf(call)
        assert.ok(error instanceof InvalidArgumentError, inspect(error))
        assert.doesNotMatch(inspect(error, { depth: 9 }).replace(/\n.*/gs, ''), /hidden/)
      }
      assert.deepEqual(engine.calls, [])
    })

    it('is a conflict when the name is taken, and the error does not show the data', async (test) => {
      const taken = json({ message: 'rpc error: name conflicts' }, 409)
      const engine = await FakeEngine.start(test, { [`POST /${kind}/create`]: taken })
      const error = await failureOf(engine.client(test)[kind].create('db', 'hidden'))
      assert.ok(error instanceof ConflictError)
      assert.doesNotMatch(inspect(error, { depth: 9 }), /hidden|aGlkZGVu/)
    })
  })

  describe(`one of the ${kind}`, () => {
    it('is found by name and listed with filters', async (test) => {
      const engine = await FakeEngine.start(test, {
        [`GET /${kind}/db`]: json(ATTRS),
        [`GET /${kind}`]: json([ATTRS]),
      })
      const all = engine.client(test)[kind]
      const found = await all.get('db')
      assert.deepEqual([found.id, found.name, found.labels, found.version], ['x1', 'db', { a: '1' }, 5])
      assert.doesNotMatch(inspect(found, { depth: 9 }), /AP8=|api|socket/)
      assert.equal((await all.list({ filters: { name: 'db' } })).length, 1)
      const filters = encodeURIComponent('{"name":{"db":true}}')
      assert.deepEqual(engine.calls, [`GET /v1.56/${kind}/db`, `GET /v1.56/${kind}?filters=${filters}`])
      assert.ok((await failureOf(all.get('nobody'))) instanceof NotFoundError)
    })

    it('gets other labels and keeps the rest, also when it has changed meanwhile', async (test) => {
      let index = 5
      const engine = await FakeEngine.start(test, {
        [`GET /${kind}/x1`]: (call) => json({ ...ATTRS, Version: { Index: index++ } })(call),
        [`POST /${kind}/x1/update`]: (call) =>
          (index < 7 ? json({ message: 'update out of sequence' }, 500) : empty(200))(call),
      })
      const all = engine.client(test)[kind]
      await (await all.get('x1')).update({ labels: ['b'] })
      assert.match(engine.calls.at(-1) ?? '', /update\?version=6$/)
      assert.deepEqual(bodyOf(engine), { ...ATTRS.Spec, Labels: { b: '' } })
    })

    it('is removed', async (test) => {
      const engine = await FakeEngine.start(test, {
        [`GET /${kind}/x1`]: json(ATTRS),
        [`DELETE /${kind}/x1`]: empty(204),
      })
      await (await engine.client(test)[kind].get('x1')).remove()
      assert.equal(engine.calls.at(-1), `DELETE /v1.56/${kind}/x1`)
    })
  })
}

describe('a secret', () => {
  it('needs no data when a driver has it', async (test) => {
    const engine = await FakeEngine.start(test, { 'POST /secrets/create': MADE })
    const options = { driver: { name: 'vault', options: { path: 'x' } }, templating: 'golang' }
    await engine.client(test).secrets.create('db', undefined, options)
    assert.deepEqual(bodyOf(engine), {
      Name: 'db',
      Driver: { Name: 'vault', Options: { path: 'x' } },
      Templating: { Name: 'golang' },
    })
  })

  it('is refused for an Engine that would not heed the driver', async (test) => {
    const engine = await FakeEngine.start(test)
    const { secrets } = engine.client(test, { apiVersion: '1.30' })
    const error = await failureOf(secrets.create('db', undefined, { driver: 'vault' }))
    assert.ok(error instanceof InvalidVersionError)
    assert.deepEqual(engine.calls, [])
  })
})

describe('a config', () => {
  it('tells what it holds', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /configs/db': json(ATTRS) })
    const found = await engine.client(test).configs.get('db')
    assert.deepEqual(found.data, Buffer.from([0, 255]))
  })
})

function bodyOf(engine: FakeEngine): unknown {
  return JSON.parse(engine.last.body.toString())
}
