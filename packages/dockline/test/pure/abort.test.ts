import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { asError, eitherSignal, joinSignals, onAbort, reasonOf, withBothSignals } from '#src/support/abort.js'
import { failureOf } from '../support/failure.js'
import { keptBy } from '../support/signals.js'

describe('two signals as one', () => {
  for (const which of [0, 1] as const) {
    it(`abort with the reason of number ${which + 1}, and keep nothing then`, () => {
      const both = [new AbortController(), new AbortController()] as const
      const { signal } = joinSignals(both[0].signal, both[1].signal)
      assert.equal(signal.aborted, false)
      both[which].abort(null)
      both[1 - which]?.abort('later')
      assert.equal(signal.aborted, true)
      assert.equal(signal.reason, null)
      assert.deepEqual(
        both.map((each) => keptBy(each.signal)),
        [0, 0],
      )
    })

    it(`are aborted already when number ${which + 1} is`, () => {
      const both = [new AbortController(), new AbortController()] as const
      both[which].abort('before')
      assert.equal(eitherSignal(both[0].signal, both[1].signal).reason, 'before')
      assert.equal(keptBy(both[1 - which]?.signal as AbortSignal), 0)
    })
  }

  it('keep nothing and tell nothing once they are disposed of', () => {
    const [one, other] = [new AbortController(), new AbortController()]
    const joined = joinSignals(one.signal, other.signal)
    joined[Symbol.dispose]()
    assert.deepEqual([keptBy(one.signal), keptBy(other.signal)], [0, 0])
    one.abort()
    assert.equal(joined.signal.aborted, false)
  })

  it('are the other one where one is not given', () => {
    const { signal } = new AbortController()
    assert.equal(joinSignals(undefined, signal).signal, signal)
  })
})

describe('what is opened with two signals', () => {
  const { signal: other } = new AbortController()

  it('keeps them until it is closed, also when that was before it could be had', async () => {
    const { signal } = new AbortController()
    const open = new PassThrough()
    await withBothSignals(signal, other, async () => ({ stream: open }))
    assert.equal(keptBy(signal), 1)
    open.destroy()
    const closed = new PassThrough()
    await new Promise((resolve) => closed.once('close', resolve).destroy())
    await withBothSignals(signal, other, async () => ({ stream: closed }))
    assert.equal(keptBy(signal), 0)
  })

  it('keeps nothing when it cannot be opened', async () => {
    const { signal } = new AbortController()
    const refused = new Error('refused')
    const opening = withBothSignals(signal, other, () => Promise.reject(refused))
    assert.equal(await failureOf(opening), refused)
    assert.equal(keptBy(signal), 0)
  })
})

describe('the reason of an abort', () => {
  for (const reason of [null, undefined, 0, false, '', Number.NaN]) {
    it(`is an error where one is needed, and still ${reason}`, () => {
      const error = asError(reason)
      assert.ok(error instanceof Error)
      assert.deepEqual([error.name, error.cause], ['AbortError', reason])
      assert.equal(reasonOf(error), reason)
    })
  }

  it('is taken as it is where Node can', () => {
    const reason = new Error('enough')
    for (const given of [reason, 'enough', 7]) assert.equal(reasonOf(asError(given)), given)
  })
})

describe('a listener for an abort', () => {
  it('is called once, and not after it was taken away', () => {
    const controller = new AbortController()
    const heard: string[] = []
    onAbort(controller.signal, () => heard.push('kept'))
    onAbort(controller.signal, () => heard.push('taken away'))()
    controller.abort()
    assert.deepEqual(heard, ['kept'])
    assert.deepEqual(getEventListeners(controller.signal, 'abort'), [])
  })
})
