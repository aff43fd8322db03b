import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import type { SystemInfo } from '#src/api/index.js'
import { TimeoutError } from '#src/index.js'
import { removeForgotten } from '#src/models/containers/sandbox/forgotten.js'
import { Sandbox } from '#src/models/containers/sandbox/sandbox.js'
import { failureOf } from '../support/failure.js'
import { chunked, chunkedHead, empty, FakeEngine, json, type Script } from '../support/fake-engine.js'

/** The clock of this machine is a day ahead of the Engine's. */
const ENGINE_NOW = Date.now() / 1000 - 24 * 3600

it('the sandboxes that never ran are removed, and no container that has their label from its image', async (test) => {
  const created = (Id: string, mark: string, Created = 1) => ({
    ...{ Id, Created, ImageID: 'sha256:i' },
    Labels: { 'dockline.sandbox': mark },
  })
  const engine = await FakeEngine.start(test, {
    'GET /containers/json': json([
      created('forgotten', 'a'),
      created('of-the-image', ''),
      created('new', 'b', ENGINE_NOW),
    ]),
    'GET /images/sha256%3Ai/json': json({ Id: 'sha256:i', Config: { Labels: { 'dockline.sandbox': '' } } }),
    'DELETE /containers/forgotten': empty(),
  })
  const info = { SystemTime: new Date(ENGINE_NOW * 1000).toISOString() }
  await removeForgotten(engine.client(test).api, Promise.resolve(info as SystemInfo), {})
  const removals = engine.calls.filter((call) => call.startsWith('DELETE'))
  assert.deepEqual(removals, ['DELETE /v1.56/containers/forgotten?force=1&v=1'])
})

const UNDER_WAY = json({ message: 'removal of container s is already in progress' }, 409)

describe('sandbox.close', () => {
  it('rejects when the removal that is under way fails', async (test) => {
    const failed = '{"StatusCode":0,"Error":{"Message":"device busy"}}'
    const sandbox = await aSandbox(test, chunked('application/json', failed))
    assert.match(String(await failureOf(sandbox.close())), /removing s failed: device busy/)
  })

  it('rejects with TimeoutError when the removal that is under way does not end', async (test) => {
    const wait: Script = (call) => call.takeOver().write(chunkedHead('application/json'))
    const sandbox = await aSandbox(test, wait)
    assert.ok((await failureOf(sandbox.close({ timeout: 100 }))) instanceof TimeoutError)
  })
})

/** A sandbox that the Engine is about to remove. */
async function aSandbox(test: TestContext, wait: Script): Promise<Sandbox> {
  const engine = await FakeEngine.start(test, {
    'DELETE /containers/s': UNDER_WAY,
    'POST /containers/s/wait': wait,
    'GET /containers/s/json': json({ Id: 's' }),
  })
  return new Sandbox(engine.client(test).api, { Id: 's' }, { leash: new PassThrough(), allowed: [] })
}
