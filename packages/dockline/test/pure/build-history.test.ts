import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { historyFilter } from '#src/models/images/builds/history-filter.js'
import type { BuildRecord } from '../../dist/index.js'

const NOW = Date.now()
const RECORD: BuildRecord = {
  ...{ ref: 'abc', status: 'failed', error: 'it is broken', frontend: 'dockerfile.v0', exporters: [] },
  createdAt: new Date(NOW - 7_200_000),
  completedAt: new Date(NOW - 7_110_000),
  attributes: { 'vcs:source': 'https://github.com/a/b' },
  ...{ response: {}, steps: { total: 1, completed: 1, cached: 0 }, warnings: 0, pinned: false },
}

describe('a filter of the history of builds', () => {
  const fitting = [
    ['status=error'],
    ['status==error', 'ref=no'],
    ['status!=completed,ref=abc'],
    ['repository~=github.com'],
    ['duration>1m,duration<=90s'],
    ['startedAt>=3h', 'ref=no'],
    ['startedAt<1h'],
    ['completedAt>2020-01-01T00:00:00Z'],
    [],
  ]
  for (const filters of fitting) {
    it(`fits by ${JSON.stringify(filters)}`, () => {
      assert.equal(historyFilter(filters)(RECORD), true)
    })
  }
  for (const filters of [['status=completed'], ['status=error,ref=no'], ['startedAt>1h'], ['duration<1m']]) {
    it(`does not fit by ${JSON.stringify(filters)}`, () => {
      assert.equal(historyFilter(filters)(RECORD), false)
    })
  }
  for (const filter of ['colour=red', 'status', 'status>error', 'duration=1m', 'duration>soon']) {
    it(`is refused: ${filter}`, () => {
      assert.throws(() => historyFilter([filter]), { code: 'ERR_DOCKER_INVALID_ARGUMENT' })
    })
  }
})
