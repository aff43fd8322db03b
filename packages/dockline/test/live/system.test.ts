import assert from 'node:assert/strict'
import { it } from 'node:test'
import { compareVersions, MAX_API_VERSION } from '#src/doors/api.js'
import { ImageNotFoundError } from '#src/index.js'
import { aContainer, IMAGE, onEveryEngine } from '../support/engines.js'

onEveryEngine((engine) => {
  const { client } = engine

  it('speaks the highest version that both sides know', async () => {
    const { ApiVersion = '' } = await client.version()
    assert.equal(
      await client.api.version(),
      compareVersions(ApiVersion, MAX_API_VERSION) < 0 ? ApiVersion : MAX_API_VERSION,
    )
    assert.equal((await client.ping()).apiVersion, ApiVersion)
  })

  it('tells about the Engine', async () => {
    const { OSType, Containers } = await client.info()
    assert.equal(OSType, 'linux')
    assert.equal(typeof Containers, 'number')
  })

  it('reports events as they happen, and ends at until', async (test) => {
    const container = await aContainer(test, engine, ['true'])
    const actions: (string | undefined)[] = []
    const filters = { container: container.id, event: ['start', 'die'] }
    const events = client.events({ since: '10s', filters })
    const first = events.next()
    await container.start()
    actions.push((await first).value?.Action)
    for await (const { Action } of events) {
      actions.push(Action)
      if (Action === 'die') break
    }
    assert.deepEqual(actions, ['start', 'die'])
    const past: (string | undefined)[] = []
    // A Date has milliseconds, and within the last one the end may have come.
    const until = new Date(Date.now() + 2)
    for await (const { Action } of client.events({ since: '1m', until, filters })) past.push(Action)
    assert.deepEqual(past, ['start', 'die'])
  })

  it('imports a root file system, lists it and shows it', async (test) => {
    const name = `dockline-import-${process.pid}`
    const changes = ['CMD ["echo", "hi"]']
    const image = await client.images.import(Buffer.alloc(1024), { repository: name, changes })
    test.after(() => image.remove())
    assert.deepEqual(image.attrs?.Config?.Cmd, ['echo', 'hi'])
    const listed = await client.images.list({ filters: { reference: name } })
    assert.deepEqual(
      listed.map(({ tags }) => tags),
      [[`${name}:latest`]],
    )
  })

  it('rejects for an image that is not here', async () => {
    await assert.rejects(client.images.get('dockline/not-here'), ImageNotFoundError)
    assert.ok((await client.images.get(IMAGE)).id)
  })

  it('rejects when a pull fails', async () => {
    await assert.rejects(client.images.pull('localhost:1/dockline/not-here'), /localhost:1/)
  })
})
