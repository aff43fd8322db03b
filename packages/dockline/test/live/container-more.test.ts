import assert from 'node:assert/strict'
import { buffer } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { ConflictError, UnhealthyError } from '#src/index.js'
import { aContainer, aRunningContainer, IMAGE, LABEL, onEveryEngine } from '../support/engines.js'
import { failureOf } from '../support/failure.js'
import { PATIENT } from '../support/patience.js'

const BUSY_LOOP = ['sh', '-c', 'while :; do :; done']
const HEALTHY = { test: 'test -e /healthy', interval: '200ms', timeout: '5s', retries: 1 }

onEveryEngine((engine) => {
  describe('a container', () => {
    it('is paused and goes on', PATIENT, async (test) => {
      const container = await aRunningContainer(test, engine)
      await container.pause()
      assert.equal((await container.reload()).status, 'paused')
      assert.ok((await failureOf(container.exec(['true']))) instanceof ConflictError)
      await container.unpause()
      // Engines report a pause for a moment after its end: they hear of both from containerd, a little later.
      while ((await container.reload()).attrs.State?.Paused !== false) test.signal.throwIfAborted()
      assert.ok((await failureOf(container.unpause())) instanceof Error)
    })

    it('is renamed', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      const name = `${LABEL}-renamed-${process.pid}`
      await container.rename(name)
      assert.equal((await container.reload()).name, name)
      const other = await aContainer(test, engine, ['true'])
      assert.ok((await failureOf(other.rename(name))) instanceof ConflictError)
    })

    it('is updated, with a 0 where that is a value', async (test) => {
      const container = await aRunningContainer(test, engine, undefined, { pidsLimit: 50 })
      const memory = '64m'
      const update = { memory, memorySwap: '128m', cpuShares: 512, restart: 'on-failure:2' }
      const { Warnings } = await container.update(update)
      assert.ok(Warnings === null || Warnings === undefined || Warnings.length >= 0)
      const { HostConfig } = (await container.reload()).attrs
      assert.deepEqual(
        [HostConfig?.Memory, HostConfig?.CpuShares, HostConfig?.RestartPolicy],
        [67_108_864, 512, { Name: 'on-failure', MaximumRetryCount: 2 }],
      )
      await container.update({ pidsLimit: 0, cpuShares: 0 })
      const { PidsLimit, CpuShares } = (await container.reload()).attrs.HostConfig ?? {}
      assert.equal(PidsLimit || 0, 0)
      assert.equal(CpuShares, 512, 'this 0 is as good as nothing to an Engine')
    })

    it('tells what differs from its image', async (test) => {
      const container = await aRunningContainer(test, engine)
      await container.exec(['sh', '-c', 'echo x > /new && rm /bin/awk && echo y >> /etc/passwd'])
      const changes = new Map((await container.diff()).map(({ Path, Kind }) => [Path, Kind]))
      assert.deepEqual([changes.get('/new'), changes.get('/bin/awk'), changes.get('/etc/passwd')], [1, 2, 0])
    })

    it('is exported as a tar', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      const tar = await buffer(await container.export())
      assert.equal(tar.subarray(257, 262).toString(), 'ustar')
      assert.ok(tar.includes('bin/busybox'))
    })

    it('becomes an image', async (test) => {
      const container = await aRunningContainer(test, engine)
      await container.exec(['sh', '-c', 'echo kept > /kept'])
      const name = `${LABEL}-commit-${process.pid}:v1`
      const image = await container.commit({
        repository: name,
        message: 'why',
        author: 'Jane',
        changes: ['CMD ["cat", "/kept"]'],
      })
      test.after(() => engine.client.api.images.delete(name, { force: true }).catch(() => {}))
      assert.deepEqual([image.tags, image.attrs?.Author], [[name], 'Jane'])
      assert.equal((await engine.client.containers.run(name, undefined, { remove: true })).stdout, 'kept\n')
    })

    it('knows its image, ports and networks from either source', async (test) => {
      const container = await aRunningContainer(test, engine, undefined, {
        ports: { '80/tcp': '127.0.0.1:0', '53/udp': '127.0.0.1' },
      })
      await container.reload()
      const [listed] = await engine.client.containers.list({ filters: { id: container.id } })
      assert.equal(listed?.image, IMAGE)
      for (const known of ['name', 'status', 'image', 'imageId', 'health', 'ports', 'labels'] as const) {
        assert.deepEqual(listed?.[known], container[known], known)
      }
      assert.deepEqual(Object.keys(listed?.networks ?? {}), ['bridge'])
      assert.match(container.ports['80/tcp']?.[0]?.HostPort ?? '', /^\d+$/)
    })
  })

  describe('container.stats', () => {
    it('measures a busy loop as about the part of a CPU that it may use', async (test) => {
      const container = await aRunningContainer(test, engine, BUSY_LOOP, { memory: '64m', cpus: 0.25 })
      const once = await container.stats({ stream: false })
      assert.ok(once.cpuPercent > 5 && once.cpuPercent < 75, `cpuPercent is ${once.cpuPercent}`)
      assert.ok(once.memoryUsage > 0 && once.memoryUsage < once.memoryLimit, `${once.memoryUsage} bytes`)
      assert.equal(once.memoryLimit, 67_108_864)
      assert.ok(once.memoryPercent > 0 && once.memoryPercent < 100)
      assert.ok(once.pids >= 1 && (once.time?.getTime() ?? 0) > 0)
      const seen: number[] = []
      for await (const { cpuPercent } of container.stats()) if (seen.push(cpuPercent) === 2) break
      assert.ok((seen[1] ?? 0) > 5, `cpuPercent is ${seen}`)
    })

    it('measures at once, and compares with what was before', async (test) => {
      const container = await aRunningContainer(test, engine, BUSY_LOOP, { cpus: 0.25 })
      const previous = await container.stats({ oneShot: true })
      assert.equal(previous.cpuPercent, 0)
      await container.exec(['sh', '-c', 'i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done'])
      const { cpuPercent } = await container.stats({ oneShot: true, previous })
      assert.ok(cpuPercent > 5 && cpuPercent < 75, `cpuPercent is ${cpuPercent}`)
    })

    it('is all zeros for a container that does not run', async (test) => {
      const container = await aContainer(test, engine, ['true'])
      const { raw: _, time, ...numbers } = await container.stats({ stream: false })
      assert.equal(time, undefined)
      assert.deepEqual(new Set(Object.values(numbers)), new Set([0]))
    })
  })

  describe('container.waitHealthy', () => {
    it('resolves as soon as the check passes', async (test) => {
      const command = ['sh', '-c', 'sleep 1; touch /healthy; sleep 600']
      const healthcheck = { ...HEALTHY, retries: 1000 }
      const container = await aRunningContainer(test, engine, command, { healthcheck })
      await container.waitHealthy(PATIENT)
      assert.equal(container.health, 'healthy')
    })

    it('rejects when the check fails', async (test) => {
      const healthcheck = { ...HEALTHY, test: 'echo not yet; exit 1' }
      const container = await aRunningContainer(test, engine, undefined, { healthcheck })
      const error = await failureOf(container.waitHealthy(PATIENT))
      assert.ok(error instanceof UnhealthyError, String(error))
      assert.match(error.message, /is unhealthy: not yet$/)
    })

    it('rejects when the container ends', async (test) => {
      const container = await aRunningContainer(test, engine, ['sh', '-c', 'sleep 1; exit 4'], {
        healthcheck: { ...HEALTHY, retries: 1000 },
      })
      const error = await failureOf(container.waitHealthy(PATIENT))
      assert.ok(error instanceof UnhealthyError, String(error))
      assert.match(error.message, /exited with code 4/)
    })
  })
})
