import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { ConflictError, NotFoundError, type VolumeCreateOptions } from '#src/index.js'
import {
  aContainer,
  aRunningContainer,
  IMAGE,
  LABEL,
  onceFree,
  onEveryEngine,
  type TestEngine,
} from '../support/engines.js'
import { failureOf } from '../support/failure.js'

onEveryEngine((engine) => {
  const { volumes, containers } = engine.client

  describe('volumes', () => {
    it('are made, found, listed and removed', async (test) => {
      const volume = await aVolume(test, engine, { labels: { [LABEL]: 'x' } })
      assert.equal((await volumes.get(volume.name)).labels[LABEL], 'x')
      assert.equal((await volumes.create(volume.name)).attrs.CreatedAt, volume.attrs.CreatedAt)
      const [found, ...others] = await volumes.list({ filters: { name: volume.name } })
      assert.deepEqual([found?.name, found?.driver, others], [volume.name, 'local', []])
      await volume.remove()
      assert.ok((await failureOf(volumes.get(volume.name))) instanceof NotFoundError)
      assert.ok((await failureOf(volume.remove())) instanceof NotFoundError)
      await volume.remove({ force: true })
    })

    it('get a name when they are given none', async (test) => {
      const volume = await volumes.create({ labels: { [LABEL]: '' } })
      test.after(() => volume.remove({ force: true }))
      assert.match(volume.name, /^[0-9a-f]{64}$/)
    })

    it('are shared by two containers', async (test) => {
      const { name } = await aVolume(test, engine)
      const [writer, reader] = await Promise.all([
        aRunningContainer(test, engine, undefined, { volumes: { [name]: '/data' } }),
        aRunningContainer(test, engine, undefined, { volumes: { [name]: { bind: '/data', mode: 'ro' } } }),
      ])
      await writer.exec(['sh', '-c', 'echo shared > /data/file'])
      assert.equal((await reader.exec(['cat', '/data/file'])).stdout, 'shared\n')
      assert.notEqual((await reader.exec(['touch', '/data/file'])).exitCode, 0)
    })

    it('are mounted from a folder inside of them, where the Engine can do that', async (test) => {
      const { name } = await aVolume(test, engine)
      const target = '/data'
      const command = ['sh', '-c', 'mkdir /data/sub && echo inner > /data/sub/file']
      await containers.run(IMAGE, command, { remove: true, volumes: { [name]: target } })
      const mounts = [{ type: 'volume', source: name, target, subpath: 'sub' }] as const
      const run = containers.run(IMAGE, ['cat', '/data/file'], { remove: true, mounts })
      if (await engine.client.api.speaks('1.45')) assert.equal((await run).stdout, 'inner\n')
      else assert.match(String(await failureOf(run)), /needs API 1\.45/)
    })

    it('are not removed while a container uses them', async (test) => {
      const volume = await aVolume(test, engine)
      await aContainer(test, engine, ['true'], { volumes: { [volume.name]: '/data' } })
      assert.ok((await failureOf(volume.remove())) instanceof ConflictError)
    })

    it('are pruned by label, those with names when asked', async (test) => {
      const label = `${LABEL}-prune-${process.pid}`
      const volume = await aVolume(test, engine, { labels: [label] })
      const { VolumesDeleted } = await onceFree(() => volumes.prune({ all: true, filters: { label } }))
      assert.deepEqual(VolumesDeleted, [volume.name])
    })

    it('are told among what takes up the disk', async (test) => {
      const { name } = await aVolume(test, engine)
      const { Volumes } = await engine.client.df()
      assert.ok(Volumes?.some((volume) => volume.Name === name && volume.UsageData?.RefCount === 0))
    })
  })
})

let made = 0

async function aVolume(test: TestContext, { client }: TestEngine, options: VolumeCreateOptions = {}) {
  const name = `${LABEL}-${process.pid}-${++made}`
  const volume = await client.volumes.create({ name, labels: { [LABEL]: '' }, ...options })
  test.after(async () => {
    for (const user of await client.containers.list({ all: true, filters: { volume: name } })) {
      await user.remove({ force: true }).catch(() => {})
    }
    await volume.remove({ force: true }).catch(() => {})
  })
  return volume
}
