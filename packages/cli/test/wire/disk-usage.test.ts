import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { anAnsweringEngine } from '../support/answering-engine.js'
import { dockline } from '../support/dockline.js'

const ID = 'ab'.repeat(32)
const IMAGES = [
  { Id: `sha256:${ID}`, RepoTags: ['a:1'], RepoDigests: [], Containers: 1, Size: 5000, SharedSize: 1000 },
  { Id: `sha256:${ID}`, RepoTags: ['b:1'], RepoDigests: [], Containers: 0, Size: 3000, SharedSize: 1000 },
].map((image) => ({ ...image, ParentId: '', Created: 1, Labels: null }))
const CONTAINERS = [
  { Id: ID, Names: ['/run'], Image: 'a:1', State: 'running', Status: 'Up', SizeRw: 20, Created: 1 },
  { Id: ID, Names: ['/done'], Image: 'a:1', State: 'exited', Status: 'Exited', SizeRw: 30, Created: 1 },
]
const VOLUMES = [
  { Name: 'data', Driver: 'local', Mountpoint: '/', Scope: 'local', UsageData: { RefCount: 1, Size: 100 } },
  { Name: 'old', Driver: 'local', Mountpoint: '/', Scope: 'local', UsageData: { RefCount: 0, Size: 300 } },
].map((volume) => ({ ...volume, Labels: null, Options: null }))
const MOMENT = '2020-09-13T12:26:40Z'
const CACHE = [
  { ID: 'c1', Type: 'regular', InUse: true, Shared: false, Size: 7, CreatedAt: MOMENT, LastUsedAt: null },
  { ID: 'c2', Type: 'regular', InUse: false, Shared: false, Size: 8, CreatedAt: MOMENT, LastUsedAt: MOMENT },
]

const LEGACY = {
  LayersSize: 7000,
  Images: IMAGES,
  Containers: CONTAINERS,
  Volumes: VOLUMES,
  BuildCache: CACHE,
}
/** Go leaves out what is 0. */
const SUMS = {
  ImageUsage: { ActiveCount: 1, TotalCount: 2, TotalSize: 7000, Reclaimable: 3000 },
  ContainerUsage: { ActiveCount: 1, TotalCount: 2, TotalSize: 50, Reclaimable: 30 },
  VolumeUsage: { ActiveCount: 1, TotalCount: 2, TotalSize: 400, Reclaimable: 300 },
  BuildCacheUsage: { ActiveCount: 1, TotalCount: 2, TotalSize: 15, Reclaimable: 8 },
}
const VERBOSE = {
  ImageUsage: { ...SUMS.ImageUsage, Items: IMAGES },
  ContainerUsage: { ...SUMS.ContainerUsage, Items: CONTAINERS },
  VolumeUsage: { ...SUMS.VolumeUsage, Items: VOLUMES },
  BuildCacheUsage: { ...SUMS.BuildCacheUsage, Items: CACHE },
}

/** What Engines of these versions answer, and how. */
const VERSIONS: readonly (readonly [version: string, answer: object])[] = [
  ['1.41', LEGACY],
  ['1.51', LEGACY],
  ['1.52', VERBOSE],
  ['1.53', VERBOSE],
  ['1.56', VERBOSE],
]

const TABLE = `TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE
Images          2         1         7kB       3kB (42%)
Containers      2         1         50B       30B (60%)
Local Volumes   2         1         400B      300B (75%)
Build Cache     2         1         15B       8B
`

describe('system df', () => {
  for (const [version, answer] of VERSIONS) {
    it(`is right in API ${version}`, async (test) => {
      const host = await anAnsweringEngine(test, { '/system/df': answer }, version)
      const [table, details] = await Promise.all([
        dockline(host, ['system', 'df']),
        dockline(host, ['system', 'df', '-v']),
      ])
      assert.equal(table.stdout, TABLE)
      assert.match(details.stdout, /^a +1 +abababababab .* 5kB +1kB +4kB +1$/m)
      assert.match(details.stdout, /^abababababab .* done$/m)
      assert.match(details.stdout, /^old +0 +300B$/m)
      assert.match(details.stdout, /^Build cache usage: 15B\n\nCACHE ID.*\nc1\* .*\nc2 /m)
    })
  }

  it('is all zeros where there is nothing', async (test) => {
    const zeros = TABLE.replace(/[\d.]+k?B? +\(\d+%\)|(?<= )\d+k?B?/g, (each) =>
      /B/.test(each) ? '0B' : '0',
    )
    for (const [version, answer] of [
      ['1.41', { LayersSize: 0, Images: null, Containers: null, Volumes: null, BuildCache: null }],
      ['1.53', { ImageUsage: {}, ContainerUsage: null }],
    ] as const) {
      const host = await anAnsweringEngine(test, { '/system/df': answer }, version)
      const { stdout } = await dockline(host, ['system', 'df'])
      assert.equal(stdout.replace(/ +/g, ' '), zeros.replace(/ +/g, ' '))
    }
  })
})
