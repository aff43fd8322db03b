import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Merge } from '#src/models/watch/merge.js'

it('lets go of all that wait with a batch when the reader leaves, and of those that come later', async () => {
  const merge = new Merge<number>()
  const given = [merge.give(1), merge.give(2)]
  for await (const batch of merge) {
    assert.equal(batch, 1)
    break
  }
  await Promise.all([...given, merge.give(3)])
})

it('lets go of them when the reader is made to fail', async () => {
  const merge = new Merge<number>()
  const reading = (async () => {
    for await (const _batch of merge) merge.fail(new Error('enough'))
  })()
  await merge.give(1)
  await assert.rejects(reading, /enough/)
  await merge.give(2)
})
