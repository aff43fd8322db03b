import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { InvalidArgumentError, NotFoundError } from '#src/index.js'
import { failureOf } from '../support/failure.js'
import { empty, FakeEngine, json, type Scripts } from '../support/fake-engine.js'

const NODE = {
  ID: 'n'.repeat(25),
  Version: { Index: 12 },
  Spec: { Role: 'manager', Availability: 'active', Labels: { zone: 'a' } },
  Description: { Hostname: 'box' },
  Status: { State: 'ready', Addr: '10.0.0.1' },
  ManagerStatus: { Leader: true },
}
const PATH = `/nodes/${NODE.ID}`

describe('nodes', () => {
  it('are listed in one request, with their facts', async (test) => {
    const { engine, nodes } = await start(test, { 'GET /nodes': json([NODE, { ID: 'x' }]) })
    const [node, bare] = await nodes.list({ filters: { role: 'manager' } })
    assert.deepEqual(
      [node?.id, node?.shortId, node?.version, node?.hostname, node?.role, node?.availability],
      [NODE.ID, 'n'.repeat(12), 12, 'box', 'manager', 'active'],
    )
    assert.deepEqual(
      [node?.state, node?.address, node?.isLeader, node?.labels],
      ['ready', '10.0.0.1', true, { zone: 'a' }],
    )
    assert.deepEqual([bare?.hostname, bare?.isLeader, bare?.labels], [undefined, false, {}])
    const filters = encodeURIComponent('{"role":{"manager":true}}')
    assert.deepEqual(engine.calls, [`GET /v1.56/nodes?filters=${filters}`])
  })

  it('are found by name, and the asked one as self', async (test) => {
    const { engine, nodes } = await start(test, {
      'GET /nodes/box': json(NODE),
      'GET /info': json({ Swarm: { NodeID: NODE.ID } }),
      [`GET ${PATH}`]: json(NODE),
    })
    assert.equal((await nodes.get('box')).id, NODE.ID)
    assert.equal((await nodes.get('self')).id, NODE.ID)
    assert.deepEqual(engine.calls, ['GET /v1.56/nodes/box', 'GET /v1.56/info', `GET /v1.56${PATH}`])
    assert.ok((await failureOf(nodes.get('nobody'))) instanceof NotFoundError)
    assert.ok((await failureOf(nodes.get(''))) instanceof InvalidArgumentError)
  })

  for (const change of [{ availability: 'drain' }, { Availability: 'drain' }] as const) {
    it(`change what is given and keep the rest: ${JSON.stringify(change)}`, async (test) => {
      const { engine, node } = await start(test, {
        [`GET ${PATH}`]: json(NODE),
        [`POST ${PATH}/update`]: empty(200),
      })
      await node.update(change)
      assert.deepEqual(engine.calls.slice(1), [`GET /v1.56${PATH}`, `POST /v1.56${PATH}/update?version=12`])
      assert.deepEqual(JSON.parse(engine.last.body.toString()), { ...NODE.Spec, Availability: 'drain' })
    })
  }

  it('have all their labels replaced', async (test) => {
    const { engine, node } = await start(test, {
      [`GET ${PATH}`]: json(NODE),
      [`POST ${PATH}/update`]: empty(200),
    })
    await node.update({ labels: ['b=2'], role: 'worker' })
    const spec = { Role: 'worker', Availability: 'active', Labels: { b: '2' } }
    assert.deepEqual(JSON.parse(engine.last.body.toString()), spec)
  })

  it('refuse a change that cannot be right', async (test) => {
    const { engine, node } = await start(test, {})
    for (const bad of [{ availability: 'off' }, { role: 'boss' }, { availabilty: 'drain' }]) {
      assert.ok((await failureOf(node.update(bad as object))) instanceof InvalidArgumentError)
    }
    assert.equal(engine.calls.length, 1)
  })

  it('are removed, also by force', async (test) => {
    const { engine, node } = await start(test, { [`DELETE ${PATH}`]: empty(200) })
    await node.remove()
    await node.remove({ force: true })
    assert.deepEqual(engine.calls.slice(1), [`DELETE /v1.56${PATH}`, `DELETE /v1.56${PATH}?force=1`])
  })

  it('tell their tasks', async (test) => {
    const { engine, node } = await start(test, { 'GET /tasks': json([{ ID: 't1' }]) })
    const [task] = await node.tasks({ filters: { 'desired-state': 'running' } })
    assert.equal(task?.id, 't1')
    const filters = encodeURIComponent(`{"desired-state":{"running":true},"node":{"${NODE.ID}":true}}`)
    assert.equal(engine.calls.at(-1), `GET /v1.56/tasks?filters=${filters}`)
  })
})

async function start(test: TestContext, scripts: Scripts) {
  const engine = await FakeEngine.start(test, { 'GET /nodes': json([NODE]), ...scripts })
  const { nodes } = engine.client(test)
  if (scripts['GET /nodes'] ?? scripts['GET /nodes/box']) return { engine, nodes, node: undefined as never }
  const [node] = await nodes.list()
  assert.ok(node)
  return { engine, nodes, node }
}
