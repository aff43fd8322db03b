import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { Turnstile } from '../../dist/http/turnstile.js'

const PATIENCE_MS = 2000

describe('the turnstile before an Engine that takes few connections', () => {
  it('lets in as many as there are places, and the next when one leaves', async () => {
    const turnstile = new Turnstile(1)
    const { leave } = await turnstile.enter(undefined)
    const next = aGuest(turnstile)
    assert.equal(await next.isIn(), false)
    leave()
    assert.equal(await next.isIn(), true)
  })

  it('keeps a place for as long as its connection takes to come', async (test) => {
    const tick = mockedTime(test)
    const turnstile = new Turnstile(1)
    const { expire } = await turnstile.enter(undefined)
    const next = aGuest(turnstile)
    tick(10 * PATIENCE_MS)
    assert.equal(await next.isIn(), false)
    expire()
    tick(PATIENCE_MS - 1)
    assert.equal(await next.isIn(), false)
    tick(1)
    assert.equal(await next.isIn(), true)
  })

  it('gives a place to one other alone, whether it is left or has expired', async (test) => {
    const tick = mockedTime(test)
    const turnstile = new Turnstile(1)
    const { expire, leave } = await turnstile.enter(undefined)
    const guests = [aGuest(turnstile), aGuest(turnstile)]
    leave()
    expire()
    tick(PATIENCE_MS)
    leave()
    assert.deepEqual(await Promise.all(guests.map((guest) => guest.isIn())), [true, false])
  })

  it('forgets one who gives up', async () => {
    const turnstile = new Turnstile(1)
    const { leave } = await turnstile.enter(undefined)
    const controller = new AbortController()
    const impatient = turnstile.enter(controller.signal)
    const next = aGuest(turnstile)
    const reason = new Error('enough')
    controller.abort(reason)
    await assert.rejects(impatient, reason)
    leave()
    assert.equal(await next.isIn(), true)
  })
})

/** One who wants to get in. */
function aGuest(turnstile: Turnstile) {
  let entered = false
  void turnstile.enter(undefined).then(() => {
    entered = true
  })
  const isIn = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    return entered
  }
  return { isIn }
}

function mockedTime(test: TestContext): (milliseconds: number) => void {
  test.mock.timers.enable({ apis: ['setTimeout'] })
  return (milliseconds) => test.mock.timers.tick(milliseconds)
}
