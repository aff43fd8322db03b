import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FakeEngine, json } from '../support/fake-engine.js'

const image = {
  Id: 'i',
  ParentId: '',
  RepoTags: ['a:1'],
  RepoDigests: [],
  Created: 1,
  Size: 5000,
  SharedSize: 1000,
  Labels: null,
  Containers: 0,
}
const volume = { Name: 'v', Driver: 'local', Mountpoint: '/', Scope: 'local', Labels: null, Options: null }
const used = { ...volume, UsageData: { Size: 5, RefCount: 1 } }

/** The lists, as every version before 1.52 answers them. */
const LISTS = { LayersSize: 4000, Images: [image], Containers: [], Volumes: [used], BuildCache: [] }
const SUMS = {
  ImageUsage: { ActiveCount: 0, TotalCount: 1, TotalSize: 4000, Reclaimable: 4000, Items: [image] },
  ContainerUsage: { ActiveCount: 0, TotalCount: 0, TotalSize: 0, Reclaimable: 0, Items: [] },
  VolumeUsage: { ActiveCount: 1, TotalCount: 1, TotalSize: 5, Reclaimable: 0, Items: [used] },
  BuildCacheUsage: { ActiveCount: 0, TotalCount: 0, TotalSize: 0, Reclaimable: 0, Items: [] },
}
/** As Go writes it from 1.52 on: without what is 0 or empty. */
const TOLD = {
  ImageUsage: { TotalCount: 1, TotalSize: 4000, Reclaimable: 4000, Items: [image] },
  ContainerUsage: {},
  VolumeUsage: { ActiveCount: 1, TotalCount: 1, TotalSize: 5, Items: [used] },
}

describe('client.df()', () => {
  for (const [version, answer, asked] of [
    ['1.41', LISTS, '/system/df'],
    ['1.51', LISTS, '/system/df'],
    ['1.52', { ...LISTS, ...TOLD }, '/system/df?verbose=1'],
    ['1.53', TOLD, '/system/df?verbose=1'],
    ['1.56', TOLD, '/system/df?verbose=1'],
  ] as const) {
    it(`has the lists and the sums in API ${version}`, async (test) => {
      const engine = await FakeEngine.start(test, { 'GET /system/df': json(answer) }, { apiVersion: version })
      assert.deepEqual(await engine.client(test).df(), { ...LISTS, ...SUMS })
      assert.deepEqual(engine.calls, [`GET /v${version}${asked}`])
    })
  }

  it('has the sums alone where the lists are not wanted', async (test) => {
    const sums = { ImageUsage: { TotalCount: 1, TotalSize: 4000 } }
    const engine = await FakeEngine.start(test, { 'GET /system/df': json(sums) }, { apiVersion: '1.53' })
    const { ImageUsage, VolumeUsage, Images } = await engine
      .client(test)
      .df({ type: ['image'], verbose: false })
    const told = { ActiveCount: 0, TotalCount: 1, TotalSize: 4000, Reclaimable: 0 }
    assert.deepEqual([ImageUsage, VolumeUsage, Images], [told, undefined, undefined])
    assert.deepEqual(engine.calls, ['GET /v1.53/system/df?type=image&verbose=0'])
  })

  it('makes something of the lists also when a newer Engine sends nothing else', async (test) => {
    const engine = await FakeEngine.start(test, { 'GET /system/df': json(LISTS) })
    assert.deepEqual(await engine.client(test).df(), { ...LISTS, ...SUMS })
  })
})
