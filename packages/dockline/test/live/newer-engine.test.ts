// The API after 1.51, which no Engine of these tests speaks: a real one stands behind a front that answers in its shapes.
import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { DockerClient, ImageNotFoundError } from '#src/index.js'
import {
  aContainer,
  aSharedContainer,
  IMAGE,
  LABEL,
  onceFree,
  onNewestEngine,
  type TestEngine,
} from '../support/engines.js'
import { aNewerEngine, type NewerEngineOptions } from '../support/newer-engine.js'

const MAC = '02:42:ac:11:00:99'
const DOCKERFILE = `FROM ${IMAGE}\nRUN echo built > /file\n`

onNewestEngine((engine) => {
  for (const version of ['1.52', '1.53', '1.56']) {
    it(`the disk usage has its lists and sums in API ${version}, whichever of them are sent`, async (test) => {
      const { client, calls } = await newer(test, engine, version)
      const { id } = await aContainer(test, engine, ['true'])
      const usage = await client.df()
      assert.ok(calls.includes(`GET /v${version}/system/df?verbose=1`), calls.join('\n'))
      assert.deepEqual(Object.keys(usage).sort(), Object.keys(await engine.client.df()).sort())
      const kinds = ['Image', 'Container', 'Volume', 'BuildCache'] as const
      const [images, containers, volumes, cache] = kinds.map((kind) => usage[`${kind}Usage`])
      assert.equal(images?.TotalSize, usage.LayersSize)
      assert.ok(usage.ContainerUsage?.Items?.some(({ Id }) => Id === id))
      const lists = [usage.Images, usage.Containers, usage.Volumes, usage.BuildCache]
      const counted = [images, containers, volumes, cache].map((each) => each?.TotalCount)
      assert.deepEqual(
        counted,
        lists.map((list) => list?.length),
      )
    })
  }

  describe('an Engine of API 1.56', () => {
    it('runs, lists and inspects a container, whose address and health are where they are now', async (test) => {
      const { client, calls } = await newer(test, engine)
      const healthcheck = { test: ['CMD', 'true'], interval: 1000 }
      const options = {
        labels: { [LABEL]: '' },
        healthcheck,
        macAddress: MAC,
        detach: true,
        init: true,
      } as const
      const container = await client.containers.run(IMAGE, ['sleep', '600'], options)
      test.after(() => engine.client.containers.ref(container.id).remove({ force: true }))
      await container.waitHealthy()
      const { NetworkSettings, Config, Storage } = await container.inspect()
      assert.deepEqual(Object.keys(NetworkSettings ?? {}).sort(), [
        'Networks',
        'Ports',
        'SandboxID',
        'SandboxKey',
      ])
      assert.equal(NetworkSettings?.Networks?.bridge?.MacAddress, MAC)
      assert.ok(!('MacAddress' in (Config ?? {})))
      assert.ok(Storage?.RootFS)
      const [listed] = await client.containers.list({ filters: { id: [container.id] } })
      assert.deepEqual([listed?.health, listed?.status], ['healthy', 'running'])
      assert.ok(
        calls.every((call) => / \/(?:v1\.56\/|_ping)/.test(call)),
        calls.join('\n'),
      )
    })

    it('carries input, output and exit codes', async (test) => {
      const { client } = await newer(test, engine)
      const options = { remove: true, network: 'host', input: 'twelve bytes' } as const
      const { stdout } = await client.containers.run(IMAGE, ['wc', '-c'], options)
      assert.equal(stdout.trim(), '12')
      const container = await client.containers.get((await aSharedContainer(engine)).id)
      const { exitCode, stderr } = await container.exec(['sh', '-c', 'cat >&2; exit 7'], { input: 'hi' })
      assert.deepEqual([exitCode, stderr], [7, 'hi'])
      await container.writeFiles('/tmp', { newer: 'file' })
      assert.equal(await container.readFile('/tmp/newer', { encoding: 'utf8' }), 'file')
      for await (const { os_type } of client.api.containers.stats(container.id, { stream: false })) {
        assert.equal(os_type, 'linux')
        break
      }
    })

    it('reports events without the fields of old', async (test) => {
      const { client } = await newer(test, engine)
      const container = await aContainer(test, engine, ['true'])
      const since = '1m'
      for await (const event of client.events({ since, filters: { container: container.id } })) {
        assert.deepEqual(Object.keys(event).sort(), ['Action', 'Actor', 'Type', 'scope', 'time', 'timeNano'])
        assert.equal(event.Actor?.ID, container.id)
        break
      }
    })

    it('shows an image that says nothing of what is empty, and a network with its addresses', async (test) => {
      const { client } = await newer(test, engine)
      const image = await client.images.get(IMAGE)
      assert.deepEqual(image.labels, {})
      assert.ok(!('Author' in (image.attrs ?? {})))
      assert.ok((await image.history()).length > 0)
      const network = await client.networks.get('bridge')
      assert.ok(network.attrs.Status?.IPAM)
      const { NRI, ServerVersion } = await client.info()
      assert.ok(NRI && ServerVersion)
    })

    it('tells why a pull fails by the details of the error alone', async (test) => {
      const { client } = await newer(test, engine)
      await assert.rejects(client.images.pull('localhost:1/dockline/not-here'), /localhost:1/)
      await assert.rejects(client.images.get('dockline/not-here'), ImageNotFoundError)
    })

    it('prunes what it is asked to, in the words of today', async (test) => {
      const { client, calls } = await newer(test, engine)
      const filters = { label: ['dockline-no-such'] }
      await onceFree(() => client.containers.prune({ filters }))
      await onceFree(() => client.images.prune({ filters }))
      await onceFree(() => client.volumes.prune({ filters }))
      await onceFree(() => client.networks.prune({ filters }))
      await onceFree(() => client.images.pruneBuilds({ filters: { id: ['none'] }, keepStorage: '1g' }))
      assert.ok(
        calls.some((call) => call.includes('reserved-space=')) && !calls.join().includes('keep-storage'),
      )
    })

    for (const builder of ['classic', 'buildkit'] as const) {
      it(`builds with ${builder}`, async (test) => {
        const { client } = await newer(test, engine)
        await builds(test, { client, behind: engine.client }, builder)
      })
    }
  })

  it('an Engine without /grpc and /session builds over HTTP/2, its context and outputs included', async (test) => {
    const { client, calls } = await newer(test, engine, '1.56', { onlyHttp2: true })
    await builds(test, { client, behind: engine.client }, 'buildkit')
    assert.ok(calls.some((call) => call.endsWith('/grpc')))
  })
})

async function newer(
  test: TestContext,
  { host }: TestEngine,
  version = '1.56',
  options: NewerEngineOptions = {},
) {
  const front = await aNewerEngine(test, host, version, options)
  const client = new DockerClient({ host: front.host })
  test.after(() => client.close())
  return { client, calls: front.calls }
}

/** Builds by the front. What it made is removed behind it: the client of the front is closed by then. */
async function builds(
  test: TestContext,
  { client, behind }: { readonly client: DockerClient; readonly behind: DockerClient },
  builder: 'classic' | 'buildkit',
) {
  const tag = `dockline-newer-${builder}-${process.pid}`
  test.after(() => behind.images.remove(tag, { force: true }))
  const labels = { [LABEL]: '' }
  const { image } = await client.images.build({ dockerfileContent: DOCKERFILE, tag, builder, labels })
  assert.ok(image.tags.includes(`${tag}:latest`))
}
