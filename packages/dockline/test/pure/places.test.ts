import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { it, mock } from 'node:test'
import { Places, TurnOver } from '#src/models/watch/places.js'

it('a place is given up to others after a while, and only when others wait', async (test) => {
  mock.timers.enable({ apis: ['setInterval'] })
  test.after(() => mock.timers.reset())
  const places = new Places(2, new AbortController().signal)
  const [first, second] = [await places.enter(), await places.enter()]
  mock.timers.tick(10_000)
  assert.deepEqual([first.signal.aborted, second.signal.aborted], [false, false])
  const third = places.enter()
  mock.timers.tick(2000)
  assert.ok(first.signal.reason instanceof TurnOver)
  first[Symbol.dispose]()
  const held = await third
  assert.equal(held.signal.aborted, false)
})

it('whoever holds a place or waits for one is told when all is over', async () => {
  const over = new AbortController()
  const places = new Places(1, over.signal)
  const held = await places.enter()
  const waiting = assert.rejects(places.enter(), /enough/)
  over.abort(new Error('enough'))
  await waiting
  assert.equal(held.signal.aborted, true)
  await assert.rejects(places.enter(), /enough/)
})

it('thousands of readers add one listener to the signal, whether they read or wait', async () => {
  const over = new AbortController()
  const places = new Places(1000, over.signal)
  const held = await Promise.all(Array.from({ length: 1000 }, () => places.enter()))
  const waiting = Array.from({ length: 1000 }, () => places.enter())
  assert.equal(getEventListeners(over.signal, 'abort').length, 1)
  for (const place of held) place[Symbol.dispose]()
  for (const place of await Promise.all(waiting)) place[Symbol.dispose]()
  assert.equal(getEventListeners(over.signal, 'abort').length, 1)
  over.abort()
})

it('a reader whose place comes at the moment of the abort gets none', async () => {
  const over = new AbortController()
  const places = new Places(1, over.signal)
  const held = await places.enter()
  const waiting = assert.rejects(places.enter(), /enough/)
  held[Symbol.dispose]()
  over.abort(new Error('enough'))
  await waiting
})
