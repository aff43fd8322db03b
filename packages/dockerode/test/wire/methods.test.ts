import assert from 'node:assert/strict'
import type { Duplex } from 'node:stream'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { BOTH, byCallback, type Target } from '../support/both.js'
import { CASES, type Case } from '../support/methods.js'
import { type RecordingEngine, type Reply, startRecording } from '../support/recording-engine.js'
import { shapeOf, shapeOfError } from '../support/shape.js'

type Name = keyof typeof BOTH

const SUCCESS: Reply = { status: 200, body: '{"Id":"made","ID":"made","Name":"made"}' }
const FAILURES: readonly Reply[] = [
  ...[304, 400, 401, 403, 404, 406, 409, 500, 503].map((status) => ({
    status,
    body: '{"message":"No such thing: x"}',
  })),
  { status: 502, body: 'plain words', type: 'text/plain' },
]

/** The same calls on dockerode and on the drop-in: what is sent, given and thrown. */
describe('every method, beside dockerode,', () => {
  let engine: RecordingEngine
  const dockers = {} as Record<Name, Target>

  before(async () => {
    engine = await startRecording()
    for (const [name, Docker] of Object.entries(BOTH))
      dockers[name as Name] = new Docker({ socketPath: engine.socketPath })
  })

  after(() => engine.stop())

  for (const each of CASES) {
    const { method, args, ours, gives } = each
    it(`${method}(${args.map((arg) => inspect(arg, { breakLength: Infinity })).join(', ')})`, async () => {
      engine.reply = { ...SUCCESS, status: statusOf(each) }
      const [theirs, own] = [await sent(each, 'dockerode'), await sent(each, 'dockline-dockerode')]
      assert.deepEqual(own.request, { ...theirs.request, ...ours })
      if (ours !== undefined) assert.notDeepEqual(own.request, theirs.request, 'the difference is gone')
      assert.deepEqual(own.result, gives ?? theirs.result)
      const [error, result] = await byCallback(targetOf(each, 'dockline-dockerode'), method, args)
      assert.equal(error, null)
      assert.deepEqual(await shapeOf(result), own.result)
    })
  }

  for (const each of CASES) {
    it(`${each.method} fails alike, for ${inspect(each.args, { breakLength: Infinity })}`, async () => {
      for (const failure of FAILURES) {
        engine.reply = failure
        assert.deepEqual(await failed(each, 'dockline-dockerode'), await failed(each, 'dockerode'))
      }
      const target = targetOf(each, 'dockline-dockerode')
      const [error, nothing] = await byCallback(target, each.method, each.args)
      assert.ok(error instanceof Error)
      assert.equal(nothing, null)
    })
  }

  function targetOf({ of }: Case, name: Name): Target {
    return of(dockers[name])
  }

  async function sent(each: Case, name: Name) {
    const begin = engine.requests.length
    const args = each.args.map(copied)
    const result = await targetOf(each, name)[each.method]?.(...args)
    if (name === 'dockline-dockerode') assert.deepEqual(args, each.args, 'what it is given is left as it is')
    const isTheirOwn = name === 'dockerode' && each.gives !== undefined
    return { result: isTheirOwn ? drop(result) : await shapeOf(result), request: engine.requests[begin] }
  }

  async function failed(each: Case, name: Name): Promise<object> {
    const call = targetOf(each, name)[each.method]?.(...each.args.map(copied))
    const error = await call?.then(
      () => assert.fail('it did not fail'),
      (reason) => reason,
    )
    return shapeOfError(error)
  }
})

it('has all methods of dockerode, and no others', () => {
  const called = (kind: string) => Object.keys(BOTH[kind as Name].prototype).sort()
  assert.deepEqual(called('dockline-dockerode'), called('dockerode'))
})

/** What is not compared is let go of. */
function drop(result: unknown): void {
  ;(result as Duplex).destroy()
}

/** dockerode changes what it is given: each call gets options of its own. */
function copied(arg: unknown): unknown {
  return Buffer.isBuffer(arg) ? arg : structuredClone(arg)
}

/** To the removal of a volume, only one status is success. */
function statusOf({ of, method }: Case): number {
  const { constructor: made } = of(new BOTH.dockerode({ socketPath: '/nowhere' }))
  return made?.name === 'Volume' && method === 'remove' ? 204 : 200
}
