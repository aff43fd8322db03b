import assert from 'node:assert/strict'
import { it } from 'node:test'
import { removeForgotten } from '#src/models/containers/sandbox/forgotten.js'
import { empty, FakeEngine, json } from '../support/fake-engine.js'

it('the sandboxes that never ran are removed, and no container that has their label from its image', async (test) => {
  const created = (Id: string, mark: string, Created = 1) => ({
    ...{ Id, Created, ImageID: 'sha256:i' },
    Labels: { 'dockline.sandbox': mark },
  })
  const engine = await FakeEngine.start(test, {
    'GET /containers/json': json([
      created('forgotten', 'a'),
      created('of-the-image', ''),
      created('new', 'b', Date.now() / 1000),
    ]),
    'GET /images/sha256%3Ai/json': json({ Id: 'sha256:i', Config: { Labels: { 'dockline.sandbox': '' } } }),
    'DELETE /containers/forgotten': empty(),
  })
  await removeForgotten(engine.client(test).api, {})
  const removals = engine.calls.filter((call) => call.startsWith('DELETE'))
  assert.deepEqual(removals, ['DELETE /v1.56/containers/forgotten?force=1&v=1'])
})
